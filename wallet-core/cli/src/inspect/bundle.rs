//! Proofs of the register, taken apart.

use credential::encoding::from_base64url;
use registry_proof::bundle::{MAX_BUNDLE, MAX_STAPLED, ProofBundle};
use registry_proof::certificate::Certificate;
use registry_proof::entry::Entry;
use registry_proof::header::Header;
use serde_json::{Value, json};

use super::Finding;
use super::kind::Material;

const WHAT: &str = "a proof from a register";

/// The proof in bytes, or in a text of base64url.
fn read(material: &Material<'_>) -> Option<ProofBundle> {
    let decoded = from_base64url(material.text).ok();
    ProofBundle::from_cbor(decoded.as_deref().unwrap_or(material.bytes), MAX_BUNDLE).ok()
}

pub(super) fn is(material: &Material<'_>) -> bool {
    read(material).is_some()
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    read(material).map_or_else(|| Finding::new(WHAT, Value::Null), |bundle| look_at(&bundle, false))
}

fn read_document(material: &Material<'_>) -> Option<ProofBundle> {
    serde_json::from_value(material.json.clone()?).ok()
}

pub(super) fn is_document(material: &Material<'_>) -> bool {
    read_document(material).is_some()
}

pub(super) fn look_at_document(material: &Material<'_>) -> Finding {
    let too_large = material.text.len() > MAX_STAPLED;
    read_document(material)
        .map_or_else(|| Finding::new(WHAT, Value::Null), |bundle| look_at(&bundle, too_large))
}

/// Every path is walked; whether the votes count, only a checkpoint can tell.
fn look_at(bundle: &ProofBundle, too_large: bool) -> Finding {
    let header = match Header::from_bytes(&bundle.header) {
        Ok(header) => header,
        Err(error) => return Finding::broken(WHAT, &error),
    };
    let mut wrong = Vec::new();
    if too_large {
        wrong.push("it is larger than a message may carry".to_owned());
    }
    if let Err(error) = Certificate::parse(&bundle.certificate) {
        wrong.push(error.to_string());
    }
    let mut entries = Vec::new();
    for proven in &bundle.entries {
        let value = proven.value.as_ref().map(|value| value.0.as_slice());
        if let Err(error) = proven.path.check(&proven.key.hash(), value, &header.state_root) {
            wrong.push(format!("{}: {error}", proven.key));
        }
        let entry = match value.map(Entry::from_bytes) {
            None => Value::Null,
            Some(Ok(entry)) => json!(entry),
            Some(Err(error)) => {
                wrong.push(format!("{}: {error}", proven.key));
                Value::Null
            }
        };
        entries.push(json!({ "key": proven.key.to_string(), "entry": entry }));
    }
    let says = json!({
        "epoch": header.epoch, "height": header.height, "time_ms": header.time.get(), "entries": entries,
        "votes": "not checked: that needs a checkpoint",
    });
    wrong.into_iter().fold(Finding::new(WHAT, says), Finding::but)
}
