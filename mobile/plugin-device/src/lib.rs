//! The phone's hardware for the wallet: keys that never leave it, counters, its owner's confirmation, its screen; and the place
//! where its owner keeps a file.
//!
//! Kotlin (`android/`) and Swift (`ios/`) do the work with what each system brings along; this crate gives them
//! the shape that the wallet asks for ([`wallet_core::keys::KeyStore`]) and believes nothing of what comes back before
//! it is read. Only the core speaks to it: the plugin names no command to Tauri, so no page can be given a
//! permission for one, and no key and no handle passes a web view.
//!
//! On computers there is no such hardware, and nothing here but what the tests need. [`keys`] says what is protected
//! on which system, and what is not.

pub mod attest;
pub mod files;
pub mod keys;
pub mod message;
pub mod owner;
pub mod phone;
pub mod screen;
mod signer;

#[cfg(any(target_os = "android", target_os = "ios"))]
pub mod start;

#[cfg(test)]
mod tests;
