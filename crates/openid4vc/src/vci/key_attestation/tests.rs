use credential::key::{RustCrypto, Signer as _};
use serde_json::{Map, json};

use super::*;
use crate::testing::{NOW, holder, key, members, vectors};

const EXPECTED: Expected<'_> = Expected {
    place: Place::AttestationProof,
    nonce: Some("n"),
    key_storage: &[],
    user_authentication: &[],
    now: NOW,
};

fn good() -> Map<String, Value> {
    members(json!({
        "iat": NOW.secs(), "exp": NOW.secs() + 60, "nonce": "n",
        "key_storage": ["iso_18045_high"], "user_authentication": ["iso_18045_basic"],
        "certification": "https://c.example", "status": {},
        "attested_keys": [holder().public_key().to_jwk(), key(7).public_key().to_jwk()],
    }))
}

fn check(
    header: Value,
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<KeyAttestation, KeyAttestationError> {
    let token = jws::sign(members(header), claims, &key(5)).unwrap();
    UnverifiedKeyAttestation::parse(&token)?.verify(key(5).public_key(), expected, &RustCrypto)
}

fn with(name: &str, value: &Value, expected: &Expected<'_>) -> Result<KeyAttestation, KeyAttestationError> {
    let mut claims = good();
    claims.insert(name.into(), value.clone());
    claims.retain(|_, value| !value.is_null());
    check(json!({"typ": TYPE}), &claims, expected)
}

#[test]
fn attested_keys_and_their_levels_are_read() {
    let attestation = check(json!({"typ": TYPE, "kid": "p"}), &good(), &EXPECTED).unwrap();
    assert_eq!(attestation.keys, [holder().public_key().clone(), key(7).public_key().clone()]);
    assert_eq!(attestation.key_storage, ["iso_18045_high"]);
    assert_eq!(attestation.user_authentication, ["iso_18045_basic"]);
    assert_eq!(attestation.certification.as_deref(), Some("https://c.example"));
    assert_eq!(attestation.status, Some(json!({})));
    assert_eq!(attestation.check_proof_key(key(7).public_key()), Ok(()));
    assert_eq!(attestation.check_proof_key(key(8).public_key()), Err(KeyAttestationError::Unattested));
}

#[test]
fn an_attestation_that_does_not_fit_is_refused() {
    let now = NOW.secs();
    let jwk = key(7).public_key().to_jwk();
    for (name, value, error) in [
        ("iat", Value::Null, MessageError::Missing("iat").into()),
        ("iat", json!(now + 61), KeyAttestationError::Future),
        ("exp", json!(now), KeyAttestationError::Expired),
        ("exp", json!("soon"), MessageError::Kind("exp").into()),
        ("nbf", json!(now + 61), KeyAttestationError::Future),
        ("nbf", json!("now"), MessageError::Kind("nbf").into()),
        ("nonce", Value::Null, KeyAttestationError::Nonce),
        ("nonce", json!("m"), KeyAttestationError::Nonce),
        ("nonce", json!("n".repeat(MAX_NONCE + 1)), MessageError::TooLarge("nonce").into()),
        ("attested_keys", Value::Null, MessageError::Missing("attested_keys").into()),
        ("attested_keys", json!([]), MessageError::Empty("attested_keys").into()),
        ("attested_keys", json!(vec![&jwk; MAX_PROOFS + 1]), MessageError::TooLarge("attested_keys").into()),
        ("attested_keys", json!([jwk, jwk]), KeyAttestationError::RepeatedKey),
        ("attested_keys", json!([holder().dangerous_to_jwk()]), KeyAttestationError::Key(KeyError::Private)),
        ("attested_keys", json!([{"kty": "RSA"}]), KeyAttestationError::Key(KeyError::Type)),
        ("key_storage", json!("iso_18045_high"), MessageError::Kind("key_storage").into()),
        ("key_storage", json!(vec!["x"; MAX_LEVELS + 1]), MessageError::TooLarge("key_storage").into()),
        ("user_authentication", json!([1]), MessageError::Kind("user_authentication").into()),
        ("certification", json!(1), MessageError::Kind("certification").into()),
    ] {
        assert_eq!(with(name, &value, &EXPECTED).map(drop), Err(error), "{name} {value}");
    }
}

#[test]
fn an_attestation_in_a_proof_must_expire() {
    let inside = Expected { place: Place::JwtProof, ..EXPECTED };
    let result = |expected: &Expected<'_>| with("exp", &Value::Null, expected).map(drop);
    assert_eq!(result(&EXPECTED), Ok(()));
    assert_eq!(result(&inside), Err(MessageError::Missing("exp").into()));
}

#[test]
fn the_nonce_is_the_issuers_in_both_places() {
    let refused = Err(KeyAttestationError::Nonce);
    for place in [Place::JwtProof, Place::AttestationProof] {
        let result = |nonce: Option<&str>, value: Value| {
            with("nonce", &value, &Expected { place, nonce, ..EXPECTED }).map(drop)
        };
        assert_eq!(result(Some("n"), json!("n")), Ok(()), "{place:?}");
        assert_eq!(result(Some("n"), json!("m")), refused, "{place:?}");
        let made_before = if place == Place::JwtProof { Ok(()) } else { refused };
        assert_eq!(result(Some("n"), Value::Null), made_before, "{place:?}");
        assert_eq!(result(None, Value::Null), Ok(()), "{place:?}");
        assert_eq!(result(None, json!("n")), refused, "{place:?}: a nonce that nobody gave");
    }
}

#[test]
fn levels_that_the_issuer_requires_must_be_attested() {
    let high = ["iso_18045_high".to_owned(), "iso_18045_moderate".to_owned()];
    let storage = Expected { key_storage: &high, ..EXPECTED };
    let users = Expected { user_authentication: &high, ..EXPECTED };
    let result = |expected: &Expected<'_>| check(json!({"typ": TYPE}), &good(), expected).map(drop);
    assert_eq!(result(&storage), Ok(()));
    assert_eq!(result(&users), Err(KeyAttestationError::UserAuthentication));
    let silent = with("key_storage", &Value::Null, &storage).map(drop);
    assert_eq!(silent, Err(KeyAttestationError::KeyStorage));
}

#[test]
fn an_attestation_of_another_type_or_signer_is_refused() {
    for typ in [json!("JWT"), json!("openid4vci-proof+jwt"), json!("keyattestation+jwt"), json!(null)] {
        let refused = check(json!({"typ": typ}), &good(), &EXPECTED).map(drop);
        assert_eq!(refused, Err(KeyAttestationError::Jws(JwsError::Type)), "{typ}");
    }
    let token = jws::sign(members(json!({"typ": TYPE})), &good(), &key(6)).unwrap();
    let unverified = UnverifiedKeyAttestation::parse(&token).unwrap();
    assert_eq!(unverified.key_reference(), Err(KeyAttestationError::Reference(ReferenceError::Key)));
    let refused = unverified.verify(key(5).public_key(), &EXPECTED, &RustCrypto).map(drop);
    assert_eq!(refused, Err(KeyAttestationError::Jws(JwsError::Signature)));
    let large = UnverifiedKeyAttestation::parse(&"x".repeat(MAX_ATTESTATION + 1)).map(drop);
    assert_eq!(large, Err(KeyAttestationError::TooLarge));
}

/// The specification prints the claims, not a signed token: they are signed here.
#[test]
fn the_claims_of_openid4vci_hold() {
    let Some(folder) = vectors("openid4vci") else { return };
    let mut run = 0;
    for file in ["inline-examples-1_0.json", "inline-examples-1_1.json"] {
        let blocks: Value = serde_json::from_slice(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        let texts = blocks.as_array().unwrap().iter().filter_map(|block| block["text"].as_str());
        for text in texts.filter(|text| text.contains("\"key-attestation+jwt\"") && text.contains("\n.\n")) {
            let (_, claims) = text.split_once("\n.\n").unwrap();
            let claims = members(serde_json::from_str(claims).unwrap());
            let now = UnixTime::from_secs(1_516_247_022);
            let expected = Expected { place: Place::JwtProof, nonce: None, now, ..EXPECTED };
            let attestation = check(json!({"typ": TYPE}), &claims, &expected).unwrap();
            assert_eq!((attestation.keys.len(), attestation.key_storage.len()), (1, 1));
            let late = Expected { now: UnixTime::from_secs(1_541_493_724), ..expected };
            let expired = check(json!({"typ": TYPE}), &claims, &late).map(drop);
            assert_eq!(expired, Err(KeyAttestationError::Expired));
            run += 1;
        }
    }
    assert_eq!(run, 2);
}
