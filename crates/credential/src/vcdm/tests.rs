use core::time::Duration;

use serde_json::json;

use super::jwt::UnverifiedCredential;
use super::presentation::{ExpectedPresentation, MAX_CREDENTIALS, Presentation, VerifiedPresentation};
use super::*;
use crate::issuer::{KeyReference, MAX_REFERENCE};
use crate::key::{RustCrypto, Signer as _};
use crate::testing::{NOW, holder, issuer, members, signed};

const ISSUER: &str = "https://issuer.example";
const EXPECTED: ExpectedPresentation<'_> =
    ExpectedPresentation { audience: "v", nonce: "n", max_age: Duration::from_secs(60), now: NOW };

fn good() -> Value {
    json!({
        "@context": [BASE_CONTEXT, "https://a.example/v1", {"x": "https://x.example"}],
        "id": "urn:x:1", "type": ["VerifiableCredential", "X"], "issuer": {"id": ISSUER, "name": "I"},
        "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2028-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:x:y", "degree": 1},
    })
}

/// `good` with one member changed, or left out where the value is null.
fn with(name: &str, value: Value) -> Map<String, Value> {
    let mut all = members(good());
    all.insert(name.into(), value);
    all.retain(|_, value| !value.is_null());
    all
}

fn kid() -> KeyReference {
    KeyReference::Kid("did:symbolon:demo:interior#issuer-0".into())
}

fn check(token: &str) -> Result<Credential, VcdmError> {
    let verified = UnverifiedCredential::parse(token)?.verify(issuer().public_key(), NOW, &RustCrypto)?;
    Ok(verified.credential().clone())
}

#[test]
fn a_credential_is_issued_and_verified() {
    let credential = Credential::new(members(good())).unwrap();
    assert_eq!(credential.issuer(), ISSUER);
    assert_eq!(credential.types().collect::<Vec<_>>(), ["VerifiableCredential", "X"]);
    let token = credential.to_jwt(&kid(), &issuer()).unwrap();
    assert_eq!(check(&token), Ok(credential));
    let reference = UnverifiedCredential::parse(&token).unwrap().issuer().unwrap();
    assert_eq!((reference.iss.as_deref(), reference.key), (Some(ISSUER), kid()));
}

#[test]
fn properties_that_break_the_model_are_refused() {
    for (name, value, error) in [
        ("@context", Value::Null, VcdmError::Context),
        ("@context", json!(BASE_CONTEXT), VcdmError::Context),
        ("@context", json!([]), VcdmError::Context),
        ("@context", json!(["https://a.example", BASE_CONTEXT]), VcdmError::Context),
        ("@context", json!(["https://www.w3.org/2018/credentials/v1"]), VcdmError::Context),
        ("@context", json!([BASE_CONTEXT, 1]), VcdmError::Context),
        ("@context", json!([BASE_CONTEXT, "no url"]), VcdmError::Context),
        ("@context", json!(vec![BASE_CONTEXT; MAX_CONTEXTS + 1]), VcdmError::Context),
        ("id", json!(["urn:x:1"]), VcdmError::Id),
        ("id", json!("no-url"), VcdmError::Id),
        ("id", json!(format!("urn:{}", "x".repeat(MAX_URL))), VcdmError::Id),
        ("type", Value::Null, VcdmError::Type),
        ("type", json!([]), VcdmError::Type),
        ("type", json!(["X"]), VcdmError::Type),
        ("type", json!(["VerifiableCredential", 1]), VcdmError::Type),
        ("type", json!(["VerifiableCredential", ""]), VcdmError::Type),
        ("type", json!(vec!["VerifiableCredential"; MAX_VALUES + 1]), VcdmError::Type),
        ("name", json!(1), VcdmError::Name),
        ("name", json!([]), VcdmError::Name),
        ("description", json!({"@value": 1}), VcdmError::Name),
        ("description", json!({"@value": "x", "other": "y"}), VcdmError::Name),
        ("description", json!({"@language": "en"}), VcdmError::Name),
        ("issuer", Value::Null, VcdmError::Issuer),
        ("issuer", json!("issuer"), VcdmError::Issuer),
        ("issuer", json!({}), VcdmError::Issuer),
        ("issuer", json!([ISSUER]), VcdmError::Issuer),
        ("issuer", json!({"id": ISSUER, "name": 1}), VcdmError::Name),
        ("validFrom", json!("yesterday"), VcdmError::Period),
        ("validUntil", json!(1), VcdmError::Period),
        ("validFrom", json!("2029-01-01T00:00:00Z"), VcdmError::Period),
        ("credentialSubject", Value::Null, VcdmError::Subject),
        ("credentialSubject", json!([]), VcdmError::Subject),
        ("credentialSubject", json!("did:x:y"), VcdmError::Subject),
        ("credentialSubject", json!([{"a": 1}, {}]), VcdmError::Subject),
        ("credentialSubject", json!({"id": "no-url"}), VcdmError::Subject),
        ("credentialSubject", json!(vec![json!({"a": 1}); MAX_VALUES + 1]), VcdmError::Subject),
        ("credentialStatus", json!({}), VcdmError::Status),
        ("credentialStatus", json!({"type": "X", "id": "no-url"}), VcdmError::Status),
        ("credentialSchema", json!({"type": "X"}), VcdmError::Schema),
        ("credentialSchema", json!({"id": "urn:x:1"}), VcdmError::Schema),
        ("evidence", json!({}), VcdmError::Untyped),
        ("termsOfUse", json!([{"type": "X"}, {"id": "urn:x:1"}]), VcdmError::Untyped),
        ("refreshService", json!("X"), VcdmError::Untyped),
        ("proof", json!({}), VcdmError::Proof),
    ] {
        assert_eq!(Credential::new(with(name, value.clone())), Err(error), "{name} {value}");
    }
}

