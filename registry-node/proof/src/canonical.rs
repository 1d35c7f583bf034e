//! CBOR that has one form only: what is signed or stored decodes to a value that encodes to the same bytes.
//!
//! Spec: RFC 8949 section 4.2 (deterministic encoding); struct members stand in the order of their
//! definition, sets and maps in the order of their keys.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Arrays and maps inside one another, at most.
const MAX_DEPTH: usize = 24;

/// Why bytes are not a value of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// More bytes than allowed.
    #[error("encoding is larger than allowed")]
    TooLarge,
    /// Not CBOR of that shape.
    #[error("encoding is malformed")]
    Malformed,
    /// CBOR of that shape, but not in its one form.
    #[error("encoding is not canonical")]
    NotCanonical,
}

/// The bytes of a value.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    #[expect(clippy::expect_used, reason = "writing to memory fails only for types that are not data")]
    ciborium::into_writer(value, &mut bytes).expect("plain data encodes");
    bytes
}

/// The value of bytes, at most `max_len` of them.
///
/// # Errors
/// [`CanonicalError`].
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8], max_len: usize) -> Result<T, CanonicalError> {
    if bytes.len() > max_len {
        return Err(CanonicalError::TooLarge);
    }
    let value: T = ciborium::de::from_reader_with_recursion_limit(bytes, MAX_DEPTH)
        .map_err(|_| CanonicalError::Malformed)?;
    if encode(&value) != bytes {
        return Err(CanonicalError::NotCanonical);
    }
    Ok(value)
}

/// Fixed bytes as base64url text, in JSON and CBOR alike.
pub mod bytes32 {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    /// Writes bytes as text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer, B: AsRef<[u8]>>(bytes: &B, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads bytes of a fixed length from text.
    ///
    /// # Errors
    /// Those of the deserializer, and for another length.
    pub fn deserialize<'de, D: Deserializer<'de>, B: TryFrom<Vec<u8>>>(
        deserializer: D,
    ) -> Result<B, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| D::Error::custom("not base64url"))?;
        B::try_from(bytes).map_err(|_| D::Error::custom("of another length"))
    }
}
