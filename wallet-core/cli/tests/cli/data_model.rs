//! Credentials and presentations of the W3C data model: its own suite, and tokens made here.

use core::time::Duration;

use credential::did::did_key;
use credential::issuer::KeyReference;
use credential::key::{Algorithm, PublicKey, Signer as _, SigningKey};
use credential::time::UnixTime;
use credential::vcdm::presentation::Presentation;
use credential::vcdm::{BASE_CONTEXT, Credential, date};
use serde_json::{Map, Value, json};

use crate::{
    Folder, altered, failing, inspected, now, outcome, refused_by_rule, run, vector_folder, vectors,
};

const SUITE: &str = "w3c-vcdm2-test-suite/input";

/// What only the processing of contexts could tell.
const NEEDS_CONTEXTS: [&str; 4] = [
    "credential-redef-type-fail",
    "credential-redef-type2-fail",
    "credential-type-mapped-nonurl-fail",
    "credential-type-unmapped-fail",
];

/// A file of the suite as it is sent: with an issuer and dates, which the suite fills in.
fn completed(name: &str) -> Value {
    let mut document = vectors(&format!("{SUITE}/{name}.json")).unwrap();
    let members = document.as_object_mut().unwrap();
    if name.starts_with("credential-") && name != "credential-no-issuer-fail" {
        let issuer = members.entry("issuer").or_insert_with(|| json!("did:example:issuer"));
        if let Some(described) = issuer.as_object_mut() {
            described.entry("id").or_insert_with(|| json!("did:example:issuer"));
        }
    }
    for value in members.values_mut() {
        match value.as_str() {
            Some("PAST DATE") => *value = json!("2020-01-01T00:00:00Z"),
            Some("FUTURE DATE") => *value = json!("2040-01-01T00:00:00Z"),
            _ => {}
        }
    }
    document
}

#[test]
fn the_suite_of_the_w3c_is_judged_as_its_names_say() {
    let Some(folder) = vector_folder(SUITE) else { return };
    let listing = std::fs::read_dir(folder.join(SUITE)).unwrap();
    let names = listing.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (mut good, mut bad) = (0, 0);
    for name in names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)) {
        let found = inspected(&completed(&name).to_string());
        if name.ends_with("-ok") {
            assert!(["vc_unsecured", "vp_unsecured"].contains(&found["kind"].as_str().unwrap()), "{name}");
            assert_eq!(outcome(&found, "data model"), "holds", "{name}: {found}");
            good += 1;
        } else if name.contains("-fail")
            && found["kind"] != "json"
            && !NEEDS_CONTEXTS.contains(&name.as_str())
        {
            assert_eq!(outcome(&found, "data model"), "fails", "{name}");
            bad += 1;
        }
    }
    assert!(good >= 40 && bad >= 30, "{good} good, {bad} bad");
}

#[test]
fn bad_credentials_of_the_suite_name_the_rule_that_they_break() {
    if vector_folder(SUITE).is_none() {
        return;
    }
    let broken = [
        ("credential-context-combo3-fail", "vc_context", "VCDM 2.0 section 4.3"),
        ("credential-id-not-url-fail", "vc_id_not_url", "VCDM 2.0 section 4.4"),
        ("credential-missing-required-type-fail", "vc_type", "VCDM 2.0 section 4.5"),
        ("credential-issuer-no-url-fail", "vc_issuer_not_url", "VCDM 2.0 section 4.7"),
        ("credential-no-subject-fail", "vc_subject", "VCDM 2.0 section 4.8"),
        ("credential-validUntil-validFrom-fail", "vc_period_malformed", "VCDM 2.0 section 4.9"),
        ("credential-status-missing-type-fail", "vc_status_malformed", "VCDM 2.0 section 4.10"),
        ("credential-schema-no-id-fail", "vc_schema_malformed", "VCDM 2.0 section 4.11"),
        ("credential-evidence-missing-type-fail", "vc_property_untyped", "VCDM 2.0 sections 5.4 to 5.6"),
        ("presentation-holder-fail", "vp_holder_not_url", "VCDM 2.0 section 4.13"),
        ("presentation-vc-as-string-fail", "vp_content_malformed", "VCDM 2.0 section 4.13"),
    ];
    for (name, code, specification) in broken {
        let found = inspected(&completed(name).to_string());
        assert_eq!(failing(&found), [code], "{name}");
        let checks = found["checks"].as_array().unwrap();
        let broken = checks.iter().find(|check| check["code"] == code).unwrap();
        assert_eq!(broken["specification"], specification);
    }
}

