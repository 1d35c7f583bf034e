use credential::key::{Algorithm, RustCrypto};

use super::pop::{ExpectedPop, Pop, make_pop};
use super::*;
use crate::testing::{FixedRng, NOW, holder, key, members, vectors};

const SERVER: &str = "https://as.example";
const CLIENT_ID: &str = "https://wallet.example";
const EXPECTED: ExpectedPop<'_> = ExpectedPop { audience: SERVER, challenge: Some("c"), now: NOW };

fn good() -> Map<String, Value> {
    members(json!({
        "iss": "https://provider.example", "sub": CLIENT_ID, "iat": NOW.secs(), "exp": NOW.secs() + 60,
        "cnf": {"jwk": holder().public_key().to_jwk()}, "wallet_name": "W", "wallet_link": "https://w.example",
        "status": {"status_list": {"idx": 1, "uri": "https://s.example"}},
    }))
}

fn check(claims: &Map<String, Value>) -> Result<Attestation, AttestationError> {
    let token = jws::sign(members(json!({"typ": TYPE, "kid": "p"})), claims, &key(5)).unwrap();
    UnverifiedAttestation::parse(&[&token])?.verify(key(5).public_key(), Some(CLIENT_ID), NOW, &RustCrypto)
}

/// `good` with one claim changed, or left out where the value is null.
fn refused(name: &str, value: Value) -> AttestationError {
    let mut claims = good();
    claims.insert(name.into(), value);
    claims.retain(|_, value| !value.is_null());
    check(&claims).unwrap_err()
}

fn attestation() -> Attestation {
    check(&good()).unwrap()
}

fn good_pop() -> Map<String, Value> {
    members(json!({"aud": SERVER, "jti": "1", "iat": NOW.secs(), "challenge": "c"}))
}

fn check_pop(header: Value, claims: &Map<String, Value>) -> Result<Pop, AttestationError> {
    let token = jws::sign(members(header), claims, &holder()).unwrap();
    attestation().verify_pop(&[&token], &EXPECTED, &RustCrypto)
}

fn pop_with(name: &str, value: Value) -> Result<Pop, AttestationError> {
    let mut claims = good_pop();
    claims.insert(name.into(), value);
    claims.retain(|_, value| !value.is_null());
    check_pop(json!({"typ": POP_TYPE}), &claims)
}

#[test]
fn what_is_made_holds_in_both_generations() {
    let instance = holder();
    for issuer in [None, Some("https://provider.example")] {
        let claims = AttestationClaims {
            client_id: CLIENT_ID,
            issuer,
            key: instance.public_key(),
            issued_at: NOW,
            expires_at: NOW.plus(Duration::from_secs(60)),
        };
        let token = claims.sign(&KeyReference::Kid("p".into()), &key(5)).unwrap();
        let unverified = UnverifiedAttestation::parse(&[&token]).unwrap();
        assert_eq!(unverified.key_reference(), Ok(KeyReference::Kid("p".into())));
        let attestation = unverified.verify(key(5).public_key(), Some(CLIENT_ID), NOW, &RustCrypto).unwrap();
        assert_eq!(attestation.issuer.as_deref(), issuer);
        assert_eq!(&attestation.key, instance.public_key());
        let pop = make_pop(&EXPECTED, issuer.map(|_| CLIENT_ID), &instance, &mut FixedRng(1)).unwrap();
        let pop = attestation.verify_pop(&[&pop], &EXPECTED, &RustCrypto).unwrap();
        assert_eq!(pop.remember_until, NOW.plus(MAX_POP_AGE + MAX_CLOCK_SKEW));
    }
}

#[test]
fn what_a_wallet_says_of_itself_is_kept() {
    let attestation = attestation();
    assert_eq!(attestation.wallet_name.as_deref(), Some("W"));
    assert_eq!(attestation.wallet_link.as_deref(), Some("https://w.example"));
    assert_eq!(attestation.status, good().get("status").cloned());
}

#[test]
fn an_attestation_that_does_not_fit_is_refused() {
    let now = NOW.secs();
    let private = holder().dangerous_to_jwk();
    for (name, value, error) in [
        ("sub", Value::Null, MessageError::Missing("sub").into()),
        ("sub", json!("https://other.example"), AttestationError::Client),
        ("exp", Value::Null, MessageError::Missing("exp").into()),
        ("exp", json!("soon"), MessageError::Kind("exp").into()),
        ("exp", json!(now), AttestationError::Expired),
        ("iat", json!(now + 61), AttestationError::Future),
        ("nbf", json!(now + 61), AttestationError::Future),
        ("iss", json!(1), MessageError::Kind("iss").into()),
        ("cnf", Value::Null, MessageError::Missing("cnf").into()),
        ("cnf", json!({}), MessageError::Missing("jwk").into()),
        ("cnf", json!({"jwk": private}), AttestationError::Key(KeyError::Private)),
        ("cnf", json!({"jwk": {"kty": "oct", "k": "AAAA"}}), AttestationError::Key(KeyError::Private)),
        ("wallet_name", json!(["W"]), MessageError::Kind("wallet_name").into()),
        ("wallet_link", json!(1), MessageError::Kind("wallet_link").into()),
    ] {
        assert_eq!(refused(name, value.clone()), error, "{name} {value}");
    }
}

