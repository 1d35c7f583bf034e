//! The phone app without its screens: one call takes a command and its arguments, and gives a view or a code.
//!
//! The Tauri shell and the loopback bridge are two thin carriers of [`app::App::call`]. Whole cards, keys and PINs stay
//! on this side of it. A person's way through the phases: new, locked, open.

pub mod app;
mod argument;
mod backup;
mod cards;
mod command;
mod counter;
pub mod failure;
mod files;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
mod key_file;
pub mod link;
mod look;
mod look_back;
mod move_phone;
pub mod owner;
mod pending;
mod phase;
mod practice;
mod present;
mod receive;
mod scan;
pub mod settings;
pub mod system;
mod upkeep;
