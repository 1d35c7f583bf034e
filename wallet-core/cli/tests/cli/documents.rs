//! Documents that others publish: of DIDs, of types of cards, of issuers.

use serde_json::{Value, json};

use crate::{Folder, failing, inspected, outcome, vector_bytes, vector_folder, vectors};

const DID_SUITE: &str = "did-core/packages/did-core-test-server/suites/implementations";

#[test]
fn the_documents_of_did_key_say_which_key_may_do_what() {
    let mut ours = 0;
    for file in ["nist-curves", "ed25519-x25519"] {
        let Some(documents) = vectors(&format!("did-key/test-vectors/{file}.json")) else { return };
        let of = documents.as_object().unwrap().iter();
        for (did, document) in of.filter_map(|(did, vector)| Some((did, vector.get("didDocument")?))) {
            let found = inspected(&document.to_string());
            assert_eq!(
                (&found["kind"], failing(&found)),
                (&json!("did_document"), Vec::<String>::new()),
                "{did}"
            );
            assert_eq!(outcome(&found, "who published it"), "not_checked");
            let kid = format!("{did}#{}", &did["did:key:".len()..]);
            let key = &found["says"]["keys"][&kid];
            let may = key["may"].as_array().unwrap();
            assert!(may.contains(&json!("assertionMethod")), "{did}");
            ours += u32::from(key["jwk"].is_object());
        }
    }
    assert_eq!(ours, 3, "the others are of kinds that are not used");
}

/// The first document of each kind of refusal that the W3C's suite records.
#[test]
fn bad_documents_of_the_did_suite_name_the_rule_that_they_break() {
    let Some(folder) = vector_folder(DID_SUITE) else { return };
    let mut expected = vec![
        "did_document_context",
        "did_document_repeats_id",
        "did_method_id_unusable",
        "did_method_key_not_one",
        "did_method_key_unusable",
        "did_method_malformed",
        "did_relationship_dangling",
    ];
    let mut names: Vec<_> =
        std::fs::read_dir(folder.join(DID_SUITE)).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut good = 0;
    for path in names {
        let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let forms = vector.as_object().unwrap().iter().filter(|(name, _)| name.starts_with("did:"));
        let representations = |(_, forms): (&String, &Value)| {
            let of = |form: &str| forms[form]["representation"].as_str().map(str::to_owned);
            [of("application/did+ld+json"), of("application/did+json")]
        };
        for document in forms.flat_map(representations).flatten() {
            if expected.is_empty() && good >= 10 {
                return;
            }
            let found = inspected(&document);
            if found["kind"] != "did_document" {
                continue;
            }
            let codes = failing(&found);
            good += u32::from(codes.is_empty());
            expected.retain(|code| !codes.contains(&(*code).to_owned()));
        }
    }
    assert!(expected.is_empty() && good >= 10, "not seen: {expected:?}; {good} good");
}

