//! Documents that are fetched: of DIDs, of types, and of issuers.

use credential::did::document::{DidDocument, Relationship};
use credential::did::syntax::Did;
use credential::issuer_metadata::{IssuerKeys, IssuerMetadataError, KeySet};
use credential::json::parse_object;
use credential::key::Algorithm;
use credential::type_metadata::retrieve::{Progress, Retrieval};
use credential::type_metadata::{MAX_CLAIMS, TypeReference};
use serde_json::{Value, json};

use super::public;
use crate::seeds::{Seeds, bytes};

/// The text of a member of the document itself, so that the document is about what was asked for.
fn own(data: &[u8], name: &str) -> Option<String> {
    let document = parse_object(data, data.len()).ok()?;
    document.get(name).and_then(Value::as_str).map(str::to_owned)
}

pub(crate) fn read_did(data: &[u8]) -> bool {
    let Some(did) = own(data, "id").and_then(|id| id.parse::<Did>().ok()) else { return false };
    let Ok(document) = DidDocument::parse(data, &did) else { return false };
    assert!(document.id() == &did, "of another DID");
    let other: Did = "did:example:another".parse().expect("a DID");
    assert!(did == other || DidDocument::parse(data, &other).is_err(), "of any DID");
    let _ = document.key("#key-1", Relationship::AssertionMethod);
    assert!(document.key("#", Relationship::Authentication).is_err(), "a key without a name");
    true
}

pub(crate) fn did_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let own = json!({
        "@context": ["https://www.w3.org/ns/did/v1"], "id": "did:example:1",
        "verificationMethod": [{
            "id": "did:example:1#key-1", "type": "JsonWebKey2020", "controller": "did:example:1",
            "publicKeyJwk": public(Algorithm::Es256).to_jwk(),
        }],
        "assertionMethod": ["#key-1"],
    });
    let is_document = |value: &Value| value.get("verificationMethod").is_some() && value.get("id").is_some();
    bytes(seeds.values(is_document).into_iter().chain([own.to_string()]))
}

pub(crate) fn read_type(data: &[u8]) -> bool {
    let Some(vct) = own(data, "vct") else { return false };
    let another = Retrieval::new(TypeReference { vct: format!("{vct}x"), integrity: None });
    assert!(another.receive(data).is_err(), "of any type");
    match Retrieval::new(TypeReference { vct: vct.clone(), integrity: None }).receive(data) {
        Err(_) => false,
        Ok(Progress::Complete(metadata)) => {
            assert!(metadata.claims().len() <= MAX_CLAIMS, "more claims than allowed");
            assert_eq!(metadata.reference().vct, vct, "of another type");
            true
        }
        Ok(Progress::Wants(next)) => {
            assert_ne!(next.wanted().vct, vct, "a type that extends itself");
            true
        }
    }
}

pub(crate) fn type_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let own = json!({
        "vct": "urn:x", "name": "X", "extends": "urn:y", "display": [{ "locale": "en", "name": "X" }],
        "claims": [{ "path": ["a", null], "sd": "always", "mandatory": true, "svg_id": "a" }],
    });
    let is_type = |value: &Value| value.get("vct").is_some() && value.get("claims").is_some();
    bytes(seeds.values(is_type).into_iter().chain([own.to_string()]))
}

pub(crate) fn read_issuer(data: &[u8]) -> bool {
    if let Ok(keys) = KeySet::parse(data) {
        let _ = keys.choose(Some("k"), Algorithm::Es256);
    }
    let Some(iss) = own(data, "issuer") else { return false };
    let another = IssuerKeys::parse(data, &format!("{iss}x"));
    assert!(another.is_err_and(|error| !matches!(error, IssuerMetadataError::NoKey)), "of any issuer");
    IssuerKeys::parse(data, &iss).is_ok()
}

pub(crate) fn issuer_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let keys = json!({ "keys": [public(Algorithm::Es256).to_jwk()] });
    let own = [
        json!({ "issuer": "https://a.example", "jwks": keys }),
        json!({ "issuer": "https://a.example", "jwks_uri": "https://a.example/keys" }),
    ];
    let is_metadata = |value: &Value| value.get("issuer").is_some() && value.get("jwks").is_some();
    bytes(seeds.values(is_metadata).into_iter().chain(own.iter().map(Value::to_string)))
}
