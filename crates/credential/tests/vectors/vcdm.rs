//! Verifiable Credentials Data Model 2.0, and its securing as JWT.

use credential::jws::{self, JwsError};
use credential::vcdm::jwt::UnverifiedCredential;
use credential::vcdm::presentation::Presentation;
use credential::vcdm::{Credential, VcdmError};
use serde_json::{Map, Value, json};

use crate::{folder, items, load, text};

/// What the W3C's suite expects and JSON alone cannot tell, since contexts would have to be processed.
const NEEDS_CONTEXTS: [&str; 4] = [
    "credential-redef-type-fail",
    "credential-redef-type2-fail",
    "credential-type-mapped-nonurl-fail",
    "credential-type-unmapped-fail",
];

/// Names that say no outcome: they are about an unsecured credential inside a presentation, which
/// `VerifiedPresentation` never hands out.
const WITHOUT_OUTCOME: [&str; 3] = [
    "presentation-self-asserted-vc-holder-mismatch",
    "presentation-self-asserted-vc-issuer-mismatch",
    "presentation-self-asserted-vc-no-holder",
];

/// The file as the suite sends it: with an issuer and dates, which it fills in.
fn completed(name: &str, file: &str) -> Map<String, Value> {
    let mut members = load(file).expect("it is here").as_object().cloned().expect("an object");
    if name.starts_with("presentation-") {
        return members;
    }
    if name != "credential-no-issuer-fail" {
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
    members
}

fn judge(name: &str, members: Map<String, Value>) -> Result<(), VcdmError> {
    if name.starts_with("presentation-") {
        Presentation::new(members).map(drop)
    } else {
        Credential::new(members).map(drop)
    }
}

fn names(under: &str) -> Vec<String> {
    let listing = std::fs::read_dir(folder().expect("it is here").join(under)).expect("a folder");
    let names = listing.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let mut names: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    names.sort();
    names
}

#[test]
fn the_suite_of_the_model_is_judged_as_its_names_say() {
    if folder().is_none() {
        return;
    }
    let (mut read, mut refused, mut skipped) = (0, 0, 0);
    for under in ["w3c-vcdm2-test-suite/input", "w3c-vcdm2-test-suite/input/names-and-descriptions"] {
        for name in names(under) {
            let outcome = judge(&name, completed(&name, &format!("{under}/{name}.json")));
            if NEEDS_CONTEXTS.contains(&name.as_str()) || WITHOUT_OUTCOME.contains(&name.as_str()) {
                assert_eq!(outcome, Ok(()), "{name} is not to be skipped any more");
                skipped += 1;
            } else if name.ends_with("-ok") {
                assert_eq!(outcome, Ok(()), "{name}");
                read += 1;
            } else {
                assert!(name.contains("-fail"), "{name}");
                assert!(outcome.is_err(), "{name}");
                refused += 1;
            }
        }
    }
    assert_eq!((read, refused, skipped), (65, 48, 7));
}

/// Every credential and presentation that the specification prints as JSON. The others are headers, keys and
/// documents of controllers with comments or omissions in them, SD-JWT, and COSE in diagnostic notation.
#[test]
fn the_examples_of_the_securing_are_judged() {
    let Some(blocks) = load("w3c-vc-jose-cose/spec-pre-blocks.json") else { return };
    let (mut credentials, mut presentations, mut enveloped, mut others) = (0, 0, 0, 0);
    for block in items(&blocks) {
        let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text(block, "text")) else {
            others += 1;
            continue;
        };
        let kind = members.get("type").cloned().unwrap_or_default();
        let is = |name: &str| kind == name || kind.as_array().is_some_and(|all| all.contains(&json!(name)));
        if is("VerifiableCredential") {
            assert_eq!(Credential::new(members).map(drop), Ok(()));
            credentials += 1;
        } else if is("VerifiablePresentation") {
            assert_eq!(Presentation::new(members).map(drop), Ok(()));
            presentations += 1;
        } else if is("EnvelopedVerifiablePresentation") {
            enveloped += 1;
        } else {
            others += 1;
        }
    }
    assert_eq!((credentials, presentations, enveloped, others), (5, 4, 3, 15));
}

/// The tokens that the specification prints: a credential by ES384, which is refused, a presentation whose
/// key is not published, so that only its content is judged, and one that is shortened.
#[test]
fn the_tokens_of_the_securing_are_judged() {
    let Some(blocks) = load("w3c-vc-jose-cose/spec-pre-blocks.json") else { return };
    let (mut es384, mut read, mut shortened) = (0, 0, 0);
    for block in items(&blocks) {
        for (media_type, token) in data_urls(text(block, "text")) {
            match (media_type, UnverifiedCredential::parse(token)) {
                ("vc+jwt", Err(VcdmError::Jws(JwsError::Algorithm))) => es384 += 1,
                ("vc+jwt", Err(VcdmError::Jws(JwsError::Form))) if token.contains("...") => shortened += 1,
                ("vp+jwt", _) => {
                    let claims = jws::Unverified::parse(token).expect("a token").dangerous_claims();
                    assert!(Presentation::new(claims.expect("claims")).is_ok());
                    read += 1;
                }
                (media_type, outcome) => panic!("{media_type}: {outcome:?}"),
            }
        }
    }
    assert_eq!((es384, read, shortened), (1, 1, 1));
}

/// The tokens of the two media types in a text.
fn data_urls(text: &str) -> Vec<(&str, &str)> {
    let pieces = text.split("data:application/").skip(1);
    let found = pieces.filter_map(|piece| piece.split_once(','));
    found
        .filter(|(media_type, _)| matches!(*media_type, "vc+jwt" | "vp+jwt"))
        .map(|(media_type, rest)| (media_type, rest.split(['"', '<']).next().unwrap_or_default().trim()))
        .collect()
}
