//! Issuing, holding, presenting and verifying, and every way in which that must fail.

use core::time::Duration;

use serde_json::json;

use super::*;
use crate::issuer::KeyReference;
use crate::jws::JwsError;
use crate::key::{RustCrypto, Signer as _};
use crate::sd_jwt::binding::{Binding, BindingError, ExpectedBinding};
use crate::sd_jwt::hold::PresentError;
use crate::testing::{FixedRng, NOW, holder, issuer, members, signed};

const INTEGRITY: &str = "sha256-vJKakJAQkDYkIhGrT1M3nxRuSj9udH0l1PXB06QHto8=";
const DAY: Duration = Duration::from_secs(86_400);
const BINDING: Binding<'_> =
    Binding { audience: "x509_hash:abc", nonce: "n-1", issued_at: NOW, transaction_data: &[] };
const EXPECTED: ExpectedBinding<'_> = ExpectedBinding {
    audience: BINDING.audience,
    nonce: BINDING.nonce,
    max_age: Duration::from_secs(300),
    now: NOW,
    transaction_data: &[],
};

fn issuance() -> Issuance {
    let claims = members(json!({
        "given_name": "Ada",
        "birthdate": "1990-01-01",
        "address": {"street": "Elm", "locality": "Town", "geo": {"lat": 1}},
        "nationalities": ["XS", "YZ"],
    }));
    Issuance {
        issuer: Some("https://issuer.example".into()),
        vct: "urn:eudi:pid:xs:1".into(),
        issued_at: NOW,
        expires_at: NOW.plus(DAY),
        not_before: None,
        holder: holder().public_key().clone(),
        status: Some(StatusReference { uri: "https://issuer.example/status/1".into(), index: 7 }),
        disclosable: every_claim(&claims),
        claims,
        decoys: 3,
    }
}

fn kid() -> KeyReference {
    KeyReference::Kid("did:symbolon:demo:interior#1".into())
}

fn issue(issuance: &Issuance) -> Result<String, IssueError> {
    issuance.issue(&kid(), &issuer(), &mut FixedRng(1))
}

fn held() -> Held {
    Held::parse(&issue(&issuance()).unwrap()).unwrap()
}

fn path(steps: Value) -> ClaimPath {
    serde_json::from_value(steps).unwrap()
}

fn present(paths: &[Value]) -> String {
    let paths: Vec<ClaimPath> = paths.iter().cloned().map(path).collect();
    held().present(&paths, &BINDING, &holder()).unwrap()
}

fn verify(text: &str) -> Result<Verified, VerifyError> {
    Unverified::parse(text)?.verify(issuer().public_key(), &EXPECTED, &RustCrypto)
}

/// The claims about the person that were shown.
fn shown(paths: &[Value]) -> Value {
    let mut claims = verify(&present(paths)).unwrap().claims().clone();
    for name in ["iss", "iat", "exp", "cnf", "vct", "status"] {
        claims.remove(name).unwrap();
    }
    Value::Object(claims)
}

#[test]
fn a_credential_goes_from_issuer_to_verifier() {
    let held = held();
    held.verify_issued(issuer().public_key(), NOW, &RustCrypto).unwrap();
    assert_eq!(held.vct(), "urn:eudi:pid:xs:1");
    assert_eq!(held.issuer().key, kid());
    assert_eq!(held.claims()["address"]["geo"]["lat"], 1);
    assert_eq!(held.expires_at(), Some(NOW.plus(DAY)));

    let shown = present(&[json!(["given_name"])]);
    let unverified = Unverified::parse(&shown).unwrap();
    assert_eq!((unverified.vct(), unverified.issued_at()), ("urn:eudi:pid:xs:1", Some(NOW)));
    let verified = verify(&shown).unwrap();
    assert_eq!(verified.claims()["given_name"], "Ada");
    assert_eq!(verified.holder_key(), Some(holder().public_key()));
    assert_eq!(verified.status(), issuance().status.as_ref());
    assert_eq!(verified.issued_at(), Some(NOW));
    assert_eq!((verified.vct(), verified.expires_at()), ("urn:eudi:pid:xs:1", Some(NOW.plus(DAY))));
}