#[test]
fn a_name_may_say_its_language() {
    for value in [
        json!("X"),
        json!({"@value": "X"}),
        json!({"@value": "X", "@language": "en", "@direction": "ltr"}),
        json!([{"@value": "X", "@language": "en"}, {"@value": "Y", "@language": "fr"}]),
    ] {
        assert!(Credential::new(with("name", value.clone())).is_ok(), "{value}");
    }
}

#[test]
fn an_identifier_has_a_scheme_and_only_characters_of_a_url() {
    for id in ["urn:x", "a1+-.:x", "https://a.example/?x=%20#y"] {
        assert!(Credential::new(with("id", json!(id))).is_ok(), "{id}");
    }
    for id in ["", ":x", "urn:", "1rn:x", "-rn:x", "u_n:x", "u n:x", "urn:x y", "urn:<x>", "urn:é"] {
        assert_eq!(Credential::new(with("id", json!(id))), Err(VcdmError::Id), "{id}");
    }
    let of_length = |length: usize| json!(format!("{:x<length$}", "urn:"));
    assert!(Credential::new(with("id", of_length(MAX_URL))).is_ok());
    assert_eq!(Credential::new(with("id", of_length(MAX_URL + 1))), Err(VcdmError::Id));
}

#[test]
fn a_period_may_be_a_single_moment() {
    let mut all = with("validFrom", json!("2027-01-15T08:00:00Z"));
    all.insert("validUntil".into(), json!("2027-01-15T08:00:00Z"));
    let credential = Credential::new(all).unwrap();
    assert_eq!((credential.valid_from(), credential.valid_until()), (Some(NOW), Some(NOW)));
    assert_eq!(credential.check_period(NOW), Ok(()));
    assert_eq!(credential.check_period(UnixTime::from_secs(NOW.secs() - 1)), Err(VcdmError::NotYetValid));
    assert_eq!(credential.check_period(UnixTime::from_secs(NOW.secs() + 1)), Err(VcdmError::Expired));
}

#[test]
fn what_a_jwt_may_not_hold_is_neither_signed_nor_read() {
    for (name, value, error) in [
        ("vc", json!({}), VcdmError::Wrapped),
        ("vp", json!({}), VcdmError::Wrapped),
        ("proof", json!({"type": "DataIntegrityProof"}), VcdmError::Proof),
        ("aud", json!("https://shop.example"), VcdmError::CredentialAudience),
        ("aud", json!(["https://shop.example"]), VcdmError::CredentialAudience),
        ("iss", json!("https://other.example"), VcdmError::Contradiction),
        ("jti", json!("urn:x:2"), VcdmError::Contradiction),
        ("sub", json!("did:x:z"), VcdmError::Contradiction),
    ] {
        let all = with(name, value);
        let credential = Credential::new(all.clone()).unwrap();
        assert_eq!(credential.to_jwt(&kid(), &issuer()), Err(error), "{name}");
        let token = signed(json!({"typ": jwt::TYPE}), Value::Object(all), &issuer());
        assert_eq!(check(&token), Err(error), "{name}");
    }
    for (name, value) in [("iss", json!(ISSUER)), ("jti", json!("urn:x:1")), ("sub", json!("did:x:y"))] {
        let token = signed(json!({"typ": jwt::TYPE}), Value::Object(with(name, value)), &issuer());
        assert!(check(&token).is_ok(), "{name}");
    }
}

