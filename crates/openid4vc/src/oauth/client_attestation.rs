//! A wallet shows which provider made it: the provider attests the wallet's key, and the wallet proves that
//! it holds that key, by a token of its own or by the DPoP proof that it sends anyway.
//!
//! Both generations are read: OpenID4VCI 1.0 pins draft 07, in which both tokens name their issuer; since
//! draft 08 neither must. Where a proof of possession names one, it has to be the attested client.
//!
//! Spec: OAuth 2.0 Attestation-Based Client Authentication, drafts 07 and 10, sections 4, 5 and 8;
//! OpenID4VCI 1.0 appendix E.

pub mod pop;

use core::time::Duration;

use credential::issuer::{KeyReference, ReferenceError};
use credential::jws::{self, JwsError};
use credential::key::{KeyError, PublicKey, SignError, Signer, VerifySignature};
use credential::time::UnixTime;
use serde_json::{Map, Value, json};

use crate::message::{Members, MessageError};
use crate::oauth::dpop;

/// The `typ` of an attestation.
pub const TYPE: &str = "oauth-client-attestation+jwt";
/// The `typ` of a proof of possession.
pub const POP_TYPE: &str = "oauth-client-attestation-pop+jwt";
/// The header that carries the attestation.
pub const HEADER: &str = "OAuth-Client-Attestation";
/// The header that carries the proof of possession.
pub const POP_HEADER: &str = "OAuth-Client-Attestation-PoP";
/// Characters of an attestation, at most: six short claims and one key, with room for a chain of certificates.
pub const MAX_ATTESTATION: usize = 16 * 1024;
/// Characters of a proof of possession, at most: a header without a key and five short claims.
pub const MAX_POP: usize = 4096;
/// Characters of `jti`, at most: it is only hashed.
pub const MAX_ID: usize = 256;
/// Characters of a challenge, at most: every proof repeats it.
pub const MAX_CHALLENGE: usize = 512;
/// How old a proof of possession may be, and so how long its identifier is remembered.
pub const MAX_POP_AGE: Duration = Duration::from_secs(300);
/// How far the wallet's clock may be ahead.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// Why an attestation or its proof of possession is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// A header is there more than once, or not at all.
    #[error("attestation header is not there exactly once")]
    NotOnce,
    /// A token is longer than allowed.
    #[error("attestation is larger than allowed")]
    TooLarge,
    /// Malformed, of another type, or its signature does not hold.
    #[error("attestation is refused")]
    Jws(#[source] JwsError),
    /// The attester's key is not named.
    #[error("key of the attester is not named")]
    Reference(#[source] ReferenceError),
    /// A claim is missing or malformed.
    #[error("claim of the attestation is refused")]
    Message(#[from] MessageError),
    /// `cnf` holds no key that we use, or a private one.
    #[error("attested key is refused")]
    Key(#[source] KeyError),
    /// `exp` has passed.
    #[error("attestation has expired")]
    Expired,
    /// `iat` or `nbf` lie ahead.
    #[error("attestation is from the future")]
    Future,
    /// The request comes from another client than the attested one.
    #[error("attestation is for another client")]
    Client,
    /// The proof of possession is malformed, of another type, or not signed by the attested key.
    #[error("proof of possession is refused")]
    Pop(#[source] JwsError),
    /// `aud` of the proof is another server.
    #[error("proof of possession is for another server")]
    Audience,
    /// `iss` of the proof is not the attested client.
    #[error("proof of possession is by another client")]
    PopIssuer,
    /// `challenge` is missing or not the server's: answer with `use_attestation_challenge`.
    #[error("proof of possession lacks the server's challenge")]
    Challenge,
    /// `iat` or `nbf` of the proof lie too far ahead.
    #[error("proof of possession is from the future")]
    PopFuture,
    /// `iat` of the proof is too long ago, or its `exp` has passed.
    #[error("proof of possession is too old")]
    PopTooOld,
    /// A DPoP proof stands for the proof of possession, and one of its own is there too.
    #[error("both a dpop proof and a proof of possession are there")]
    PopBesideDpop,
    /// The DPoP proof is by another key than the attested one.
    #[error("dpop proof is by another key than the attested one")]
    DpopKey,
}

/// An attestation as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedAttestation(jws::Unverified);

/// An attestation that holds. Whoever sent it has yet to show that the key is theirs.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// `sub`: the client, which is the same for all its instances.
    pub client_id: String,
    /// `iss`, where present: the attester's name.
    pub issuer: Option<String>,
    /// The instance's key.
    pub key: PublicKey,
    /// `exp`.
    pub expires_at: UnixTime,
    /// `wallet_name` (OpenID4VCI appendix E).
    pub wallet_name: Option<String>,
    /// `wallet_link` (OpenID4VCI appendix E). It is for people, and never to be fetched.
    pub wallet_link: Option<String>,
    /// `status`, as it came: the entry of a status list, to be checked before the attestation counts.
    pub status: Option<Value>,
}

/// What a provider attests.
#[derive(Clone, Copy, Debug)]
pub struct AttestationClaims<'a> {
    /// The client.
    pub client_id: &'a str,
    /// The provider's own name, which draft 07 demands.
    pub issuer: Option<&'a str>,
    /// The instance's key.
    pub key: &'a PublicKey,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: UnixTime,
}

impl AttestationClaims<'_> {
    /// Signs the attestation.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, reference: &KeyReference, signer: &dyn Signer) -> Result<String, SignError> {
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        reference.write_to(&mut header);
        let mut claims = Map::new();
        if let Some(issuer) = self.issuer {
            claims.insert("iss".into(), issuer.into());
        }
        claims.insert("sub".into(), self.client_id.into());
        claims.insert("iat".into(), self.issued_at.secs().into());
        claims.insert("exp".into(), self.expires_at.secs().into());
        claims.insert("cnf".into(), json!({"jwk": self.key.to_jwk()}));
        jws::sign(header, &claims, signer)
    }
}

