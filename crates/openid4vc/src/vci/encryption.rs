//! Requests and responses as encrypted tokens, and the keys and methods for it.
//!
//! Spec: OpenID4VCI 1.0 section 10: ECDH-ES with the key's `alg`, its `kid` repeated, no compression.

use credential::jwe::{self, ContentEncryption, DecryptionKey, JweError};
use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::encryption_key::is_encryption_key;
use crate::message::{self, Members, MessageError};

/// The media type of an encrypted request or response.
pub const MEDIA_TYPE: &str = "application/jwt";
/// Bytes of a decrypted message, at most: a batch of cards with portraits.
pub const MAX_MESSAGE: usize = 1 << 20;

/// Why a message cannot be encrypted or decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// A member is missing or malformed.
    #[error("encryption parameters are malformed")]
    Message(#[from] MessageError),
    /// The key is not P-256 with `ECDH-ES`.
    #[error("encryption key is not usable")]
    Key,
    /// The content encryption is none of ours.
    #[error("content encryption is not supported")]
    ContentEncryption,
    /// Compression is asked for.
    #[error("compression is not supported")]
    Compression,
    /// The token does not open, or its key is unusable.
    #[error("message cannot be encrypted or decrypted")]
    Jwe(#[source] JweError),
}

/// Where and how to encrypt (`credential_response_encryption` of a request).
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    /// A public JWK on P-256 with `alg` of `ECDH-ES`.
    pub jwk: Value,
    /// The content encryption.
    pub enc: ContentEncryption,
}

impl Recipient {
    /// The recipient that holds `key`, named `kid`.
    pub fn for_key(key: &DecryptionKey, kid: &str, enc: ContentEncryption) -> Self {
        Self { jwk: key.public_jwk(kid), enc }
    }

    pub(crate) fn parse(members: Members<'_>) -> Result<Self, EncryptionError> {
        let jwk = members.value("jwk").ok_or(MessageError::Missing("jwk"))?;
        if !is_encryption_key(jwk) {
            return Err(EncryptionError::Key);
        }
        if members.value("zip").is_some() {
            return Err(EncryptionError::Compression);
        }
        let enc = ContentEncryption::from_name(members.required_text("enc")?);
        Ok(Self { jwk: jwk.clone(), enc: enc.map_err(|_| EncryptionError::ContentEncryption)? })
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"jwk": self.jwk, "enc": self.enc.name()})
    }

    /// Encrypts a message to this recipient.
    ///
    /// # Errors
    /// [`EncryptionError::Jwe`] where the key is no point of its curve.
    pub fn seal(&self, message: &Value, rng: &mut dyn CryptoRng) -> Result<String, EncryptionError> {
        let text = message.to_string();
        jwe::encrypt(&self.jwk, self.enc, Map::new(), text.as_bytes(), rng).map_err(EncryptionError::Jwe)
    }
}

/// Opens a message: the bytes of its JSON.
///
/// # Errors
/// [`EncryptionError::Jwe`].
pub fn open(token: &str, key: &DecryptionKey) -> Result<jwe::Plaintext, EncryptionError> {
    key.decrypt(token).map_err(EncryptionError::Jwe)
}

pub(crate) fn parse_opened(plaintext: &jwe::Plaintext) -> Result<Map<String, Value>, MessageError> {
    message::parse(&plaintext.bytes, MAX_MESSAGE)
}
