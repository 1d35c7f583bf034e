//! The plugin on a phone: Kotlin's or Swift's half, bound to the wallet's line to it.

#![cfg_attr(target_os = "ios", allow(unsafe_code, reason = "the linker finds Swift's half by its name"))]

use std::sync::Arc;

use serde_json::Value;
use tauri::plugin::mobile::PluginInvokeError;
use tauri::plugin::{Builder, PluginHandle, TauriPlugin};
use tauri::{AppHandle, Manager as _, Runtime};

use crate::phone::{Command, Phone, Refusal};

const NAME: &str = "wallet-device";
#[cfg(target_os = "android")]
const PACKAGE: &str = "org.symbolon.device";
#[cfg(target_os = "android")]
const CLASS: &str = "DevicePlugin";

#[cfg(target_os = "ios")]
tauri::ios_plugin_binding!(init_plugin_wallet_device);

/// The line to this phone's half.
struct Line<R: Runtime>(PluginHandle<R>);

/// What the app keeps of it.
struct Kept(Arc<dyn Phone>);

/// The plugin. It names no command: pages have nothing to ask.
pub fn plugin<R: Runtime>() -> TauriPlugin<R> {
    Builder::new(NAME)
        .setup(|app, api| {
            #[cfg(target_os = "android")]
            let handle = api.register_android_plugin(PACKAGE, CLASS)?;
            #[cfg(target_os = "ios")]
            let handle = api.register_ios_plugin(init_plugin_wallet_device)?;
            app.manage(Kept(Arc::new(Line(handle))));
            Ok(())
        })
        .build()
}

/// The line to this phone; none before the plugin started.
pub fn phone<R: Runtime>(app: &AppHandle<R>) -> Option<Arc<dyn Phone>> {
    app.try_state::<Kept>().map(|kept| Arc::clone(&kept.0))
}

impl<R: Runtime> Phone for Line<R> {
    fn ask(&self, command: Command, message: Value) -> Result<Value, Refusal> {
        self.0.run_mobile_plugin(command.name(), message).map_err(|error| match error {
            PluginInvokeError::InvokeRejected(why) => Refusal::from_code(why.code.as_deref()),
            _ => Refusal::Failed,
        })
    }
}
