//! Key attestations: the wallet's provider says where keys are kept and who may use them.
//!
//! Spec: OpenID4VCI 1.0 appendix D, and appendix F.1 and F.3 for where it may stand.

use core::time::Duration;
use std::collections::BTreeSet;

use credential::issuer::{KeyReference, ReferenceError};
use credential::jws::{self, JwsError};
use credential::key::{KeyError, PublicKey, VerifySignature};
use credential::time::UnixTime;
use serde_json::Value;

use crate::message::{Members, MessageError};
use crate::vci::nonce::MAX_NONCE;
use crate::vci::request::MAX_PROOFS;

/// The `typ` of a key attestation.
pub const TYPE: &str = "key-attestation+jwt";
/// Characters of one attestation, at most: a hundred keys of 200 characters, with room for certificates.
pub const MAX_ATTESTATION: usize = 48 * 1024;
/// Levels of key storage or user authentication in one attestation, at most: the specification names four.
pub const MAX_LEVELS: usize = 16;
/// How far the provider's clock may be ahead.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// Where an attestation stands in a credential request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the header of a `jwt` proof: it must expire, and its keys must hold the proof's.
    JwtProof,
    /// As the one proof of type `attestation`: its nonce stands for the wallet's own.
    AttestationProof,
}

/// What an attestation is held against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Where it stands.
    pub place: Place,
    /// The issuer's nonce, where it gives any.
    pub nonce: Option<&'a str>,
    /// Levels of key storage of which one must be attested; empty where none is required.
    pub key_storage: &'a [String],
    /// Levels of user authentication of which one must be attested; empty where none is required.
    pub user_authentication: &'a [String],
    /// The present.
    pub now: UnixTime,
}

