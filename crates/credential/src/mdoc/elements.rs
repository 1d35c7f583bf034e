//! The elements of a document.

use std::collections::BTreeMap;

use crate::cbor::value::Value;

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
}
