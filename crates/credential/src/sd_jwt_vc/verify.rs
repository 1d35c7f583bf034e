//! The verifier's half: a presentation with its key binding.

use core::time::Duration;

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use crate::jws;
use crate::key::{PublicKey, VerifySignature};
use crate::key_reference::IssuerReference;
use crate::sd_jwt::Parts;
use crate::sd_jwt_vc::{Content, KEY_BINDING_TYPE, Opened, StatusReference, VerifyError, text_hash};
use crate::time::UnixTime;

/// How far clocks may lie apart.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// What the key binding of an expected presentation says.
#[derive(Clone, Debug)]
pub struct ExpectedBinding<'a> {
    /// Our whole client identifier.
    pub audience: &'a str,
    /// The request's nonce.
    pub nonce: &'a str,
    /// How long ago it may have been made.
    pub max_age: Duration,
    /// SHA-256 over each `transaction_data` text that the request carried.
    pub transaction_data_hashes: &'a [String],
}

/// A presentation as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified(Opened);

impl Unverified {
    /// Takes a presentation apart.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(text: &str) -> Result<Self, VerifyError> {
        Opened::parse(text).map(Self)
    }

    /// Who it says issued it: resolve this to a key.
    pub const fn issuer(&self) -> &IssuerReference {
        &self.0.issuer
    }

    /// The type that it says it is of.
    pub fn vct(&self) -> &str {
        &self.0.vct
    }

    /// When it says it was issued.
    pub fn issued_at(&self) -> Option<UnixTime> {
        let claims = self.0.jws.dangerous_claims().ok()?;
        claims.get("iat").and_then(Value::as_u64).map(UnixTime::from_secs)
    }

    /// Checks everything that the text itself can prove: the issuer's signature, digests, dates, and the
    /// key binding.
    ///
    /// # Errors
    /// [`VerifyError`], the first rule that is broken.
    pub fn verify(
        self,
        issuer_key: &PublicKey,
        expected: &ExpectedBinding<'_>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        let issuer = self.0.issuer.clone();
        let (content, parts) = self.0.check(issuer_key, now, backend)?;
        check_key_binding(&content, &parts, expected, now, backend)?;
        Ok(Verified { issuer, content })
    }

    /// Checks a credential that is shown without its holder: everything but a key binding, which must be
    /// absent. Whoever calls this does not learn that the person before them holds it.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn dangerous_verify_without_holder(
        self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        if self.0.parts.key_binding.is_some() {
            return Err(VerifyError::UnexpectedKeyBinding);
        }
        let issuer = self.0.issuer.clone();
        let (content, _) = self.0.check(issuer_key, now, backend)?;
        Ok(Verified { issuer, content })
    }
}

/// A presentation whose issuer's signature, digests, dates and key binding all hold.
#[derive(Clone, Debug)]
pub struct Verified {
    issuer: IssuerReference,
    content: Content,
}

impl Verified {
    /// Who issued it.
    pub const fn issuer(&self) -> &IssuerReference {
        &self.issuer
    }

    /// Its type.
    pub fn vct(&self) -> &str {
        &self.content.vct
    }

    /// The claims that were disclosed.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.content.processed.claims
    }

    /// Where its status stands: the last thing to ask.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.content.status.as_ref()
    }

    /// The key that it is bound to.
    pub const fn holder_key(&self) -> &PublicKey {
        &self.content.holder
    }

    /// When it was issued.
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.content.issued_at
    }

    /// When it ends.
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.content.expires_at
    }
}

fn check_key_binding(
    content: &Content,
    parts: &Parts,
    expected: &ExpectedBinding<'_>,
    now: UnixTime,
    backend: &dyn VerifySignature,
) -> Result<(), VerifyError> {
    let text = parts.key_binding.as_deref().ok_or(VerifyError::MissingKeyBinding)?;
    let binding = jws::Unverified::parse(text)
        .and_then(|token| token.verify(&content.holder, KEY_BINDING_TYPE, backend))
        .map_err(VerifyError::KeyBinding)?
        .into_claims();
    let is = |name: &str, value: &str| {
        let found = binding.get(name).and_then(Value::as_str);
        found.is_some_and(|found| bool::from(found.as_bytes().ct_eq(value.as_bytes())))
    };
    if !is("aud", expected.audience) {
        return Err(VerifyError::Audience);
    }
    if !is("nonce", expected.nonce) {
        return Err(VerifyError::Nonce);
    }
    let made = binding.get("iat").and_then(Value::as_u64).map(UnixTime::from_secs).ok_or(VerifyError::KeyBindingTime)?;
    if made > now.plus(MAX_CLOCK_SKEW) || now.since(made) > expected.max_age {
        return Err(VerifyError::KeyBindingTime);
    }
    if !is("sd_hash", &text_hash(content.processed.algorithm, &parts.hashed)) {
        return Err(VerifyError::SdHash);
    }
    check_transaction_data(&binding, expected.transaction_data_hashes)
}

fn check_transaction_data(binding: &Map<String, Value>, expected: &[String]) -> Result<(), VerifyError> {
    let found: Vec<&str> = match binding.get("transaction_data_hashes") {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(_) => return Err(VerifyError::TransactionData),
    };
    let algorithm = binding.get("transaction_data_hashes_alg").and_then(Value::as_str).unwrap_or("sha-256");
    if found != expected || algorithm != "sha-256" {
        return Err(VerifyError::TransactionData);
    }
    Ok(())
}
