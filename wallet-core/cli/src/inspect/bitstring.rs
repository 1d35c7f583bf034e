//! Bitstring status lists, taken apart without believing them: GZIP, the highest bit first.

use credential::bitstring::Bitstring;
use credential::jws;
use serde_json::{Value, json};

use super::Finding;
use super::data_model::{has_type, is as is_credential};
use super::jws::payload_of;
use super::kind::Material;
use crate::checks::bitstring::{Asked, DEFAULT_SIZE, of};
use crate::ports;
use crate::signer::Signer;

const TYPE: &str = "BitstringStatusListCredential";

/// Whether a credential says to be such a list.
pub(crate) fn is_list(text: &str) -> bool {
    payload_of(text).is_some_and(|payload| has_type(payload.get("type"), TYPE))
}

pub(super) fn is(material: &Material<'_>) -> bool {
    is_credential(material) && is_list(material.text)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let text = material.text;
    let token = jws::Unverified::parse(text).ok();
    let signer = token.as_ref().and_then(|token| Signer::of(token.header()).ok());
    let key = signer.as_ref().and_then(Signer::key);
    let checks = of(text, &Asked { key, entry: None, at: ports::now() });
    Finding::new("a bitstring status list (W3C)", token.map(|token| describe(&token)).unwrap_or_default())
        .signed_by(signer)
        .with_checks(checks)
}

/// The claims, the list itself counted and not printed.
fn describe(token: &jws::Unverified) -> Value {
    let header = token.header().members();
    let Ok(claims) = token.dangerous_claims() else { return json!({ "header": header }) };
    let mut claims = Value::Object(claims);
    let encoded = claims["credentialSubject"]["encodedList"].as_str().unwrap_or_default();
    if let Ok(list) = Bitstring::from_encoded(DEFAULT_SIZE, encoded) {
        claims["credentialSubject"]["encodedList"] = count(&list);
    }
    json!({ "header": header, "claims": claims })
}

/// As a list of the least size of entries; the entries say which size theirs are.
fn count(list: &Bitstring) -> Value {
    let set = (0..list.entries()).filter(|index| list.get(*index) != Ok(0)).count();
    json!({ "order": "highest bit first", "bits": DEFAULT_SIZE, "entries": list.entries(), "not_zero": set })
}
