//! A client proves who it is by signing: `private_key_jwt`.
//!
//! Spec: RFC 7523 section 3; OpenID Connect Core section 9; the audience is the server's issuer identifier
//! as one text, and nothing else (FAPI 2.0 Security Profile section 5.3.2.1).

use core::time::Duration;

use credential::encoding::base64url;
use credential::jws::{self, JwsError};
use credential::key::{PublicKey, SignError, Signer, VerifySignature};
use credential::time::UnixTime;
use rand_core::CryptoRng;
use serde_json::Map;

use crate::message::{Members, MessageError};

/// The value of `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Characters of an assertion, at most: six short claims, with room for a chain of certificates.
pub const MAX_ASSERTION: usize = 16 * 1024;
/// How far ahead `exp` may lie, and so how long an assertion is remembered.
pub const MAX_LIFETIME: Duration = Duration::from_secs(300);
/// How far the client's clock may differ.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);
/// Characters of `jti`, at most: it is stored until the assertion has expired.
pub const MAX_ID: usize = 256;

/// Why an assertion is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Longer than allowed.
    #[error("client assertion is larger than allowed")]
    TooLarge,
    /// Malformed, or its signature does not hold.
    #[error("client assertion is refused")]
    Jws(#[source] JwsError),
    /// A claim is missing or malformed.
    #[error("claim of the client assertion is refused")]
    Message(#[from] MessageError),
    /// `iss` and `sub` are not the same client.
    #[error("client assertion names two clients")]
    Subject,
    /// `aud` is not this server.
    #[error("client assertion is for another server")]
    Audience,
    /// `exp` has passed.
    #[error("client assertion has expired")]
    Expired,
    /// `exp` lies too far ahead.
    #[error("client assertion is valid for too long")]
    TooLong,
    /// `iat` or `nbf` lie ahead.
    #[error("client assertion is from the future")]
    Future,
}

/// An assertion as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedAssertion {
    token: jws::Unverified,
    client_id: String,
}

/// An assertion that holds; whether it was used before is the caller's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The client.
    pub client_id: String,
    /// Its identifier, good once for this client.
    pub jti: String,
    /// Until when the identifier has to be remembered.
    pub remember_until: UnixTime,
}

/// Signs an assertion of `client_id` for the server `issuer`, under `kid` where the client has several keys.
///
/// # Errors
/// [`SignError`].
pub fn make(
    client_id: &str,
    issuer: &str,
    kid: Option<&str>,
    signer: &dyn Signer,
    now: UnixTime,
    rng: &mut dyn CryptoRng,
) -> Result<String, SignError> {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    let mut header = Map::new();
    header.insert("typ".into(), "JWT".into());
    if let Some(kid) = kid {
        header.insert("kid".into(), kid.into());
    }
    let mut claims = Map::new();
    for (name, value) in [("iss", client_id), ("sub", client_id), ("aud", issuer)] {
        claims.insert(name.into(), value.into());
    }
    claims.insert("jti".into(), base64url(id).into());
    claims.insert("iat".into(), now.secs().into());
    claims.insert("exp".into(), now.plus(MAX_LIFETIME).secs().into());
    jws::sign(header, &claims, signer)
}

impl UnverifiedAssertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// [`AssertionError`]; [`AssertionError::Subject`] where `iss` is not `sub`.
    pub fn parse(text: &str) -> Result<Self, AssertionError> {
        if text.len() > MAX_ASSERTION {
            return Err(AssertionError::TooLarge);
        }
        let token = jws::Unverified::parse(text).map_err(AssertionError::Jws)?;
        let claims = token.dangerous_claims().map_err(AssertionError::Jws)?;
        let claims = Members::new(&claims);
        let client_id = claims.required_text("sub")?;
        if claims.required_text("iss")? != client_id {
            return Err(AssertionError::Subject);
        }
        Ok(Self { client_id: client_id.to_owned(), token })
    }

    /// Who says to have signed it: only to find the client's key by.
    pub fn dangerous_client_id(&self) -> &str {
        &self.client_id
    }

    /// Which of the client's keys it names.
    pub fn kid(&self) -> Option<&str> {
        self.token.header().kid()
    }

    /// Holds the assertion against the client's key and this server's issuer identifier.
    ///
    /// # Errors
    /// [`AssertionError`].
    pub fn verify(
        self,
        key: &PublicKey,
        issuer: &str,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Assertion, AssertionError> {
        let token = self.token.verify_any_type(key, backend).map_err(AssertionError::Jws)?;
        let claims = Members::new(token.claims());
        if claims.required_text("aud")? != issuer {
            return Err(AssertionError::Audience);
        }
        let expires_at = check_times(claims, now)?;
        let jti = claims.required_text("jti")?;
        if jti.len() > MAX_ID {
            return Err(MessageError::TooLarge("jti").into());
        }
        let remember_until = expires_at.plus(MAX_CLOCK_SKEW);
        Ok(Assertion { client_id: self.client_id, jti: jti.to_owned(), remember_until })
    }
}

