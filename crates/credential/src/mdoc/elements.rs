//! The elements of a document.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::cbor::value::Value;
use crate::encoding::base64url;

/// Values by namespace, then by name. No namespace is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elements(BTreeMap<String, BTreeMap<String, Value>>);

impl Elements {
    /// Adds an element, or puts another value in its place.
    pub fn insert(&mut self, namespace: &str, name: &str, value: Value) {
        self.0.entry(namespace.to_owned()).or_default().insert(name.to_owned(), value);
    }

    /// The value of an element.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Value> {
        self.0.get(namespace)?.get(name)
    }

    /// The elements of each namespace.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, Value>)> {
        self.0.iter().map(|(namespace, elements)| (namespace.as_str(), elements))
    }

    /// Every element with its namespace and name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.namespaces().flat_map(|(namespace, elements)| {
            elements.iter().map(move |(name, value)| (namespace, name.as_str(), value))
        })
    }

    /// The elements as JSON, by namespace and name, to be held against a query or shown: bytes become
    /// base64url, a tag is left off, keys are written as texts, a number that JSON cannot say becomes null
    /// (RFC 8949 section 6.1).
    pub fn to_json(&self) -> Map<String, Json> {
        let members = |elements: &BTreeMap<String, Value>| {
            Json::Object(elements.iter().map(|(name, value)| (name.clone(), to_json(value))).collect())
        };
        self.0.iter().map(|(namespace, elements)| (namespace.clone(), members(elements))).collect()
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Unsigned(number) => (*number).into(),
        Value::Negative(number) => i64::try_from(*number).map_or(Json::Null, |number| (-1 - number).into()),
        Value::Bytes(bytes) | Value::Encoded(bytes) => base64url(bytes).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Map(members) => members.iter().map(|(key, value)| (key_text(key), to_json(value))).collect(),
        Value::Tag(_, inner) => to_json(inner),
        Value::Bool(value) => (*value).into(),
        Value::Null => Json::Null,
        Value::Float(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Text(text) => text.clone(),
        other => to_json(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_are_written_as_json() {
        let mut elements = Elements::default();
        let privileges = Value::map([("category", "B".into()), ("issue", Value::tag(1004, "2020-01-02"))]);
        for (name, value) in [
            ("text", "x".into()),
            ("number", Value::Unsigned(7)),
            ("negative", Value::Negative(6)),
            ("too_negative", Value::Negative(u64::MAX)),
            ("portrait", vec![0xff, 0xfe].into()),
            ("privileges", Value::Array(vec![privileges])),
            ("keys", Value::Map(vec![(Value::Unsigned(1), Value::Null)])),
            ("float", Value::Float(1.5)),
            ("endless", Value::Float(f64::INFINITY)),
        ] {
            elements.insert("ns", name, value);
        }
        let written = json!({"ns": {
            "text": "x", "number": 7, "negative": -7, "too_negative": null, "portrait": "__4",
            "privileges": [{"category": "B", "issue": "2020-01-02"}], "keys": {"1": null},
            "float": 1.5, "endless": null,
        }});
        assert_eq!(Json::Object(elements.to_json()), written);
    }
}
