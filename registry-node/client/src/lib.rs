//! Reads the register from nodes that nobody has to trust: every answer is checked with its proof.
//!
//! [`registry::Registry`] fetches and submits; [`facts::Facts`] is what one proof says; [`trust`] decides who
//! may issue and who may ask, the same way for wallets, issuers and verifiers.

mod confirm;
pub mod facts;
mod fetch;
pub mod registry;
pub mod trust;