#[test]
fn a_held_credential_is_kept_as_it_came() {
    let text = issue(&issuance()).unwrap();
    assert_eq!(Held::parse(&text).unwrap().as_str(), text);
}

#[test]
fn only_what_was_chosen_is_shown() {
    assert_eq!(shown(&[]), json!({}));
    assert_eq!(shown(&[json!(["given_name"])]), json!({"given_name": "Ada"}));
    assert_eq!(shown(&[json!(["address", "locality"])]), json!({"address": {"locality": "Town"}}));
    let whole = json!({"address": {"street": "Elm", "locality": "Town", "geo": {"lat": 1}}});
    assert_eq!(shown(&[json!(["address"])]), whole);
    assert_eq!(shown(&[json!(["address", "geo", "lat"])]), json!({"address": {"geo": {"lat": 1}}}));
    assert_eq!(shown(&[json!(["nationalities", 1])]), json!({"nationalities": ["XS", "YZ"]}));
}

#[test]
fn array_elements_are_disclosed_one_by_one_where_the_issuer_says_so() {
    let mut issuance = issuance();
    issuance.disclosable = vec![path(json!(["nationalities", null]))];
    let held = Held::parse(&issue(&issuance).unwrap()).unwrap();
    let show = |steps: Value| {
        let text = held.present(&[path(steps)], &BINDING, &holder()).unwrap();
        verify(&text).unwrap().claims()["nationalities"].clone()
    };
    assert_eq!(show(json!(["nationalities", 1])), json!(["YZ"]));
    assert_eq!(show(json!(["nationalities", null])), json!(["XS", "YZ"]));
    assert_eq!(show(json!(["given_name"])), json!([]));
    let second = path(json!(["nationalities", 1]));
    assert!(held.seen(core::slice::from_ref(&second)).contains(&second));
    assert!(!held.seen(&[second]).contains(&path(json!(["nationalities"]))), "a part of it");
    assert!(held.seen(&[]).contains(&path(json!(["given_name"]))), "what cannot be left out");
}

#[test]
fn two_copies_share_no_digest_and_no_salt() {
    let mut rng = FixedRng(1);
    let [first, second] = [0; 2].map(|_| issuance().issue(&kid(), &issuer(), &mut rng).unwrap());
    let parts = |text: &str| text.split('~').skip(1).map(str::to_owned).collect::<Vec<_>>();
    let (first_parts, second_parts) = (parts(&first), parts(&second));
    assert!(first_parts.iter().filter(|part| !part.is_empty()).all(|part| !second_parts.contains(part)));
}

#[test]
fn decoys_hide_how_many_claims_there_are() {
    let text = issue(&issuance()).unwrap();
    let token = sd_jwt::Unverified::parse(&text).unwrap();
    let digests = token.dangerous_payload()["_sd"].as_array().unwrap();
    assert_eq!(digests.len(), 4 + 3);
    assert!(digests.is_sorted_by_key(|digest| digest.as_str()));
}

#[test]
fn reserved_names_are_not_issued() {
    let refused = |claims: Value| {
        let issuance = Issuance { claims: members(claims), disclosable: Vec::new(), ..issuance() };
        issue(&issuance).unwrap_err()
    };
    for name in ["iss", "iat", "nbf", "exp", "cnf", "vct", "status"] {
        assert_eq!(refused(json!({ name: 1 })), IssueError::ReservedName, "{name}");
    }
    for claims in [
        json!({"_sd": []}),
        json!({"a": {"_sd": []}}),
        json!({"a": [{"...": "x"}]}),
        json!({"a": [{"_sd_alg": "x"}]}),
    ] {
        assert_eq!(refused(claims), IssueError::SdJwt(sd_jwt::issue::IssueError::ReservedName));
    }
}

#[test]
fn registered_claims_that_no_verifier_would_take_are_not_issued() {
    let issued = |vct: &str, claims: Value| {
        let issuance =
            Issuance { vct: vct.into(), claims: members(claims), disclosable: Vec::new(), ..issuance() };
        issue(&issuance)
    };
    assert!(issued("urn:x", json!({"vct#integrity": INTEGRITY, "aka_vcts": ["urn:y"]})).is_ok());
    assert_eq!(issued("", json!({})), Err(IssueError::Registered(VerifyError::Type)));
    let refused = issued("urn:x", json!({"vct#integrity": "sha256"})).unwrap_err();
    assert_eq!(refused, IssueError::Registered(VerifyError::TypeIntegrity(IntegrityError::Malformed)));
    let refused = issued("urn:x", json!({"aka_vcts": ["urn:x"]})).unwrap_err();
    assert_eq!(refused, IssueError::Registered(VerifyError::OtherTypes));
}

