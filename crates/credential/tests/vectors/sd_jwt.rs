//! SD-JWT: the tokens of the RFC, of its reference implementation, and of other projects.

use core::time::Duration;

use credential::claim_path::ClaimPath;
use credential::jws::JwsError;
use credential::key::{PublicKey, RustCrypto};
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt::hold::Held;
use credential::sd_jwt::{Policy, SdJwtError, Unverified};
use credential::time::UnixTime;
use serde_json::{Map, Value};

use crate::{items, load, text};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// Holds a token against its vector's keys, and against the key binding that the vector says is in it.
pub(crate) fn verify(vector: &Value, now: UnixTime) -> Result<Map<String, Value>, SdJwtError> {
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
    let mut accepted = 0;
    for vector in items(&vectors) {
        let error = match text(vector, "name") {
            "nl-wallet/invalid_disclosure.jwt" => SdJwtError::UnreferencedDisclosure,
            // Of an old draft, signed with RS256, which we allow nobody.
            name if name.starts_with("sdjwt-kt/") => SdJwtError::Jws(JwsError::Algorithm),
            name => {
                assert!(verify(vector, NOW).is_ok(), "{name}");
                accepted += 1;
                continue;
            }
        };
        assert_eq!(verify(vector, NOW), Err(error));
    }
    assert_eq!((accepted, items(&vectors).len()), (12, 15));
}

#[test]
fn the_tokens_of_rfc_9901_expire() {
    let Some(vectors) = load("sd-jwt/rfc9901-vectors.json") else { return };
    let late = UnixTime::from_secs(4_000_000_000);
    let expiring = items(&vectors).iter().filter(|vector| vector["issuer_payload"]["exp"].is_u64());
    let refused = expiring.map(|vector| assert_eq!(verify(vector, late), Err(SdJwtError::Expired))).count();
    assert_eq!(refused, 6);
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
fn what_the_reference_implementation_issues_is_held_and_shown() {
    let Some(vectors) = load("sd-jwt/reference-impl-vectors.json") else { return };
    let mut held_count = 0;
    for vector in items(&vectors).iter().filter(|vector| vector["kind"] == "issuance") {
        let issued = text(vector, "sd_jwt");
        let held = Held::new(Unverified::parse(issued).expect("it parses"), &[]).expect("it is held");
        let claims = &vector["reference_verified_payload"];
        assert_eq!(Value::Object(held.claims().clone()), *claims, "{}", vector["name"]);
        let every: Vec<_> = held.claims().keys().map(|name| ClaimPath::name(name)).collect();
        assert_eq!(held.show(&every).expect("all of it"), issued, "{}", vector["name"]);
        let mut shown = vector.clone();
        shown["sd_jwt"] = held.show(&[]).expect("none of it").into();
        let left = verify(&shown, NOW).expect("it verifies");
        assert!(left.keys().all(|name| claims.get(name).is_some()), "{}", vector["name"]);
        held_count += 1;
    }
    assert_eq!(held_count, 28);
}
