//! Base64url without padding, the only binary encoding in JOSE (RFC 7515 section 2).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A text is not the encoding that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("text is not in its encoding")]
pub struct EncodingError;

/// Bytes as base64url without padding.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes from base64url; padding, white space and stray trailing bits are refused.
///
/// # Errors
/// [`EncodingError`] for anything else.
pub fn from_base64url(text: impl AsRef<[u8]>) -> Result<Vec<u8>, EncodingError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| EncodingError)
}

/// Bytes from base64 with padding, as `x5c` carries certificates (RFC 7515 section 4.1.6).
///
/// # Errors
/// [`EncodingError`] for anything else.
pub fn from_base64(text: impl AsRef<[u8]>) -> Result<Vec<u8>, EncodingError> {
    STANDARD.decode(text).map_err(|_| EncodingError)
}

/// Bytes as base64 with padding.
pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}