#[test]
fn claims_that_must_stay_visible_are_not_issued_concealed() {
    let claims = members(json!({"vct#integrity": INTEGRITY, "aka_vcts": ["urn:y"]}));
    for steps in
        NEVER_DISCLOSABLE.iter().map(|name| json!([name])).chain([json!(["aka_vcts", 0]), json!(["iat"])])
    {
        let issuance = Issuance { claims: claims.clone(), disclosable: vec![path(steps)], ..issuance() };
        let refused = issue(&issuance).unwrap_err();
        assert_eq!(refused, IssueError::SdJwt(sd_jwt::issue::IssueError::NotDisclosable));
    }
}

#[test]
fn the_type_and_its_other_names_are_read() {
    let claims = json!({"vct#integrity": INTEGRITY, "aka_vcts": ["urn:y", "urn:z"]});
    let issuance = Issuance { claims: members(claims), disclosable: Vec::new(), ..issuance() };
    let held = Held::parse(&issue(&issuance).unwrap()).unwrap();
    let verified = verify(&held.present(&[], &BINDING, &holder()).unwrap()).unwrap();
    let reference =
        TypeReference { vct: issuance.vct, integrity: Some(Integrity::parse(INTEGRITY).unwrap()) };
    assert_eq!((held.type_reference(), verified.type_reference()), (&reference, &reference));
    assert_eq!(held.other_types(), ["urn:y", "urn:z"]);
    assert_eq!(verified.other_types(), held.other_types());
}

#[test]
fn malformed_integrity_of_the_type_is_refused() {
    for integrity in [json!(null), json!(1), json!(""), json!("sha256"), json!("sha256-_")] {
        let refused = crude_refused(json!({"vct": "urn:x", "vct#integrity": integrity}));
        assert_eq!(refused, VerifyError::TypeIntegrity(IntegrityError::Malformed));
    }
}

#[test]
fn other_types_that_are_none_are_refused() {
    for types in [
        json!(null),
        json!("urn:y"),
        json!([]),
        json!([1]),
        json!([""]),
        json!(["urn:x"]),
        json!(["urn:y", "urn:x"]),
        json!(["y".repeat(MAX_TYPE + 1)]),
        json!(vec!["urn:y"; MAX_OTHER_TYPES + 1]),
    ] {
        assert_eq!(crude_refused(json!({"vct": "urn:x", "aka_vcts": types})), VerifyError::OtherTypes);
    }
}

#[test]
fn paths_that_cannot_be_concealed_are_not_issued() {
    for (steps, error) in [
        (json!(["nothing"]), IssueError::SdJwt(sd_jwt::issue::IssueError::NoSuchClaim)),
        (json!(["given_name", "x"]), IssueError::SdJwt(sd_jwt::issue::IssueError::NoSuchClaim)),
        (json!(["nationalities", 2]), IssueError::SdJwt(sd_jwt::issue::IssueError::NoSuchClaim)),
        (json!([null]), IssueError::SdJwt(sd_jwt::issue::IssueError::NoSuchClaim)),
        (json!(["vct"]), IssueError::SdJwt(sd_jwt::issue::IssueError::NotDisclosable)),
        (json!(["cnf", "jwk"]), IssueError::SdJwt(sd_jwt::issue::IssueError::NotDisclosable)),
    ] {
        let issuance = Issuance { disclosable: vec![path(steps)], ..issuance() };
        assert_eq!(issue(&issuance), Err(error));
    }
}

#[test]
fn an_issuer_that_nothing_names_does_not_issue() {
    assert_eq!(issue(&Issuance { issuer: None, ..issuance() }), Err(IssueError::Unnamed));
}