/// The tokens that the specification prints: one by an algorithm that is not ours, one whose key is not
/// published.
#[test]
fn the_tokens_of_the_specification_are_told_apart() {
    let Some(blocks) = vectors("w3c-vc-jose-cose/spec-pre-blocks.json") else { return };
    let blocks = blocks.as_array().unwrap().iter().map(|block| block["text"].as_str().unwrap());
    let tokens: Vec<(&str, &str)> = blocks
        .flat_map(|text| text.split("data:application/").skip(1))
        .filter_map(|rest| rest.split_once(','))
        .map(|(typ, rest)| (typ, rest.split(['"', '<']).next().unwrap().trim()))
        .filter(|(_, token)| !token.contains("..."))
        .collect();
    let of = |wanted: &str| inspected(tokens.iter().find(|(typ, _)| *typ == wanted).unwrap().1);
    let credential = of("vc+jwt");
    assert_eq!(
        (&credential["kind"], failing(&credential)),
        (&json!("vc_jwt"), vec!["algorithm_not_allowed".to_owned()])
    );
    let presentation = of("vp+jwt");
    assert_eq!(presentation["kind"], "vp_jwt");
    assert_eq!(failing(&presentation), ["wrong_type", "vp_holder_key_not_named"], "it has no typ");
    assert_eq!(outcome(&presentation, "data model"), "holds");
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap()
}

fn kid(key: &PublicKey) -> KeyReference {
    KeyReference::Kid(did_key(key))
}

/// A credential about the holder of key 2, changed and signed by key 1.
fn credential(change: impl Fn(&mut Value)) -> String {
    let until = now().plus(Duration::from_secs(600));
    let mut document = json!({
        "@context": [BASE_CONTEXT], "type": ["VerifiableCredential"], "issuer": "https://issuer.example",
        "validUntil": date::write(until),
        "credentialSubject": { "id": did_key(key(2).public_key()), "name": "Ada" },
    });
    change(&mut document);
    let credential = Credential::new(document.as_object().cloned().unwrap()).unwrap();
    credential.to_jwt(&kid(key(1).public_key()), &key(1)).unwrap()
}

/// A presentation of these tokens, signed and named by the key of this seed.
fn presentation(tokens: &[String], seed: u8, change: impl Fn(&mut Map<String, Value>)) -> String {
    let made = Presentation::of(tokens, None).unwrap().to_jwt("bank", "n-1", now(), &key(seed)).unwrap();
    let token = credential::jws::Unverified::parse(&made).unwrap();
    let (mut header, mut claims) = (token.header().members().clone(), token.dangerous_claims().unwrap());
    header.insert("kid".into(), did_key(key(seed).public_key()).into());
    change(&mut claims);
    credential::jws::sign(header, &claims, &key(seed)).unwrap()
}

struct Verifier {
    folder: Folder,
    key: String,
}

impl Verifier {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let key = folder.file("issuer.jwk", key(1).public_key().to_jwk().to_string());
        Self { folder, key }
    }

    fn verify(&self, token: &str, more: &[&str]) -> (i32, Value) {
        let arguments = ["verify", token, "--profile", "vcdm", "--issuer-jwk", &self.key];
        run(&[&arguments[..], more].concat())
    }

    fn code(&self, token: &str, more: &[&str]) -> String {
        refused_by_rule(self.verify(token, more))
    }
}

#[test]
fn a_credential_verifies_and_says_what_it_says() {
    let verifier = Verifier::new("vcdm-good");
    let token = credential(|_| {});
    let (code, claims) = verifier.verify(&token, &[]);
    assert_eq!((code, &claims["credentialSubject"]["name"]), (0, &json!("Ada")), "{claims}");
    let found = inspected(&token);
    assert_eq!((&found["kind"], failing(&found)), (&json!("vc_jwt"), Vec::<String>::new()));
    for check in ["form", "type of token", "signature", "data model", "dates"] {
        assert_eq!(outcome(&found, check), "holds", "{check}");
    }
    assert_eq!(outcome(&found, "status reference"), "not_checked");
}

type Change = fn(&mut Map<String, Value>, &mut Map<String, Value>);

