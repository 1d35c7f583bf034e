//! One disclosure: the base64url of `[salt, name, value]` or `[salt, value]`.
//!
//! Spec: RFC 9901 sections 4.2 and 4.1.1.

use rand_core::CryptoRng;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::encoding::{base64url, from_base64url};
use crate::json;
use crate::sd_jwt::{MAX_SD_JWT, SdJwtError};

/// Bytes of a salt that we make: the 128 bits of section 9.3.
pub const SALT: usize = 16;

/// How digests are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// `sha-256`, also where `_sd_alg` is absent.
    #[default]
    Sha256,
    /// `sha-384`.
    Sha384,
    /// `sha-512`.
    Sha512,
}

impl DigestAlgorithm {
    /// The algorithm that a payload names.
    ///
    /// # Errors
    /// [`SdJwtError::DigestAlgorithm`]; names are compared with case.
    pub fn of(sd_alg: Option<&Value>) -> Result<Self, SdJwtError> {
        match sd_alg {
            None => Ok(Self::Sha256),
            Some(Value::String(name)) => match name.as_str() {
                "sha-256" => Ok(Self::Sha256),
                "sha-384" => Ok(Self::Sha384),
                "sha-512" => Ok(Self::Sha512),
                _ => Err(SdJwtError::DigestAlgorithm),
            },
            Some(_) => Err(SdJwtError::DigestAlgorithm),
        }
    }

    /// The digest of a text, base64url.
    pub fn digest(self, text: &str) -> String {
        match self {
            Self::Sha256 => base64url(Sha256::digest(text)),
            Self::Sha384 => base64url(Sha384::digest(text)),
            Self::Sha512 => base64url(Sha512::digest(text)),
        }
    }
}

/// A disclosure as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosure {
    text: String,
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    /// Reads one disclosure.
    ///
    /// # Errors
    /// [`SdJwtError::Form`] for an empty one, [`SdJwtError::Disclosure`], [`SdJwtError::ReservedName`].
    pub fn parse(text: &str) -> Result<Self, SdJwtError> {
        if text.is_empty() {
            return Err(SdJwtError::Form);
        }
        let bytes = from_base64url(text).map_err(|_| SdJwtError::Disclosure)?;
        let Ok(Value::Array(mut members)) = json::parse(&bytes, MAX_SD_JWT) else {
            return Err(SdJwtError::Disclosure);
        };
        let value = members.pop().ok_or(SdJwtError::Disclosure)?;
        let name = match members.as_slice() {
            [Value::String(_)] => None,
            [Value::String(_), Value::String(name)] => Some(name.clone()),
            _ => return Err(SdJwtError::Disclosure),
        };
        if name.as_deref().is_some_and(|name| name == "_sd" || name == "...") {
            return Err(SdJwtError::ReservedName);
        }
        Ok(Self { text: text.to_owned(), name, value })
    }

    /// A new disclosure for a claim, or for an array element where there is no `name`.
    pub fn make(name: Option<&str>, value: Value, rng: &mut dyn CryptoRng) -> Self {
        let mut salt = [0u8; SALT];
        rng.fill_bytes(&mut salt);
        let mut members = vec![Value::String(base64url(salt))];
        members.extend(name.map(|name| Value::String(name.to_owned())));
        members.push(value.clone());
        let text = base64url(Value::Array(members).to_string());
        Self { text, name: name.map(str::to_owned), value }
    }

    /// The text as it travels.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The claim's name; none for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What it discloses, which can hold digests itself.
    pub const fn value(&self) -> &Value {
        &self.value
    }
}
