//! Key proofs: the wallet signs with each key that a copy of the card is to be bound to.
//!
//! Spec: OpenID4VCI 1.0 section 8.2 and appendix F.1 and F.4. The public key travels in the header
//! (`jwk`), so that no other name of it can mislead.

use core::time::Duration;
use std::collections::BTreeSet;

use credential::jws::{self, JwsError};
use credential::key::{KeyError, PublicKey, SignError, Signer, VerifySignature};
use credential::time::UnixTime;
use serde_json::{Map, Value};

use crate::message::{Members, MessageError};
use crate::oauth::error::ErrorCode;
use crate::vci::nonce::MAX_NONCE;

/// The `typ` of a key proof.
pub const TYPE: &str = "openid4vci-proof+jwt";
/// Characters of one proof, at most: a header with one key and four short claims.
pub const MAX_PROOF: usize = 4096;
/// How old a proof may be; its nonce is the real limit.
pub const MAX_AGE: Duration = Duration::from_secs(600);
/// How far the wallet's clock may be ahead.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// What proofs are held against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The credential issuer's identifier.
    pub issuer: &'a str,
    /// The wallet's, where the token was given to a named one; a proof may leave it out but not name another.
    pub client_id: Option<&'a str>,
    /// Proofs in one request, at most: `batch_size`, or one.
    pub max_batch: usize,
    /// The present.
    pub now: UnixTime,
}

/// The keys of one request, each proven. Whether the nonce is ours and new is the caller's to say.
#[derive(Clone, Debug)]
pub struct ProvenKeys {
    /// The keys, all different, in the order of their proofs.
    pub keys: Vec<PublicKey>,
    /// The nonce that all proofs were made over.
    pub nonce: String,
}

