//! CBOR from outsiders: bounded in size, depth and number, of definite lengths, and without two members of
//! one key.
//!
//! An [`Item`] keeps the bytes that it came as, since digests and signatures go over bytes and not over
//! values: what is encoded again may differ. Lengths in more bytes than they need are read (well-known
//! wallets write them), so nothing here may be compared by its encoding.
//!
//! Spec: RFC 8949.

pub mod value;

use core::cell::Cell;
use std::collections::BTreeMap;

use ciborium_ll::{Decoder, Header, simple};

/// Arrays, maps and tags inside one another, at most: a device response needs nine.
pub const MAX_DEPTH: usize = 16;
/// Data items in one document, at most: a security object with 4,000 digests. The dearest, maps of one member, take
/// some 300 bytes for each item.
pub const MAX_ITEMS: usize = 8192;
/// The tag of a data item that is encoded within a byte string (section 3.4.5.1).
pub const EMBEDDED: u64 = 24;

/// Why bytes are not CBOR that may be read further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// More bytes than the caller allows.
    #[error("cbor is larger than allowed")]
    TooLarge,
    /// Not well-formed, or cut short.
    #[error("cbor is malformed")]
    Malformed,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("cbor is nested too deeply")]
    TooDeep,
    /// More than [`MAX_ITEMS`].
    #[error("cbor has more items than allowed")]
    TooMany,
    /// A length that is not said beforehand.
    #[error("cbor has an item of indefinite length")]
    Indefinite,
    /// A simple value that is neither a boolean nor null.
    #[error("cbor has an unknown simple value")]
    Simple,
    /// A map key that is neither an integer nor a text.
    #[error("cbor has a map key that is neither an integer nor a text")]
    Key,
    /// One key twice in one map.
    #[error("cbor repeats a map key")]
    RepeatedKey,
    /// Bytes behind the item.
    #[error("cbor has bytes behind it")]
    Trailing,
}

/// A data item and the bytes that it came as.
#[derive(Clone, Debug, PartialEq)]
pub struct Item<'a> {
    raw: &'a [u8],
    kind: Kind<'a>,
}

/// What a data item is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<'a> {
    /// A number from 0.
    Unsigned(u64),
    /// The number `-1 - n`.
    Negative(u64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// Items in their order.
    Array(Vec<Item<'a>>),
    /// Items by key.
    Map(BTreeMap<Key<'a>, Item<'a>>),
    /// A tag and what it stands before.
    Tag(u64, Box<Item<'a>>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A floating-point number.
    Float(f64),
}

/// A key of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key<'a> {
    /// A number from 0.
    Unsigned(u64),
    /// The number `-1 - n`.
    Negative(u64),
    /// A text.
    Text(&'a str),
}

impl From<i64> for Key<'_> {
    fn from(label: i64) -> Self {
        if label < 0 { Self::Negative(!label.cast_unsigned()) } else { Self::Unsigned(label.cast_unsigned()) }
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(name: &'a str) -> Self {
        Self::Text(name)
    }
}

impl<'a> Item<'a> {
    /// Reads one item of at most `max_len` bytes, with nothing behind it.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn parse(bytes: &'a [u8], max_len: usize) -> Result<Self, CborError> {
        Self::parse_within(bytes, max_len, &Cell::new(MAX_ITEMS))
    }

    /// As [`Item::parse`], for one of several that count as one document: `left` is how many items may still be read.
    pub(crate) fn parse_within(
        bytes: &'a [u8],
        max_len: usize,
        left: &Cell<usize>,
    ) -> Result<Self, CborError> {
        if bytes.len() > max_len {
            return Err(CborError::TooLarge);
        }
        let mut reader = Reader { bytes, at: 0, left };
        let item = reader.item(0)?;
        if reader.at == bytes.len() { Ok(item) } else { Err(CborError::Trailing) }
    }

    /// The bytes that it came as.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What it is.
    pub const fn kind(&self) -> &Kind<'a> {
        &self.kind
    }

    /// The text, if it is one.
    pub const fn as_text(&self) -> Option<&'a str> {
        if let Kind::Text(text) = self.kind { Some(text) } else { None }
    }

    /// The bytes in it, if it is a byte string.
    pub const fn as_bytes(&self) -> Option<&'a [u8]> {
        if let Kind::Bytes(bytes) = self.kind { Some(bytes) } else { None }
    }

    /// The number, if it is one from 0.
    pub const fn as_unsigned(&self) -> Option<u64> {
        if let Kind::Unsigned(number) = self.kind { Some(number) } else { None }
    }

    /// The number, if it is one that fits.
    pub fn as_integer(&self) -> Option<i64> {
        match self.kind {
            Kind::Unsigned(number) => i64::try_from(number).ok(),
            Kind::Negative(number) => i64::try_from(number).ok().map(|number| !number),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Kind::Array(items) = &self.kind { Some(items) } else { None }
    }

    /// The members, if it is a map.
    pub const fn as_map(&self) -> Option<&BTreeMap<Key<'a>, Self>> {
        if let Kind::Map(members) = &self.kind { Some(members) } else { None }
    }

    /// The member of this key, if it is a map that has one.
    pub fn member(&self, key: impl Into<Key<'a>>) -> Option<&Self> {
        self.as_map()?.get(&key.into())
    }

    /// What stands behind this tag.
    pub fn tagged(&self, tag: u64) -> Option<&Self> {
        match &self.kind {
            Kind::Tag(found, inner) if *found == tag => Some(inner),
            _ => None,
        }
    }

    /// The encoded item in a byte string behind tag 24.
    pub fn embedded(&self) -> Option<&'a [u8]> {
        self.tagged(EMBEDDED)?.as_bytes()
    }
}

