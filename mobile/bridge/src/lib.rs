//! The loopback bridge: the phone app in a browser on this machine, with the true core behind it.
//!
//! It serves the built screens and passes each `POST /ipc/<command>` to [`wallet_app::app::App::call`], as the phone's
//! shell does. It exists for tests and for the demo: nothing of it is compiled into a release build.
//!
//! Whoever is on this machine can reach a loopback port, and so can every web page that its browser shows. Hence a
//! token for each run, the names of host and origin held against our own, and a policy that lets the page speak to
//! nobody else.

#![cfg(debug_assertions)]

pub mod guard;
pub mod screens;
pub mod serve;
