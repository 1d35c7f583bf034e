//! OpenID for Verifiable Presentations 1.0: a verifier asks, a wallet shows, the verifier decides.

pub mod client_id;
pub mod dcql;
pub mod fetch;
pub mod link;
pub mod present;
pub mod refusal;
pub mod request;
pub mod response;
pub mod transaction;
pub mod verify;

#[cfg(test)]
mod vectors;
