//! A small cookie jar: what `wallet login` needs to be a browser.
//!
//! Every cookie belongs to the one host that set it; a `Domain` that would widen it is not followed.
//!
//! Spec: RFC 6265 section 5.

use core::time::Duration;

use credential::time::UnixTime;
use serde::{Deserialize, Serialize};
use url::Url;

/// Cookies in a jar, at most.
const MAX_COOKIES: usize = 200;
/// Characters of one cookie, at most.
const MAX_COOKIE: usize = 8 * 1024;

/// The cookies of one browser.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CookieJar(Vec<Cookie>);

#[derive(Clone, Serialize, Deserialize)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
    secure: bool,
    expires_at: Option<UnixTime>,
}

impl core::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Cookie({} of {})", self.name, self.host)
    }
}

impl CookieJar {
    /// Keeps what an answer from `url` set.
    pub(crate) fn keep(&mut self, url: &Url, set_cookies: &[String], now: UnixTime) {
        for text in set_cookies.iter().filter(|text| text.len() <= MAX_COOKIE) {
            let Some(cookie) = parse(url, text, now) else { continue };
            self.0.retain(|kept| {
                (&kept.host, &kept.path, &kept.name) != (&cookie.host, &cookie.path, &cookie.name)
            });
            if cookie.expires_at.is_none_or(|end| end > now) && self.0.len() < MAX_COOKIES {
                self.0.push(cookie);
            }
        }
    }

    /// The `Cookie` header for a request to `url`; none where no cookie fits.
    pub(crate) fn header(&self, url: &Url, now: UnixTime) -> Option<String> {
        let mut fitting: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.fits(url, now)).collect();
        fitting.sort_by_key(|cookie| core::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> =
            fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        if pairs.is_empty() { None } else { Some(pairs.join("; ")) }
    }
}

impl Cookie {
    fn fits(&self, url: &Url, now: UnixTime) -> bool {
        let path = url.path();
        let below = path
            .strip_prefix(&self.path)
            .is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        url.host_str() == Some(&self.host)
            && below
            && (!self.secure || url.scheme() == "https")
            && self.expires_at.is_none_or(|end| end > now)
    }
}

fn parse(url: &Url, text: &str, now: UnixTime) -> Option<Cookie> {
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        host: url.host_str()?.to_owned(),
        path: default_path(url.path()),
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        secure: false,
        expires_at: None,
    };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => cookie.path = value.to_owned(),
            "secure" => cookie.secure = true,
            "max-age" => {
                cookie.expires_at = match value.parse::<i64>() {
                    Ok(seconds) => Some(now.plus(Duration::from_secs(seconds.max(0).unsigned_abs()))),
                    Err(_) => cookie.expires_at,
                };
            }
            _ => {}
        }
    }
    if cookie.name.is_empty() || (cookie.secure && url.scheme() != "https") {
        return None;
    }
    Some(cookie)
}

/// RFC 6265 section 5.1.4.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => path[..end].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn jar(from: &str, cookies: &[&str]) -> CookieJar {
        let mut jar = CookieJar::default();
        jar.keep(&url(from), &cookies.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), NOW);
        jar
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_and_path_only() {
        let jar = jar("http://127.0.0.31:7300/a/b", &["s=1; Path=/a; HttpOnly", "t=2"]);
        assert_eq!(jar.header(&url("http://127.0.0.31:7300/a/x"), NOW).unwrap(), "s=1; t=2");
        assert_eq!(jar.header(&url("http://127.0.0.31:7300/ab"), NOW), None);
        assert_eq!(jar.header(&url("http://127.0.0.32:7300/a/x"), NOW), None);
    }

    #[test]
    fn a_cookie_is_replaced_runs_out_and_is_taken_back() {
        let mut jar = jar("https://a.example/", &["s=1; Secure", "s=2; Max-Age=10"]);
        assert_eq!(jar.header(&url("https://a.example/"), NOW).unwrap(), "s=2");
        assert_eq!(jar.header(&url("https://a.example/"), NOW.plus(Duration::from_secs(10))), None);
        jar.keep(&url("https://a.example/"), &["s=; Max-Age=0".to_owned()], NOW);
        assert_eq!(jar.header(&url("https://a.example/"), NOW), None);
    }

    #[test]
    fn a_secure_cookie_never_travels_in_the_clear() {
        assert_eq!(jar("http://localhost/", &["s=1; Secure"]).header(&url("http://localhost/"), NOW), None);
        assert_eq!(jar("https://localhost/", &["s=1; Secure"]).header(&url("http://localhost/"), NOW), None);
    }
}
