//! What a mobile document says, as JSON: for people and scripts to read, never to be signed or compared.

use std::collections::BTreeMap;

use credential::cbor::value::Value as Cbor;
use credential::encoding::base64url;
use credential::key::PublicKey;
use credential::mdoc::elements::Elements;
use credential::mdoc::hold::Held;
use credential::mdoc::security_object::ValidityInfo;
use credential::mdoc::verify::Verified;
use credential::sd_jwt_vc::StatusReference;
use credential::vcdm::date;
use serde_json::{Map, Value, json};

/// A document as its issuer sent it.
pub(crate) fn of_held(held: &Held) -> Value {
    let facts = of_facts(held.doc_type(), held.validity(), held.device_key(), held.status());
    with(facts, "namespaces", of_elements(held.elements()))
}

/// A document whose every check holds. What the device added stands apart.
pub(crate) fn of_verified(document: &Verified) -> Value {
    let facts = of_facts(document.doc_type(), document.validity(), document.device_key(), document.status());
    let whole = with(facts, "namespaces", of_elements(document.elements()));
    with_device_elements(whole, document.device_elements())
}

/// `document` with what its device added, if anything.
pub(crate) fn with_device_elements(document: Value, elements: &Elements) -> Value {
    if elements.iter().next().is_none() {
        return document;
    }
    with(document, "added_by_device", of_elements(elements))
}

fn of_facts(
    doc_type: &str,
    validity: &ValidityInfo,
    device_key: &PublicKey,
    status: Option<&StatusReference>,
) -> Value {
    json!({
        "doctype": doc_type,
        "signed": date::write(validity.signed), "valid_from": date::write(validity.valid_from),
        "valid_until": date::write(validity.valid_until),
        "expected_update": validity.expected_update.and_then(date::write),
        "device_key": device_key.to_jwk(), "status": status,
    })
}

fn with(mut document: Value, name: &str, value: Value) -> Value {
    document[name] = value;
    document
}

/// Elements by namespace, then by name.
fn of_elements(elements: &Elements) -> Value {
    let of_namespace = |(namespace, elements): (&str, &BTreeMap<String, Cbor>)| {
        let elements: Map<String, Value> =
            elements.iter().map(|(name, value)| (name.clone(), of_value(value))).collect();
        (namespace.to_owned(), Value::Object(elements))
    };
    Value::Object(elements.namespaces().map(of_namespace).collect())
}

/// A value: bytes as base64url, dates as their text, maps with other keys than texts as pairs, numbers that
/// JSON does not hold as their digits.
pub(crate) fn of_value(value: &Cbor) -> Value {
    match value {
        Cbor::Unsigned(number) => (*number).into(),
        Cbor::Negative(number) => {
            let number = -1 - i128::from(*number);
            i64::try_from(number).map_or_else(|_| number.to_string().into(), Value::from)
        }
        Cbor::Bytes(bytes) | Cbor::Encoded(bytes) => base64url(bytes).into(),
        Cbor::Text(text) => text.clone().into(),
        Cbor::Array(values) => values.iter().map(of_value).collect(),
        Cbor::Map(members) => of_members(members),
        Cbor::Tag(_, inner) => of_value(inner),
        Cbor::Bool(value) => (*value).into(),
        Cbor::Null => Value::Null,
        Cbor::Float(number) => {
            if number.is_finite() {
                (*number).into()
            } else {
                number.to_string().into()
            }
        }
    }
}

fn of_members(members: &[(Cbor, Cbor)]) -> Value {
    let named = members.iter().map(|(key, value)| match key {
        Cbor::Text(name) => Some((name.clone(), of_value(value))),
        _ => None,
    });
    match named.collect::<Option<Map<String, Value>>>() {
        Some(members) => Value::Object(members),
        None => members.iter().map(|(key, value)| json!([of_value(key), of_value(value)])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_has_one_form() {
        let value = Cbor::map([
            ("bytes", vec![1, 2, 3].into()),
            ("date", Cbor::tag(1004, "2019-10-20")),
            ("negative", Cbor::Negative(4)),
            ("least", Cbor::Negative(u64::MAX)),
            ("nothing", Cbor::Null),
            ("endless", Cbor::Float(f64::INFINITY)),
            ("numbered", Cbor::map([(1_i64, Cbor::Unsigned(7))])),
        ]);
        let expected = json!({
            "bytes": "AQID", "date": "2019-10-20", "negative": -5, "least": "-18446744073709551616",
            "nothing": null, "endless": "inf", "numbered": [[1, 7]],
        });
        assert_eq!(of_value(&value), expected);
    }
}
