//! The issuer over real HTTP on loopback, with a real database.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod api;
mod attested;
mod document;
mod feedback;
mod issue;
mod kill;
mod node;
mod renew;
mod retire;
mod sign_in;
mod wallet;
mod world;

// The register of the wallet's tests: four validators, whose proofs are real.
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../wallet-core/tests/wallet/register.rs"]
mod register;
