//! DID documents, held to the rules for the DID that they name themselves.

use credential::did::DidError;
use credential::did::document::{DidDocument, DocumentError, MAX_METHODS, Relationship};
use credential::did::syntax::Did;
use credential::key::PublicKey;
use serde_json::{Map, Value, json};

use super::Finding;
use super::kind::Material;
use crate::checks::Check;

const WHAT: &str = "the document of a DID: which keys may do what";

pub(super) fn is(material: &Material<'_>) -> bool {
    let id = material.member("id").and_then(Value::as_str).unwrap_or_default();
    id.starts_with("did:") && material.member("type").is_none()
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let id = material.member("id").and_then(Value::as_str).unwrap_or_default();
    let did = id.parse::<Did>();
    let mut checks = vec![Check::of("identifier", &did, DidError::code)];
    let Ok(did) = did else { return Finding::new(WHAT, raw(material)).with_checks(checks) };
    let document = DidDocument::parse(material.text.as_bytes(), &did);
    checks.push(Check::of("document", &document, DocumentError::code));
    checks.push(Check::not_checked(
        "who published it",
        "a document says nothing of that; the DID's method does",
    ));
    let says = match &document {
        Ok(document) => describe(material, document),
        Err(_) => raw(material),
    };
    Finding::new(WHAT, says).with_checks(checks)
}

fn raw(material: &Material<'_>) -> Value {
    material.json.clone().unwrap_or_default()
}

/// Each key by its name: what it may do, and the key where it is of a kind that is used.
fn describe(material: &Material<'_>, document: &DidDocument) -> Value {
    let mut keys = Map::new();
    for name in names(material).into_iter().take(MAX_METHODS * 2) {
        let may: Vec<&str> = Relationship::ALL
            .into_iter()
            .filter(|relationship| {
                !matches!(
                    document.key(&name, *relationship),
                    Err(DocumentError::Unrelated | DocumentError::Unknown | DocumentError::MethodId)
                )
            })
            .map(Relationship::name)
            .collect();
        let key = Relationship::ALL.into_iter().find_map(|one| document.key(&name, one).ok());
        keys.insert(name, json!({ "may": may, "jwk": key.map(PublicKey::to_jwk) }));
    }
    json!({ "did": document.id().as_str(), "keys": keys, "service": material.member("service") })
}

/// The names of the keys, those inside relationships too.
fn names(material: &Material<'_>) -> Vec<String> {
    let lists = ["verificationMethod"].into_iter().chain(Relationship::ALL.map(Relationship::name));
    let members = lists.filter_map(|name| material.member(name)?.as_array());
    members.flatten().filter_map(|method| method.get("id")?.as_str().map(str::to_owned)).collect()
}
