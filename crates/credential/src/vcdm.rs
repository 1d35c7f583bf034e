//! Verifiable Credentials Data Model 2.0, secured as JWT (`vc+jwt`, `vp+jwt`).
//!
//! The JSON is held to the rules of the model that JSON alone can break. No context is processed or fetched:
//! whether a term is mapped is not asked, and nothing depends on it, since claims are read by their names.
//!
//! Spec: VC Data Model 2.0 sections 4 and 6; Securing VCs using JOSE and COSE 1.0 sections 3.1 and 4.

pub mod date;
pub mod jwt;
mod model;
pub mod presentation;

use serde_json::{Map, Value};

use crate::issuer::ReferenceError;
use crate::jws::JwsError;
use crate::key::SignError;
use crate::time::UnixTime;

/// The first context of everything.
pub const BASE_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// Contexts, at most: known vocabularies of credentials name up to four.
pub const MAX_CONTEXTS: usize = 16;
/// Values of one property (types, subjects, status entries and their like), at most: each is held to its rules.
pub const MAX_VALUES: usize = 64;
/// Characters of a URL, at most, but for data URLs, which hold whole credentials.
pub const MAX_URL: usize = 2048;

/// The rule of the model, or of its securing, that something breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VcdmError {
    /// Malformed, of another type, or its signature does not hold.
    #[error("token is refused")]
    Jws(#[source] JwsError),
    /// The signer is not named.
    #[error("issuer reference is refused")]
    Reference(#[source] ReferenceError),
    /// `@context` is not an ordered list that begins with the base context (section 4.3).
    #[error("context is not that of a credential")]
    Context,
    /// `id` is not one URL (section 4.4).
    #[error("identifier is not one url")]
    Id,
    /// `type` is not a list of texts that holds the required one (section 4.5).
    #[error("type lacks what is required")]
    Type,
    /// `name` or `description` is neither a text nor a language value (section 4.6).
    #[error("name or description is malformed")]
    Name,
    /// `issuer` is neither a URL nor an object with one (section 4.7).
    #[error("issuer is not named by a url")]
    Issuer,
    /// `credentialSubject` is missing, says nothing, or has an unusable identifier (section 4.8).
    #[error("subject is missing or empty")]
    Subject,
    /// `validFrom` or `validUntil` is no date with a time zone, or they are the wrong way round (section 4.9).
    #[error("period of validity is malformed")]
    Period,
    /// `credentialStatus` is malformed (section 4.10).
    #[error("status entry is malformed")]
    Status,
    /// `credentialSchema` is malformed (section 4.11).
    #[error("schema is malformed")]
    Schema,
    /// `proof` is malformed (section 4.12), or stands inside a JWT, where nothing would check it.
    #[error("embedded proof is malformed or not to be checked")]
    Proof,
    /// `refreshService`, `termsOfUse` or `evidence` has no type (sections 5.4 to 5.6).
    #[error("property has no type")]
    Untyped,
    /// A `vc` or `vp` claim, as version 1.1 of the model had it (JOSE and COSE section 1.1.2.1).
    #[error("token wraps its content as version 1.1 did")]
    Wrapped,
    /// A JWT claim contradicts the property that says the same (JOSE and COSE section 3.1.3).
    #[error("claim contradicts the credential")]
    Contradiction,
    /// A credential is for a named audience: `aud`, which nothing here holds against anybody.
    #[error("credential is for a named audience")]
    CredentialAudience,
    /// A JWT claim of time is no number.
    #[error("time is malformed")]
    TimeForm,
    /// `validFrom`, `nbf` or `iat` lie ahead.
    #[error("credential is not yet valid")]
    NotYetValid,
    /// `validUntil` or `exp` has passed.
    #[error("credential has expired")]
    Expired,
    /// `holder` is neither a URL nor an object with one (section 4.13).
    #[error("holder is not named by a url")]
    Holder,
    /// `verifiableCredential` holds something that is no credential (section 4.13).
    #[error("presentation holds something that is no credential")]
    Content,
    /// A presentation holds a credential that nobody secured.
    #[error("presentation holds an unsecured credential")]
    Unsecured,
    /// A presentation holds more credentials than allowed.
    #[error("presentation holds more credentials than allowed")]
    TooMany,
    /// `aud` of a presentation is another verifier.
    #[error("presentation is for another verifier")]
    Audience,
    /// `nonce` of a presentation is not the verifier's.
    #[error("presentation has another nonce")]
    Nonce,
    /// A presentation is too old.
    #[error("presentation is too old")]
    TooOld,
    /// The signer failed.
    #[error("token could not be signed")]
    Sign(#[source] SignError),
}

/// A credential that holds the rules of the model. Whether its issuer said it is another matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    members: Map<String, Value>,
    issuer: String,
    valid_from: Option<UnixTime>,
    valid_until: Option<UnixTime>,
}

impl Credential {
    /// Holds `members` against the model.
    ///
    /// # Errors
    /// [`VcdmError`].
    pub fn new(members: Map<String, Value>) -> Result<Self, VcdmError> {
        model::check_credential(&members)?;
        let issuer = model::check_issuer(&members)?;
        let (valid_from, valid_until) = model::check_period(&members)?;
        Ok(Self { members, issuer, valid_from, valid_until })
    }

    /// The issuer's URL.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `validFrom`.
    pub const fn valid_from(&self) -> Option<UnixTime> {
        self.valid_from
    }

    /// `validUntil`.
    pub const fn valid_until(&self) -> Option<UnixTime> {
        self.valid_until
    }

    /// Every property as it came.
    pub const fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// The types.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        model::values(&self.members, "type").iter().filter_map(Value::as_str)
    }

    /// Whether the credential is within its period.
    ///
    /// # Errors
    /// [`VcdmError::NotYetValid`] and [`VcdmError::Expired`].
    pub fn check_period(&self, now: UnixTime) -> Result<(), VcdmError> {
        if self.valid_from.is_some_and(|begin| begin > now) {
            return Err(VcdmError::NotYetValid);
        }
        if self.valid_until.is_some_and(|end| end < now) { Err(VcdmError::Expired) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