#[test]
fn a_key_binding_has_no_place_at_issuance() {
    let refused = Held::parse(&present(&[])).unwrap_err();
    assert_eq!(refused, VerifyError::SdJwt(SdJwtError::Binding(BindingError::Unexpected)));
}

#[test]
fn a_credential_of_another_issuer_or_time_is_not_kept() {
    let held = held();
    let other = holder();
    let refused = held.verify_issued(other.public_key(), NOW, &RustCrypto).unwrap_err();
    assert_eq!(refused, VerifyError::SdJwt(SdJwtError::Jws(JwsError::Algorithm)));
    let late = held.verify_issued(issuer().public_key(), NOW.plus(DAY), &RustCrypto).unwrap_err();
    assert_eq!(late, VerifyError::SdJwt(SdJwtError::Expired));
    let early = held.verify_issued(issuer().public_key(), NOW.minus(DAY), &RustCrypto).unwrap_err();
    assert_eq!(early, VerifyError::SdJwt(SdJwtError::NotYetValid));
}

#[test]
fn a_presentation_is_made_by_the_holder_alone_and_of_claims_that_exist() {
    let paths = [path(json!(["given_name"]))];
    assert_eq!(held().present(&paths, &BINDING, &issuer()), Err(PresentError::WrongKey));
    for steps in [json!(["nothing"]), json!(["address", "country"]), json!(["nationalities", 2]), json!([0])]
    {
        assert_eq!(held().present(&[path(steps)], &BINDING, &holder()), Err(PresentError::NoSuchClaim));
    }
}

#[test]
fn a_presentation_to_another_verifier_or_question_is_refused() {
    let text = present(&[]);
    let check = |expected: &ExpectedBinding<'_>| {
        Unverified::parse(&text).unwrap().verify(issuer().public_key(), expected, &RustCrypto).unwrap_err()
    };
    let refused = |error| VerifyError::SdJwt(SdJwtError::Binding(error));
    assert_eq!(check(&ExpectedBinding { audience: "other", ..EXPECTED }), refused(BindingError::Audience));
    assert_eq!(check(&ExpectedBinding { nonce: "n-2", ..EXPECTED }), refused(BindingError::Nonce));
    let later = NOW.plus(Duration::from_secs(301));
    assert_eq!(check(&ExpectedBinding { now: later, ..EXPECTED }), refused(BindingError::TooOld));
}

#[test]
fn a_credential_shown_without_its_holder_is_refused() {
    let refused = verify(&issue(&issuance()).unwrap()).unwrap_err();
    assert_eq!(refused, VerifyError::SdJwt(SdJwtError::Binding(BindingError::Missing)));
    let text = issue(&issuance()).unwrap();
    let unbound = Unverified::parse(&text).unwrap();
    let verified = unbound.dangerous_verify_unbound(issuer().public_key(), NOW, &RustCrypto).unwrap();
    assert_eq!(verified.holder_key(), None);
}

#[test]
fn a_signer_other_than_the_issuer_is_refused() {
    let text = present(&[]);
    let unverified = Unverified::parse(&text).unwrap();
    let thief = crate::key::SigningKey::generate(crate::key::Algorithm::Es256, &mut FixedRng(77));
    let refused = unverified.verify(thief.public_key(), &EXPECTED, &RustCrypto).unwrap_err();
    assert_eq!(refused, VerifyError::SdJwt(SdJwtError::Jws(JwsError::Signature)));
}

/// A credential of these claims, with no rule of the issuer's half applied.
fn crude(header: Value, payload: Value) -> String {
    signed(header, payload, &issuer()) + "~"
}

fn crude_refused(payload: Value) -> VerifyError {
    let text = crude(json!({"typ": TYPE, "kid": "k"}), payload);
    let check =
        || Unverified::parse(&text)?.dangerous_verify_unbound(issuer().public_key(), NOW, &RustCrypto);
    check().unwrap_err()
}

#[test]
fn another_type_of_token_is_refused() {
    for typ in ["vc+sd-jwt", "JWT", "application/dc+sd-jwt", "DC+SD-JWT", "kb+jwt"] {
        let text = crude(json!({"typ": typ, "kid": "k"}), json!({"vct": "urn:x"}));
        let unverified = Unverified::parse(&text).unwrap();
        let refused =
            unverified.dangerous_verify_unbound(issuer().public_key(), NOW, &RustCrypto).unwrap_err();
        assert_eq!(refused, VerifyError::SdJwt(SdJwtError::Jws(JwsError::Type)), "{typ}");
    }
}