/// Why proofs are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// None, or more than a batch.
    #[error("number of key proofs is not acceptable")]
    Count,
    /// Longer than allowed.
    #[error("key proof is larger than allowed")]
    TooLarge,
    /// Malformed, of another type, or its signature does not hold.
    #[error("key proof is refused")]
    Jws(#[source] JwsError),
    /// `jwk` is missing, private, no key that we use, or not alone.
    #[error("key of the proof is refused")]
    Key(#[source] KeyError),
    /// A claim is missing or malformed.
    #[error("claim of the key proof is refused")]
    Message(#[from] MessageError),
    /// `aud` is another issuer.
    #[error("key proof is for another issuer")]
    Audience,
    /// `iss` is another client.
    #[error("key proof is by another client")]
    Client,
    /// `iat` or `nbf` lie too far ahead.
    #[error("key proof is from the future")]
    Future,
    /// `iat` is too long ago, or `exp` has passed.
    #[error("key proof is too old")]
    TooOld,
    /// No `nonce`, or not the same one in all.
    #[error("key proofs have no common nonce")]
    Nonce,
    /// One key is proven twice: copies of a card must not be linkable.
    #[error("a key is proven twice")]
    RepeatedKey,
}

impl ProofError {
    /// What the wallet is told.
    pub const fn error(&self) -> ErrorCode {
        match self {
            Self::Nonce => ErrorCode::InvalidNonce,
            Self::Count
            | Self::TooLarge
            | Self::Jws(_)
            | Self::Key(_)
            | Self::Message(_)
            | Self::Audience
            | Self::Client
            | Self::Future
            | Self::TooOld
            | Self::RepeatedKey => ErrorCode::InvalidProof,
        }
    }
}

/// Signs a proof for the credential issuer `issuer` over its `nonce`. `client_id` is left out where the
/// wallet came anonymously with an offer's code.
///
/// # Errors
/// [`SignError`].
pub fn make(
    issuer: &str,
    nonce: &str,
    client_id: Option<&str>,
    signer: &dyn Signer,
    now: UnixTime,
) -> Result<String, SignError> {
    make_attested(issuer, nonce, client_id, signer, now, None)
}

/// As [`make`], with what the wallet's provider attests of the key (appendix D).
///
/// # Errors
/// [`SignError`].
pub fn make_attested(
    issuer: &str,
    nonce: &str,
    client_id: Option<&str>,
    signer: &dyn Signer,
    now: UnixTime,
    attestation: Option<&str>,
) -> Result<String, SignError> {
    let mut header = Map::new();
    header.insert("typ".into(), TYPE.into());
    header.insert("jwk".into(), signer.public_key().to_jwk());
    if let Some(attestation) = attestation {
        header.insert("key_attestation".into(), attestation.into());
    }
    let mut claims = Map::new();
    if let Some(client_id) = client_id {
        claims.insert("iss".into(), client_id.into());
    }
    claims.insert("aud".into(), issuer.into());
    claims.insert("iat".into(), now.secs().into());
    claims.insert("nonce".into(), nonce.into());
    jws::sign(header, &claims, signer)
}

impl Expected<'_> {
    /// Holds every proof of one request against this issuer.
    ///
    /// # Errors
    /// [`ProofError`]; the first refusal refuses all.
    pub fn verify(&self, proofs: &[String], backend: &dyn VerifySignature) -> Result<ProvenKeys, ProofError> {
        if proofs.is_empty() || proofs.len() > self.max_batch {
            return Err(ProofError::Count);
        }
        let mut keys = Vec::with_capacity(proofs.len());
        let (mut nonces, mut thumbprints) = (BTreeSet::new(), BTreeSet::new());
        for proof in proofs {
            let (key, nonce) = self.verify_one(proof, backend)?;
            if !thumbprints.insert(key.thumbprint()) {
                return Err(ProofError::RepeatedKey);
            }
            nonces.insert(nonce);
            keys.push(key);
        }
        match (nonces.pop_first(), nonces.is_empty()) {
            (Some(nonce), true) => Ok(ProvenKeys { keys, nonce }),
            _ => Err(ProofError::Nonce),
        }
    }

    fn verify_one(
        &self,
        proof: &str,
        backend: &dyn VerifySignature,
    ) -> Result<(PublicKey, String), ProofError> {
        if proof.len() > MAX_PROOF {
            return Err(ProofError::TooLarge);
        }
        let token = jws::Unverified::parse(proof).map_err(ProofError::Jws)?;
        let members = token.header().members();
        if ["kid", "x5c", "trust_chain"].iter().any(|name| members.contains_key(*name)) {
            return Err(ProofError::Key(KeyError::Malformed));
        }
        let jwk = token.header().jwk().ok_or(ProofError::Key(KeyError::Malformed))?;
        let key = PublicKey::from_jwk(jwk).map_err(ProofError::Key)?;
        let token = token.verify(&key, TYPE, backend).map_err(ProofError::Jws)?;
        let nonce = self.check_claims(Members::new(token.claims()))?;
        Ok((key, nonce))
    }

    fn check_claims(&self, claims: Members<'_>) -> Result<String, ProofError> {
        if claims.required_text("aud")? != self.issuer {
            return Err(ProofError::Audience);
        }
        if claims.value("iss").is_some_and(|iss| iss.as_str() != self.client_id) {
            return Err(ProofError::Client);
        }
        let issued_at = claims.time("iat")?.ok_or(MessageError::Missing("iat"))?;
        if issued_at > self.now.plus(MAX_CLOCK_SKEW) {
            return Err(ProofError::Future);
        }
        if self.now.since(issued_at) > MAX_AGE {
            return Err(ProofError::TooOld);
        }
        claims.check_dates(self.now, MAX_CLOCK_SKEW, ProofError::TooOld, ProofError::Future)?;
        let nonce = claims.value("nonce").and_then(Value::as_str);
        let nonce = nonce.filter(|nonce| !nonce.is_empty() && nonce.len() <= MAX_NONCE);
        nonce.map(str::to_owned).ok_or(ProofError::Nonce)
    }
}

#[cfg(test)]
mod tests;
