//! Demonstrating Proof of Possession: each request is signed by the key that its token is bound to.
//!
//! A verified [`Proof`] still has to be new: the caller remembers [`Proof::digest`] until
//! [`Proof::remember_until`].
//!
//! Spec: RFC 9449.

use core::time::Duration;

use credential::encoding::base64url;
use credential::jws::{self, JwsError};
use credential::key::{KeyError, PublicKey, SignError, Signer, VerifySignature};
use credential::time::UnixTime;
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::message::{Members, MessageError};

/// The `typ` of a proof.
pub const TYPE: &str = "dpop+jwt";
/// Characters of one proof, at most: a header with one key and six short claims.
pub const MAX_PROOF: usize = 4096;
/// Characters of `jti`, at most: it is only hashed.
pub const MAX_ID: usize = 256;
/// How old a proof may be, and so how long its identifier is remembered.
pub const MAX_AGE: Duration = Duration::from_secs(120);
/// How far the client's clock may be ahead.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// The request that a proof is for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The address; query and fragment do not count.
    pub url: &'a str,
    /// The access token that goes along, at a protected resource.
    pub access_token: Option<&'a str>,
    /// The server's nonce, where it wants one.
    pub nonce: Option<&'a str>,
}

/// A proof that holds; whether it was used before is the caller's to say.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The client's key.
    pub key: PublicKey,
    /// The key's thumbprint, which tokens are bound to (`cnf.jkt`).
    pub jkt: String,
    /// What to remember the proof by: SHA-256 over thumbprint and `jti`.
    pub digest: [u8; 32],
    /// Until when a second proof of this digest must be refused.
    pub remember_until: UnixTime,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DpopError {
    /// Longer than allowed.
    #[error("dpop proof is larger than allowed")]
    TooLarge,
    /// Malformed, of another type, or its signature does not hold.
    #[error("dpop proof is refused")]
    Jws(#[source] JwsError),
    /// `jwk` is missing, private, or no key that we use.
    #[error("key of the dpop proof is refused")]
    Key(#[source] KeyError),
    /// A claim is missing or malformed.
    #[error("claim of the dpop proof is refused")]
    Message(#[from] MessageError),
    /// `htm` is another method.
    #[error("dpop proof is for another method")]
    Method,
    /// `htu` is another address.
    #[error("dpop proof is for another address")]
    Address,
    /// `ath` is not the access token's.
    #[error("dpop proof is for another access token")]
    AccessToken,
    /// `nonce` is missing or not the server's: answer with `use_dpop_nonce`.
    #[error("dpop proof lacks the server's nonce")]
    Nonce,
    /// `iat` or `nbf` lie too far ahead.
    #[error("dpop proof is from the future")]
    Future,
    /// `iat` is too long ago, or `exp` has passed.
    #[error("dpop proof is too old")]
    TooOld,
}

/// Signs a proof for `target`.
///
/// # Errors
/// [`SignError`].
pub fn make(
    target: &Target<'_>,
    signer: &dyn Signer,
    now: UnixTime,
    rng: &mut dyn CryptoRng,
) -> Result<String, SignError> {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    let mut header = Map::new();
    header.insert("typ".into(), TYPE.into());
    header.insert("jwk".into(), signer.public_key().to_jwk());
    let mut claims = Map::new();
    claims.insert("jti".into(), base64url(id).into());
    claims.insert("htm".into(), target.method.into());
    claims.insert("htu".into(), without_query(target.url).into());
    claims.insert("iat".into(), now.secs().into());
    if let Some(token) = target.access_token {
        claims.insert("ath".into(), hash_token(token).into());
    }
    if let Some(nonce) = target.nonce {
        claims.insert("nonce".into(), nonce.into());
    }
    jws::sign(header, &claims, signer)
}

/// Holds a proof against its request (section 4.3).
///
/// # Errors
/// [`DpopError`].
pub fn verify(
    proof: &str,
    target: &Target<'_>,
    now: UnixTime,
    backend: &dyn VerifySignature,
) -> Result<Proof, DpopError> {
    if proof.len() > MAX_PROOF {
        return Err(DpopError::TooLarge);
    }
    let token = jws::Unverified::parse(proof).map_err(DpopError::Jws)?;
    let jwk = token.header().jwk().ok_or(DpopError::Key(KeyError::Malformed))?;
    let key = PublicKey::from_jwk(jwk).map_err(DpopError::Key)?;
    let token = token.verify(&key, TYPE, backend).map_err(DpopError::Jws)?;
    let claims = Members::new(token.claims());
    check_target(claims, target)?;
    let issued_at = check_times(claims, now)?;
    let id = claims.required_text("jti")?;
    if id.len() > MAX_ID {
        return Err(MessageError::TooLarge("jti").into());
    }
    let jkt = key.thumbprint();
    let digest = Sha256::new().chain_update(&jkt).chain_update([0]).chain_update(id).finalize().into();
    Ok(Proof { key, jkt, digest, remember_until: issued_at.plus(MAX_AGE + MAX_CLOCK_SKEW) })
}

fn check_target(claims: Members<'_>, target: &Target<'_>) -> Result<(), DpopError> {
    if claims.required_text("htm")? != target.method {
        return Err(DpopError::Method);
    }
    if !is_same_address(claims.required_text("htu")?, target.url) {
        return Err(DpopError::Address);
    }
    if let Some(token) = target.access_token
        && claims.required_text("ath")? != hash_token(token)
    {
        return Err(DpopError::AccessToken);
    }
    if target.nonce.is_some() && claims.value("nonce").and_then(Value::as_str) != target.nonce {
        return Err(DpopError::Nonce);
    }
    Ok(())
}

fn check_times(claims: Members<'_>, now: UnixTime) -> Result<UnixTime, DpopError> {
    let issued_at = claims.time("iat")?.ok_or(MessageError::Missing("iat"))?;
    if issued_at > now.plus(MAX_CLOCK_SKEW) {
        return Err(DpopError::Future);
    }
    if now.since(issued_at) > MAX_AGE {
        return Err(DpopError::TooOld);
    }
    claims.check_dates(now, MAX_CLOCK_SKEW, DpopError::TooOld, DpopError::Future)?;
    Ok(issued_at)
}

/// Equal but for query and fragment, after the normalization of RFC 3986 section 6.2.2.
fn is_same_address(a: &str, b: &str) -> bool {
    match (Url::parse(without_query(a)), Url::parse(without_query(b))) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// `ath` (section 4.2).
fn hash_token(token: &str) -> String {
    base64url(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests;