#[test]
fn a_credential_without_a_usable_type_is_refused() {
    for payload in
        [json!({}), json!({"vct": ""}), json!({"vct": 1}), json!({"vct": "x".repeat(MAX_TYPE + 1)})]
    {
        assert_eq!(crude_refused(payload), VerifyError::Type);
    }
}

#[test]
fn claims_that_must_stay_visible_are_refused_when_concealed() {
    for name in NEVER_DISCLOSABLE.iter().filter(|name| **name != "vct") {
        let mut payload = json!({"vct": "urn:x"});
        payload[*name] = json!({"a": [{"_sd": []}]});
        assert_eq!(crude_refused(payload), VerifyError::SdJwt(SdJwtError::NotDisclosable), "{name}");
    }
}

#[test]
fn a_status_that_cannot_be_resolved_is_refused() {
    for status in [
        json!(null),
        json!({}),
        json!({"other": {}}),
        json!({"status_list": {}}),
        json!({"status_list": {"idx": -1, "uri": "u"}}),
        json!({"status_list": {"idx": "1", "uri": "u"}}),
        json!({"status_list": {"idx": 1}}),
    ] {
        assert_eq!(crude_refused(json!({"vct": "urn:x", "status": status})), VerifyError::Status);
    }
}

#[test]
fn a_credential_that_names_no_key_names_no_issuer() {
    let unnamed = |header: Value, payload: Value| {
        Unverified::parse(&crude(header, payload)).unwrap().issuer().unwrap_err()
    };
    let vct = json!({"vct": "urn:x"});
    for header in [
        json!({}),
        json!({"kid": 1}),
        json!({"kid": "k".repeat(2000)}),
        json!({"x5c": []}),
        json!({"x5c": [1], "kid": "k"}),
    ] {
        assert!(matches!(unnamed(header, vct.clone()), VerifyError::Issuer(_)));
    }
    let refused = unnamed(json!({"kid": "k"}), json!({"vct": "urn:x", "iss": 1}));
    assert_eq!(refused, VerifyError::Issuer(ReferenceError::Issuer));
}

#[test]
fn a_credential_bound_to_no_key_is_not_held() {
    for cnf in [
        json!(null),
        json!({}),
        json!({"jwk": {}}),
        json!({"kid": "x"}),
        json!({"jwk": issuer().dangerous_to_jwk()}),
    ] {
        let text = crude(json!({"typ": TYPE, "kid": "k"}), json!({"vct": "urn:x", "cnf": cnf}));
        assert_eq!(Held::parse(&text).unwrap_err(), VerifyError::HolderKey);
    }
}

#[test]
fn what_is_sent_stays_as_it_is() {
    let token = sd_jwt::Unverified::parse(held().as_str()).unwrap();
    assert_eq!(
        Value::Object(token.header().members().clone()),
        json!({"alg": "ES256", "kid": "did:symbolon:demo:interior#1", "typ": "dc+sd-jwt"})
    );
    let mut payload = token.dangerous_payload().clone();
    payload.remove("_sd").unwrap();
    assert_eq!(
        Value::Object(payload),
        json!({
            "iss": "https://issuer.example", "vct": "urn:eudi:pid:xs:1", "_sd_alg": "sha-256",
            "iat": NOW.secs(), "exp": NOW.plus(DAY).secs(),
            "cnf": {"jwk": holder().public_key().to_jwk()},
            "status": {"status_list": {"idx": 7, "uri": "https://issuer.example/status/1"}},
        })
    );
    let digest = |text: &str| sd_jwt::disclosure::HashAlgorithm::Sha256.digest(text);
    assert_eq!(digest(held().as_str()), "Z1vI35-roqrgfM74Azv4IIlRHwyify8C5KIZREU81Mg");
    assert_eq!(digest(&present(&[json!(["given_name"])])), "e_bfmBnpec1N9UZsGK4wQsgV05n48Gt2RSi1wst5UEw");
}
