//! The wallet for apps in Kotlin, Swift and Python.
//!
//! [`wallet::Wallet`] does what a person does: looks at an offer and takes it, looks at a request and shares or declines, looks
//! back. What a screen needs is in [`records`]; why something was not done in [`error::WalletError`]. The phone's
//! hardware comes in as [`hardware::HardwareKeys`], which the app writes in its own language.
//!
//! Everything runs on threads of this library: an app may await from the thread that draws, and a call that was begun
//! goes on where nobody awaits it any more. Private keys, whole cards and tokens never cross.

pub mod codes;
pub mod counter;
pub mod error;
pub mod hardware;
pub mod look_back;
pub mod moving;
pub mod opening;
pub mod records;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
pub mod software;
mod system;
mod threads;
pub mod wallet;

uniffi::setup_scaffolding!();