#[test]
fn each_fault_of_a_credential_has_its_rule() {
    let verifier = Verifier::new("vcdm-faults");
    let token = credential(|_| {});
    assert_eq!(verifier.code(&token, &["--at", "4000000000"]), "expired");
    let early = credential(|document| {
        document["validFrom"] = "2029-01-01T00:00:00Z".into();
        document["validUntil"] = "2039-01-01T00:00:00Z".into();
    });
    assert_eq!(verifier.code(&early, &["--at", "1800000000"]), "not_yet_valid");
    let changed = altered(&token);
    assert_eq!(verifier.code(&changed, &[]), "invalid_signature");
    assert_eq!(verifier.code(&token, &["--require-key-binding"]), "vp_missing");
    assert_eq!(verifier.code("nonsense", &[]), "token_malformed");
    let resigned = |change: Change| {
        let token = credential::jws::Unverified::parse(&token).unwrap();
        let (mut header, mut claims) = (token.header().members().clone(), token.dangerous_claims().unwrap());
        change(&mut header, &mut claims);
        credential::jws::sign(header, &claims, &key(1)).unwrap()
    };
    let of_version_1 = resigned(|_, claims| drop(claims.insert("vc".into(), json!({}))));
    assert_eq!(verifier.code(&of_version_1, &[]), "vc_of_version_1");
    let another = resigned(|_, claims| drop(claims.insert("iss".into(), "https://other.example".into())));
    assert_eq!(verifier.code(&another, &[]), "vc_claim_contradicts");
    let untyped = resigned(|header, _| drop(header.insert("typ".into(), "JWT".into())));
    assert_eq!(verifier.code(&untyped, &[]), "wrong_type");
    let bad_entry = credential(|document| {
        document["credentialStatus"] = json!({ "type": "BitstringStatusListEntry" });
    });
    assert_eq!(failing(&inspected(&bad_entry)), ["bitstring_entry_malformed"]);
}

const ASKED: [&str; 5] = ["--require-key-binding", "--aud", "bank", "--nonce", "n-1"];

#[test]
fn a_presentation_verifies_with_what_it_holds() {
    let verifier = Verifier::new("vcdm-presentation");
    let by_subject = credential(|_| {});
    let by_cnf = credential(|document| {
        document["credentialSubject"] = json!({ "name": "Ada" });
        document["cnf"] = json!({ "jwk": key(2).public_key().to_jwk() });
    });
    let token = presentation(&[by_subject, by_cnf], 2, |_| {});
    let (code, said) = verifier.verify(&token, &ASKED);
    assert_eq!(code, 0, "{said}");
    assert_eq!(said["verifiableCredential"].as_array().unwrap().len(), 2);
    let found = inspected(&token);
    assert_eq!((&found["kind"], failing(&found)), (&json!("vp_jwt"), Vec::<String>::new()));
    assert_eq!((outcome(&found, "signature"), outcome(&found, "credentials in it")), ("holds", "holds"));
    assert_eq!(found["says"]["credentials"][0]["credentialSubject"]["name"], "Ada");
}

#[test]
fn each_fault_of_a_presentation_has_its_rule() {
    let verifier = Verifier::new("vcdm-presentation-faults");
    let good = credential(|_| {});
    let token = presentation(core::slice::from_ref(&good), 2, |_| {});
    assert_eq!(verifier.code(&token, &["--aud", "shop", "--nonce", "n-1"]), "vp_wrong_audience");
    assert_eq!(verifier.code(&token, &["--aud", "bank", "--nonce", "n-2"]), "vp_wrong_nonce");
    assert_eq!(
        verifier.code(&presentation(core::slice::from_ref(&good), 3, |_| {}), &ASKED),
        "vp_credential_not_bound"
    );
    let foreign_cnf = credential(|document| document["cnf"] = json!({ "jwk": key(3).public_key().to_jwk() }));
    let foreign = presentation(&[foreign_cnf], 2, |_| {});
    assert_eq!(verifier.code(&foreign, &ASKED), "vp_credential_not_bound", "cnf counts before the subject");
    assert_eq!(verifier.code(&presentation(&[], 2, |_| {}), &ASKED), "vp_without_credential");
    let expired =
        presentation(core::slice::from_ref(&good), 2, |claims| drop(claims.insert("exp".into(), 1.into())));
    assert_eq!(verifier.code(&expired, &ASKED), "expired");
    let bare = presentation(core::slice::from_ref(&good), 2, |claims| {
        claims["verifiableCredential"] = json!([{ "@context": [BASE_CONTEXT] }]);
    });
    assert_eq!(verifier.code(&bare, &ASKED), "vp_content_malformed");
    let changed = altered(&token);
    assert_eq!(verifier.code(&changed, &ASKED), "invalid_signature");
    let stranger = verifier.folder.file("other.jwk", key(4).public_key().to_jwk().to_string());
    let by_stranger = ["verify", &token, "--profile", "vcdm", "--issuer-jwk", &stranger];
    assert_eq!(refused_by_rule(run(&[&by_stranger[..], &ASKED].concat())), "invalid_signature");
}

#[test]
fn one_fault_hides_no_other() {
    let verifier = Verifier::new("vcdm-both");
    let token = presentation(&[credential(|_| {})], 3, |_| {});
    let late = UnixTime::from_secs(4_000_000_000).secs().to_string();
    let (_, refusal) = verifier.verify(&token, &["--aud", "shop", "--nonce", "n-2", "--at", &late]);
    assert_eq!(failing(&refusal), ["vp_wrong_audience", "vp_wrong_nonce", "expired"]);
    assert_eq!((outcome(&refusal, "signature"), outcome(&refusal, "credentials in it")), ("holds", "fails"));
}
