//! Signed messages, status lists and keys in CBOR, and CBOR of no kind that a wallet knows.

use credential::cbor::Item;
use credential::cbor::value::Value as Cbor;
use credential::cose::CoseError;
use credential::cose::sign1::Sign1;
use credential::key::{Algorithm, KeyError, PublicKey};
use credential::status_list::cwt::{MAX_TOKEN, MEDIA_TYPE};
use credential::time::UnixTime;
use serde_json::{Value, json};

use super::Finding;
use super::document::{describe, key_code};
use super::kind::Material;
use super::status_list::count;
use crate::checks::Check;
use crate::checks::status_list::Asked;
use crate::checks::status_list_cwt::{self, dangerous_read, signature};
use crate::elements::of_value;
use crate::ports;
use crate::rules::Topic;
use crate::signer::Signer;

/// `iat` and the list in a CWT (RFC 8392 section 3.1.6, Token Status List draft 20 section 5.2).
const IAT: i64 = 6;
const STATUS_LIST: i64 = 65533;
/// `kty` and `crv` of a key (RFC 9052 section 7.1, RFC 9053 section 7).
const KTY: i64 = 1;
const CRV: i64 = -1;

fn message(material: &Material<'_>) -> Option<Result<Sign1, CoseError>> {
    let cbor = material.cbor()?;
    let is_tagged = cbor.first() == Some(&0xd2);
    is_tagged.then(|| Sign1::parse_tagged(cbor, MAX_TOKEN, &Algorithm::ALL))
}

pub(super) fn is_message(material: &Material<'_>) -> bool {
    message(material).is_some()
}

/// Whether signed CBOR says to be a status list, by its type alone.
pub(crate) fn is_list(cbor: &[u8]) -> bool {
    let message = Sign1::parse_tagged(cbor, MAX_TOKEN, &Algorithm::ALL);
    message.is_ok_and(|message| message.headers().typ() == Some(MEDIA_TYPE))
}

pub(super) fn is_status_list(material: &Material<'_>) -> bool {
    material.cbor().is_some_and(is_list)
}

pub(super) fn look_at_status_list(material: &Material<'_>) -> Finding {
    let cbor = material.cbor().unwrap_or_default();
    let message = Sign1::parse_tagged(cbor, MAX_TOKEN, &Algorithm::ALL).ok();
    let signer = message.as_ref().and_then(|message| Signer::of_cose(message.headers()));
    let key = signer.as_ref().and_then(Signer::key);
    let asked = Asked { key, uri: None, index: None, at: ports::now() };
    let says = message.map(|message| describe_list(&message, cbor)).unwrap_or_default();
    let checks = status_list_cwt::of(cbor, &asked);
    Finding::new("a status list in CBOR (CWT)", says).signed_by(signer).with_checks(checks)
}

/// The claims, the list itself counted and not printed.
fn describe_list(message: &Sign1, cbor: &[u8]) -> Value {
    let payload = message.dangerous_payload().unwrap_or_default();
    let Ok(claims) = Item::parse(payload, MAX_TOKEN) else { return header(message) };
    let issued_at = claims.member(IAT).and_then(Item::as_unsigned).map(UnixTime::from_secs);
    let list = dangerous_read(cbor, issued_at.unwrap_or_default()).map(|found| count(found.list()));
    let shown: Vec<Value> = claims
        .as_map()
        .into_iter()
        .flatten()
        .map(|(label, item)| {
            let value = match &list {
                Ok(counted) if *label == STATUS_LIST.into() => counted.clone(),
                _ => of_value(&Cbor::from(item)),
            };
            json!([of_value(&Cbor::from(*label)), value])
        })
        .collect();
    let mut says = header(message);
    says["claims"] = shown.into();
    says
}

fn header(message: &Sign1) -> Value {
    let headers = message.headers();
    let kid = headers.kid().map(|kid| String::from_utf8_lossy(kid).into_owned());
    json!({ "header": { "alg": message.algorithm().name(), "typ": headers.typ(), "kid": kid } })
}

pub(super) fn look_at_message(material: &Material<'_>) -> Finding {
    const WHAT: &str = "a signed message in CBOR (COSE)";
    let Some(read) = message(material) else { return Finding::new(WHAT, Value::Null) };
    let form = Check::of("form", &read, CoseError::code);
    let Ok(message) = read else {
        return Finding::new(WHAT, Value::Null).with_checks(Check::about(Topic::Cbor, vec![form]));
    };
    let signer = Signer::of_cose(message.headers());
    let mut says = header(&message);
    if let Ok(payload) = Item::parse(message.dangerous_payload().unwrap_or_default(), MAX_TOKEN) {
        says["payload"] = of_value(&Cbor::from(&payload));
    }
    let checks = vec![form, signature(&message, signer.as_ref().and_then(Signer::key))];
    Finding::new(WHAT, says).signed_by(signer).with_checks(Check::about(Topic::Cbor, checks))
}

fn item<'a>(material: &'a Material<'_>) -> Option<Item<'a>> {
    Item::parse(material.cbor()?, MAX_TOKEN).ok()
}

pub(super) fn is_key(material: &Material<'_>) -> bool {
    item(material).is_some_and(|item| item.member(KTY).is_some() && item.member(CRV).is_some())
}

pub(super) fn look_at_key(material: &Material<'_>) -> Finding {
    let key = item(material).map_or(Err(KeyError::Malformed), |item| PublicKey::from_cose_key(&item));
    let check = Check::of("key", &key, key_code);
    let mut says = key.as_ref().map(describe).unwrap_or_default();
    if let Ok(key) = &key {
        says["jwk"] = key.to_jwk();
    }
    Finding::new("a key in CBOR (COSE key)", says).with_checks(vec![check])
}

pub(super) fn is_cbor(material: &Material<'_>) -> bool {
    item(material).is_some()
}

pub(super) fn look_at_cbor(material: &Material<'_>) -> Finding {
    let says = item(material).map(|item| of_value(&Cbor::from(&item)));
    Finding::new("CBOR of no kind that a wallet knows", says.unwrap_or_default())
}
