//! One disclosure: the base64url of `[salt, name, value]` or `[salt, value]`, and how its digest is taken.
//!
//! Spec: RFC 9901 sections 4.1.1 and 4.2.

use core::cell::Cell;

use rand_core::CryptoRng;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::encoding::{base64url, from_base64url};
use crate::json;
use crate::sd_jwt::{MAX_SD_JWT, SdJwtError};

/// Bytes of a salt that we make: the 128 bits of RFC 9901 section 9.3.
pub const SALT: usize = 16;

/// How digests are taken, as `_sd_alg` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// `sha-256`, also where `_sd_alg` is absent.
    #[default]
    Sha256,
    /// `sha-384`.
    Sha384,
    /// `sha-512`.
    Sha512,
}

impl HashAlgorithm {
    /// The algorithm that a payload names; names are compared with case.
    ///
    /// # Errors
    /// [`SdJwtError::HashAlgorithm`].
    pub fn from_claim(sd_alg: Option<&Value>) -> Result<Self, SdJwtError> {
        match sd_alg {
            None => Ok(Self::Sha256),
            Some(Value::String(name)) => Self::from_name(name).ok_or(SdJwtError::HashAlgorithm),
            Some(_) => Err(SdJwtError::HashAlgorithm),
        }
    }

    /// The algorithm of a name in the IANA registry of named hash algorithms.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "sha-256" => Some(Self::Sha256),
            "sha-384" => Some(Self::Sha384),
            "sha-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The name that `_sd_alg` carries.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    /// Bytes of a hash.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The hash of octets.
    pub fn hash(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha384 => Sha384::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
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

/// A disclosure that was read: a claim, or an array element where there is no name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Disclosure {
    pub(crate) name: Option<String>,
    pub(crate) value: Value,
}

impl Disclosure {
    /// Reads the text of one disclosure. All those of a token count as one document: `left` is how many values may
    /// still be read.
    pub(crate) fn parse(text: &str, left: &Cell<usize>) -> Result<Self, SdJwtError> {
        let bytes = from_base64url(text).map_err(|_| SdJwtError::DisclosureEncoding)?;
        let value = json::parse_within(&bytes, MAX_SD_JWT, left).map_err(SdJwtError::DisclosureJson)?;
        let Value::Array(mut elements) = value else { return Err(SdJwtError::DisclosureForm) };
        let value = elements.pop().ok_or(SdJwtError::DisclosureForm)?;
        let mut elements = elements.into_iter();
        match (elements.next(), elements.next(), elements.next()) {
            (Some(Value::String(_)), None, None) => Ok(Self { name: None, value }),
            (Some(Value::String(_)), Some(Value::String(name)), None) => Ok(Self { name: Some(name), value }),
            _ => Err(SdJwtError::DisclosureForm),
        }
    }

    /// The text of a new disclosure under a fresh salt.
    pub(crate) fn make(name: Option<&str>, value: Value, rng: &mut dyn CryptoRng) -> String {
        let mut salt = [0u8; SALT];
        rng.fill_bytes(&mut salt);
        let mut elements = vec![Value::String(base64url(salt))];
        elements.extend(name.map(|name| Value::String(name.to_owned())));
        elements.push(value);
        base64url(Value::Array(elements).to_string())
    }
}
