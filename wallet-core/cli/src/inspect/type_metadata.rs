//! Descriptions of credential types, one document at a time: what it extends is not fetched.

use credential::encoding::base64;
use credential::sd_jwt::disclosure::HashAlgorithm;
use credential::type_metadata::retrieve::{Progress, Retrieval};
use credential::type_metadata::{TypeMetadata, TypeMetadataError, TypeReference};
use serde_json::{Value, json};

use super::Finding;
use super::kind::Material;
use crate::checks::Check;

const WHAT: &str = "the description of a type of card (SD-JWT VC type metadata)";
const EXTENDED: &str = "types that it extends";

/// A document about a type, and no credential of it.
pub(super) fn is(material: &Material<'_>) -> bool {
    let has = |name: &str| material.member(name).is_some();
    has("vct") && !has("cnf") && !has("_sd") && !has("iss")
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let vct = material.member("vct").and_then(Value::as_str).unwrap_or_default();
    let reference = TypeReference { vct: vct.to_owned(), integrity: None };
    let read = Retrieval::new(reference).receive(material.bytes);
    let form = Check::of("document", &read, TypeMetadataError::code);
    match read {
        Ok(Progress::Complete(metadata)) => {
            let checks = vec![form, Check::not_checked(EXTENDED, "it extends none")];
            Finding::new(WHAT, describe(&metadata, material.bytes)).with_checks(checks)
        }
        Ok(Progress::Wants(next)) => {
            let missing = Check::not_checked(EXTENDED, "their documents are not here");
            let mut says = raw(material);
            says["integrity"] = integrity(material.bytes).into();
            says["wants"] = next.wanted().vct.clone().into();
            Finding::new(WHAT, says).with_checks(vec![form, missing])
        }
        Err(_) => Finding::new(WHAT, raw(material)).with_checks(vec![form]),
    }
}

fn raw(material: &Material<'_>) -> Value {
    material.json.clone().unwrap_or_default()
}

/// What a card or another type would put beside its name, so that no other document is taken for this one.
fn integrity(octets: &[u8]) -> String {
    format!("sha256-{}", base64(HashAlgorithm::Sha256.hash(octets)))
}

fn describe(metadata: &TypeMetadata, octets: &[u8]) -> Value {
    let shown: Vec<Value> = metadata
        .display()
        .iter()
        .map(|display| {
            json!({ "locale": display.locale.as_str(), "name": display.name, "description": display.description })
        })
        .collect();
    let claims: Vec<Value> = metadata
        .claims()
        .iter()
        .map(|claim| {
            let labels: Vec<Value> = claim
                .display()
                .iter()
                .map(|display| json!({ "locale": display.locale.as_str(), "label": display.label }))
                .collect();
            json!({
                "path": claim.path(), "display": labels, "mandatory": claim.is_mandatory(),
                "disclosure": format!("{:?}", claim.disclosure()).to_lowercase(), "svg_id": claim.svg_id(),
            })
        })
        .collect();
    json!({
        "vct": metadata.reference().vct, "integrity": integrity(octets), "name": metadata.name(), "description": metadata.description(),
        "display": shown, "claims": claims,
    })
}
