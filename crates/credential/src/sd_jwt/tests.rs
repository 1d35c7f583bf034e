//! Every rejection of RFC 9901 sections 7.1 and 7.3, one by one.

use core::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::encoding::base64url;
use crate::json::{JsonError, MAX_VALUES};
use crate::key::{RustCrypto, Signer as _, SigningKey};
use crate::testing::{NOW, holder, issuer, signed};

const TYPE: &str = "example+sd-jwt";
const POLICY: Policy<'_> =
    Policy { typ: Some(TYPE), never_disclosable: &["vct", "cnf"], required: &[], binding: None, now: NOW };
const EXPECTED: ExpectedBinding<'_> = ExpectedBinding {
    audience: "x509_hash:abc",
    nonce: "n-1",
    max_age: Duration::from_secs(300),
    now: NOW,
    transaction_data: &[],
};

fn disclosure(content: Value) -> String {
    base64url(content.to_string())
}

fn digest(disclosure: &str) -> String {
    HashAlgorithm::Sha256.digest(disclosure)
}

fn token(payload: Value, disclosures: &[&str]) -> String {
    let mut text = signed(json!({"typ": TYPE}), payload, &issuer()) + "~";
    for disclosure in disclosures {
        text += disclosure;
        text.push('~');
    }
    text
}

fn check(text: &str, policy: &Policy<'_>) -> Result<Value, SdJwtError> {
    let verified = Unverified::parse(text)?.verify(issuer().public_key(), policy, &RustCrypto)?;
    Ok(Value::Object(verified.claims().clone()))
}

fn read(payload: Value, disclosures: &[&str]) -> Result<Value, SdJwtError> {
    check(&token(payload, disclosures), &POLICY)
}

fn refused(payload: Value, disclosures: &[&str]) -> SdJwtError {
    read(payload, disclosures).unwrap_err()
}

#[test]
fn disclosed_claims_appear_and_digests_vanish() {
    let inner = disclosure(json!(["s1", "street", "Elm"]));
    let outer = disclosure(json!(["s2", "address", {"_sd": [digest(&inner)], "country": "XS"}]));
    let element = disclosure(json!(["s3", "FR"]));
    let payload = json!({
        "_sd": [digest(&outer), digest("decoy")],
        "_sd_alg": "sha-256",
        "nationalities": [{"...": digest("held back")}, "DE", {"...": digest(&element)}],
    });
    assert_eq!(
        read(payload, &[&inner, &outer, &element]),
        Ok(json!({"address": {"street": "Elm", "country": "XS"}, "nationalities": ["DE", "FR"]}))
    );
}

#[test]
fn longer_hashes_are_understood() {
    let claim = disclosure(json!(["s", "a", 1]));
    for (name, algorithm) in [("sha-384", HashAlgorithm::Sha384), ("sha-512", HashAlgorithm::Sha512)] {
        let payload = json!({"_sd_alg": name, "_sd": [algorithm.digest(&claim)]});
        assert_eq!(read(payload, &[&claim]), Ok(json!({"a": 1})));
    }
}

#[test]
fn an_object_left_without_members_stays() {
    assert_eq!(read(json!({"a": {"_sd": [digest("x")]}}), &[]), Ok(json!({"a": {}})));
}

#[test]
fn texts_of_another_form_are_refused() {
    let jwt = signed(json!({"typ": TYPE}), json!({}), &issuer());
    for text in [jwt.clone(), format!("{jwt}~~"), format!("{jwt}~~a~"), format!("~{jwt}"), "~".into()] {
        assert!(check(&text, &POLICY).is_err());
    }
    assert_eq!(check(&jwt, &POLICY), Err(SdJwtError::Form));
    assert_eq!(check(&format!("{jwt}~~"), &POLICY), Err(SdJwtError::Form));
}

