//! The proof of possession: the instance signs for one server, once (section 5.1).

use credential::encoding::base64url;
use credential::jws;
use credential::key::{SignError, Signer, VerifySignature};
use credential::time::UnixTime;
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::message::{Members, MessageError};
use crate::oauth::client_attestation::{
    Attestation, AttestationError, MAX_CHALLENGE, MAX_CLOCK_SKEW, MAX_ID, MAX_POP, MAX_POP_AGE, POP_TYPE,
    only,
};

/// What a proof of possession is held against.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedPop<'a> {
    /// The server's issuer identifier.
    pub audience: &'a str,
    /// The server's challenge, where it wants one.
    pub challenge: Option<&'a str>,
    /// The present.
    pub now: UnixTime,
}

/// A proof that holds; whether it was used before is the caller's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pop {
    /// What to remember the proof by: SHA-256 over the key's thumbprint and `jti`.
    pub digest: [u8; 32],
    /// Until when a second proof of this digest must be refused.
    pub remember_until: UnixTime,
}

/// Signs a proof for `expected`. `client_id` goes along as `iss`, which draft 07 demands.
///
/// # Errors
/// [`SignError`].
pub fn make_pop(
    expected: &ExpectedPop<'_>,
    client_id: Option<&str>,
    signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<String, SignError> {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    let mut header = Map::new();
    header.insert("typ".into(), POP_TYPE.into());
    let mut claims = Map::new();
    if let Some(client_id) = client_id {
        claims.insert("iss".into(), client_id.into());
    }
    claims.insert("aud".into(), expected.audience.into());
    claims.insert("jti".into(), base64url(id).into());
    claims.insert("iat".into(), expected.now.secs().into());
    if let Some(challenge) = expected.challenge {
        claims.insert("challenge".into(), challenge.into());
    }
    jws::sign(header, &claims, signer)
}

impl Attestation {
    /// Holds the values of the header [`super::POP_HEADER`] against the attested key: there must be exactly
    /// one.
    ///
    /// # Errors
    /// [`AttestationError`].
    pub fn verify_pop(
        &self,
        values: &[&str],
        expected: &ExpectedPop<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Pop, AttestationError> {
        let token = jws::Unverified::parse(only(values, MAX_POP)?).map_err(AttestationError::Pop)?;
        let token = token.verify(&self.key, POP_TYPE, backend).map_err(AttestationError::Pop)?;
        let claims = Members::new(token.claims());
        self.check_parties(claims, expected)?;
        let issued_at = check_times(claims, expected.now)?;
        let id = claims.required_text("jti")?;
        if id.len() > MAX_ID {
            return Err(MessageError::TooLarge("jti").into());
        }
        let digest = Sha256::new().chain_update(self.key.thumbprint()).chain_update([0]).chain_update(id);
        let remember_until = issued_at.plus(MAX_POP_AGE + MAX_CLOCK_SKEW);
        Ok(Pop { digest: digest.finalize().into(), remember_until })
    }

    fn check_parties(&self, claims: Members<'_>, expected: &ExpectedPop<'_>) -> Result<(), AttestationError> {
        let audience = claims.value("aud").ok_or(MessageError::Missing("aud"))?;
        let only = audience.as_array().filter(|all| all.len() == 1).map_or(audience, |all| &all[0]);
        if only != expected.audience {
            return Err(AttestationError::Audience);
        }
        if claims.value("iss").is_some_and(|iss| *iss != *self.client_id) {
            return Err(AttestationError::PopIssuer);
        }
        let challenge = claims.value("challenge").and_then(Value::as_str);
        if challenge.is_some_and(|challenge| challenge.len() > MAX_CHALLENGE) {
            return Err(MessageError::TooLarge("challenge").into());
        }
        if expected.challenge.is_some() && challenge != expected.challenge {
            return Err(AttestationError::Challenge);
        }
        Ok(())
    }
}

fn check_times(claims: Members<'_>, now: UnixTime) -> Result<UnixTime, AttestationError> {
    let issued_at = claims.time("iat")?.ok_or(MessageError::Missing("iat"))?;
    if issued_at > now.plus(MAX_CLOCK_SKEW) {
        return Err(AttestationError::PopFuture);
    }
    if now.since(issued_at) > MAX_POP_AGE {
        return Err(AttestationError::PopTooOld);
    }
    claims.check_dates(now, MAX_CLOCK_SKEW, AttestationError::PopTooOld, AttestationError::PopFuture)?;
    Ok(issued_at)
}