fn check_times(claims: Members<'_>, now: UnixTime) -> Result<UnixTime, AssertionError> {
    let expires_at = claims.time("exp")?.ok_or(MessageError::Missing("exp"))?;
    if expires_at.plus(MAX_CLOCK_SKEW) <= now {
        return Err(AssertionError::Expired);
    }
    if expires_at > now.plus(MAX_LIFETIME + MAX_CLOCK_SKEW) {
        return Err(AssertionError::TooLong);
    }
    for begin in [claims.time("iat")?, claims.time("nbf")?].into_iter().flatten() {
        if begin > now.plus(MAX_CLOCK_SKEW) {
            return Err(AssertionError::Future);
        }
    }
    Ok(expires_at)
}

#[cfg(test)]
mod tests {
    use credential::key::RustCrypto;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{FixedRng, NOW, key, members};

    const SERVER: &str = "https://login.example";

    fn read(text: &str) -> Result<Assertion, AssertionError> {
        UnverifiedAssertion::parse(text)?.verify(key(5).public_key(), SERVER, NOW, &RustCrypto)
    }

    fn with(name: &str, value: Value) -> Result<Assertion, AssertionError> {
        let mut claims = members(json!({
            "iss": "bank", "sub": "bank", "aud": SERVER, "jti": "1", "exp": NOW.secs() + 60,
        }));
        claims.insert(name.into(), value);
        claims.retain(|_, value| !value.is_null());
        read(&jws::sign(Map::new(), &claims, &key(5)).unwrap())
    }

    #[test]
    fn an_assertion_is_made_and_holds() {
        let text = make("bank", SERVER, Some("k"), &key(5), NOW, &mut FixedRng(1)).unwrap();
        let unverified = UnverifiedAssertion::parse(&text).unwrap();
        assert_eq!((unverified.dangerous_client_id(), unverified.kid()), ("bank", Some("k")));
        assert_eq!(read(&text).unwrap().client_id, "bank");
    }

    #[test]
    fn an_assertion_that_does_not_fit_is_refused() {
        let now = NOW.secs();
        for (name, value, error) in [
            ("iss", json!("tax"), AssertionError::Subject),
            ("aud", json!("https://login.example/token"), AssertionError::Audience),
            ("aud", json!([SERVER]), MessageError::Kind("aud").into()),
            ("aud", json!([SERVER, "https://other.example"]), MessageError::Kind("aud").into()),
            ("aud", json!([]), MessageError::Kind("aud").into()),
            ("aud", Value::Null, MessageError::Missing("aud").into()),
            ("jti", Value::Null, MessageError::Missing("jti").into()),
            ("jti", json!("x".repeat(MAX_ID + 1)), MessageError::TooLarge("jti").into()),
            ("exp", Value::Null, MessageError::Missing("exp").into()),
            ("exp", json!(now - 60), AssertionError::Expired),
            ("exp", json!(now + 361), AssertionError::TooLong),
            ("iat", json!(now + 61), AssertionError::Future),
            ("nbf", json!(now + 61), AssertionError::Future),
            ("sub", Value::Null, MessageError::Missing("sub").into()),
        ] {
            assert_eq!(with(name, value.clone()), Err(error), "{name} {value}");
        }
    }

    #[test]
    fn an_assertion_of_another_key_is_refused() {
        let text = make("bank", SERVER, None, &key(6), NOW, &mut FixedRng(1)).unwrap();
        assert_eq!(read(&text), Err(AssertionError::Jws(JwsError::Signature)));
        assert_eq!(read(&"x".repeat(MAX_ASSERTION + 1)), Err(AssertionError::TooLarge));
    }
}
