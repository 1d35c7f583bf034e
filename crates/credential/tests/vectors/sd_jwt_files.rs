//! SD-JWT: the files beside the unwrapped tokens: JSON serialisations, and copies as they were found.
//!
//! Not run: `spec-yaml`, `reference-testcases-yaml` and `specification.yml` (what the tokens that are run were
//! made from, in a format that nothing here reads), `multipaz` (its whole tokens are in
//! `independent-copies.json`, the rest are pieces of them), `flat.json` and `complex.json` of `eudi-kt` (payloads
//! of an old draft, hashed with SHA-3), the reference implementation's decoded parts of tokens that are run.

use core::time::Duration;

use credential::encoding::base64url;
use credential::jws;
use credential::key::{PublicKey, RustCrypto};
use credential::sd_jwt::binding::{BindingError, ExpectedBinding};
use credential::sd_jwt::disclosure::HashAlgorithm;
use credential::sd_jwt::json_form::JsonFormError;
use credential::sd_jwt::{Policy, SdJwtError, Unverified};
use credential::time::UnixTime;
use serde_json::Value;

use crate::{items, load, load_bytes, text};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const GENERATED: &str = "sd-jwt/reference-generated";

/// A token's text, which some files wrap for display.
fn load_text(file: &str) -> Option<String> {
    load_bytes(file).map(|bytes| String::from_utf8(bytes).expect("text").split_whitespace().collect())
}

/// A JSON serialisation, which some files wrap for display and others hold as a text of JSON.
fn load_form(file: &str) -> Option<Value> {
    let text = load_text(file)?;
    let json = |text: &str| serde_json::from_str(text).expect("json");
    match json(&text) {
        Value::String(inner) => Some(json(&inner)),
        form => Some(form),
    }
}

/// The key that signed every example of the RFC.
fn issuer_key() -> Option<PublicKey> {
    let vectors = load("sd-jwt/rfc9901-vectors.json")?;
    Some(PublicKey::from_jwk(&vectors[0]["issuer_jwk"]).expect("a key"))
}

/// The claims of a JSON serialisation; its key binding, where there is one, is held to what it says itself.
fn read(form: &Value, key: &PublicKey) -> Result<Value, SdJwtError> {
    let header = form.get("header").unwrap_or(&form["signatures"][0]["header"]);
    let said = header.get("kb_jwt").map(|token| {
        let token = jws::Unverified::parse(token.as_str().expect("a text")).expect("a token");
        Value::Object(token.dangerous_claims().expect("claims"))
    });
    let expected = said.as_ref().map(|said| ExpectedBinding {
        audience: text(said, "aud"),
        nonce: text(said, "nonce"),
        max_age: Duration::from_secs(10_000_000_000),
        now: NOW,
        transaction_data: &[],
    });
    let policy =
        Policy { typ: None, never_disclosable: &[], required: &[], binding: expected.as_ref(), now: NOW };
    let token = Unverified::parse_json(form.to_string().as_bytes())?;
    Ok(Value::Object(token.verify(key, &policy, &RustCrypto)?.claims().clone()))
}

#[test]
fn the_json_serialisations_of_rfc_9901_verify() {
    let (Some(vectors), Some(key)) = (load("sd-jwt/rfc9901-json-serialization.json"), issuer_key()) else {
        return;
    };
    let shown: Vec<Vec<String>> = items(&vectors)
        .iter()
        .map(|vector| {
            let claims = read(&vector["value"], &key).expect("it verifies");
            claims.as_object().expect("claims").keys().cloned().collect()
        })
        .collect();
    assert_eq!(
        shown,
        [
            vec!["birthdate", "cnf", "exp", "family_name", "given_name", "iat", "iss", "sub"],
            vec!["cnf", "exp", "family_name", "given_name", "iat", "iss"],
            vec!["cnf", "exp", "family_name", "given_name", "iat", "iss"],
        ]
    );
}

/// The form of the RFC, from the form of the drafts before it: disclosures and key binding go into the header.
fn with_header(mut form: Value) -> Value {
    let members = form.as_object_mut().expect("an object");
    let ours = ["disclosures", "kb_jwt"].into_iter().filter_map(|name| members.remove_entry(name));
    let header = ours.collect();
    members.insert("header".into(), Value::Object(header));
    form
}

