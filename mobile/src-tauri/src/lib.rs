//! The phone app's shell: the screens in a web view, and one command to the core.
//!
//! Nothing is decided here. The screens are in the binary, the web view leads nowhere else and speaks to nobody but the
//! core, and no plugin can be asked for anything by a page. Links that open the app go to the core, which checks them.
//!
//! Keys: on a computer in a file, for tests. A phone keeps them in its hardware, and for a phone there is nothing else to
//! choose: [`wallet_app::app::Keys`] has no file there.

mod pages;
mod place;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use tauri::{AppHandle, Manager as _, State, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_deep_link::DeepLinkExt as _;
use url::Url;
use wallet_app::app::App;
use wallet_app::failure::Failure;

/// How often it is seen whether the wallet has to be locked.
const SEEN_EVERY: Duration = Duration::from_secs(15);
const WINDOW: &str = "main";
/// A phone's screen, for computers.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
const SIZE: (f64, f64) = (390.0, 844.0);

/// The one command.
#[tauri::command]
async fn call(app: State<'_, Arc<App>>, command: String, arguments: Value) -> Result<Value, Failure> {
    app.call(&command, arguments).await
}

/// Runs the app until it is closed.
///
/// # Errors
/// Where the app has no folder, no register to believe, or no web view.
pub fn start() -> anyhow::Result<()> {
    // Its own script would take each press on a link that leads out, ask as the page, which may not, and leave the person
    // where they are.
    let opener = tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build();
    let builder = tauri::Builder::default().plugin(tauri_plugin_deep_link::init()).plugin(opener);
    #[cfg(any(target_os = "android", target_os = "ios"))]
    let builder = builder.plugin(wallet_device::start::plugin());
    builder
        .invoke_handler(tauri::generate_handler![call])
        .setup(|tauri| Ok(set_up(tauri)?))
        .run(tauri::generate_context!())
        .context("the app cannot run")
}

#[cfg_attr(any(target_os = "android", target_os = "ios"), tauri::mobile_entry_point)]
#[cfg_attr(
    not(any(target_os = "android", target_os = "ios")),
    allow(dead_code, reason = "where phones start")
)]
fn start_on_phone() {
    if let Err(error) = start() {
        eprintln!("{error:#}");
    }
}

fn set_up(tauri: &tauri::App) -> anyhow::Result<()> {
    let app = Arc::new(app_of(tauri.handle())?);
    tauri.manage(Arc::clone(&app));
    let opened = tauri.deep_link().get_current().ok().flatten().unwrap_or_default();
    open(tauri.handle(), &app, &opened);
    let (handle, kept) = (tauri.handle().clone(), Arc::clone(&app));
    tauri.deep_link().on_open_url(move |event| open(&handle, &kept, &event.urls()));
    tauri::async_runtime::spawn(async move {
        let mut seen = tokio::time::interval(SEEN_EVERY);
        loop {
            seen.tick().await;
            app.lock_when_due();
        }
    });
    let (handle, window) =
        (tauri.handle().clone(), WebviewWindowBuilder::new(tauri, WINDOW, WebviewUrl::default()));
    let follows = handle.clone();
    let window =
        window.on_navigation(move |url| pages::follow(&follows, url)).on_new_window(move |url, _| {
            pages::open_in_browser(&handle, &url);
            tauri::webview::NewWindowResponse::Deny
        });
    #[cfg(any(target_os = "android", target_os = "ios"))]
    let window = window.on_page_load(|window, _| tell_insets(window.app_handle()));
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    let window = window.title("Symbolon").inner_size(SIZE.0, SIZE.1).decorations(false);
    window.build()?;
    Ok(())
}

/// Has the page told how much of its edges the phone covers. On a thread of its own: the one that draws would wait
/// for itself.
#[cfg(any(target_os = "android", target_os = "ios"))]
fn tell_insets(handle: &AppHandle) {
    if let Some(phone) = wallet_device::start::phone(handle) {
        // Where it does not answer, the page looks as it would without.
        tauri::async_runtime::spawn_blocking(move || wallet_device::screen::tell_insets(&*phone).ok());
    }
}

/// The app of a computer.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
fn app_of(handle: &AppHandle) -> anyhow::Result<App> {
    Ok(App::new(place::of(handle)?))
}

/// The app of a phone, which says whether its owner confirms, and whose screen is turned up while a code is shown.
#[cfg(any(target_os = "android", target_os = "ios"))]
fn app_of(handle: &AppHandle) -> anyhow::Result<App> {
    let mut app = App::new(place::of(handle)?);
    if let Some(phone) = wallet_device::start::phone(handle) {
        let asked = Arc::clone(&phone);
        app.confirmed_by(move || wallet_device::owner::guard(&*asked).map(confirming));
        // A code can be read from a dark screen too.
        let lit = Arc::clone(&phone);
        app.lit_by(move |on| drop(wallet_device::screen::bright(&*lit, on)));
        app.saved_by(move |name, bytes| wallet_device::files::save(&*phone, name, bytes));
    }
    Ok(app)
}

/// What a person is told of what guards the device key.
#[cfg(any(target_os = "android", target_os = "ios"))]
const fn confirming(guard: wallet_device::owner::Guard) -> wallet_app::owner::Confirming {
    use wallet_app::owner::Confirming;
    use wallet_device::owner::Guard;
    match guard {
        Guard::Owner => Confirming::EachTime,
        Guard::NobodyYet => Confirming::NotBound,
        Guard::Nobody => Confirming::NoLock,
    }
}

/// Passes the last of the links that opened the app on, and tells the screens that there is one. The link itself does
/// not go through the page's script.
fn open(handle: &AppHandle, app: &App, links: &[Url]) {
    let Some(link) = links.last() else { return };
    app.open_link(link.as_str());
    if let Some(window) = handle.get_webview_window(WINDOW) {
        // A page that is not there yet asks by itself when it begins.
        let _ = window.eval("dispatchEvent(new Event('opened'))");
    }
}
