use serde_json::json;

use super::*;
use crate::key::RustCrypto;
use crate::testing::{holder, issuer, signed};

fn check(token: &str) -> Result<Verified, JwsError> {
    Unverified::parse(token)?.verify(issuer().public_key(), "test+jwt", &RustCrypto)
}

/// A token with this header as it stands, signed by the issuer's key.
fn with_header(header: &str) -> String {
    let signed = format!("{}.{}", base64url(header), base64url("{}"));
    let signature = issuer().sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", base64url(signature))
}

#[test]
fn a_token_is_read_once_its_signature_holds() {
    let token = signed(json!({"typ": "test+jwt", "kid": "k"}), json!({"a": 1}), &issuer());
    let verified = check(&token).unwrap();
    assert_eq!(verified.claims()["a"], 1);
    assert_eq!(verified.header().kid(), Some("k"));
    assert_eq!(verified.header().algorithm(), Algorithm::Es256);
}

#[test]
fn both_spellings_of_a_type_are_one() {
    let token = signed(json!({"typ": "application/Test+JWT"}), json!({}), &issuer());
    assert!(check(&token).is_ok());
}

#[test]
fn another_type_or_none_is_refused() {
    for header in [json!({}), json!({"typ": "JWT"}), json!({"typ": 1}), json!({"typ": null})] {
        assert_eq!(check(&signed(header, json!({}), &issuer())).unwrap_err(), JwsError::Type);
    }
}

#[test]
fn other_keys_and_algorithms_are_refused() {
    let by_holder = signed(json!({"typ": "test+jwt"}), json!({}), &holder());
    assert_eq!(check(&by_holder).unwrap_err(), JwsError::Algorithm);
    for alg in
        [r#""none""#, r#""HS256""#, r#""RS256""#, r#""es256""#, r#""ES384""#, "null", "1", r#"["ES256"]"#]
    {
        let token = with_header(&format!(r#"{{"typ":"test+jwt","alg":{alg}}}"#));
        assert_eq!(check(&token).unwrap_err(), JwsError::Algorithm, "{alg}");
    }
    assert_eq!(check(&with_header(r#"{"typ":"test+jwt"}"#)).unwrap_err(), JwsError::Algorithm);
}

#[test]
fn a_key_in_the_header_is_never_believed() {
    let thief = crate::key::SigningKey::generate(Algorithm::Es256, &mut crate::testing::FixedRng(7));
    let header = json!({"typ": "test+jwt", "jwk": thief.public_key().to_jwk()});
    let token = signed(header, json!({}), &thief);
    assert_eq!(check(&token).unwrap_err(), JwsError::Signature);
}

#[test]
fn extensions_that_we_do_not_understand_are_refused() {
    for member in [r#""crit":["exp"]"#, r#""crit":[]"#, r#""crit":null"#] {
        let token = with_header(&format!(r#"{{"typ":"test+jwt","alg":"ES256",{member}}}"#));
        assert_eq!(check(&token).unwrap_err(), JwsError::Critical, "{member}");
    }
}

#[test]
fn unencoded_payloads_are_refused() {
    for member in [r#""b64":false"#, r#""b64":true"#, r#""b64":false,"crit":["b64"]"#] {
        let token = with_header(&format!(r#"{{"typ":"test+jwt","alg":"ES256",{member}}}"#));
        assert_eq!(check(&token).unwrap_err(), JwsError::Unencoded, "{member}");
    }
}

#[test]
fn other_content_than_the_use_names_is_refused() {
    let with = |cty: Value| signed(json!({"typ": "test+jwt", "cty": cty}), json!({}), &issuer());
    for cty in [json!("JWT"), json!("vc"), json!(""), json!(null), json!(["vc"])] {
        assert_eq!(check(&with(cty.clone())).unwrap_err(), JwsError::ContentType, "{cty}");
    }
    let expected = Use { cty: Some("vc"), ..Use::of("test+jwt") };
    let read = |token: &str| {
        Unverified::parse(token)?.verify_for(issuer().public_key(), &expected, &RustCrypto).map(drop)
    };
    assert_eq!(read(&with(json!("VC"))), Ok(()));
    assert_eq!(read(&with(json!("application/vc"))), Ok(()));
    assert_eq!(read(&signed(json!({"typ": "test+jwt"}), json!({}), &issuer())), Ok(()));
    assert_eq!(read(&with(json!("vp"))), Err(JwsError::ContentType));
    assert_eq!(read(&with(json!(["vc"]))), Err(JwsError::ContentType));
}

#[test]
fn algorithms_that_a_use_does_not_allow_are_refused() {
    let token = signed(json!({"typ": "test+jwt"}), json!({}), &holder());
    let read = |algorithms: &[Algorithm]| {
        let expected = Use { algorithms, ..Use::of("test+jwt") };
        Unverified::parse(&token)?.verify_for(holder().public_key(), &expected, &RustCrypto).map(drop)
    };
    assert_eq!(read(&Algorithm::ALL), Ok(()));
    assert_eq!(read(&[Algorithm::Es256]), Err(JwsError::Algorithm));
    assert_eq!(read(&[]), Err(JwsError::Algorithm));
}

#[test]
fn headers_that_two_readers_would_read_differently_are_refused() {
    for header in [r#"{"alg":"none","alg":"ES256","typ":"test+jwt"}"#, r#"{"alg":"ES256"} "x""#, "[]", ""] {
        assert!(matches!(check(&with_header(header)), Err(JwsError::Header(_))), "{header}");
    }
}

#[test]
fn texts_of_another_form_are_refused() {
    let good = with_header(r#"{"typ":"test+jwt","alg":"ES256"}"#);
    assert!(check(&good).is_ok());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    for bad in [
        String::new(),
        ".".into(),
        "..".into(),
        signed.to_owned(),
        format!("{signed}."),
        format!("{good}.a"),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{signed}.{}+", &signature[1..]),
    ] {
        assert!(matches!(check(&bad), Err(JwsError::Form | JwsError::Header(_))), "{bad}");
    }
    assert_eq!(check(&"a".repeat(MAX_TOKEN)).unwrap_err(), JwsError::Form);
    assert_eq!(check(&"a".repeat(MAX_TOKEN + 1)).unwrap_err(), JwsError::TooLarge);
}

#[test]
fn signatures_with_stray_bits_are_refused() {
    let good = with_header(r#"{"typ":"test+jwt","alg":"ES256"}"#);
    let last = good.chars().last().unwrap();
    for other in ('A'..='Z').chain('a'..='z').filter(|other| *other != last) {
        let changed = format!("{}{other}", &good[..good.len() - 1]);
        assert!(check(&changed).is_err(), "one signature has one text");
    }
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let header = base64url(r#"{"typ":"test+jwt","alg":"ES256"}"#);
    for payload in ["foo", "[]", "", r#"{"a":1,"a":2}"#] {
        let signed = format!("{header}.{}", base64url(payload));
        let token = format!("{signed}.{}", base64url(issuer().sign(signed.as_bytes()).unwrap()));
        assert!(matches!(check(&token), Err(JwsError::Payload(_))), "{payload}");
    }
}
