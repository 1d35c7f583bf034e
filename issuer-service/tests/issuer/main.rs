//! The issuer over real HTTP on loopback, with a real database.

mod api;
mod issue;
mod sign_in;
mod world;