#[test]
fn an_attestation_of_another_type_or_signer_is_refused() {
    let read = |header: Value, signer: u64| {
        let token = jws::sign(members(header), &good(), &key(signer)).unwrap();
        UnverifiedAttestation::parse(&[&token])?.verify(key(5).public_key(), None, NOW, &RustCrypto)
    };
    assert!(read(json!({"typ": TYPE}), 5).is_ok());
    let error = |result: Result<Attestation, AttestationError>| result.map(drop).unwrap_err();
    assert_eq!(error(read(json!({"typ": TYPE}), 6)), AttestationError::Jws(JwsError::Signature));
    for typ in [json!("JWT"), json!(POP_TYPE), json!(null)] {
        assert_eq!(error(read(json!({"typ": typ}), 5)), AttestationError::Jws(JwsError::Type));
    }
    let unnamed = jws::sign(members(json!({"typ": TYPE})), &good(), &key(5)).unwrap();
    let unnamed = UnverifiedAttestation::parse(&[&unnamed]).unwrap();
    assert_eq!(unnamed.key_reference(), Err(AttestationError::Reference(ReferenceError::Key)));
}

#[test]
fn headers_that_are_not_there_exactly_once_are_refused() {
    let large = "x".repeat(MAX_ATTESTATION + 1);
    let error = |values: &[&str]| UnverifiedAttestation::parse(values).map(drop).unwrap_err();
    assert_eq!(error(&[]), AttestationError::NotOnce);
    assert_eq!(error(&["a", "a"]), AttestationError::NotOnce);
    assert_eq!(error(&[&large]), AttestationError::TooLarge);
    assert_eq!(error(&["a"]), AttestationError::Jws(JwsError::Form));
    let error = |values: &[&str]| attestation().verify_pop(values, &EXPECTED, &RustCrypto).unwrap_err();
    assert_eq!(error(&[]), AttestationError::NotOnce);
    assert_eq!(error(&["a", "a"]), AttestationError::NotOnce);
    assert_eq!(error(&[&large[..=MAX_POP]]), AttestationError::TooLarge);
    assert_eq!(error(&["a"]), AttestationError::Pop(JwsError::Form));
}

#[test]
fn a_proof_that_does_not_fit_is_refused() {
    let now = NOW.secs();
    for (name, value, error) in [
        ("aud", Value::Null, MessageError::Missing("aud").into()),
        ("aud", json!("https://as.example/token"), AttestationError::Audience),
        ("aud", json!([SERVER, "https://other.example"]), AttestationError::Audience),
        ("iss", json!("https://provider.example"), AttestationError::PopIssuer),
        ("iss", json!(1), AttestationError::PopIssuer),
        ("challenge", Value::Null, AttestationError::Challenge),
        ("challenge", json!("d"), AttestationError::Challenge),
        ("challenge", json!("c".repeat(MAX_CHALLENGE + 1)), MessageError::TooLarge("challenge").into()),
        ("jti", Value::Null, MessageError::Missing("jti").into()),
        ("jti", json!("x".repeat(MAX_ID + 1)), MessageError::TooLarge("jti").into()),
        ("iat", Value::Null, MessageError::Missing("iat").into()),
        ("iat", json!(now + 61), AttestationError::PopFuture),
        ("iat", json!(now - 301), AttestationError::PopTooOld),
        ("exp", json!(now - 60), AttestationError::PopTooOld),
        ("exp", json!("soon"), MessageError::Kind("exp").into()),
        ("nbf", json!(now + 61), AttestationError::PopFuture),
        ("nbf", json!("now"), MessageError::Kind("nbf").into()),
    ] {
        assert_eq!(pop_with(name, value.clone()), Err(error), "{name} {value}");
    }
    assert!(pop_with("aud", json!([SERVER])).is_ok());
    assert!(pop_with("iss", json!(CLIENT_ID)).is_ok());
    assert!(pop_with("exp", json!(now - 59)).is_ok());
    assert!(pop_with("nbf", json!(now + 60)).is_ok());
}

