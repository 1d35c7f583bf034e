//! DID documents, and the identifiers of did:web.

use std::collections::BTreeMap;

use credential::did::document::{DidDocument, DocumentError, Relationship};
use credential::did::resolve;
use credential::did::syntax::Did;
use credential::did::web::WebDid;
use serde_json::Value;

use crate::{folder, items, load, text};

fn parse(document: &Value) -> Result<DidDocument, DocumentError> {
    let did: Did = text(document, "id").parse().expect("a did");
    DidDocument::parse(document.to_string().as_bytes(), &did)
}

/// Every document of every implementation that the W3C's suite records, by outcome. Those that are refused
/// break DID Core, or stand under a context that came before it.
#[test]
fn the_documents_of_did_core_are_judged() {
    let Some(folder) = folder() else { return };
    let place = "did-core/packages/did-core-test-server/suites/implementations";
    let mut outcomes = BTreeMap::new();
    let mut names: Vec<_> = std::fs::read_dir(folder.join(place))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    for name in &names {
        let vector = load(&format!("{place}/{name}")).expect("it is here");
        for (did, forms) in
            vector.as_object().expect("an object").iter().filter(|(name, _)| name.starts_with("did:"))
        {
            for form in ["application/did+ld+json", "application/did+json"] {
                let Some(document) = forms[form]["representation"].as_str() else { continue };
                let did = did.split('?').next().unwrap_or_default();
                let outcome = did.parse::<Did>().map_or("too long", |did| {
                    DidDocument::parse(document.as_bytes(), &did)
                        .map_or_else(|error| error.code(), |_| "read")
                });
                *outcomes.entry(outcome).or_insert(0) += 1;
            }
        }
    }
    let expected = BTreeMap::from([
        ("read", 105),
        ("did_document_context", 1),
        ("did_document_of_another", 4),
        ("did_document_repeats_id", 6),
        ("did_method_id_unusable", 4),
        ("did_method_key_not_one", 5),
        ("did_method_key_unusable", 1),
        ("did_method_malformed", 2),
        ("did_relationship_dangling", 6),
        ("too long", 1),
    ]);
    assert_eq!((names.len(), outcomes), (132, expected));
}

#[test]
fn the_documents_of_did_key_hold_the_key_of_their_identifier() {
    let (mut ours, mut others) = (0, 0);
    for file in ["nist-curves", "ed25519-x25519", "x25519", "secp256k1", "rsa", "bls12381"] {
        let Some(vectors) = load(&format!("did-key/test-vectors/{file}.json")) else { return };
        for (did, vector) in vectors.as_object().expect("an object") {
            let Some(document) = vector.get("didDocument") else { continue };
            let document = parse(document).unwrap_or_else(|error| panic!("{did}: {error:?}"));
            let kid = format!("{did}#{}", &did["did:key:".len()..]);
            match (resolve(did), document.key(&kid, Relationship::AssertionMethod)) {
                (Ok(key), Ok(found)) => {
                    assert_eq!(key, *found, "{did}");
                    ours += 1;
                }
                (_, Err(DocumentError::Kind | DocumentError::Unrelated | DocumentError::Unknown)) => {
                    others += 1
                }
                (resolved, found) => panic!("{did}: {resolved:?} {found:?}"),
            }
        }
    }
    assert_eq!((ours, others), (3, 23));
}

#[test]
fn the_examples_of_did_key_are_read() {
    let Some(blocks) = load("did-key/spec-pre-blocks.json") else { return };
    let (mut documents, mut dids) = (0, 0);
    for block in items(&blocks) {
        let text = text(block, "text").trim();
        if let Ok(document) = serde_json::from_str::<Value>(text) {
            let id = document["id"].as_str().expect("an id").to_owned();
            let kid = format!("{id}#{}", &id["did:key:".len()..]);
            let document = parse(&document).expect("a document");
            assert_eq!(document.key(&kid, Relationship::AssertionMethod).ok(), resolve(&id).ok().as_ref());
            documents += 1;
        }
        for did in text.lines().map(str::trim).filter(|line| line.starts_with("did:key:z")) {
            let ours = did.starts_with("did:key:zDn") || did.starts_with("did:key:z6Mk");
            assert_eq!(resolve(did).is_ok(), ours, "{did}");
            dids += 1;
        }
    }
    assert_eq!((documents, dids), (2, 8));
}

/// In the first document as it is printed a dollar sign has slipped into a reference.
#[test]
fn the_documents_of_did_jwk_hold_the_key_of_their_identifier() {
    let Some(blocks) = load("did-jwk/spec-examples.json") else { return };
    let documents: Vec<Value> =
        items(&blocks).iter().filter_map(|block| serde_json::from_str(text(block, "text")).ok()).collect();
    let [p256, x25519] = &documents[..] else { panic!("two documents") };
    assert_eq!(parse(p256).map(drop), Err(DocumentError::Relationship));
    let mended = p256.to_string().replace("did:jwk:$", "did:jwk:");
    let document = parse(&serde_json::from_str(&mended).expect("still json")).expect("a document");
    let kid = format!("{}#0", document.id());
    assert_eq!(document.key(&kid, Relationship::AssertionMethod).ok(), resolve(&kid).ok().as_ref());
    assert!(resolve(&kid).is_ok());
    let document = parse(x25519).expect("a document");
    let kid = format!("{}#0", document.id());
    assert_eq!(document.key(&kid, Relationship::AssertionMethod), Err(DocumentError::Unrelated));
    assert_eq!(document.key(&kid, Relationship::KeyAgreement), Err(DocumentError::Kind));
}

#[test]
fn the_identifiers_of_did_web_become_addresses() {
    let Some(blocks) = load("did-web/spec-pre-blocks.json") else { return };
    let texts: Vec<&str> = items(&blocks).iter().map(|block| text(block, "text").trim()).collect();
    let mut pairs: Vec<(&str, &str)> = texts
        .iter()
        .filter_map(|text| text.split_once("->"))
        .map(|(did, url)| (did.trim(), url.trim()))
        .collect();
    pairs.push((texts[7], texts[8]));
    for (did, url) in &pairs {
        let did: WebDid = did.parse().expect("a did");
        assert_eq!(did.document_url().as_str(), *url);
    }
    let dids: Vec<&str> = texts[3].split_whitespace().collect();
    assert!(dids.iter().all(|did| did.parse::<WebDid>().is_ok()));
    assert_eq!((pairs.len(), dids.len()), (4, 3));
}

/// The first example is no JSON: a comma stands before the end of its list.
#[test]
fn the_documents_of_did_web_are_read() {
    let Some(blocks) = load("did-web/spec-pre-blocks.json") else { return };
    let did: Did = "did:web:example.com".parse().expect("a did");
    let [first, second, ..] = items(&blocks) else { panic!("two documents") };
    let as_printed = DidDocument::parse(text(first, "text").as_bytes(), &did);
    assert!(matches!(as_printed, Err(DocumentError::Json(_))));
    let mended = text(first, "text").replace("},\n  ],", "}\n  ],");
    let document = DidDocument::parse(mended.as_bytes(), &did).expect("a document");
    assert_eq!(document.keys(), 3);
    assert!(document.key("#key-0", Relationship::Authentication).is_ok());
    assert_eq!(document.key("#key-1", Relationship::KeyAgreement), Err(DocumentError::Kind));
    let document = DidDocument::parse(text(second, "text").as_bytes(), &did).expect("a document");
    assert_eq!(document.key("#address-0", Relationship::Authentication), Err(DocumentError::Kind));
}