#[test]
fn sizes_and_counts_are_capped() {
    assert_eq!(check(&"~".repeat(MAX_SD_JWT + 1), &POLICY), Err(SdJwtError::TooLarge));
    assert_eq!(check(&"~".repeat(MAX_SD_JWT), &POLICY), Err(SdJwtError::Form));
    let with = |disclosures: usize| check(&(token(json!({}), &[]) + &"a~".repeat(disclosures)), &POLICY);
    assert_eq!(with(MAX_DISCLOSURES + 1), Err(SdJwtError::TooManyDisclosures));
    assert_eq!(with(MAX_DISCLOSURES), Err(SdJwtError::DisclosureEncoding));
}

#[test]
fn another_signer_type_or_algorithm_is_refused() {
    let by_other = signed(json!({"typ": TYPE}), json!({}), &holder()) + "~";
    assert_eq!(check(&by_other, &POLICY), Err(SdJwtError::Jws(JwsError::Algorithm)));
    let typed = signed(json!({"typ": "JWT"}), json!({}), &issuer()) + "~";
    assert_eq!(check(&typed, &POLICY), Err(SdJwtError::Jws(JwsError::Type)));
    let prefixed = signed(json!({"typ": format!("application/{TYPE}")}), json!({}), &issuer()) + "~";
    assert_eq!(check(&prefixed, &POLICY), Err(SdJwtError::Jws(JwsError::Type)));
    let none = format!("{}.{}.AA~", base64url(r#"{"alg":"none","typ":"example+sd-jwt"}"#), base64url("{}"));
    assert_eq!(check(&none, &POLICY), Err(SdJwtError::Jws(JwsError::Algorithm)));
}

#[test]
fn issuer_tokens_that_are_no_plain_jwt_are_refused() {
    let parse = |header: &str, payload: &str| {
        let text = format!("{}.{}.AA~", base64url(header), base64url(payload));
        match Unverified::parse(&text) {
            Err(SdJwtError::Jws(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let header = r#"{"alg":"ES256"}"#;
    assert_eq!(parse("[]", "{}"), JwsError::Header(JsonError::NotAnObject));
    assert_eq!(parse(r#"{"alg":"ES256","alg":"ES256"}"#, "{}"), JwsError::Header(JsonError::Malformed));
    assert_eq!(parse(header, "[]"), JwsError::Payload(JsonError::NotAnObject));
    assert_eq!(parse(header, r#"{"_sd":[],"_sd":[]}"#), JwsError::Payload(JsonError::Malformed));
    assert_eq!(parse(r#"{"alg":"ES256","crit":["x"],"x":1}"#, "{}"), JwsError::Critical);
}

#[test]
fn a_changed_payload_is_refused() {
    let good = token(json!({"a": 1}), &[]);
    let (_, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = good.split_once('.').unwrap();
    let forged = format!("{header}.{}.{signature}", base64url(r#"{"a":2}"#));
    assert_eq!(check(&forged, &POLICY), Err(SdJwtError::Jws(JwsError::Signature)));
}

#[test]
fn unknown_and_misplaced_hash_algorithms_are_refused() {
    for name in [json!("md5"), json!("SHA-256"), json!(256), json!(null)] {
        assert_eq!(refused(json!({"_sd_alg": name}), &[]), SdJwtError::HashAlgorithm);
    }
    assert_eq!(refused(json!({"a": {"_sd_alg": "sha-256"}}), &[]), SdJwtError::NestedHashAlgorithm);
    let claim = disclosure(json!(["s", "a", {"_sd_alg": "sha-256"}]));
    assert_eq!(refused(json!({"_sd": [digest(&claim)]}), &[&claim]), SdJwtError::NestedHashAlgorithm);
}

#[test]
fn malformed_disclosures_are_refused() {
    let with = |text: &str| refused(json!({"_sd": [digest(text)]}), &[text]);
    assert_eq!(with("ab=="), SdJwtError::DisclosureEncoding);
    assert_eq!(with("a b"), SdJwtError::DisclosureEncoding);
    assert_eq!(with(&base64url("not json")), SdJwtError::DisclosureJson(JsonError::Malformed));
    assert_eq!(
        with(&base64url(r#"["s","a",{"x":1,"x":2}]"#)),
        SdJwtError::DisclosureJson(JsonError::Malformed)
    );
    for content in [
        json!({"s": 1}),
        json!("text"),
        json!([]),
        json!(["s"]),
        json!(["s", "a", 1, 2]),
        json!([1, "a", 1]),
        json!(["s", 1, 1]),
        json!([null, 1]),
    ] {
        assert_eq!(with(&disclosure(content.clone())), SdJwtError::DisclosureForm, "{content}");
    }
}

#[test]
fn disclosures_together_hold_no_more_values_than_one_document() {
    // Each is itself, salt, name, value, and what is in the value.
    let of = |name: &str, values: usize| disclosure(json!(["s", name, vec![0; values - 4]]));
    let half = of("a", MAX_VALUES / 2);
    let with = |other: &str| read(json!({"_sd": [digest(&half), digest(other)]}), &[&half, other]).map(drop);
    assert_eq!(with(&of("b", MAX_VALUES / 2)), Ok(()));
    let refused = Err(SdJwtError::DisclosureJson(JsonError::Malformed));
    assert_eq!(with(&of("b", MAX_VALUES / 2 + 1)), refused);
}

#[test]
fn a_disclosure_that_comes_twice_is_refused() {
    let claim = disclosure(json!(["s", "a", 1]));
    assert_eq!(refused(json!({"_sd": [digest(&claim)]}), &[&claim, &claim]), SdJwtError::RepeatedDisclosure);
}

#[test]
fn digests_of_another_form_are_refused() {
    for digests in [json!("text"), json!({}), json!(null), json!([1]), json!([null]), json!([["a"]])] {
        assert_eq!(refused(json!({"_sd": digests}), &[]), SdJwtError::DigestForm);
    }
    for place in [
        json!({"...": "a"}),
        json!({"a": {"...": "b"}}),
        json!({"a": [{"...": 1}]}),
        json!({"a": [{"...": null}]}),
        json!({"a": [{"...": "d", "b": 1}]}),
    ] {
        assert_eq!(refused(place, &[]), SdJwtError::ArrayDigestForm);
    }
}

#[test]
fn a_disclosure_in_the_wrong_kind_of_place_is_refused() {
    let claim = disclosure(json!(["s", "a", 1]));
    let element = disclosure(json!(["s", 1]));
    assert_eq!(refused(json!({"_sd": [digest(&element)]}), &[&element]), SdJwtError::ElementForClaim);
    assert_eq!(refused(json!({"x": [{"...": digest(&claim)}]}), &[&claim]), SdJwtError::ClaimForElement);
}

#[test]
fn reserved_and_taken_names_are_refused() {
    for name in ["_sd", "...", "_sd_alg"] {
        let claim = disclosure(json!(["s", name, 1]));
        assert_eq!(refused(json!({"_sd": [digest(&claim)]}), &[&claim]), SdJwtError::ReservedName);
    }
    let claim = disclosure(json!(["s", "a", 1]));
    assert_eq!(refused(json!({"a": 0, "_sd": [digest(&claim)]}), &[&claim]), SdJwtError::NameTaken);
    let twin = disclosure(json!(["t", "a", 2]));
    let payload = json!({"_sd": [digest(&claim), digest(&twin)]});
    assert_eq!(refused(payload, &[&claim, &twin]), SdJwtError::NameTaken);
}

#[test]
fn a_digest_in_two_places_is_refused_even_where_nothing_was_disclosed() {
    let claim = disclosure(json!(["s", "a", 1]));
    let digest_of = digest(&claim);
    let payload = json!({"_sd": [digest_of], "b": {"_sd": [digest_of]}});
    assert_eq!(refused(payload.clone(), &[&claim]), SdJwtError::RepeatedDigest);
    assert_eq!(refused(payload, &[]), SdJwtError::RepeatedDigest);
    assert_eq!(refused(json!({"_sd": [digest_of, digest_of]}), &[]), SdJwtError::RepeatedDigest);
    let payload = json!({"_sd": [digest_of], "b": [{"...": digest_of}]});
    assert_eq!(refused(payload, &[]), SdJwtError::RepeatedDigest);
    let outer = disclosure(json!(["s", "b", {"_sd": [digest_of]}]));
    let payload = json!({"_sd": [digest_of, digest(&outer)]});
    assert_eq!(refused(payload, &[&outer]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_disclosure_without_a_digest_is_refused() {
    let claim = disclosure(json!(["s", "a", 1]));
    assert_eq!(refused(json!({}), &[&claim]), SdJwtError::UnreferencedDisclosure);
    let inner = disclosure(json!(["s1", "b", 1]));
    let outer = disclosure(json!(["s2", "a", {"_sd": [digest(&inner)]}]));
    let payload = json!({"_sd": [digest(&outer)]});
    assert_eq!(refused(payload, &[&inner]), SdJwtError::UnreferencedDisclosure);
}

#[test]
fn disclosures_nested_beyond_the_limit_are_refused() {
    let mut texts: Vec<String> = Vec::new();
    let mut next = json!({});
    for level in 0..40 {
        let text = disclosure(json!([level.to_string(), "a", next]));
        next = json!({"_sd": [digest(&text)]});
        texts.push(text);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(refused(next, &texts), SdJwtError::TooDeep);
}

#[test]
fn values_beside_each_other_do_not_count_as_depth() {
    let many = vec![json!({"a": {"b": {}}}); 100];
    assert!(read(json!({"all": {"of": many}}), &[]).is_ok());
}

#[test]
fn claims_that_must_stay_visible_are_refused_as_disclosures() {
    let claim = disclosure(json!(["s", "vct", "urn:x"]));
    assert_eq!(refused(json!({"_sd": [digest(&claim)]}), &[&claim]), SdJwtError::NotDisclosable);
    assert_eq!(refused(json!({"cnf": {"_sd": [digest("x")]}}), &[]), SdJwtError::NotDisclosable);
    assert_eq!(refused(json!({"cnf": [{"...": digest("x")}]}), &[]), SdJwtError::NotDisclosable);
    let nested = disclosure(json!(["s", "vct", "urn:x"]));
    assert!(read(json!({"a": {"_sd": [digest(&nested)]}}), &[&nested]).is_ok());
}

#[test]
fn dates_hold() {
    let now = NOW.secs();
    assert!(read(json!({"iat": now, "nbf": now, "exp": now + 1}), &[]).is_ok());
    assert!(read(json!({"iat": now + 60, "nbf": now + 60}), &[]).is_ok(), "clocks differ by so much");
    assert_eq!(refused(json!({"exp": now}), &[]), SdJwtError::Expired);
    assert_eq!(refused(json!({"exp": -1}), &[]), SdJwtError::TimeForm);
    assert_eq!(refused(json!({"exp": "1900000000"}), &[]), SdJwtError::TimeForm);
    assert_eq!(refused(json!({"exp": null}), &[]), SdJwtError::TimeForm);
    assert_eq!(refused(json!({"nbf": now + 61}), &[]), SdJwtError::NotYetValid);
    assert_eq!(refused(json!({"iat": now + 61}), &[]), SdJwtError::NotYetValid);
    let late = disclosure(json!(["s", "exp", now]));
    assert_eq!(refused(json!({"_sd": [digest(&late)]}), &[&late]), SdJwtError::Expired);
}

#[test]
fn a_claim_that_is_required_must_be_there_and_shown() {
    let claim = disclosure(json!(["s", "a", 1]));
    let payload = json!({"_sd": [digest(&claim)]});
    let policy = Policy { required: &["a"], ..POLICY };
    assert!(check(&token(payload.clone(), &[&claim]), &policy).is_ok());
    assert_eq!(check(&token(payload, &[]), &policy), Err(SdJwtError::MissingClaim));
    assert_eq!(check(&token(json!({"b": {"a": 1}}), &[]), &policy), Err(SdJwtError::MissingClaim));
}

#[test]
fn a_token_for_another_audience_is_refused() {
    let read_as = |audience: Value, own: Option<&ExpectedBinding<'_>>| {
        let cnf = json!({"jwk": holder().public_key().to_jwk()});
        let shown = token(json!({"aud": audience, "cnf": cnf}), &[]);
        let text = shown.clone() + &signed(json!({"typ": "kb+jwt"}), binding_claims(&shown), &holder());
        check(&text, &Policy { binding: own, ..POLICY })
    };
    for meant in [json!(EXPECTED.audience), json!(["other", EXPECTED.audience])] {
        assert!(read_as(meant.clone(), Some(&EXPECTED)).is_ok());
        assert_eq!(read_as(meant, None), Err(SdJwtError::Audience), "a verifier without a name");
    }
    for other in
        [json!("other"), json!([]), json!(["other"]), json!([[EXPECTED.audience]]), json!(null), json!(1)]
    {
        assert_eq!(read_as(other, Some(&EXPECTED)), Err(SdJwtError::Audience));
    }
    let hidden = disclosure(json!(["s", "aud", "other"]));
    assert_eq!(refused(json!({"_sd": [digest(&hidden)]}), &[&hidden]), SdJwtError::Audience);
}

// Key binding (section 7.3).

fn shown() -> String {
    token(json!({"cnf": {"jwk": holder().public_key().to_jwk()}, "a": 1}), &[])
}

fn binding_claims(shown: &str) -> Value {
    json!({"aud": EXPECTED.audience, "nonce": EXPECTED.nonce, "iat": NOW.secs(), "sd_hash": digest(shown)})
}

fn check_bound(text: &str, expected: &ExpectedBinding<'_>) -> Result<Value, SdJwtError> {
    check(text, &Policy { binding: Some(expected), ..POLICY })
}

fn bound_by(signer: &SigningKey, header: Value, change: impl Fn(&mut Value)) -> BindingError {
    let mut claims = binding_claims(&shown());
    change(&mut claims);
    let text = shown() + &signed(header, claims, signer);
    match check_bound(&text, &EXPECTED) {
        Err(SdJwtError::Binding(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn binding_refused(change: impl Fn(&mut Value)) -> BindingError {
    bound_by(&holder(), json!({"typ": "kb+jwt"}), change)
}

#[test]
fn a_binding_that_holds_is_accepted() {
    let text = shown() + &signed(json!({"typ": "kb+jwt"}), binding_claims(&shown()), &holder());
    assert!(check_bound(&text, &EXPECTED).is_ok());
    for at in [NOW.secs() + 60, NOW.secs() - 300] {
        let mut claims = binding_claims(&shown());
        claims["iat"] = json!(at);
        let at_the_edge = shown() + &signed(json!({"typ": "kb+jwt"}), claims, &holder());
        assert!(check_bound(&at_the_edge, &EXPECTED).is_ok(), "{at}");
    }
    assert!(check(&text, &POLICY).is_ok(), "whether binding is required is the verifier's to say");
}

#[test]
fn a_token_or_binding_that_announces_other_content_is_refused() {
    for cty in [json!("JWT"), json!("vc"), json!(1), json!(null)] {
        let text = signed(json!({"typ": TYPE, "cty": cty}), json!({}), &issuer()) + "~";
        assert_eq!(check(&text, &POLICY), Err(SdJwtError::Jws(JwsError::ContentType)), "{cty}");
        let bound = bound_by(&holder(), json!({"typ": "kb+jwt", "cty": cty}), |_| ());
        assert_eq!(bound, BindingError::Jws(JwsError::ContentType), "{cty}");
    }
}

#[test]
fn a_missing_binding_is_refused_where_one_is_required() {
    assert_eq!(check_bound(&shown(), &EXPECTED), Err(SdJwtError::Binding(BindingError::Missing)));
}

#[test]
fn a_binding_to_no_or_another_key_is_refused() {
    let unbound = token(json!({"a": 1}), &[]);
    let text = unbound.clone() + &signed(json!({"typ": "kb+jwt"}), binding_claims(&unbound), &holder());
    assert_eq!(check_bound(&text, &EXPECTED), Err(SdJwtError::Binding(BindingError::HolderKey)));
    let by_issuer = bound_by(&issuer(), json!({"typ": "kb+jwt"}), |_| ());
    assert_eq!(by_issuer, BindingError::Jws(JwsError::Algorithm));
    let other = SigningKey::generate(crate::key::Algorithm::EdDsa, &mut crate::testing::FixedRng(9));
    assert_eq!(bound_by(&other, json!({"typ": "kb+jwt"}), |_| ()), BindingError::Jws(JwsError::Signature));
}

#[test]
fn a_binding_of_another_type_is_refused() {
    for header in
        [json!({}), json!({"typ": "JWT"}), json!({"typ": "KB+JWT"}), json!({"typ": "application/kb+jwt"})]
    {
        assert_eq!(bound_by(&holder(), header, |_| ()), BindingError::Jws(JwsError::Type));
    }
    let text = shown() + "garbage";
    assert_eq!(check_bound(&text, &EXPECTED), Err(SdJwtError::Binding(BindingError::Jws(JwsError::Form))));
}

#[test]
fn a_binding_without_each_claim_is_refused() {
    for name in ["aud", "nonce", "iat", "sd_hash"] {
        assert_eq!(binding_refused(|claims| claims[name] = json!(null)), BindingError::Claims, "{name}");
        assert_eq!(binding_refused(|claims| claims[name] = json!(["a"])), BindingError::Claims, "{name}");
    }
}

#[test]
fn a_binding_to_something_else_is_refused() {
    assert_eq!(binding_refused(|claims| claims["aud"] = json!("x509_hash:other")), BindingError::Audience);
    assert_eq!(binding_refused(|claims| claims["nonce"] = json!("n-2")), BindingError::Nonce);
    assert_eq!(binding_refused(|claims| claims["sd_hash"] = json!(digest("x"))), BindingError::Hash);
    let without_tilde = shown().trim_end_matches('~').to_owned();
    assert_eq!(
        binding_refused(|claims| claims["sd_hash"] = json!(digest(&without_tilde))),
        BindingError::Hash
    );
}

#[test]
fn a_binding_at_another_time_is_refused() {
    assert_eq!(binding_refused(|claims| claims["iat"] = json!(NOW.secs() + 61)), BindingError::Future);
    assert_eq!(binding_refused(|claims| claims["iat"] = json!(NOW.secs() - 301)), BindingError::TooOld);
    assert_eq!(binding_refused(|claims| claims["nbf"] = json!(NOW.secs() + 61)), BindingError::Future);
    assert_eq!(binding_refused(|claims| claims["exp"] = json!(NOW.secs())), BindingError::Expired);
    for name in ["nbf", "exp"] {
        assert_eq!(binding_refused(|claims| claims[name] = json!("soon")), BindingError::Claims, "{name}");
    }
}

#[test]
fn a_binding_with_an_extension_or_an_unsafe_algorithm_is_refused() {
    let critical = bound_by(&holder(), json!({"typ": "kb+jwt", "crit": ["x"], "x": 1}), |_| ());
    assert_eq!(critical, BindingError::Jws(JwsError::Critical));
    let header = base64url(r#"{"alg":"none","typ":"kb+jwt"}"#);
    let text = shown() + &format!("{header}.{}.AA", base64url(binding_claims(&shown()).to_string()));
    let refused = check_bound(&text, &EXPECTED).unwrap_err();
    assert_eq!(refused, SdJwtError::Binding(BindingError::Jws(JwsError::Algorithm)));
}

#[test]
fn a_binding_is_hashed_as_the_token_hashes() {
    for algorithm in [HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
        let cnf = json!({"jwk": holder().public_key().to_jwk()});
        let shown = token(json!({"_sd_alg": algorithm.name(), "cnf": cnf}), &[]);
        let mut claims = binding_claims(&shown);
        let bound = |claims: &Value| {
            check_bound(
                &(shown.clone() + &signed(json!({"typ": "kb+jwt"}), claims.clone(), &holder())),
                &EXPECTED,
            )
        };
        assert_eq!(bound(&claims), Err(SdJwtError::Binding(BindingError::Hash)), "sha-256 all the same");
        claims["sd_hash"] = algorithm.digest(&shown).into();
        assert!(bound(&claims).is_ok());
    }
}

#[test]
fn a_disclosure_taken_away_or_added_breaks_the_binding() {
    let claim = disclosure(json!(["s", "b", 1]));
    let payload = json!({"cnf": {"jwk": holder().public_key().to_jwk()}, "_sd": [digest(&claim)]});
    let (with, without) = (token(payload.clone(), &[&claim]), token(payload, &[]));
    let binding = |shown: &str| signed(json!({"typ": "kb+jwt"}), binding_claims(shown), &holder());
    for text in [with.clone() + &binding(&without), without + &binding(&with)] {
        assert_eq!(check_bound(&text, &EXPECTED), Err(SdJwtError::Binding(BindingError::Hash)));
    }
}

#[test]
fn transaction_data_is_hashed_as_the_request_allows() {
    let bound = |allowed: Value, named: Option<HashAlgorithm>| {
        let asked = [base64url(json!({"type": "pay", "transaction_data_hashes_alg": allowed}).to_string())];
        let mut claims = binding_claims(&shown());
        claims["transaction_data_hashes"] = json!([named.unwrap_or_default().digest(&asked[0])]);
        if let Some(named) = named {
            claims["transaction_data_hashes_alg"] = named.name().into();
        }
        let expected = ExpectedBinding { transaction_data: &asked, ..EXPECTED };
        check_bound(&(shown() + &signed(json!({"typ": "kb+jwt"}), claims, &holder())), &expected).map(drop)
    };
    let (sha256, sha512) = (Some(HashAlgorithm::Sha256), Some(HashAlgorithm::Sha512));
    for allowed in [sha256, sha512, None] {
        assert_eq!(bound(json!(["sha-512", "sha-256"]), allowed), Ok(()), "{allowed:?}");
    }
    let refused = Err(SdJwtError::Binding(BindingError::TransactionData));
    for (allowed, named) in [
        (json!(["sha-512"]), sha256),
        (json!(["sha-512"]), None),
        (json!(["sha-256"]), sha512),
        (json!(["sha-384"]), sha512),
        (json!("sha-256"), sha256),
    ] {
        assert_eq!(bound(allowed.clone(), named), refused, "{allowed} {named:?}");
    }
}

#[test]
fn transaction_data_is_bound() {
    let asked = ["eyJ0eXBlIjoicGF5In0".to_owned()];
    let expected = ExpectedBinding { transaction_data: &asked, ..EXPECTED };
    let check_with = |members: Value| {
        let mut claims = binding_claims(&shown());
        claims.as_object_mut().unwrap().extend(crate::testing::members(members));
        check_bound(&(shown() + &signed(json!({"typ": "kb+jwt"}), claims, &holder())), &expected)
    };
    let hash = digest(&asked[0]);
    assert!(check_with(json!({"transaction_data_hashes": [hash]})).is_ok());
    let named = json!({"transaction_data_hashes": [hash], "transaction_data_hashes_alg": "sha-256"});
    assert!(check_with(named).is_ok());
    let sha512 = HashAlgorithm::Sha512.digest(&asked[0]);
    for wrong in [
        json!({"transaction_data_hashes": [sha512], "transaction_data_hashes_alg": "sha-512"}),
        json!({}),
        json!({"transaction_data_hashes": []}),
        json!({"transaction_data_hashes": hash}),
        json!({"transaction_data_hashes": [digest("x")]}),
        json!({"transaction_data_hashes": [hash, hash]}),
        json!({"transaction_data_hashes": [hash], "transaction_data_hashes_alg": "md5"}),
    ] {
        assert_eq!(check_with(wrong), Err(SdJwtError::Binding(BindingError::TransactionData)));
    }
    for unasked in [json!([hash]), json!([])] {
        let refused = binding_refused(|claims| claims["transaction_data_hashes"] = unasked.clone());
        assert_eq!(refused, BindingError::TransactionData, "{unasked}");
    }
}
