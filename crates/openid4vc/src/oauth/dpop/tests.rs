//! Proofs of the standard, our own, and those that must not pass.

use credential::key::RustCrypto;
use serde_json::json;

use super::*;
use crate::testing::{FixedRng, NOW, holder, members, vectors};

const URL: &str = "https://issuer.example/credential";
const TARGET: Target<'_> = Target { method: "POST", url: URL, access_token: Some("token"), nonce: None };

fn good() -> Map<String, Value> {
    members(json!({
        "jti": "id", "htm": "POST", "htu": URL, "iat": NOW.secs(), "ath": hash_token("token"),
    }))
}

fn check(header: Value, claims: &Map<String, Value>) -> Result<Proof, DpopError> {
    let proof = jws::sign(members(header), claims, &holder()).unwrap();
    verify(&proof, &TARGET, NOW, &RustCrypto)
}

fn header() -> Value {
    json!({"typ": TYPE, "jwk": holder().public_key().to_jwk()})
}

fn refused(name: &str, value: Value) -> DpopError {
    let mut claims = good();
    claims.insert(name.into(), value);
    check(header(), &claims).unwrap_err()
}

#[test]
fn a_proof_is_made_and_holds() {
    let target = Target { nonce: Some("n"), ..TARGET };
    let proof = make(&target, &holder(), NOW, &mut FixedRng(3)).unwrap();
    let checked = verify(&proof, &target, NOW, &RustCrypto).unwrap();
    assert_eq!(checked.jkt, holder().public_key().thumbprint());
    assert_eq!(checked.remember_until, NOW.plus(MAX_AGE + MAX_CLOCK_SKEW));
}

#[test]
fn two_proofs_differ_and_a_repeated_one_does_not() {
    let make = |seed| make(&TARGET, &holder(), NOW, &mut FixedRng(seed)).unwrap();
    let digest = |proof: &str| verify(proof, &TARGET, NOW, &RustCrypto).unwrap().digest;
    assert_eq!(digest(&make(3)), digest(&make(3)));
    assert_ne!(digest(&make(3)), digest(&make(4)));
}

#[test]
fn query_and_fragment_of_the_address_do_not_count() {
    let target = Target { url: "https://ISSUER.example:443/credential?a=b#c", ..TARGET };
    let proof = jws::sign(members(header()), &good(), &holder()).unwrap();
    assert!(verify(&proof, &target, NOW, &RustCrypto).is_ok());
}

#[test]
fn a_proof_for_something_else_is_refused() {
    assert_eq!(refused("htm", json!("GET")), DpopError::Method);
    assert_eq!(refused("htm", json!("post")), DpopError::Method);
    assert_eq!(refused("htu", json!("https://issuer.example/token")), DpopError::Address);
    assert_eq!(refused("htu", json!("http://issuer.example/credential")), DpopError::Address);
    assert_eq!(refused("htu", json!("https://issuer.example/credential/")), DpopError::Address);
    assert_eq!(refused("htu", json!("nonsense")), DpopError::Address);
    assert_eq!(refused("ath", json!(hash_token("other"))), DpopError::AccessToken);
}

#[test]
fn a_proof_out_of_time_is_refused() {
    let at = |time: UnixTime| refused("iat", json!(time.secs()));
    let second = Duration::from_secs(1);
    assert_eq!(at(NOW.minus(MAX_AGE + second)), DpopError::TooOld);
    assert_eq!(at(NOW.plus(MAX_CLOCK_SKEW + second)), DpopError::Future);
    assert_eq!(refused("iat", json!("now")), MessageError::Kind("iat").into());
}

