//! Decentralised identifiers.

use credential::did::{self, SymbolonDid};
use serde_json::json;

use super::Finding;
use super::kind::Material;

pub(super) fn is(material: &Material<'_>) -> bool {
    material.text.starts_with("did:")
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let text = material.text;
    if text.starts_with("did:symbolon:") {
        return look_at_symbolon(text);
    }
    match did::resolve(text) {
        Ok(key) => {
            let says = json!({ "jwk": key.to_jwk(), "thumbprint": key.thumbprint() });
            Finding::new("a DID that holds a key", says)
        }
        Err(error) => Finding::broken("a DID", &error),
    }
}

fn look_at_symbolon(text: &str) -> Finding {
    if let Ok((did, purpose, number)) = SymbolonDid::parse_key_id(text) {
        let says =
            json!({ "network": did.network(), "member": did.member(), "purpose": purpose, "number": number });
        return Finding::new("the name of an organisation's key in a register", says);
    }
    match text.parse::<SymbolonDid>() {
        Ok(did) => {
            let says = json!({ "network": did.network(), "member": did.member() });
            Finding::new("the DID of an organisation in a register", says)
        }
        Err(error) => Finding::broken("a DID", &error),
    }
}