/// Why a key attestation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyAttestationError {
    /// Longer than allowed.
    #[error("key attestation is larger than allowed")]
    TooLarge,
    /// Malformed, of another type, or its signature does not hold.
    #[error("key attestation is refused")]
    Jws(#[source] JwsError),
    /// The attester's key is not named.
    #[error("key of the attester is not named")]
    Reference(#[source] ReferenceError),
    /// A claim is missing or malformed.
    #[error("claim of the key attestation is refused")]
    Message(#[from] MessageError),
    /// An attested key is private, or none that we use.
    #[error("attested key is refused")]
    Key(#[source] KeyError),
    /// One key is attested twice: copies of a card must not be linkable.
    #[error("a key is attested twice")]
    RepeatedKey,
    /// `exp` has passed.
    #[error("key attestation has expired")]
    Expired,
    /// `iat` or `nbf` lie ahead.
    #[error("key attestation is from the future")]
    Future,
    /// `nonce` is not the issuer's, missing where it stands for a proof, or there where the issuer gave none.
    #[error("key attestation lacks the issuer's nonce")]
    Nonce,
    /// No level of key storage that the issuer requires.
    #[error("keys are not stored as required")]
    KeyStorage,
    /// No level of user authentication that the issuer requires.
    #[error("users are not authenticated as required")]
    UserAuthentication,
    /// The proof is by a key that is not attested.
    #[error("proof is by a key that is not attested")]
    Unattested,
}

/// An attestation as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedKeyAttestation(jws::Unverified);

/// An attestation that holds.
#[derive(Clone, Debug)]
pub struct KeyAttestation {
    /// The attested keys, all different.
    pub keys: Vec<PublicKey>,
    /// `key_storage`.
    pub key_storage: Vec<String>,
    /// `user_authentication`.
    pub user_authentication: Vec<String>,
    /// `certification`: an address for people, never to be fetched.
    pub certification: Option<String>,
    /// `status`, as it came: the entry of a status list, to be checked before the attestation counts.
    pub status: Option<Value>,
    /// `exp`.
    pub expires_at: Option<UnixTime>,
}

impl UnverifiedKeyAttestation {
    /// Reads an attestation.
    ///
    /// # Errors
    /// [`KeyAttestationError::TooLarge`] and [`KeyAttestationError::Jws`].
    pub fn parse(text: &str) -> Result<Self, KeyAttestationError> {
        if text.len() > MAX_ATTESTATION {
            return Err(KeyAttestationError::TooLarge);
        }
        jws::Unverified::parse(text).map(Self).map_err(KeyAttestationError::Jws)
    }

    /// The key that it says to be signed with: the caller holds it against the providers that it trusts.
    ///
    /// # Errors
    /// [`KeyAttestationError::Reference`].
    pub fn key_reference(&self) -> Result<KeyReference, KeyAttestationError> {
        KeyReference::from_header(self.0.header()).map_err(KeyAttestationError::Reference)
    }

    /// Holds the attestation against the attester's key and what the issuer requires.
    ///
    /// # Errors
    /// [`KeyAttestationError`].
    pub fn verify(
        self,
        attester: &PublicKey,
        expected: &Expected<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<KeyAttestation, KeyAttestationError> {
        let token = self.0.verify(attester, TYPE, backend).map_err(KeyAttestationError::Jws)?;
        let claims = Members::new(token.claims());
        expected.check_nonce(claims)?;
        let attestation = KeyAttestation {
            expires_at: expected.check_times(claims)?,
            keys: read_keys(claims)?,
            key_storage: claims.texts("key_storage", MAX_LEVELS)?.unwrap_or_default(),
            user_authentication: claims.texts("user_authentication", MAX_LEVELS)?.unwrap_or_default(),
            certification: claims.text("certification")?.map(str::to_owned),
            status: claims.value("status").cloned(),
        };
        expected.check_levels(&attestation)?;
        Ok(attestation)
    }
}

impl KeyAttestation {
    /// Whether the key of a `jwt` proof is among the attested ones.
    ///
    /// # Errors
    /// [`KeyAttestationError::Unattested`].
    pub fn check_proof_key(&self, key: &PublicKey) -> Result<(), KeyAttestationError> {
        if self.keys.contains(key) { Ok(()) } else { Err(KeyAttestationError::Unattested) }
    }
}

impl Expected<'_> {
    fn check_times(&self, claims: Members<'_>) -> Result<Option<UnixTime>, KeyAttestationError> {
        let issued_at = claims.time("iat")?.ok_or(MessageError::Missing("iat"))?;
        if issued_at > self.now.plus(MAX_CLOCK_SKEW) {
            return Err(KeyAttestationError::Future);
        }
        let expires_at = claims.time("exp")?;
        if self.place == Place::JwtProof && expires_at.is_none() {
            return Err(MessageError::Missing("exp").into());
        }
        if expires_at.is_some_and(|end| end <= self.now) {
            return Err(KeyAttestationError::Expired);
        }
        let (expired, future) = (KeyAttestationError::Expired, KeyAttestationError::Future);
        claims.check_dates(self.now, MAX_CLOCK_SKEW, expired, future)?;
        Ok(expires_at)
    }

    /// In a `jwt` proof the proof's own nonce counts, and an attestation may have been made before it: appendix F.1 asks
    /// for the nonce in the attestation too, its example in D.1 has none, and wallets send what was made ahead. One that
    /// is there has to be the issuer's.
    fn check_nonce(&self, claims: Members<'_>) -> Result<(), KeyAttestationError> {
        let nonce = claims.text("nonce")?;
        if nonce.is_some_and(|nonce| nonce.len() > MAX_NONCE) {
            return Err(MessageError::TooLarge("nonce").into());
        }
        let made_before = self.place == Place::JwtProof && nonce.is_none();
        if made_before || nonce == self.nonce { Ok(()) } else { Err(KeyAttestationError::Nonce) }
    }

    fn check_levels(&self, attestation: &KeyAttestation) -> Result<(), KeyAttestationError> {
        let meets = |required: &[String], attested: &[String]| {
            required.is_empty() || required.iter().any(|level| attested.contains(level))
        };
        if !meets(self.key_storage, &attestation.key_storage) {
            return Err(KeyAttestationError::KeyStorage);
        }
        if !meets(self.user_authentication, &attestation.user_authentication) {
            return Err(KeyAttestationError::UserAuthentication);
        }
        Ok(())
    }
}

fn read_keys(claims: Members<'_>) -> Result<Vec<PublicKey>, KeyAttestationError> {
    let jwks = claims.required_list("attested_keys", MAX_PROOFS)?;
    let mut thumbprints = BTreeSet::new();
    let mut keys = Vec::with_capacity(jwks.len());
    for jwk in jwks {
        let key = PublicKey::from_jwk(jwk).map_err(KeyAttestationError::Key)?;
        if !thumbprints.insert(key.thumbprint()) {
            return Err(KeyAttestationError::RepeatedKey);
        }
        keys.push(key);
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
