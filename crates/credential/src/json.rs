//! JSON from outsiders: bounded in size, depth and number, and without two members of one name.
//!
//! Two parsers that disagree on which of two equal names counts are how a checked value and a believed
//! value come apart, so such a document is refused (RFC 7519 section 4 allows it, RFC 7515 section 4 too).

use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Objects and arrays inside one another, at most: a credential of the EUDI rulebook needs five.
pub const MAX_DEPTH: usize = 32;
/// Values in one document, at most, each object, array and scalar counted: the largest issuer metadata that we know
/// has 5,000. The dearest, objects of one member, take some 350 bytes each.
pub const MAX_VALUES: usize = 32 * 1024;

/// Why a text is not JSON that may be read further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More bytes than the caller allows.
    #[error("json is larger than allowed")]
    TooLarge,
    /// Not JSON, nested too deeply, of more than [`MAX_VALUES`], or with a repeated member name.
    #[error("json is malformed, nested too deeply, of too many values or repeats a member")]
    Malformed,
    /// JSON, but not an object where one is required.
    #[error("json is not an object")]
    NotAnObject,
}

/// Reads one JSON value of at most `max_len` bytes.
///
/// # Errors
/// [`JsonError::TooLarge`] and [`JsonError::Malformed`].
pub fn parse(bytes: &[u8], max_len: usize) -> Result<Value, JsonError> {
    parse_within(bytes, max_len, &Cell::new(MAX_VALUES))
}

/// As [`parse`], of as many values as there are: for a file that a person has chosen to look at, not for what others send.
///
/// # Errors
/// As [`parse`].
pub fn parse_of_any_number(bytes: &[u8], max_len: usize) -> Result<Value, JsonError> {
    parse_within(bytes, max_len, &Cell::new(usize::MAX))
}

/// As [`parse`], for one of several texts that count as one document: `left` is how many values may still be read.
pub(crate) fn parse_within(bytes: &[u8], max_len: usize, left: &Cell<usize>) -> Result<Value, JsonError> {
    if bytes.len() > max_len {
        return Err(JsonError::TooLarge);
    }
    let text = core::str::from_utf8(bytes).map_err(|_| JsonError::Malformed)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, left }.deserialize(&mut reader).map_err(|_| JsonError::Malformed)?;
    reader.end().map_err(|_| JsonError::Malformed)?;
    Ok(value)
}

/// Reads one JSON object of at most `max_len` bytes.
///
/// # Errors
/// Those of [`parse`], and [`JsonError::NotAnObject`].
pub fn parse_object(bytes: &[u8], max_len: usize) -> Result<Map<String, Value>, JsonError> {
    match parse(bytes, max_len)? {
        Value::Object(members) => Ok(members),
        _ => Err(JsonError::NotAnObject),
    }
}

#[derive(Clone, Copy)]
struct Strict<'l> {
    depth: usize,
    left: &'l Cell<usize>,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(serde::de::Error::custom("too many values"));
        };
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("a member twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_objects_are_read() {
        let members = parse_object(br#"{"a":[1,-2,0.5,null,true,"x"]}"#, 100).unwrap();
        assert_eq!(Value::Object(members), serde_json::json!({"a": [1, -2, 0.5, null, true, "x"]}));
    }

    #[test]
    fn a_repeated_member_is_refused() {
        assert_eq!(parse(br#"{"a":1,"a":2}"#, 100), Err(JsonError::Malformed));
        assert_eq!(parse(br#"{"b":{"a":1,"\u0061":2}}"#, 100), Err(JsonError::Malformed));
    }

    #[test]
    fn depth_beyond_the_limit_is_refused() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(parse(&nested(MAX_DEPTH), 1000).is_ok());
        assert_eq!(parse(&nested(MAX_DEPTH + 1), 1000), Err(JsonError::Malformed));
    }

    #[test]
    fn values_beyond_the_limit_are_refused() {
        let read = |text: &str| parse(text.as_bytes(), 1 << 20).map(drop);
        let array = |values: usize| format!("[{}]", vec!["0"; values - 1].join(","));
        assert_eq!(read(&array(MAX_VALUES)), Ok(()));
        assert_eq!(read(&array(MAX_VALUES + 1)), Err(JsonError::Malformed));
        assert!(parse_of_any_number(array(MAX_VALUES + 1).as_bytes(), 1 << 20).is_ok());
        let objects = |objects: usize| format!("[{}]", vec![r#"{"":0}"#; objects].join(","));
        assert_eq!(read(&objects(MAX_VALUES / 2 - 1)), Ok(()));
        assert_eq!(read(&objects(MAX_VALUES / 2)), Err(JsonError::Malformed));
    }

    #[test]
    fn texts_that_count_as_one_document_share_the_limit() {
        let left = Cell::new(3);
        assert!(parse_within(b"[1]", 100, &left).is_ok());
        assert!(parse_within(b"1", 100, &left).is_ok());
        assert_eq!(parse_within(b"1", 100, &left), Err(JsonError::Malformed));
    }

    #[test]
    fn trailing_data_and_large_documents_are_refused() {
        assert_eq!(parse(b"{} {}", 100), Err(JsonError::Malformed));
        assert!(parse(b"[1,2,3]", 7).is_ok());
        assert_eq!(parse(b"[1,2,3]", 6), Err(JsonError::TooLarge));
        assert_eq!(parse_object(b"[]", 6), Err(JsonError::NotAnObject));
    }
}
