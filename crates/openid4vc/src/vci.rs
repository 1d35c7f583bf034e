//! OpenID for Verifiable Credential Issuance 1.0: an offer, proofs of keys, cards, now or later.

mod code;
pub mod deferred;
pub mod encryption;
pub mod key_attestation;
pub mod metadata;
pub mod nonce;
pub mod notification;
pub mod offer;
pub mod proof;
pub mod request;
pub mod response;
