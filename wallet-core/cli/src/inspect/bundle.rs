//! Proofs of the register, taken apart.

use registry_proof::bundle::{MAX_BUNDLE, ProofBundle};
use registry_proof::certificate::Certificate;
use registry_proof::entry::Entry;
use registry_proof::header::Header;
use serde_json::{Value, json};

use super::Finding;

const WHAT: &str = "a proof from a register";

pub(super) fn look(bytes: &[u8]) -> Finding {
    match ProofBundle::from_cbor(bytes, MAX_BUNDLE) {
        Ok(bundle) => look_at(&bundle, false),
        Err(_) => Finding::new(super::UNKNOWN, Value::Null),
    }
}

/// Every path is walked; whether the votes count, only a checkpoint can tell.
pub(super) fn look_at(bundle: &ProofBundle, too_large: bool) -> Finding {
    let header = match Header::from_bytes(&bundle.header) {
        Ok(header) => header,
        Err(error) => return Finding::broken(WHAT, error),
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
    Finding { what: WHAT, says, wrong }
}