#[test]
fn version_1_1_is_refused() {
    let claims = json!({"iss": ISSUER, "vc": {"@context": ["https://www.w3.org/2018/credentials/v1"]}});
    assert_eq!(check(&signed(json!({"typ": "JWT"}), claims, &issuer())), Err(VcdmError::Wrapped));
}

#[test]
fn tokens_of_another_type_key_or_form_are_refused() {
    let with_header = |header: Value| check(&signed(header, good(), &issuer()));
    assert!(with_header(json!({"typ": "vc+jwt"})).is_ok());
    assert!(with_header(json!({"typ": "application/vc+jwt", "cty": "vc"})).is_ok());
    for typ in [json!(null), json!("JWT"), json!("vp+jwt"), json!("vc+ld+jwt"), json!("vc+sd-jwt")] {
        assert_eq!(with_header(json!({"typ": typ})), Err(VcdmError::Jws(JwsError::Type)), "{typ}");
    }
    let cty = with_header(json!({"typ": "vc+jwt", "cty": "vp"}));
    assert_eq!(cty, Err(VcdmError::Jws(JwsError::ContentType)));
    let forged = check(&signed(json!({"typ": "vc+jwt"}), good(), &holder()));
    assert_eq!(forged, Err(VcdmError::Jws(JwsError::Algorithm)));
    let unnamed = signed(json!({"typ": "vc+jwt"}), good(), &issuer());
    let reference = UnverifiedCredential::parse(&unnamed).unwrap().issuer();
    assert_eq!(reference, Err(VcdmError::Reference(ReferenceError::Key)));
}

#[test]
fn an_issuer_is_named_in_so_many_characters_and_no_more() {
    let named_in = |length: usize| {
        let all = with("issuer", json!(format!("{:x<length$}", "https://")));
        let token = signed(json!({"typ": "vc+jwt", "kid": "k"}), Value::Object(all), &issuer());
        UnverifiedCredential::parse(&token).unwrap().issuer()
    };
    assert!(named_in(MAX_REFERENCE).is_ok());
    assert_eq!(named_in(MAX_REFERENCE + 1), Err(VcdmError::Reference(ReferenceError::Issuer)));
}

#[test]
fn times_hold() {
    let now = NOW.secs();
    for (name, value, error) in [
        ("validFrom", json!("2027-12-31T00:00:00Z"), VcdmError::NotYetValid),
        ("validUntil", json!("2026-12-31T00:00:00Z"), VcdmError::Expired),
        ("nbf", json!(now + 61), VcdmError::NotYetValid),
        ("iat", json!(now + 61), VcdmError::NotYetValid),
        ("exp", json!(now), VcdmError::Expired),
        ("exp", json!("soon"), VcdmError::TimeForm),
        ("nbf", json!(-1), VcdmError::TimeForm),
    ] {
        let token = signed(json!({"typ": jwt::TYPE}), Value::Object(with(name, value.clone())), &issuer());
        assert_eq!(check(&token), Err(error), "{name} {value}");
    }
    for (name, value) in [("nbf", now + 60), ("iat", now + 60), ("exp", now + 1)] {
        let token = signed(json!({"typ": jwt::TYPE}), Value::Object(with(name, json!(value))), &issuer());
        assert!(check(&token).is_ok(), "{name} {value}");
    }
}

fn check_presentation(header: Value, claims: Value) -> Result<VerifiedPresentation, VcdmError> {
    let token = signed(header, claims, &holder());
    VerifiedPresentation::verify(&token, holder().public_key(), &EXPECTED, &RustCrypto)
}

fn good_presentation() -> Value {
    let content = json!({
        "@context": BASE_CONTEXT, "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c",
    });
    json!({
        "@context": [BASE_CONTEXT], "type": "VerifiablePresentation", "holder": "did:x:y",
        "verifiableCredential": [content], "aud": "v", "nonce": "n", "iat": NOW.secs(),
    })
}

fn presentation_refused(name: &str, value: Value) -> VcdmError {
    let mut claims = members(good_presentation());
    claims.insert(name.into(), value);
    claims.retain(|_, value| !value.is_null());
    check_presentation(json!({"typ": "vp+jwt"}), Value::Object(claims)).unwrap_err()
}

