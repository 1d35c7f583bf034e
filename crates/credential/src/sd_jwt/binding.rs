//! Key binding: the holder signs what it shows, to whom, and for which question.
//!
//! Spec: RFC 9901 sections 4.3 and 7.3, OpenID4VP 1.0 appendix B.3.3 (transaction data).

use core::time::Duration;

use crate::jws::JwsError;
use crate::time::UnixTime;

/// How far the holder's clock may be ahead.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// What a holder signs.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The verifier's full `client_id`, or `origin:` and its origin.
    pub audience: &'a str,
    /// The verifier's nonce.
    pub nonce: &'a str,
    /// The present.
    pub issued_at: UnixTime,
    /// The request's transaction data, as the base64url texts that arrived.
    pub transaction_data: &'a [String],
}

/// What a verifier expects to have been signed.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedBinding<'a> {
    /// This verifier.
    pub audience: &'a str,
    /// The nonce of the request.
    pub nonce: &'a str,
    /// How old the signature may be.
    pub max_age: Duration,
    /// The present.
    pub now: UnixTime,
    /// The request's transaction data for this credential, as the base64url texts that were sent.
    pub transaction_data: &'a [String],
}

/// Why a key binding is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// One is required and none came.
    #[error("key binding is missing")]
    Missing,
    /// One came where none may be: at issuance.
    #[error("key binding is present where none may be")]
    Unexpected,
    /// The credential names no holder key that we use (`cnf.jwk`).
    #[error("holder key is missing or unusable")]
    HolderKey,
    /// The token is malformed, of another type or algorithm, or its signature does not hold.
    #[error("key binding token is refused")]
    Jws(#[source] JwsError),
    /// `iat`, `aud`, `nonce` or `sd_hash` is missing or of the wrong kind.
    #[error("key binding lacks a required claim")]
    Claims,
    /// Made for another verifier.
    #[error("key binding is for another audience")]
    Audience,
    /// Made for another question.
    #[error("key binding answers another nonce")]
    Nonce,
    /// Made over other disclosures or another credential.
    #[error("key binding covers other disclosures")]
    Hash,
    /// `iat` lies ahead.
    #[error("key binding is from the future")]
    Future,
    /// `iat` is too long ago.
    #[error("key binding is too old")]
    TooOld,
    /// The transaction data that was signed is not what was asked.
    #[error("key binding covers other transaction data")]
    TransactionData,
}
