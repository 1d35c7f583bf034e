//! The issuer over real HTTP on loopback, with a real database.

mod api;
mod issue;
mod kill;
mod sign_in;
mod world;