#[test]
fn a_proof_of_another_type_or_key_is_refused() {
    let error = |header: Value| check_pop(header, &good_pop()).unwrap_err();
    for typ in [json!("JWT"), json!(TYPE), json!("dpop+jwt"), json!(null)] {
        assert_eq!(error(json!({"typ": typ})), AttestationError::Pop(JwsError::Type));
    }
    let thief = key(7);
    let header = members(json!({"typ": POP_TYPE, "jwk": thief.public_key().to_jwk()}));
    let token = jws::sign(header, &good_pop(), &thief).unwrap();
    let error = attestation().verify_pop(&[&token], &EXPECTED, &RustCrypto).unwrap_err();
    assert_eq!(error, AttestationError::Pop(JwsError::Signature));
}

#[test]
fn two_proofs_differ_by_identifier_and_key() {
    let first = pop_with("jti", json!("1")).unwrap();
    assert_eq!(pop_with("jti", json!("1")), Ok(first.clone()));
    assert_ne!(pop_with("jti", json!("2")).unwrap().digest, first.digest);
}

#[test]
fn a_dpop_proof_counts_only_alone_and_by_the_attested_key() {
    let target =
        dpop::Target { method: "POST", url: "https://as.example/token", access_token: None, nonce: None };
    let proof = |signer: &credential::key::SigningKey| {
        let text = dpop::make(&target, signer, NOW, &mut FixedRng(3)).unwrap();
        dpop::verify(&text, &target, NOW, &RustCrypto).unwrap()
    };
    assert_eq!(attestation().check_dpop(&proof(&holder()), &[]), Ok(()));
    assert_eq!(attestation().check_dpop(&proof(&holder()), &["x"]), Err(AttestationError::PopBesideDpop));
    assert_eq!(attestation().check_dpop(&proof(&key(7)), &[]), Err(AttestationError::DpopKey));
}

fn recorded(folder: &str, file: &str) -> Option<Value> {
    let text = std::fs::read(vectors(folder)?.join(file)).unwrap();
    Some(serde_json::from_slice(&text).unwrap())
}

/// The attester's key of the draft was never published, so its signature is not held; everything else is.
#[test]
fn the_tokens_of_draft_10_hold_but_for_the_unpublished_key() {
    let Some(tokens) = recorded("attestation-based-client-auth", "tokens-draft10.json") else { return };
    let [attested, pop, wrapped] = tokens.as_array().unwrap().as_slice() else { panic!("three tokens") };
    let unverified = UnverifiedAttestation::parse(&[attested["jwt"].as_str().unwrap()]).unwrap();
    assert_eq!(unverified.key_reference(), Ok(KeyReference::Kid("11".into())));
    let other = key(5);
    assert_eq!(other.public_key().algorithm(), Algorithm::Es256);
    let forged = unverified.clone().verify(other.public_key(), None, NOW, &RustCrypto).map(drop);
    assert_eq!(forged, Err(AttestationError::Jws(JwsError::Signature)));
    let claims = unverified.0.dangerous_claims().unwrap();
    let token = jws::sign(members(attested["header"].clone()), &claims, &other).unwrap();
    let again = UnverifiedAttestation::parse(&[&token]).unwrap();
    let client_id = Some("https://client.example.com");
    let attestation = again.verify(other.public_key(), client_id, NOW, &RustCrypto).unwrap();
    let expected = ExpectedPop {
        audience: "https://as.example.com",
        challenge: Some("5c1a9e10-29ff-4c2b-ae73-57c0957c09c4"),
        now: UnixTime::from_secs(1_772_487_595),
    };
    assert!(attestation.verify_pop(&[pop["jwt"].as_str().unwrap()], &expected, &RustCrypto).is_ok());
    let joined = UnverifiedAttestation::parse(&[wrapped["jwt"].as_str().unwrap()]).map(drop);
    assert!(joined.is_err(), "the recording runs into the next header");
}

#[test]
fn the_wallet_attestation_of_openid4vci_holds() {
    let Some(recorded) = recorded("openid4vci", "verified-vectors-1_0.json") else { return };
    let token = recorded["wallet_attestation"]["jwt"].as_str().unwrap();
    let unverified = UnverifiedAttestation::parse(&[token]).unwrap();
    let Ok(KeyReference::X5c(chain)) = unverified.key_reference() else { panic!("certificates") };
    let check =
        |now: u64| unverified.clone().verify(chain.leaf_key(), None, UnixTime::from_secs(now), &RustCrypto);
    let attestation = check(1_755_023_547).unwrap();
    assert_eq!(attestation.client_id, "https://wallet.example.com");
    assert_eq!(attestation.issuer.as_deref(), Some("https://wallet-provider.example.com"));
    assert_eq!(check(1_755_102_745).map(drop), Err(AttestationError::Expired));
    assert_eq!(check(1_755_023_486).map(drop), Err(AttestationError::Future));
}
