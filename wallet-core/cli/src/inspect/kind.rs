//! The kinds of things that can be told apart. A kind more is a line in [`KINDS`] and a file that looks at it.

use credential::json;
use serde_json::Value;

use super::{
    Finding, bitstring, bundle, certificates, cose, data_model, did, did_document, document, history, issuer,
    jws, link, mdoc, sd_jwt, status_list, type_metadata,
};
use crate::input::{MAX_INPUT, cbor_in};

/// What a person gave, read as far as every kind needs it.
pub(super) struct Material<'a> {
    pub(super) bytes: &'a [u8],
    /// The text, without white space around it; empty where there is none.
    pub(super) text: &'a str,
    /// The document, where the text is JSON.
    pub(super) json: Option<Value>,
    cbor: Option<Vec<u8>>,
}

impl<'a> Material<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let text = core::str::from_utf8(bytes).unwrap_or_default().trim();
        let json = text
            .starts_with(['{', '['])
            .then(|| json::parse_of_any_number(text.as_bytes(), MAX_INPUT as usize).ok());
        Self { bytes, text, json: json.flatten(), cbor: cbor_in(bytes) }
    }

    /// A member of the document.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.json.as_ref()?.get(name)
    }

    /// What may be CBOR: the bytes, or what the text holds of it.
    pub(super) fn cbor(&self) -> Option<&[u8]> {
        self.cbor.as_deref()
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
const KINDS: [Kind; 32] = [
    Kind { name: "link", is: link::is, look: link::look },
    Kind { name: "did", is: did::is, look: did::look },
    Kind { name: "certificates", is: certificates::is, look: certificates::look },
    Kind { name: "offer", is: link::is_offer, look: link::look_at_offer },
    Kind { name: "jwk", is: document::is_jwk, look: document::look_at_jwk },
    Kind { name: "jwk_set", is: document::is_jwk_set, look: document::look_at_jwk_set },
    Kind { name: "checkpoint", is: document::is_checkpoint, look: document::look_at_checkpoint },
    Kind { name: "history", is: history::is, look: history::look },
    Kind { name: "registry_proof", is: bundle::is_document, look: bundle::look_at_document },
    Kind { name: "did_document", is: did_document::is, look: did_document::look },
    Kind { name: "type_metadata", is: type_metadata::is, look: type_metadata::look },
    Kind { name: "issuer_metadata", is: issuer::is, look: issuer::look },
    Kind {
        name: "credential_issuer_metadata",
        is: issuer::is_credential_issuer,
        look: issuer::look_at_credential_issuer,
    },
    Kind {
        name: "vp_unsecured",
        is: data_model::is_unsecured_presentation,
        look: data_model::look_at_unsecured_presentation,
    },
    Kind { name: "vc_unsecured", is: data_model::is_unsecured, look: data_model::look_at_unsecured },
    Kind { name: "json", is: document::is, look: document::look },
    Kind { name: "sd_jwt_vc", is: sd_jwt::is_credential, look: sd_jwt::look_at_credential },
    Kind { name: "sd_jwt", is: sd_jwt::is, look: sd_jwt::look },
    Kind { name: "status_list_token", is: status_list::is, look: status_list::look },
    Kind { name: "bitstring_status_list", is: bitstring::is, look: bitstring::look },
    Kind { name: "vc_jwt", is: data_model::is, look: data_model::look },
    Kind { name: "vp_jwt", is: data_model::is_presentation, look: data_model::look_at_presentation },
    Kind { name: "request", is: jws::is_request, look: jws::look_at_request },
    Kind { name: "jws", is: jws::is, look: jws::look },
    Kind { name: "jwe", is: jws::is_jwe, look: jws::look_at_jwe },
    Kind { name: "mdoc", is: mdoc::is, look: mdoc::look },
    Kind { name: "device_response", is: mdoc::is_response, look: mdoc::look_at_response },
    Kind { name: "status_list_cwt", is: cose::is_status_list, look: cose::look_at_status_list },
    Kind { name: "cose_sign1", is: cose::is_message, look: cose::look_at_message },
    Kind { name: "cose_key", is: cose::is_key, look: cose::look_at_key },
    Kind { name: "registry_proof", is: bundle::is, look: bundle::look },
    Kind { name: "cbor", is: cose::is_cbor, look: cose::look_at_cbor },
];

/// The name of the kind of `material`, and what is to be said about it; nothing for what no kind recognises.
pub(super) fn look(material: &Material<'_>) -> Option<(&'static str, Finding)> {
    let kind = KINDS.iter().find(|kind| (kind.is)(material))?;
    Some((kind.name, (kind.look)(material)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_guide_names_every_kind_and_no_other() {
        let guide = include_str!("../../../../docs/guides/lens.md");
        let rows = guide.lines().filter(|line| line.starts_with("| `"));
        let names =
            rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2));
        let kinds = KINDS.iter().map(|kind| kind.name);
        assert_eq!(names.collect::<BTreeSet<_>>(), kinds.collect::<BTreeSet<_>>());
    }
}
