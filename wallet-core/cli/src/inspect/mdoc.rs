//! Mobile documents, as an issuer sends them and as a device shows them, taken apart without believing them.

use credential::cbor::Item;
use credential::mdoc::MAX_MDOC;
use credential::mdoc::hold::Held;
use credential::mdoc::verify::DeviceResponse;
use serde_json::{Value, json};

use super::Finding;
use super::kind::Material;
use crate::checks::mdoc::{Asked, of_issued, of_response};
use crate::elements::{of_held, with_device_elements};
use crate::ports;
use crate::signer::Signer;

/// Which of the two structures something is, whether or not it is a good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `IssuerSigned`.
    Issued,
    /// `DeviceResponse`.
    Response,
}

impl Form {
    /// Told by the members; where the CBOR cannot be read, by the names of members in it.
    pub(crate) fn of(cbor: &[u8]) -> Option<Self> {
        let Ok(item) = Item::parse(cbor, MAX_MDOC) else { return Self::of_broken(cbor) };
        let has = |name: &'static str| item.member(name).is_some();
        if has("issuerAuth") {
            Some(Self::Issued)
        } else if has("documents") || (has("version") && has("status")) {
            Some(Self::Response)
        } else {
            None
        }
    }

    fn of_broken(cbor: &[u8]) -> Option<Self> {
        let names = |name: &[u8]| cbor.windows(name.len()).any(|window| window == name);
        match (names(b"issuerAuth"), names(b"deviceSigned")) {
            (true, true) => Some(Self::Response),
            (true, false) => Some(Self::Issued),
            (false, _) => None,
        }
    }
}

const ISSUED: &str = "a card as its issuer sends it (mdoc, IssuerSigned)";
const RESPONSE: &str = "an answer of a device with cards (mdoc, DeviceResponse)";

fn is_of(material: &Material<'_>, form: Form) -> bool {
    material.cbor().is_some_and(|cbor| Form::of(cbor) == Some(form))
}

pub(super) fn is(material: &Material<'_>) -> bool {
    is_of(material, Form::Issued)
}

pub(super) fn is_response(material: &Material<'_>) -> bool {
    is_of(material, Form::Response)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let cbor = material.cbor().unwrap_or_default();
    let checks = of_issued(cbor, &unasked());
    match Held::parse(cbor) {
        Ok(held) => Finding::new(ISSUED, of_held(&held)).signed_by(Some(Signer::of_chain(held.chain()))),
        Err(_) => Finding::new(ISSUED, Value::Null),
    }
    .with_checks(checks)
}

pub(super) fn look_at_response(material: &Material<'_>) -> Finding {
    let cbor = material.cbor().unwrap_or_default();
    let checks = of_response(cbor, &unasked());
    let Ok(response) = DeviceResponse::parse(cbor) else {
        return Finding::new(RESPONSE, Value::Null).with_checks(checks);
    };
    let shown = response.into_documents();
    let signer = shown.first().map(|document| Signer::of_chain(document.chain()));
    let documents: Vec<Value> = held(cbor)
        .iter()
        .zip(&shown)
        .map(|(held, document)| with_device_elements(of_held(held), document.dangerous_device_elements()))
        .collect();
    Finding::new(RESPONSE, json!({ "documents": documents })).signed_by(signer).with_checks(checks)
}

/// The issuer's half of each document.
fn held(cbor: &[u8]) -> Vec<Held> {
    let Ok(response) = Item::parse(cbor, MAX_MDOC) else { return Vec::new() };
    let documents = response.member("documents").and_then(Item::as_array).unwrap_or_default();
    let issued = documents.iter().filter_map(|document| document.member("issuerSigned"));
    issued.filter_map(|issued| Held::parse(issued.raw()).ok()).collect()
}

fn unasked() -> Asked<'static> {
    Asked { trust: None, session: None, presented: false, at: ports::now() }
}