#[test]
fn a_proof_that_sets_its_own_bounds_is_held_to_them() {
    let second = Duration::from_secs(1);
    assert_eq!(refused("exp", json!(NOW.minus(MAX_CLOCK_SKEW).secs())), DpopError::TooOld);
    assert_eq!(refused("nbf", json!(NOW.plus(MAX_CLOCK_SKEW + second).secs())), DpopError::Future);
    for name in ["exp", "nbf"] {
        assert_eq!(refused(name, json!("soon")), MessageError::Kind(name).into());
    }
    let mut claims = good();
    claims.insert("exp".into(), json!(NOW.minus(MAX_CLOCK_SKEW).secs() + 1));
    claims.insert("nbf".into(), json!(NOW.plus(MAX_CLOCK_SKEW).secs()));
    assert!(check(header(), &claims).is_ok());
}

#[test]
fn a_proof_without_a_claim_is_refused() {
    for name in ["jti", "htm", "htu", "iat", "ath"] {
        let mut claims = good();
        claims.remove(name);
        assert_eq!(check(header(), &claims).unwrap_err(), MessageError::Missing(name).into());
    }
    assert_eq!(refused("jti", json!("x".repeat(MAX_ID + 1))), MessageError::TooLarge("jti").into());
}

#[test]
fn a_proof_without_the_servers_nonce_is_refused() {
    let target = Target { nonce: Some("n"), ..TARGET };
    for nonce in [None, Some("other")] {
        let proof = make(&Target { nonce, ..TARGET }, &holder(), NOW, &mut FixedRng(3)).unwrap();
        assert_eq!(verify(&proof, &target, NOW, &RustCrypto).unwrap_err(), DpopError::Nonce);
    }
}

#[test]
fn a_header_that_does_not_fit_is_refused() {
    let refused = |header: Value| check(header, &good()).unwrap_err();
    let jwk = holder().public_key().to_jwk();
    assert_eq!(refused(json!({"typ": "jwt", "jwk": jwk})), DpopError::Jws(JwsError::Type));
    assert_eq!(refused(json!({"jwk": jwk})), DpopError::Jws(JwsError::Type));
    assert_eq!(refused(json!({"typ": TYPE})), DpopError::Key(KeyError::Malformed));
    let private = holder().dangerous_to_jwk();
    assert_eq!(refused(json!({"typ": TYPE, "jwk": private})), DpopError::Key(KeyError::Private));
    let other = crate::testing::key(9).public_key().to_jwk();
    assert_eq!(refused(json!({"typ": TYPE, "jwk": other})), DpopError::Jws(JwsError::Signature));
}

#[test]
fn a_large_or_unsigned_proof_is_refused() {
    let large = "x".repeat(MAX_PROOF + 1);
    assert_eq!(verify(&large, &TARGET, NOW, &RustCrypto).unwrap_err(), DpopError::TooLarge);
    let none = format!("{}.{}.", base64url(r#"{"typ":"dpop+jwt","alg":"none"}"#), base64url("{}"));
    assert!(matches!(verify(&none, &TARGET, NOW, &RustCrypto), Err(DpopError::Jws(_))));
}

#[test]
fn the_proofs_of_the_standard_hold() {
    let Some(folder) = vectors("dpop-rfc9449") else { return };
    let text = std::fs::read(folder.join("vectors.json")).unwrap();
    let recorded: Value = serde_json::from_slice(&text).unwrap();
    let mut run = 0;
    for vector in recorded["vectors"].as_array().unwrap() {
        let payload = &vector["payload"];
        let text = |name: &str| payload[name].as_str();
        let (Some(method), Some(url)) = (text("htm"), text("htu")) else { continue };
        let access_token = text("ath").map(|_| recorded["ath_example"]["access_token"].as_str().unwrap());
        let target = Target { method, url, access_token, nonce: None };
        let now = UnixTime::from_claim(&payload["iat"]).unwrap();
        let jwt = vector["jwt"].as_str().unwrap();
        assert_eq!(verify(jwt, &target, now, &RustCrypto).unwrap().jkt, vector["jkt"].as_str().unwrap());
        let other = Target { access_token: Some("other"), ..target };
        assert!(verify(jwt, &other, now, &RustCrypto).is_err());
        run += 1;
    }
    assert_eq!(run, 3);
}
