//! Proofs of possession that wallets send: DPoP for tokens, key proofs for cards.
//!
//! Spec: RFC 9449 section 4.3; OpenID4VCI 1.0 appendix F.1.

use core::time::Duration;

use credential::encoding::base64url;
use credential::jws::Unverified;
use credential::key::{PublicKey, VerifySignature};
use credential::time::UnixTime;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// How far a proof's time may lie from ours.
const SKEW: Duration = Duration::from_secs(60);
/// How long a DPoP proof is good, and so how long its identifier is remembered.
const DPOP_LIFETIME: Duration = Duration::from_secs(120);
/// How old a key proof may be; its nonce is the real limit.
const KEY_PROOF_LIFETIME: Duration = Duration::from_secs(600);
/// Characters of one proof.
const MAX_PROOF: usize = 4096;
/// Characters of a key proof that brings an attestation of a batch of keys, which is encoded twice.
const MAX_ATTESTED_PROOF: usize = 32 * 1024;
/// Characters of a proof's identifier.
const MAX_ID: usize = 256;

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is no token of the expected type with a public key in its header.
    #[error("proof is malformed")]
    Malformed,
    /// Its signature does not hold.
    #[error("signature of the proof does not verify")]
    Signature,
    /// It is for another address, method, token or issuer.
    #[error("proof is for something else")]
    Purpose,
    /// It is too old, has expired, or is from the future.
    #[error("proof is too old or from the future")]
    Time,
}

/// What a DPoP proof is held against.
#[derive(Clone, Copy, Debug)]
pub struct DpopContext<'a> {
    /// The method of the request, in capitals.
    pub method: &'a str,
    /// The request's address without query and fragment.
    pub url: &'a str,
    /// The access token that comes along, at a protected resource.
    pub access_token: Option<&'a str>,
    /// The time now.
    pub now: UnixTime,
}

/// A DPoP proof that holds; whether it was used before is the store's to say.
#[derive(Clone, Debug)]
pub struct DpopProof {
    /// Thumbprint of its key.
    pub jkt: String,
    /// Digest of its identifier.
    pub digest: [u8; 32],
    /// Until when the identifier has to be remembered.
    pub until: UnixTime,
}

/// Holds a DPoP proof against its request.
pub fn check_dpop(
    proof: &str,
    context: &DpopContext<'_>,
    backend: &dyn VerifySignature,
) -> Result<DpopProof, ProofError> {
    let Opened { key, claims, .. } = open(proof, "dpop+jwt", MAX_PROOF, backend)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).ok_or(ProofError::Malformed);
    let id = text("jti")?;
    if id.is_empty() || id.len() > MAX_ID {
        return Err(ProofError::Malformed);
    }
    let target = text("htu")?.split(['?', '#']).next().unwrap_or_default();
    if text("htm")? != context.method || target != context.url {
        return Err(ProofError::Purpose);
    }
    if let Some(token) = context.access_token
        && text("ath")? != base64url(Sha256::digest(token.as_bytes()))
    {
        return Err(ProofError::Purpose);
    }
    check_time(&claims, context.now, DPOP_LIFETIME)?;
    let jkt = key.thumbprint();
    let digest = Sha256::new().chain_update(&jkt).chain_update([0]).chain_update(id).finalize().into();
    Ok(DpopProof { jkt, digest, until: context.now.plus(DPOP_LIFETIME + SKEW) })
}

/// A key that a card can be bound to, and the nonce that its proof was made over.
#[derive(Clone, Debug)]
pub struct KeyProof {
    /// The key.
    pub key: PublicKey,
    /// The nonce.
    pub nonce: String,
    /// What the wallet's provider attests of the key, where it came along; unverified.
    pub attestation: Option<String>,
}

