//! The issuer over real HTTP on loopback, with a real database.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod api;
mod issue;
mod kill;
mod renew;
mod retire;
mod sign_in;
mod world;