#[test]
fn each_fault_of_a_did_document_has_its_rule() {
    let method = json!({
        "id": "#a", "type": "JsonWebKey2020", "controller": "did:web:a.example",
        "publicKeyJwk": { "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    });
    let document = |change: &dyn Fn(&mut Value)| {
        let mut document = json!({
            "@context": ["https://www.w3.org/ns/did/v1"], "id": "did:web:a.example",
            "verificationMethod": [method], "assertionMethod": ["#a"],
        });
        change(&mut document);
        failing(&inspected(&document.to_string()))
    };
    assert_eq!(document(&|_| {}), [""; 0]);
    assert_eq!(document(&|document| document["id"] = "did:".into()), ["did_malformed"]);
    assert_eq!(
        document(&|document| document["assertionMethod"] = json!(["#b"])),
        ["did_relationship_dangling"]
    );
    assert_eq!(
        document(&|document| document["assertionMethod"] = json!([1])),
        ["did_relationship_malformed"]
    );
    assert_eq!(document(&|document| document["service"] = json!([{}])), ["did_service_malformed"]);
    assert_eq!(document(&|document| document["controller"] = 1.into()), ["did_document_names_malformed"]);
    let private = |document: &mut Value| document["verificationMethod"][0]["publicKeyJwk"]["d"] = "AA".into();
    assert_eq!(document(&private), ["did_method_key_unusable"]);
}

/// A file among the vectors, by its path.
fn file(folder: &Folder, name: &str) -> Option<String> {
    Some(folder.file("document.json", vector_bytes(name)?))
}

#[test]
fn types_of_cards_say_what_their_claims_are() {
    let folder = Folder::new("documents-types");
    let Some(path) = file(&folder, "sd-jwt/eudi-kt/pid_arf_v18.json") else { return };
    let found = inspected(&path);
    assert_eq!((&found["kind"], failing(&found)), (&json!("type_metadata"), Vec::<String>::new()));
    assert_eq!(found["says"]["vct"], "urn:eudi:pid:1");
    assert!(found["says"]["claims"].as_array().unwrap().len() > 20);
    let extending = "sd-jwt-vc/nl-wallet-type-metadata/example_pid_nl_1.json";
    let found = inspected(&file(&folder, extending).unwrap());
    assert_eq!(
        (outcome(&found, "document"), outcome(&found, "types that it extends")),
        ("holds", "not_checked")
    );
    assert_eq!(found["says"]["wants"], found["says"]["extends"]);
}

/// The document of the draft's appendix A.2, over whose octets the draft prints a hash.
#[test]
fn a_type_is_named_with_the_hash_of_its_octets() {
    let folder = Folder::new("documents-integrity");
    let Some(path) = file(&folder, "sd-jwt-vc/vct-integrity-type-metadata.json") else { return };
    let vector = vectors("sd-jwt-vc/vct-integrity-vector.json").unwrap();
    assert_eq!(inspected(&path)["says"]["integrity"], vector["vct#integrity"]);
}

type Change = fn(&mut Value);

#[test]
fn each_fault_of_a_type_has_its_rule() {
    let folder = Folder::new("documents-type-faults");
    let Some(bytes) = vector_bytes("sd-jwt/eudi-kt/pid_arf_v18.json") else { return };
    let faults: [(Change, &str); 8] = [
        (|kind| kind["vct"] = 1.into(), "type_metadata_malformed"),
        (|kind| kind["claims"] = 1.into(), "type_metadata_malformed"),
        (|kind| kind["claims"][0]["path"] = json!([]), "claim_path_malformed"),
        (|kind| kind["claims"][1]["path"] = kind["claims"][0]["path"].clone(), "claim_path_repeated"),
        (|kind| kind["claims"][0]["svg_id"] = "1a".into(), "svg_id_malformed"),
        (|kind| kind["display"][0]["locale"] = "?".into(), "type_metadata_locale"),
        (|kind| kind["name"] = "x".repeat(5000).into(), "type_metadata_text_too_long"),
        (|kind| kind["extends"] = kind["vct"].clone(), "type_extends_itself"),
    ];
    for (change, code) in faults {
        let mut document: Value = serde_json::from_slice(&bytes).unwrap();
        change(&mut document);
        let found = inspected(&folder.file("type.json", document.to_string()));
        assert_eq!((&found["kind"], failing(&found)), (&json!("type_metadata"), vec![code.to_owned()]));
    }
}

/// What the draft prints as the answer of an issuer.
fn of_draft(caption: &str) -> Option<String> {
    let examples = vectors("sd-jwt-vc/spec-examples-draft19-editors-copy.json")?;
    let captioned =
        |example: &&Value| example["caption"].as_str().is_some_and(|text| text.ends_with(caption));
    let text =
        examples.as_array().unwrap().iter().find(captioned).unwrap()["text"].as_str().unwrap().to_owned();
    Some(text[text.find('{').unwrap()..].to_owned())
}

#[test]
fn the_keys_of_issuers_are_read_where_they_are() {
    let Some(here) = of_draft(" a JSON Web Key Set") else { return };
    let found = inspected(&here);
    assert_eq!((&found["kind"], failing(&found)), (&json!("issuer_metadata"), Vec::<String>::new()));
    assert_eq!((&found["says"]["issuer"], outcome(&found, "key")), (&json!("https://example.com"), "holds"));
    let there = inspected(&of_draft("with a JSON Web Key Set URI").unwrap());
    assert_eq!(there["says"]["jwks_uri"], "https://jwt-vc-issuer.example.com/my_public_keys.jwks");
    assert_eq!(outcome(&there, "key"), "not_checked");
}

#[test]
fn each_fault_of_an_issuers_keys_has_its_rule() {
    let faults = [
        (json!({ "jwks": { "keys": [] }, "jwks_uri": "https://a.example/k" }), "issuer_metadata_keys"),
        (json!({ "jwks": { "keys": 1 } }), "key_set_malformed"),
        (
            json!({ "jwks": { "keys": [{ "kty": "EC", "crv": "P-256", "d": "AA", "x": "AA", "y": "AA" }] } }),
            "key_set_with_private_key",
        ),
        (json!({ "jwks_uri": "http://a.example/k" }), "url_not_https"),
        (json!({ "jwks_uri": "https://127.0.0.1/k" }), "url_host_is_number"),
    ];
    for (mut metadata, code) in faults {
        metadata["issuer"] = "https://a.example".into();
        let found = inspected(&metadata.to_string());
        assert_eq!((&found["kind"], failing(&found)), (&json!("issuer_metadata"), vec![code.to_owned()]));
    }
}

#[test]
fn what_issuers_offer_is_read_and_refused_by_its_rule() {
    let offered = |change: &dyn Fn(&mut Value)| {
        let mut metadata = json!({
            "credential_issuer": "https://a.example", "credential_endpoint": "https://a.example/credential",
            "credential_configurations_supported": {
                "pid": { "format": "dc+sd-jwt", "vct": "urn:eudi:pid:1", "scope": "pid" },
            },
        });
        change(&mut metadata);
        inspected(&metadata.to_string())
    };
    let good = offered(&|_| {});
    assert_eq!((&good["kind"], failing(&good)), (&json!("credential_issuer_metadata"), Vec::<String>::new()));
    assert_eq!(good["says"]["cards"]["pid"]["vct"], "urn:eudi:pid:1");
    let without = offered(&|metadata| drop(metadata.as_object_mut().unwrap().remove("credential_endpoint")));
    assert_eq!(failing(&without), ["issuer_offer_malformed"]);
    let insecure = offered(&|metadata| metadata["credential_endpoint"] = "http://a.example/c".into());
    assert_eq!(failing(&insecure), ["issuer_offer_address"]);
    let unnamed = offered(&|metadata| metadata["credential_configurations_supported"] = json!([]));
    assert_eq!(failing(&unnamed), ["issuer_offer_malformed"]);
}
