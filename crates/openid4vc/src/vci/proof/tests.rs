//! Proofs that hold, the specification's, and those that must not pass.

use credential::encoding::base64url;
use credential::key::{RustCrypto, SigningKey};
use serde_json::json;

use super::*;
use crate::testing::{NOW, key, members, vectors};

const ISSUER: &str = "https://issuer.example";
const EXPECTED: Expected<'_> = Expected { issuer: ISSUER, client_id: Some("wallet"), max_batch: 3, now: NOW };

fn prove(signer: &SigningKey, nonce: &str) -> String {
    make(ISSUER, nonce, Some("wallet"), signer, NOW).unwrap()
}

fn check(proofs: &[String]) -> Result<ProvenKeys, ProofError> {
    EXPECTED.verify(proofs, &RustCrypto)
}

fn with_header(header: Value) -> ProofError {
    let claims = members(json!({"aud": ISSUER, "iat": NOW.secs(), "nonce": "n"}));
    check(&[jws::sign(members(header), &claims, &key(5)).unwrap()]).unwrap_err()
}

fn with(name: &str, value: Value) -> Result<ProvenKeys, ProofError> {
    let header = json!({"typ": TYPE, "jwk": key(5).public_key().to_jwk()});
    let mut claims = members(json!({"aud": ISSUER, "iat": NOW.secs(), "nonce": "n", "iss": "wallet"}));
    claims.insert(name.into(), value);
    claims.retain(|_, value| !value.is_null());
    check(&[jws::sign(members(header), &claims, &key(5)).unwrap()])
}

#[test]
fn a_batch_is_proven() {
    let proven = check(&[prove(&key(5), "n"), prove(&key(6), "n")]).unwrap();
    assert_eq!(proven.keys, [key(5).public_key().clone(), key(6).public_key().clone()]);
    assert_eq!(proven.nonce, "n");
    assert!(with("iss", Value::Null).is_ok());
    assert!(with("exp", json!(NOW.minus(MAX_CLOCK_SKEW).secs() + 1)).is_ok());
    assert!(with("nbf", json!(NOW.plus(MAX_CLOCK_SKEW).secs())).is_ok());
}

#[test]
fn a_batch_that_does_not_belong_together_is_refused() {
    assert_eq!(check(&[]).unwrap_err(), ProofError::Count);
    let four: Vec<_> = (5..9).map(|number| prove(&key(number), "n")).collect();
    assert_eq!(check(&four).unwrap_err(), ProofError::Count);
    let twice = [prove(&key(5), "n"), prove(&key(5), "n")];
    assert_eq!(check(&twice).unwrap_err(), ProofError::RepeatedKey);
    let nonces = [prove(&key(5), "n"), prove(&key(6), "m")];
    assert_eq!(check(&nonces).unwrap_err(), ProofError::Nonce);
    let one_bad = [prove(&key(5), "n"), make("https://other.example", "n", None, &key(6), NOW).unwrap()];
    assert_eq!(check(&one_bad).unwrap_err(), ProofError::Audience);
}

#[test]
fn a_claim_that_does_not_fit_is_refused() {
    let at = |time: UnixTime| json!(time.secs());
    let second = Duration::from_secs(1);
    for (name, value, error) in [
        ("aud", json!("https://issuer.example/"), ProofError::Audience),
        ("aud", json!([ISSUER]), MessageError::Kind("aud").into()),
        ("aud", json!([ISSUER, "https://other.example"]), MessageError::Kind("aud").into()),
        ("aud", Value::Null, MessageError::Missing("aud").into()),
        ("iss", json!("other"), ProofError::Client),
        ("iss", json!(1), ProofError::Client),
        ("iat", Value::Null, MessageError::Missing("iat").into()),
        ("iat", json!("now"), MessageError::Kind("iat").into()),
        ("iat", at(NOW.plus(MAX_CLOCK_SKEW + second)), ProofError::Future),
        ("iat", at(NOW.minus(MAX_AGE + second)), ProofError::TooOld),
        ("exp", at(NOW.minus(MAX_CLOCK_SKEW)), ProofError::TooOld),
        ("exp", json!("soon"), MessageError::Kind("exp").into()),
        ("nbf", at(NOW.plus(MAX_CLOCK_SKEW + second)), ProofError::Future),
        ("nbf", json!("now"), MessageError::Kind("nbf").into()),
        ("nonce", Value::Null, ProofError::Nonce),
        ("nonce", json!(""), ProofError::Nonce),
        ("nonce", json!("n".repeat(MAX_NONCE + 1)), ProofError::Nonce),
    ] {
        assert_eq!(with(name, value.clone()).unwrap_err(), error, "{name} {value}");
    }
}

#[test]
fn an_anonymous_wallet_may_not_name_itself() {
    let expected = Expected { client_id: None, ..EXPECTED };
    let named = [prove(&key(5), "n")];
    assert_eq!(expected.verify(&named, &RustCrypto).unwrap_err(), ProofError::Client);
}

#[test]
fn a_header_that_does_not_fit_is_refused() {
    let jwk = key(5).public_key().to_jwk();
    let malformed = ProofError::Key(KeyError::Malformed);
    assert_eq!(with_header(json!({"typ": TYPE})), malformed);
    assert_eq!(with_header(json!({"typ": TYPE, "jwk": jwk, "kid": "k"})), malformed);
    assert_eq!(with_header(json!({"typ": TYPE, "jwk": jwk, "x5c": []})), malformed);
    assert_eq!(with_header(json!({"typ": "JWT", "jwk": jwk})), ProofError::Jws(JwsError::Type));
    let private = key(5).dangerous_to_jwk();
    assert_eq!(with_header(json!({"typ": TYPE, "jwk": private})), ProofError::Key(KeyError::Private));
    let other = key(6).public_key().to_jwk();
    assert_eq!(with_header(json!({"typ": TYPE, "jwk": other})), ProofError::Jws(JwsError::Signature));
}

#[test]
fn a_large_or_unsigned_proof_is_refused() {
    assert_eq!(check(&["x".repeat(MAX_PROOF + 1)]).unwrap_err(), ProofError::TooLarge);
    let none = format!("{}.{}.", base64url(r#"{"alg":"none"}"#), base64url("{}"));
    assert!(matches!(check(&[none]), Err(ProofError::Jws(_))));
}

#[test]
fn each_refusal_has_its_code() {
    assert_eq!(ProofError::Nonce.error(), ErrorCode::InvalidNonce);
    assert_eq!(ProofError::RepeatedKey.error(), ErrorCode::InvalidProof);
}

#[test]
fn the_proof_of_the_specification_holds() {
    let Some(folder) = vectors("openid4vci") else { return };
    let text = std::fs::read(folder.join("verified-vectors-1_0.json")).unwrap();
    let recorded: Value = serde_json::from_slice(&text).unwrap();
    let proof = recorded["jwt_key_proof"]["jwt"].as_str().unwrap().to_owned();
    let now = UnixTime::from_secs(1_701_960_444);
    let issuer = "https://credential-issuer.example.com";
    let expected = Expected { issuer, client_id: None, max_batch: 1, now };
    assert_eq!(
        expected.verify(std::slice::from_ref(&proof), &RustCrypto).unwrap().nonce,
        "LarRGSbmUPYtRYO6BQ4yn8"
    );
    let later = Expected { now: NOW, ..expected };
    assert_eq!(later.verify(&[proof], &RustCrypto).unwrap_err(), ProofError::TooOld);
}
