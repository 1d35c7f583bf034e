//! A wallet among others: a register, issuers and relying parties in this process, honest and not.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod again;
mod attested;
mod bad_input;
mod choices;
mod counter;
mod documents;
mod earlier;
mod hostile_issuer;
mod hostile_verifier;
mod issuer;
mod lock;
mod log_in;
mod look_back;
mod pinned;
mod present;
mod promised;
mod prove;
mod provider;
mod receipts;
mod receive;
mod register;
mod renew;
mod server;
mod states;
mod transactions;
mod world;

use credential::time::UnixTime;

/// The moment of every test.
fn now() -> UnixTime {
    UnixTime::from_secs(1_800_000_000)
}
