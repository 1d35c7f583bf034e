//! How a token says which key signed it: a certificate chain, or a key's identifier.
//!
//! A reference is a claim by the token's maker. Whom it leads to is for a registry or a trust list to say.

use serde_json::{Map, Value};

use crate::jws::Header;
use crate::x509::{Chain, X509Error};

/// Characters of a `kid`, at most.
pub const MAX_KID: usize = 1024;

/// Which key signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyReference {
    /// The leaf of this chain.
    X5c(Chain),
    /// The key of this identifier, in practice a DID URL.
    Kid(String),
}

/// Why a header names no one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Neither `x5c` nor `kid`, or one of the wrong kind or length.
    #[error("token names no key")]
    Missing,
    /// The chain in `x5c` is unusable.
    #[error("token carries an unusable certificate chain")]
    Chain(#[source] X509Error),
}

impl KeyReference {
    /// The reference of a header; `x5c` goes before `kid`.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub fn of(header: &Header) -> Result<Self, ReferenceError> {
        if header.members().contains_key("x5c") {
            let texts = header.x5c().ok_or(ReferenceError::Missing)?;
            return Chain::from_x5c(&texts).map(Self::X5c).map_err(ReferenceError::Chain);
        }
        let kid = header.kid().filter(|kid| !kid.is_empty() && kid.len() <= MAX_KID);
        kid.map(|kid| Self::Kid(kid.to_owned())).ok_or(ReferenceError::Missing)
    }

    /// Writes the reference into a header that is to be signed.
    pub fn write(&self, header: &mut Map<String, Value>) {
        match self {
            Self::X5c(chain) => header.insert("x5c".into(), chain.to_x5c().into()),
            Self::Kid(kid) => header.insert("kid".into(), kid.as_str().into()),
        };
    }
}

/// Who a credential or status list says made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerReference {
    /// `iss`, where present: a URL or a DID.
    pub issuer: Option<String>,
    /// The key.
    pub key: KeyReference,
}
