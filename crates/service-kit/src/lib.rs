//! What every service needs once: configuration, errors, telemetry, serving, storage, pages.
//!
//! Nothing here knows a protocol. A service's `main.rs` makes the clock and the randomness, reads its
//! configuration, opens its database and hands a router to [`serve`].

pub mod calendar;
pub mod certificates;
pub mod clock;
pub mod command;
pub mod config;
pub mod database;
pub mod language;
pub mod limit;
pub mod metrics;
pub mod page;
pub mod pem;
pub mod problem;
pub mod qr;
pub mod random;
pub mod secret;
pub mod serve;
pub mod signature;
pub mod telemetry;