/// The reference implementation writes the form of an early draft and takes `sd_hash` over JSON, which the RFC
/// does not: so its forms are refused as they are, read once they are put right, and never bound.
#[test]
fn the_json_serialisations_of_the_reference_implementation_are_judged() {
    let Some(key) = issuer_key() else { return };
    for set in ["examples", "testcases"] {
        for form in ["json_serialization_flattened", "json_serialization_general"] {
            let file = |part: &str| format!("{GENERATED}/{set}/{form}/{part}.json");
            let [issued, shown] = ["sd_jwt_issuance", "sd_jwt_presentation"]
                .map(|part| load_form(&file(part)).expect("a file"));
            for early in [&issued, &shown] {
                assert_eq!(read(early, &key), Err(SdJwtError::JsonForm(JsonFormError::Misplaced)));
            }
            let all = read(&with_header(issued), &key).expect("it verifies");
            let claims = load(&file("user_claims")).expect("a file");
            assert!(claims.as_object().expect("claims").iter().all(|(name, value)| all[name] == *value));
            let mut shown = with_header(shown);
            assert_eq!(read(&shown, &key), Err(SdJwtError::Binding(BindingError::Hash)));
            shown["header"].as_object_mut().expect("a header").remove("kb_jwt");
            assert_eq!(read(&shown, &key), Ok(load(&file("verified_contents")).expect("a file")));
        }
    }
}

#[test]
fn the_wrapped_examples_of_rfc_9901_are_the_tokens_that_are_run() {
    let (Some(blocks), Some(vectors), Some(forms)) = (
        load("sd-jwt/spec-examples-draft22-eq-rfc9901.json"),
        load("sd-jwt/rfc9901-vectors.json"),
        load("sd-jwt/rfc9901-json-serialization.json"),
    ) else {
        return;
    };
    let unwrapped: Vec<String> =
        items(&blocks).iter().map(|block| text(block, "text").split_whitespace().collect()).collect();
    let tokens: Vec<&str> = unwrapped
        .iter()
        .map(String::as_str)
        .filter(|text| text.starts_with("ey") && text.contains('~'))
        .collect();
    let run: Vec<&str> = items(&vectors).iter().map(|vector| text(vector, "sd_jwt")).collect();
    assert_eq!(tokens, run);
    let signed = |text: &&String| text.starts_with('{') && text.contains(r#""signature":"#);
    let written: Vec<Value> =
        unwrapped.iter().filter(signed).map(|text| serde_json::from_str(text).expect("json")).collect();
    let run: Vec<Value> = items(&forms).iter().map(|form| form["value"].clone()).collect();
    assert_eq!(written, run);
}

#[test]
fn the_digests_of_sections_4_2_1_and_4_2_2_come_out() {
    let Some(blocks) = load("sd-jwt/spec-examples-draft22-eq-rfc9901.json") else { return };
    let block = |index: usize| text(&blocks[index], "text").trim();
    let digest = |disclosure: &str| Value::from(HashAlgorithm::Sha256.digest(&base64url(disclosure)));
    let object: Value = serde_json::from_str(block(11)).expect("json");
    assert_eq!(object["_sd"][0], digest(block(8)));
    let array: Value = serde_json::from_str(block(12)).expect("json");
    assert_eq!(array["nationalities"][1]["..."], digest(block(10)));
}

#[test]
fn the_files_of_other_projects_are_the_copies_that_are_run() {
    let Some(copies) = load("sd-jwt/independent-copies.json") else { return };
    let mut compared = 0;
    for copy in items(&copies) {
        let name = text(copy, "name").replace("sdjwt-kt/", "eudi-kt/");
        if name.starts_with("multipaz/") {
            continue;
        }
        assert_eq!(load_text(&format!("sd-jwt/{name}")).expect("a file"), text(copy, "sd_jwt"), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 8);
}

#[test]
fn the_texts_of_the_reference_implementation_are_the_tokens_that_are_run() {
    let Some(vectors) = load("sd-jwt/reference-impl-vectors.json") else { return };
    for vector in items(&vectors) {
        let (folder, kind) = text(vector, "name").rsplit_once('/').expect("folder and kind");
        let file = format!("{GENERATED}/{folder}/sd_jwt_{kind}.txt");
        assert_eq!(load_text(&file).expect("a file"), text(vector, "sd_jwt"), "{file}");
    }
    assert_eq!(items(&vectors).len(), 56);
}

#[test]
fn the_digests_of_all_disclosures_come_out() {
    for (file, count) in [("rfc9901-vectors", 8), ("reference-impl-vectors", 56)] {
        let Some(vectors) = load(&format!("sd-jwt/{file}.json")) else { return };
        assert_eq!(items(&vectors).len(), count);
        for part in items(&vectors).iter().flat_map(|vector| items(&vector["disclosures"])) {
            let digest = HashAlgorithm::Sha256.digest(text(part, "encoded"));
            assert_eq!(digest, text(part, "sha256_b64url"));
        }
    }
}
