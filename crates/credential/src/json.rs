//! JSON from outsiders: bounded in size and depth, and without two members of one name.
//!
//! Two parsers that disagree on which of two equal names counts are how a checked value and a believed
//! value come apart, so such a document is refused (RFC 7519 section 4 allows it, RFC 7515 section 4 too).

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Objects and arrays inside one another, at most: a credential of the EUDI rulebook needs five.
pub const MAX_DEPTH: usize = 32;

/// Why a text is not JSON that may be read further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// More bytes than the caller allows.
    #[error("json is larger than allowed")]
    TooLarge,
    /// Not JSON, nested too deeply, or with a repeated member name.
    #[error("json is malformed, nested too deeply or repeats a member")]
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
    if bytes.len() > max_len {
        return Err(JsonError::TooLarge);
    }
    let text = core::str::from_utf8(bytes).map_err(|_| JsonError::Malformed)?;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0 }.deserialize(&mut reader).map_err(|_| JsonError::Malformed)?;
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
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
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
    fn trailing_data_and_large_documents_are_refused() {
        assert_eq!(parse(b"{} {}", 100), Err(JsonError::Malformed));
        assert!(parse(b"[1,2,3]", 7).is_ok());
        assert_eq!(parse(b"[1,2,3]", 6), Err(JsonError::TooLarge));
        assert_eq!(parse_object(b"[]", 6), Err(JsonError::NotAnObject));
    }
}
