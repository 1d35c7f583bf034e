//! The parts of OAuth that issuing a card and signing in need: PKCE, DPoP, pushed requests, tokens.

pub mod authorize;
pub mod client_assertion;
pub mod client_attestation;
mod code;
pub mod dpop;
pub mod error;
pub mod metadata;
pub mod par;
pub mod pkce;
pub mod token;
