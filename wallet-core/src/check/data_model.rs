//! Checking credentials and presentations of the W3C data model that somebody else shows, against one issuer's
//! key. Their status is not asked.
//!
//! A presentation is checked with the key that its header names, which counts for nothing unless every
//! credential in it is bound to that key: by its `cnf`, or by a subject whose DID holds the key.
//!
//! Spec: VC Data Model 2.0; Securing VCs using JOSE and COSE 1.0; OpenID4VP 1.0 appendix B.1.3.1.5.

use core::time::Duration;

use credential::did;
use credential::jws;
use credential::key::{PublicKey, RustCrypto};
use credential::vcdm::VcdmError;
use credential::vcdm::jwt::UnverifiedCredential;
use credential::vcdm::presentation::{ExpectedPresentation, TYPE, VerifiedPresentation};
use serde_json::{Map, Value, json};

use crate::check::{CheckError, Question};

/// Whether a token says to be a presentation.
pub fn is_presentation(token: &str) -> bool {
    let header = jws::Unverified::parse(token).ok();
    let typ = header.as_ref().and_then(|token| token.header().typ()).unwrap_or_default();
    typ.strip_prefix("application/").unwrap_or(typ).eq_ignore_ascii_case(TYPE)
}

/// The credential, or what a presentation holds.
pub(super) fn check(
    question: &Question,
    token: &str,
    issuer_key: &PublicKey,
) -> Result<Map<String, Value>, CheckError> {
    if is_presentation(token) {
        return check_presentation(question, token, issuer_key);
    }
    let credential = check_credential(question, token, issuer_key)?;
    if question.require_binding {
        return Err(CheckError::NoPresentation);
    }
    Ok(credential)
}

fn check_credential(
    question: &Question,
    token: &str,
    issuer_key: &PublicKey,
) -> Result<Map<String, Value>, CheckError> {
    let verified = UnverifiedCredential::parse(token)?.verify(issuer_key, question.at, &RustCrypto)?;
    Ok(verified.credential().members().clone())
}

fn check_presentation(
    question: &Question,
    token: &str,
    issuer_key: &PublicKey,
) -> Result<Map<String, Value>, CheckError> {
    let unverified = jws::Unverified::parse(token).map_err(VcdmError::Jws)?;
    let holder = holder_key(&unverified).ok_or(CheckError::HolderKey)?;
    let claims = unverified.dangerous_claims().map_err(VcdmError::Jws)?;
    let own = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    // What was not named is compared with itself, and age is the nonce's to bound.
    let expected = ExpectedPresentation {
        audience: question.audience.as_deref().unwrap_or_else(|| own("aud")),
        nonce: question.nonce.as_deref().unwrap_or_else(|| own("nonce")),
        max_age: Duration::MAX,
        now: question.at,
    };
    let presentation = VerifiedPresentation::verify(token, &holder, &expected, &RustCrypto)?;
    let mut credentials = Vec::new();
    for token in presentation.credentials() {
        let credential = check_credential(question, token, issuer_key)?;
        if !is_bound(&credential, &holder) {
            return Err(CheckError::Unbound);
        }
        credentials.push(Value::Object(credential));
    }
    if credentials.is_empty() {
        return Err(CheckError::NothingShown);
    }
    let says = json!({ "holder": presentation.holder(), "verifiableCredential": credentials });
    Ok(says.as_object().cloned().unwrap_or_default())
}

/// The key that the header of a presentation carries or names, where nobody has to be asked for it.
pub fn holder_key(token: &jws::Unverified) -> Option<PublicKey> {
    match (token.header().jwk(), token.header().kid()) {
        (Some(jwk), _) => PublicKey::from_jwk(jwk).ok(),
        (None, Some(kid)) => did::resolve(kid).ok(),
        (None, None) => None,
    }
}

/// Whether a credential is bound to `key`: by `cnf`, which counts alone where it is, or by its subjects.
pub fn is_bound(credential: &Map<String, Value>, key: &PublicKey) -> bool {
    if let Some(confirmation) = credential.get("cnf") {
        let jwk = confirmation.get("jwk").unwrap_or(&Value::Null);
        return PublicKey::from_jwk(jwk).is_ok_and(|bound| bound == *key);
    }
    let subjects = match credential.get("credentialSubject") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => core::slice::from_ref(one),
        None => &[],
    };
    let is_own = |subject: &Value| {
        let id = subject.get("id").and_then(Value::as_str).unwrap_or_default();
        did::resolve(id).is_ok_and(|bound| bound == *key)
    };
    !subjects.is_empty() && subjects.iter().all(is_own)
}