impl UnverifiedAttestation {
    /// Reads the values of the header [`HEADER`]: there must be exactly one.
    ///
    /// # Errors
    /// [`AttestationError::NotOnce`], [`AttestationError::TooLarge`], [`AttestationError::Jws`].
    pub fn parse(values: &[&str]) -> Result<Self, AttestationError> {
        let token = only(values, MAX_ATTESTATION)?;
        jws::Unverified::parse(token).map(Self).map_err(AttestationError::Jws)
    }

    /// The key that it says to be signed with: the caller holds it against the wallet providers that it trusts.
    ///
    /// # Errors
    /// [`AttestationError::Reference`].
    pub fn key_reference(&self) -> Result<KeyReference, AttestationError> {
        KeyReference::from_header(self.0.header()).map_err(AttestationError::Reference)
    }

    /// Holds the attestation against the attester's key and the client that the request names.
    ///
    /// # Errors
    /// [`AttestationError`].
    pub fn verify(
        self,
        attester: &PublicKey,
        client_id: Option<&str>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Attestation, AttestationError> {
        let token = self.0.verify(attester, TYPE, backend).map_err(AttestationError::Jws)?;
        let claims = Members::new(token.claims());
        let attested = claims.required_text("sub")?;
        if client_id.is_some_and(|client_id| client_id != attested) {
            return Err(AttestationError::Client);
        }
        Ok(Attestation {
            client_id: attested.to_owned(),
            issuer: claims.text("iss")?.map(str::to_owned),
            key: confirmed_key(claims)?,
            expires_at: check_times(claims, now)?,
            wallet_name: claims.text("wallet_name")?.map(str::to_owned),
            wallet_link: claims.text("wallet_link")?.map(str::to_owned),
            status: claims.value("status").cloned(),
        })
    }
}

impl Attestation {
    /// Takes a verified DPoP proof for the proof of possession (`dpop_combined`): it must be by the attested
    /// key, and no header [`POP_HEADER`] may be beside it.
    ///
    /// # Errors
    /// [`AttestationError::PopBesideDpop`] and [`AttestationError::DpopKey`].
    pub fn check_dpop(&self, proof: &dpop::Proof, pop_values: &[&str]) -> Result<(), AttestationError> {
        if !pop_values.is_empty() {
            return Err(AttestationError::PopBesideDpop);
        }
        if proof.key == self.key { Ok(()) } else { Err(AttestationError::DpopKey) }
    }
}

/// The one value of a header.
fn only<'a>(values: &[&'a str], max: usize) -> Result<&'a str, AttestationError> {
    match values {
        [value] if value.len() <= max => Ok(value),
        [_] => Err(AttestationError::TooLarge),
        _ => Err(AttestationError::NotOnce),
    }
}

/// `cnf.jwk` (RFC 7800 section 3.2).
fn confirmed_key(claims: Members<'_>) -> Result<PublicKey, AttestationError> {
    let jwk = claims.required_object("cnf")?.value("jwk").ok_or(MessageError::Missing("jwk"))?;
    PublicKey::from_jwk(jwk).map_err(AttestationError::Key)
}

fn check_times(claims: Members<'_>, now: UnixTime) -> Result<UnixTime, AttestationError> {
    let expires_at = claims.time("exp")?.ok_or(MessageError::Missing("exp"))?;
    if expires_at <= now {
        return Err(AttestationError::Expired);
    }
    for begin in [claims.time("iat")?, claims.time("nbf")?].into_iter().flatten() {
        if begin > now.plus(MAX_CLOCK_SKEW) {
            return Err(AttestationError::Future);
        }
    }
    Ok(expires_at)
}

#[cfg(test)]
mod tests;