#[test]
fn a_presentation_is_made_and_verified() {
    let credential = Credential::new(members(good())).unwrap().to_jwt(&kid(), &issuer()).unwrap();
    let presentation = Presentation::of(core::slice::from_ref(&credential), Some("did:x:y")).unwrap();
    assert_eq!(presentation.holder(), Some("did:x:y"));
    let token = presentation.to_jwt("v", "n", NOW, &holder()).unwrap();
    let verified =
        VerifiedPresentation::verify(&token, holder().public_key(), &EXPECTED, &RustCrypto).unwrap();
    assert_eq!(verified.holder(), Some("did:x:y"));
    assert_eq!(verified.credentials(), [credential]);
}

#[test]
fn a_presentation_need_not_name_its_holder() {
    assert_eq!(Presentation::of(&[], None).unwrap().holder(), None);
    let mut claims = members(good_presentation());
    claims.remove("holder");
    let verified = check_presentation(json!({"typ": "vp+jwt"}), Value::Object(claims)).unwrap();
    assert_eq!(verified.holder(), None);
}

#[test]
fn a_presentation_may_be_as_old_as_the_verifier_says() {
    for issued_at in [NOW.secs() - 60, NOW.secs() + 60] {
        let mut claims = good_presentation();
        claims["iat"] = json!(issued_at);
        assert!(check_presentation(json!({"typ": "vp+jwt"}), claims).is_ok(), "{issued_at}");
    }
}

#[test]
fn a_presentation_that_does_not_fit_is_refused() {
    let now = NOW.secs();
    let content =
        |id: &str| json!([{"@context": BASE_CONTEXT, "type": "EnvelopedVerifiableCredential", "id": id}]);
    let mut bare = members(good());
    bare.remove("credentialSubject");
    for (name, value, error) in [
        ("@context", json!([]), VcdmError::Context),
        ("type", json!("VerifiableCredential"), VcdmError::Type),
        ("id", json!("no-url"), VcdmError::Id),
        ("holder", json!("holder"), VcdmError::Holder),
        ("holder", json!({"name": "H"}), VcdmError::Holder),
        ("iss", json!("did:x:z"), VcdmError::Contradiction),
        ("aud", Value::Null, VcdmError::Audience),
        ("aud", json!("w"), VcdmError::Audience),
        ("nonce", Value::Null, VcdmError::Nonce),
        ("nonce", json!("m"), VcdmError::Nonce),
        ("iat", Value::Null, VcdmError::TimeForm),
        ("iat", json!(now - 61), VcdmError::TooOld),
        ("iat", json!(now + 61), VcdmError::NotYetValid),
        ("exp", json!(now), VcdmError::Expired),
        ("vp", json!({}), VcdmError::Wrapped),
        ("proof", json!({"type": "X"}), VcdmError::Proof),
        ("verifiableCredential", json!("a.b.c"), VcdmError::Content),
        ("verifiableCredential", json!([bare]), VcdmError::Content),
        ("verifiableCredential", content("https://a.example"), VcdmError::Content),
        ("verifiableCredential", content("data:application/vc+sd-jwt,a.b.c~"), VcdmError::Unsecured),
        ("verifiableCredential", content("data:application/vc+jwt;base64,YQ"), VcdmError::Unsecured),
        ("verifiableCredential", json!([good()]), VcdmError::Unsecured),
        ("verifiableCredential", json!(vec![1; MAX_CREDENTIALS + 1]), VcdmError::TooMany),
    ] {
        assert_eq!(presentation_refused(name, value.clone()), error, "{name} {value}");
    }
}

#[test]
fn presentations_of_another_type_or_key_are_refused() {
    let error = |header: Value| check_presentation(header, good_presentation()).map(drop).unwrap_err();
    assert!(check_presentation(json!({"typ": "vp+jwt"}), good_presentation()).is_ok());
    for typ in [json!(null), json!("JWT"), json!("vc+jwt")] {
        assert_eq!(error(json!({"typ": typ})), VcdmError::Jws(JwsError::Type));
    }
    assert_eq!(error(json!({"typ": "vp+jwt", "cty": "vc"})), VcdmError::Jws(JwsError::ContentType));
    let token = signed(json!({"typ": "vp+jwt"}), good_presentation(), &issuer());
    let forged = VerifiedPresentation::verify(&token, holder().public_key(), &EXPECTED, &RustCrypto);
    assert_eq!(forged.map(drop), Err(VcdmError::Jws(JwsError::Algorithm)));
}
