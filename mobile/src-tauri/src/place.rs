//! What the app runs on: its folder, the register that it believes, where keys live.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tauri::{AppHandle, Manager as _};
use wallet_app::app::{Keys, Place};
use wallet_app::system::{SystemClock, random};
use wallet_core::wallet::Setup;
#[cfg(any(target_os = "android", target_os = "ios"))]
use wallet_device::keys::{Demand, DeviceKeys};

/// Checkpoint and nodes of the register, as JSON: pinned when the app is built.
const REGISTER: Option<&str> = option_env!("SYMBOLON_REGISTER");
/// The scheme by which a browser comes back from a sign-in; `tauri.conf.json` has it too.
const COMES_BACK_TO: &str = "org.symbolon.wallet:/back";

pub(crate) fn of(handle: &AppHandle) -> Result<Place> {
    let register = given("SYMBOLON_REGISTER").or_else(|| REGISTER.map(str::to_owned));
    let register =
        register.context("this app was built without a register to believe: set SYMBOLON_REGISTER")?;
    let setup: Setup = serde_json::from_str(&register).context("SYMBOLON_REGISTER is no register")?;
    let home = match given("SYMBOLON_HOME") {
        Some(home) => PathBuf::from(home),
        None => handle.path().app_data_dir().context("the app has no folder")?.join("wallet"),
    };
    Ok(Place {
        home,
        setup,
        keys: keys(handle)?,
        clock: Arc::new(SystemClock),
        random: random(),
        comes_back_to: COMES_BACK_TO.to_owned(),
    })
}

/// On a phone: its hardware. A release takes no key outside of it; an emulator, which has none, runs debug builds.
#[cfg(any(target_os = "android", target_os = "ios"))]
fn keys(handle: &AppHandle) -> Result<Keys> {
    let phone = wallet_device::start::phone(handle).context("the phone's hardware does not answer")?;
    let demand = if cfg!(debug_assertions) { Demand::Any } else { Demand::Hardware };
    Ok(Keys::OfDevice(Arc::new(DeviceKeys::new(phone, demand))))
}

/// On a computer: a file, for tests.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
fn keys(_: &AppHandle) -> Result<Keys> {
    Ok(Keys::InFile)
}

/// From the environment, in a debug build alone: nobody tells a released app whom to believe.
fn given(name: &str) -> Option<String> {
    if cfg!(debug_assertions) { std::env::var(name).ok() } else { None }
}
