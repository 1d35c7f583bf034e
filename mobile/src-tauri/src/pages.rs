//! Where the web view may lead: to the screens in the binary. Everything else opens in the person's browser.

use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt as _;
use url::{Host, Url};

/// Whether an address is one of the screens'.
pub(crate) fn is_own(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) => true,
        // Android's web view knows no schemes of our own.
        ("http" | "https", Some("tauri.localhost")) => true,
        _ => false,
    }
}

/// Whether the web view goes where a link or the page leads. A computer's opens a new window for a link that leads out; a
/// phone's has none, and asks here: then the person's browser opens.
pub(crate) fn follow(handle: &AppHandle, url: &Url) -> bool {
    let own = is_own(url);
    if !own && cfg!(any(target_os = "android", target_os = "ios")) {
        let (handle, url) = (handle.clone(), url.clone());
        // On a thread of its own: the one that draws would wait for itself.
        tauri::async_runtime::spawn_blocking(move || open_in_browser(&handle, &url));
    }
    own
}

/// Opens a page in the person's browser.
pub(crate) fn open_in_browser(handle: &AppHandle, url: &Url) {
    if may_open(url) {
        // Where there is no browser, the person sees that nothing opens.
        let _ = handle.opener().open_url(url.as_str(), None::<&str>);
    }
}

/// Only https; in a debug build also this machine, where the demo is.
fn may_open(url: &Url) -> bool {
    let bare = url.username().is_empty() && url.password().is_none();
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    bare && (url.scheme() == "https" || (cfg!(debug_assertions) && url.scheme() == "http" && here))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("a url")
    }

    #[test]
    fn the_web_view_leads_to_the_screens_only() {
        for own in ["tauri://localhost", "tauri://localhost/assets/x.js", "http://tauri.localhost/"] {
            assert!(is_own(&url(own)), "{own}");
        }
        for foreign in [
            "https://bank.example/",
            "http://127.0.0.1/",
            "tauri://evil/",
            "http://tauri.localhost.evil.example/",
            "data:text/html,x",
            "about:blank",
            "file:///etc/passwd",
        ] {
            assert!(!is_own(&url(foreign)), "{foreign}");
        }
    }

    #[test]
    fn a_browser_opens_https_only() {
        assert!(may_open(&url("https://bank.example/callback?x=1")));
        for refused in [
            "http://bank.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://a:b@bank.example/",
            "intent:x",
        ] {
            assert!(!may_open(&url(refused)), "{refused}");
        }
    }
}
