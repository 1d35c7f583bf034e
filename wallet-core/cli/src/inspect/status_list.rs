//! Status list tokens, taken apart without believing them.

use credential::jws;
use credential::status_list::{Status, StatusList, TYPE};
use credential::time::UnixTime;
use serde_json::{Value, json};

use super::Finding;
use super::jws::{parts, typ_of};
use super::kind::Material;
use crate::checks;
use crate::checks::status_list::{Asked, dangerous_read};
use crate::ports;
use crate::signer::Signer;

const WHAT: &str = "a status list";

pub(super) fn is(material: &Material<'_>) -> bool {
    parts(material.text) == 3 && typ_of(material.text).as_deref() == Some(TYPE)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let (text, at) = (material.text, ports::now());
    let token = jws::Unverified::parse(text).ok();
    let signer = token.as_ref().and_then(|token| Signer::of(token.header()).ok());
    let asked = Asked { key: signer.as_ref().and_then(Signer::key), uri: None, index: None, at };
    let checks = checks::status_list::of(text, &asked);
    Finding::new(WHAT, token.map(|token| describe(&token, text)).unwrap_or_default())
        .signed_by(signer)
        .with_checks(checks)
}

/// The claims, the list itself counted and not printed.
fn describe(token: &jws::Unverified, text: &str) -> Value {
    let Ok(mut claims) = token.dangerous_claims() else {
        return json!({ "header": token.header().members() });
    };
    let issued_at = claims.get("iat").and_then(UnixTime::from_claim).unwrap_or_default();
    if let Ok(found) = dangerous_read(text, issued_at) {
        claims.insert("status_list".into(), count(found.list()));
    }
    json!({ "header": token.header().members(), "claims": claims })
}

pub(super) fn count(list: &StatusList) -> Value {
    let not_valid = (0..list.entries()).filter(|index| list.get(*index) != Ok(Status::Valid)).count();
    json!({ "order": "lowest bit first", "bits": list.bits(), "entries": list.entries(), "not_valid": not_valid })
}