/// Holds a key proof against this issuer. `client_id` is the wallet's where it has one; a proof may leave
/// `iss` out, but may not name another.
pub fn check_key_proof(
    proof: &str,
    issuer: &str,
    client_id: Option<&str>,
    now: UnixTime,
    backend: &dyn VerifySignature,
) -> Result<KeyProof, ProofError> {
    let opened = open(proof, "openid4vci-proof+jwt", MAX_ATTESTED_PROOF, backend)?;
    let Opened { key, claims, attestation } = opened;
    if claims.get("aud").and_then(Value::as_str) != Some(issuer) {
        return Err(ProofError::Purpose);
    }
    if claims.get("iss").is_some_and(|iss| iss.as_str() != client_id) {
        return Err(ProofError::Purpose);
    }
    check_time(&claims, now, KEY_PROOF_LIFETIME)?;
    let nonce = claims.get("nonce").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(KeyProof { key, nonce, attestation })
}

/// A token whose signature holds, by the key that it carries.
struct Opened {
    key: PublicKey,
    claims: Map<String, Value>,
    attestation: Option<String>,
}

/// Reads a token that carries its own key, and checks its signature.
fn open(proof: &str, typ: &str, max: usize, backend: &dyn VerifySignature) -> Result<Opened, ProofError> {
    if proof.len() > max {
        return Err(ProofError::Malformed);
    }
    let token = Unverified::parse(proof).map_err(|_| ProofError::Malformed)?;
    let members = token.header().members();
    if members.contains_key("kid") || members.contains_key("x5c") {
        return Err(ProofError::Malformed);
    }
    let key = token.header().jwk().ok_or(ProofError::Malformed)?;
    let key = PublicKey::from_jwk(key).map_err(|_| ProofError::Malformed)?;
    if token.header().typ() != Some(typ) {
        return Err(ProofError::Malformed);
    }
    let attestation = members.get("key_attestation").and_then(Value::as_str).map(str::to_owned);
    let verified = token.verify(&key, typ, backend).map_err(|_| ProofError::Signature)?;
    Ok(Opened { key, claims: verified.into_claims(), attestation })
}

/// `iat`, and `exp` and `nbf` where they are there (RFC 7519 sections 4.1.4 to 4.1.6).
fn check_time(claims: &Map<String, Value>, now: UnixTime, lifetime: Duration) -> Result<(), ProofError> {
    let issued_at = claims.get("iat").and_then(Value::as_u64).ok_or(ProofError::Malformed)?;
    let (earliest, latest) = (now.minus(lifetime).secs(), now.plus(SKEW).secs());
    let time = |name: &str| {
        let read = |value| UnixTime::from_claim(value).ok_or(ProofError::Malformed);
        claims.get(name).map(read).transpose()
    };
    let expired = time("exp")?.is_some_and(|end| end.plus(SKEW) <= now);
    let ahead = time("nbf")?.is_some_and(|begin| begin > now.plus(SKEW));
    if (earliest..=latest).contains(&issued_at) && !expired && !ahead {
        Ok(())
    } else {
        Err(ProofError::Time)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

    /// A proof of now with one more claim.
    fn check(name: &str, value: Value) -> Result<(), ProofError> {
        let mut claims = Map::new();
        claims.insert("iat".to_owned(), NOW.secs().into());
        claims.insert(name.to_owned(), value);
        check_time(&claims, NOW, DPOP_LIFETIME)
    }

    #[test]
    fn a_proof_that_sets_its_own_bounds_is_held_to_them() {
        let (now, skew) = (NOW.secs(), SKEW.as_secs());
        assert_eq!(check("exp", json!(now - skew + 1)), Ok(()));
        assert_eq!(check("exp", json!(now - skew)), Err(ProofError::Time));
        assert_eq!(check("nbf", json!(now + skew)), Ok(()));
        assert_eq!(check("nbf", json!(now + skew + 1)), Err(ProofError::Time));
        for name in ["exp", "nbf"] {
            for value in [json!("soon"), json!(-1), Value::Null] {
                assert_eq!(check(name, value), Err(ProofError::Malformed), "{name}");
            }
        }
    }
}
