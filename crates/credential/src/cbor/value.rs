//! CBOR to be written, and values that are kept: no bytes beside them.

use std::io;

use ciborium_io::Write as _;
use ciborium_ll::{Encoder, Header, simple};

use crate::cbor::{EMBEDDED, Item, Key, Kind};

/// A value by itself. Written with the shortest lengths (RFC 8949 section 4.2.1), members in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number from 0.
    Unsigned(u64),
    /// The number `-1 - n`.
    Negative(u64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// Values in their order.
    Array(Vec<Self>),
    /// Values by key.
    Map(Vec<(Self, Self)>),
    /// A tag and what it stands before.
    Tag(u64, Box<Self>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A floating-point number.
    Float(f64),
    /// An item that is encoded already, to be written as it came.
    Encoded(Vec<u8>),
}

impl Value {
    /// A byte string with an encoded item in it, behind tag 24.
    pub fn embedded(encoded: Vec<u8>) -> Self {
        Self::tag(EMBEDDED, encoded)
    }

    /// A tagged value.
    pub fn tag(tag: u64, value: impl Into<Self>) -> Self {
        Self::Tag(tag, Box::new(value.into()))
    }

    /// A map of these members, in this order.
    pub fn map<K: Into<Self>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = self.write(&mut Encoder::from(&mut bytes));
        written.expect("a write to memory does not fail");
        bytes
    }

    fn write(&self, to: &mut Encoder<&mut Vec<u8>>) -> io::Result<()> {
        match self {
            Self::Unsigned(number) => to.push(Header::Positive(*number)),
            Self::Negative(number) => to.push(Header::Negative(*number)),
            Self::Bytes(bytes) => to.bytes(bytes, None),
            Self::Text(text) => to.text(text, None),
            Self::Array(items) => {
                to.push(Header::Array(Some(items.len())))?;
                items.iter().try_for_each(|item| item.write(to))
            }
            Self::Map(members) => {
                to.push(Header::Map(Some(members.len())))?;
                members.iter().try_for_each(|(key, value)| key.write(to).and_then(|()| value.write(to)))
            }
            Self::Tag(tag, value) => to.push(Header::Tag(*tag)).and_then(|()| value.write(to)),
            Self::Bool(value) => to.push(Header::Simple(if *value { simple::TRUE } else { simple::FALSE })),
            Self::Null => to.push(Header::Simple(simple::NULL)),
            Self::Float(number) => to.push(Header::Float(*number)),
            Self::Encoded(bytes) => to.write_all(bytes),
        }
    }
}

impl From<&Item<'_>> for Value {
    fn from(item: &Item<'_>) -> Self {
        match item.kind() {
            Kind::Unsigned(number) => Self::Unsigned(*number),
            Kind::Negative(number) => Self::Negative(*number),
            Kind::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
            Kind::Text(text) => (*text).into(),
            Kind::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Kind::Map(members) => Self::map(members.iter().map(|(key, item)| (*key, item.into()))),
            Kind::Tag(tag, inner) => Self::tag(*tag, inner.as_ref()),
            Kind::Bool(value) => Self::Bool(*value),
            Kind::Null => Self::Null,
            Kind::Float(number) => Self::Float(*number),
        }
    }
}

impl From<Key<'_>> for Value {
    fn from(key: Key<'_>) -> Self {
        match key {
            Key::Unsigned(number) => Self::Unsigned(number),
            Key::Negative(number) => Self::Negative(number),
            Key::Text(text) => text.into(),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Key::from(number).into()
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Unsigned(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<Self>> for Value {
    fn from(items: Vec<Self>) -> Self {
        Self::Array(items)
    }
}
