//! SD-JWT and SD-JWT VC: the examples of the RFC and the draft, and what the reference implementation makes.

use core::time::Duration;

use credential::key::{PublicKey, RustCrypto};
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt::{Policy, SdJwtError, Unverified};
use credential::sd_jwt_vc;
use credential::time::UnixTime;
use serde_json::{Map, Value};

use crate::{items, load, text};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn verify(vector: &Value, now: UnixTime) -> Result<Map<String, Value>, SdJwtError> {
    let key = PublicKey::from_jwk(&vector["issuer_jwk"]).expect("an issuer key");
    let binding = &vector["kb_jwt"]["payload"];
    let expected = binding.is_object().then(|| ExpectedBinding {
        audience: text(binding, "aud"),
        nonce: text(binding, "nonce"),
        max_age: Duration::from_secs(10_000_000_000),
        now: NOW,
        transaction_data: &[],
    });
    let policy = Policy { typ: None, never_disclosable: &[], required: &[], binding: expected.as_ref(), now };
    let verified = Unverified::parse(text(vector, "sd_jwt"))?.verify(&key, &policy, &RustCrypto)?;
    Ok(verified.claims().clone())
}

/// Verifies every token of a file against the claims that its maker read from it, and returns how many.
fn all_verify(file: &str) -> usize {
    let Some(vectors) = load(file) else { return 0 };
    for vector in items(&vectors) {
        let claims = verify(vector, NOW).unwrap_or_else(|error| panic!("{}: {error:?}", vector["name"]));
        assert_eq!(Value::Object(claims), vector["reference_verified_payload"], "{}", vector["name"]);
    }
    items(&vectors).len()
}

#[test]
fn the_tokens_of_rfc_9901_verify() {
    assert!(matches!(all_verify("sd-jwt/rfc9901-vectors.json"), 0 | 8));
}

#[test]
fn the_tokens_of_the_reference_implementation_verify() {
    assert!(matches!(all_verify("sd-jwt/reference-impl-vectors.json"), 0 | 56));
}

#[test]
fn copies_of_the_rfc_in_other_projects_are_judged() {
    let Some(vectors) = load("sd-jwt/independent-copies.json") else { return };
    for vector in items(&vectors) {
        let name = text(vector, "name");
        let bad = name.contains("invalid_disclosure") || name.starts_with("sdjwt-kt");
        assert_eq!(verify(vector, NOW).is_err(), bad, "{name}");
    }
}

#[test]
fn the_tokens_of_rfc_9901_expire() {
    let Some(vectors) = load("sd-jwt/rfc9901-vectors.json") else { return };
    let late = UnixTime::from_secs(4_000_000_000);
    for vector in items(&vectors).iter().filter(|vector| vector["issuer_payload"]["exp"].is_u64()) {
        assert_eq!(verify(vector, late), Err(SdJwtError::Expired));
    }
}

#[test]
fn a_token_of_rfc_9901_with_any_part_changed_is_refused() {
    let Some(vectors) = load("sd-jwt/rfc9901-vectors.json") else { return };
    let vector = &items(&vectors)[1];
    let good = text(vector, "sd_jwt");
    assert!(verify(vector, NOW).is_ok());
    for place in (0..good.len()).step_by(13) {
        let mut bytes = good.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let mut changed = vector.clone();
        changed["sd_jwt"] = String::from_utf8(bytes).expect("still text").into();
        assert!(verify(&changed, NOW).is_err(), "byte {place}");
    }
}

#[test]
fn the_credentials_of_the_draft_verify() {
    let Some(vectors) = load("sd-jwt-vc/vectors.json") else { return };
    for vector in items(&vectors) {
        let key = PublicKey::from_jwk(&vector["issuer_jwk"]).expect("an issuer key");
        let unverified = sd_jwt_vc::Unverified::parse(text(vector, "sd_jwt")).expect("it parses");
        let binding = &vector["kb_jwt"]["payload"];
        let verified = if binding.is_object() {
            let expected = ExpectedBinding {
                audience: text(binding, "aud"),
                nonce: text(binding, "nonce"),
                max_age: Duration::from_secs(10_000_000_000),
                now: NOW,
                transaction_data: &[],
            };
            unverified.verify(&key, &expected, &RustCrypto)
        } else {
            unverified.dangerous_verify_unbound(&key, NOW, &RustCrypto)
        };
        let verified = verified.unwrap_or_else(|error| panic!("{}: {error:?}", vector["name"]));
        assert_eq!(Value::Object(verified.claims().clone()), vector["reference_verified_payload"]);
    }
}
