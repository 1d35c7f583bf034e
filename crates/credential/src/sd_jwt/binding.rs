//! Key binding: the holder signs what it shows, to whom, and for which question.
//!
//! Spec: RFC 9901 sections 4.3 and 7.3, OpenID4VP 1.0 appendix B.3.3 (transaction data).

use core::time::Duration;

use serde_json::{Map, Value};

use crate::encoding::from_base64url;
use crate::json;
use crate::jws::{self, JwsError};
use crate::key::{PublicKey, SignError, Signer, VerifySignature};
use crate::sd_jwt::disclosure::HashAlgorithm;
use crate::sd_jwt::validity::time_claim;
use crate::time::UnixTime;

/// The `typ` of a key binding JWT.
pub const TYPE: &str = "kb+jwt";

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
    /// The request's transaction data for this credential, as the base64url texts that were sent. Each says by
    /// which hashes it may be answered.
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
    /// `iat`, `aud`, `nonce` or `sd_hash` is missing, or a claim is of the wrong kind.
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
    /// `iat` or `nbf` lies ahead.
    #[error("key binding is from the future")]
    Future,
    /// `exp` has passed.
    #[error("key binding has expired")]
    Expired,
    /// `iat` is too long ago.
    #[error("key binding is too old")]
    TooOld,
    /// The transaction data that was signed is not what was asked.
    #[error("key binding covers other transaction data")]
    TransactionData,
}

impl Binding<'_> {
    /// Signs the key binding JWT for `shown`, the token and disclosures up to the last tilde.
    pub(crate) fn sign(
        &self,
        shown: &str,
        algorithm: HashAlgorithm,
        signer: &dyn Signer,
    ) -> Result<String, SignError> {
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        let mut claims = Map::new();
        claims.insert("iat".into(), self.issued_at.secs().into());
        claims.insert("aud".into(), self.audience.into());
        claims.insert("nonce".into(), self.nonce.into());
        claims.insert("sd_hash".into(), algorithm.digest(shown).into());
        if !self.transaction_data.is_empty() {
            let hashes = hash_transaction_data(self.transaction_data, HashAlgorithm::Sha256);
            claims.insert("transaction_data_hashes".into(), hashes.into());
            claims.insert("transaction_data_hashes_alg".into(), "sha-256".into());
        }
        jws::sign(header, &claims, signer)
    }
}

impl ExpectedBinding<'_> {
    /// Checks the key binding JWT `token` over `shown`, and returns the holder's key, which `claims` name.
    pub(crate) fn check(
        &self,
        token: &str,
        shown: &str,
        algorithm: HashAlgorithm,
        claims: &Map<String, Value>,
        backend: &dyn VerifySignature,
    ) -> Result<PublicKey, BindingError> {
        if token.is_empty() {
            return Err(BindingError::Missing);
        }
        let holder = holder_key(claims)?;
        let token = jws::Unverified::parse(token).map_err(BindingError::Jws)?;
        if token.header().typ() != Some(TYPE) {
            return Err(BindingError::Jws(JwsError::Type));
        }
        token.header().check_content(None).map_err(BindingError::Jws)?;
        let token = token.verify_any_type(&holder, backend).map_err(BindingError::Jws)?;
        self.check_claims(token.claims(), &algorithm.digest(shown))?;
        Ok(holder)
    }

    fn check_claims(&self, claims: &Map<String, Value>, sd_hash: &str) -> Result<(), BindingError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).ok_or(BindingError::Claims);
        let issued_at = claims.get("iat").and_then(UnixTime::from_claim).ok_or(BindingError::Claims)?;
        let (audience, nonce, hash) = (text("aud")?, text("nonce")?, text("sd_hash")?);
        if audience != self.audience {
            return Err(BindingError::Audience);
        }
        if nonce != self.nonce {
            return Err(BindingError::Nonce);
        }
        if hash != sd_hash {
            return Err(BindingError::Hash);
        }
        let time = |name: &str| time_claim(claims, name).map_err(|_| BindingError::Claims);
        let (not_before, expires_at) = (time("nbf")?, time("exp")?);
        if Some(issued_at).max(not_before).is_some_and(|start| start > self.now.plus(MAX_CLOCK_SKEW)) {
            return Err(BindingError::Future);
        }
        if expires_at.is_some_and(|end| end <= self.now) {
            return Err(BindingError::Expired);
        }
        if self.now.since(issued_at) > self.max_age {
            return Err(BindingError::TooOld);
        }
        self.check_transaction_data(claims)
    }

    fn check_transaction_data(&self, claims: &Map<String, Value>) -> Result<(), BindingError> {
        let algorithm = match claims.get("transaction_data_hashes_alg") {
            None => HashAlgorithm::Sha256,
            Some(name) => {
                name.as_str().and_then(HashAlgorithm::from_name).ok_or(BindingError::TransactionData)?
            }
        };
        if !self.transaction_data.iter().all(|text| allows_hash(text, algorithm)) {
            return Err(BindingError::TransactionData);
        }
        let signed = match claims.get("transaction_data_hashes") {
            None => &Vec::new(),
            Some(Value::Array(signed)) if !signed.is_empty() => signed,
            Some(_) => return Err(BindingError::TransactionData),
        };
        let asked = hash_transaction_data(self.transaction_data, algorithm);
        if signed.iter().map(Value::as_str).eq(asked.iter().map(|hash| Some(hash.as_str()))) {
            Ok(())
        } else {
            Err(BindingError::TransactionData)
        }
    }
}

/// The holder's key in `cnf.jwk` (RFC 7800 section 3.2).
pub(crate) fn holder_key(claims: &Map<String, Value>) -> Result<PublicKey, BindingError> {
    let jwk = claims.get("cnf").and_then(|cnf| cnf.get("jwk")).ok_or(BindingError::HolderKey)?;
    PublicKey::from_jwk(jwk).map_err(|_| BindingError::HolderKey)
}

/// Whether the transaction data in `text` may be answered by this hash: one that it names in
/// `transaction_data_hashes_alg`, and SHA-256 alone where it names none.
fn allows_hash(text: &str, algorithm: HashAlgorithm) -> bool {
    let bytes = from_base64url(text).unwrap_or_default();
    let asked = json::parse_object(&bytes, bytes.len()).unwrap_or_default();
    match asked.get("transaction_data_hashes_alg") {
        None => algorithm == HashAlgorithm::Sha256,
        Some(named) => named.as_array().is_some_and(|names| names.contains(&algorithm.name().into())),
    }
}

fn hash_transaction_data(texts: &[String], algorithm: HashAlgorithm) -> Vec<String> {
    texts.iter().map(|text| algorithm.digest(text)).collect()
}