/// How far reading has come.
struct Reader<'a, 'l> {
    bytes: &'a [u8],
    at: usize,
    /// Items that may still be read.
    left: &'l Cell<usize>,
}

impl<'a> Reader<'a, '_> {
    fn item(&mut self, depth: usize) -> Result<Item<'a>, CborError> {
        self.left.set(self.left.get().checked_sub(1).ok_or(CborError::TooMany)?);
        let start = self.at;
        let kind = self.kind(depth)?;
        Ok(Item { raw: self.since(start)?, kind })
    }

    fn kind(&mut self, depth: usize) -> Result<Kind<'a>, CborError> {
        let start = self.at;
        Ok(match self.header()? {
            Header::Positive(number) => Kind::Unsigned(number),
            Header::Negative(number) => Kind::Negative(number),
            Header::Bytes(length) => Kind::Bytes(self.take(length)?),
            Header::Text(length) => {
                let bytes = self.take(length)?;
                Kind::Text(core::str::from_utf8(bytes).map_err(|_| CborError::Malformed)?)
            }
            Header::Array(length) => Kind::Array(self.array(length, deeper(depth)?)?),
            Header::Map(length) => Kind::Map(self.map(length, deeper(depth)?)?),
            Header::Tag(tag) => Kind::Tag(tag, Box::new(self.item(deeper(depth)?)?)),
            Header::Float(number) => Kind::Float(number),
            Header::Simple(value) => simple_value(value, self.at - start)?,
            Header::Break => return Err(CborError::Malformed),
        })
    }

    fn header(&mut self) -> Result<Header, CborError> {
        let mut decoder = Decoder::from(self.since_here());
        let header = decoder.pull().map_err(|_| CborError::Malformed)?;
        self.at += decoder.offset();
        Ok(header)
    }

    fn take(&mut self, length: Option<usize>) -> Result<&'a [u8], CborError> {
        let length = length.ok_or(CborError::Indefinite)?;
        let taken = self.since_here().get(..length).ok_or(CborError::Malformed)?;
        self.at += length;
        Ok(taken)
    }

    /// Nothing is reserved for what a length only promises: each item must be there.
    fn array(&mut self, length: Option<usize>, depth: usize) -> Result<Vec<Item<'a>>, CborError> {
        let length = length.ok_or(CborError::Indefinite)?;
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(self.item(depth)?);
        }
        Ok(items)
    }

    fn map(&mut self, length: Option<usize>, depth: usize) -> Result<BTreeMap<Key<'a>, Item<'a>>, CborError> {
        let length = length.ok_or(CborError::Indefinite)?;
        let mut members = BTreeMap::new();
        for _ in 0..length {
            let key = match self.item(depth)?.kind {
                Kind::Unsigned(number) => Key::Unsigned(number),
                Kind::Negative(number) => Key::Negative(number),
                Kind::Text(text) => Key::Text(text),
                _ => return Err(CborError::Key),
            };
            if members.insert(key, self.item(depth)?).is_some() {
                return Err(CborError::RepeatedKey);
            }
        }
        Ok(members)
    }

    fn since_here(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> Result<&'a [u8], CborError> {
        self.bytes.get(start..self.at).ok_or(CborError::Malformed)
    }
}

fn deeper(depth: usize) -> Result<usize, CborError> {
    if depth >= MAX_DEPTH { Err(CborError::TooDeep) } else { Ok(depth + 1) }
}

/// A value below 32 in two bytes is not well-formed (section 3.3).
fn simple_value(value: u8, length: usize) -> Result<Kind<'static>, CborError> {
    match value {
        _ if length != 1 => Err(CborError::Simple),
        simple::FALSE => Ok(Kind::Bool(false)),
        simple::TRUE => Ok(Kind::Bool(true)),
        simple::NULL => Ok(Kind::Null),
        _ => Err(CborError::Simple),
    }
}

#[cfg(test)]
mod tests;
