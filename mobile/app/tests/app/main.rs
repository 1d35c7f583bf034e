//! The app among an issuer, a relying party and a register in this process: phases, journeys, and what never crosses.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

// The wallet's own tests have the world around it: a register with real proofs, an issuer, a relying party.
#[allow(dead_code, reason = "shared with the wallet's tests, which use all of it")]
#[path = "../../../../wallet-core/tests/wallet/issuer.rs"]
mod issuer;
#[allow(dead_code, reason = "shared with the wallet's tests, which use all of it")]
#[path = "../../../../wallet-core/tests/wallet/register.rs"]
mod register;
#[allow(dead_code, reason = "shared with the wallet's tests, which use all of it")]
#[path = "../../../../wallet-core/tests/wallet/server.rs"]
mod server;
#[allow(dead_code, reason = "shared with the wallet's tests, which use all of it")]
#[path = "../../../../wallet-core/tests/wallet/world.rs"]
mod world;

mod cards;
mod crossing;
mod journey;
mod keeping;
mod light;
mod owner;
mod phases;
mod phone;
mod practice;
mod scan;
mod upkeep;

use credential::time::UnixTime;

/// The moment at which every test begins.
fn now() -> UnixTime {
    UnixTime::from_secs(1_800_000_000)
}
