//! The kinds of things that can be told apart. A kind more is a line in [`KINDS`] and a file that looks at it.

use credential::json;
use serde_json::Value;

use super::{Finding, MAX_INPUT, bundle, certificates, did, document, jws, link, sd_jwt, status_list};

/// What a person gave, read as far as every kind needs it.
pub(super) struct Material<'a> {
    pub(super) bytes: &'a [u8],
    /// The text, without white space around it; empty where there is none.
    pub(super) text: &'a str,
    /// The document, where the text is JSON.
    pub(super) json: Option<Value>,
}

impl<'a> Material<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let text = core::str::from_utf8(bytes).unwrap_or_default().trim();
        let json =
            text.starts_with(['{', '[']).then(|| json::parse(text.as_bytes(), MAX_INPUT as usize).ok());
        Self { bytes, text, json: json.flatten() }
    }

    /// A member of the document.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.json.as_ref()?.get(name)
    }
}

/// One kind.
struct Kind {
    /// Its name in JSON; once published, it stays.
    name: &'static str,
    is: fn(&Material<'_>) -> bool,
    look: fn(&Material<'_>) -> Finding,
}

/// Every kind. The first that recognises something looks at it.
const KINDS: [Kind; 16] = [
    Kind { name: "link", is: link::is, look: link::look },
    Kind { name: "did", is: did::is, look: did::look },
    Kind { name: "certificates", is: certificates::is, look: certificates::look },
    Kind { name: "offer", is: link::is_offer, look: link::look_at_offer },
    Kind { name: "jwk", is: document::is_jwk, look: document::look_at_jwk },
    Kind { name: "jwk_set", is: document::is_jwk_set, look: document::look_at_jwk_set },
    Kind { name: "checkpoint", is: document::is_checkpoint, look: document::look_at_checkpoint },
    Kind { name: "registry_proof", is: bundle::is_document, look: bundle::look_at_document },
    Kind { name: "json", is: document::is, look: document::look },
    Kind { name: "sd_jwt_vc", is: sd_jwt::is_credential, look: sd_jwt::look_at_credential },
    Kind { name: "sd_jwt", is: sd_jwt::is, look: sd_jwt::look },
    Kind { name: "status_list_token", is: status_list::is, look: status_list::look },
    Kind { name: "request", is: jws::is_request, look: jws::look_at_request },
    Kind { name: "jws", is: jws::is, look: jws::look },
    Kind { name: "jwe", is: jws::is_jwe, look: jws::look_at_jwe },
    Kind { name: "registry_proof", is: bundle::is, look: bundle::look },
];

/// The name of the kind of `material`, and what is to be said about it; nothing for what no kind recognises.
pub(super) fn look(material: &Material<'_>) -> Option<(&'static str, Finding)> {
    let kind = KINDS.iter().find(|kind| (kind.is)(material))?;
    Some((kind.name, (kind.look)(material)))
}
