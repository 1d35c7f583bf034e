//! Who says to have signed a token, and with which key: what a registry is asked about.
//!
//! Nothing here is believed. A reference is what a token's header and `iss` claim; the registry says which
//! key it leads to, and only then a signature means something.
//!
//! Spec: RFC 7515 section 4.1, SD-JWT VC draft 19 section 2.5.

use serde_json::{Map, Value};

use crate::jws::Header;
use crate::x509::{Chain, X509Error};

/// Characters of a `kid` or `iss`, at most: the longest that we look up are DIDs with a fragment.
pub const MAX_REFERENCE: usize = 1024;

/// How a header names its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyReference {
    /// By certificates (`x5c`).
    X5c(Chain),
    /// By name (`kid`).
    Kid(String),
}

/// The claimed issuer of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerReference {
    /// `iss`, where present.
    pub iss: Option<String>,
    /// The key that the header names.
    pub key: KeyReference,
}

/// Why a token names no signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Neither `x5c` nor `kid`, or one of the wrong kind or too long.
    #[error("token names no key that can be looked up")]
    Key,
    /// `iss` is not a text, or too long.
    #[error("issuer is malformed")]
    Issuer,
    /// `x5c` holds no acceptable chain.
    #[error("certificate chain is not acceptable")]
    Chain(#[source] X509Error),
}

impl KeyReference {
    /// The key that `header` names. `x5c` counts before `kid`, since it carries its own proof.
    ///
    /// # Errors
    /// [`ReferenceError::Key`] and [`ReferenceError::Chain`].
    pub fn from_header(header: &Header) -> Result<Self, ReferenceError> {
        if header.members().contains_key("x5c") {
            let texts = header.x5c().ok_or(ReferenceError::Key)?;
            return Chain::from_x5c(&texts).map(Self::X5c).map_err(ReferenceError::Chain);
        }
        match header.kid() {
            Some(kid) if kid.len() <= MAX_REFERENCE => Ok(Self::Kid(kid.to_owned())),
            _ => Err(ReferenceError::Key),
        }
    }

    /// Writes this reference into a header.
    pub fn write_to(&self, header: &mut Map<String, Value>) {
        match self {
            Self::X5c(chain) => header.insert("x5c".into(), chain.to_x5c().into()),
            Self::Kid(kid) => header.insert("kid".into(), kid.clone().into()),
        };
    }
}

impl IssuerReference {
    /// The issuer that a header and the claims under it name.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub fn new(header: &Header, claims: &Map<String, Value>) -> Result<Self, ReferenceError> {
        let iss = match claims.get("iss") {
            None => None,
            Some(Value::String(iss)) if iss.len() <= MAX_REFERENCE => Some(iss.clone()),
            Some(_) => return Err(ReferenceError::Issuer),
        };
        Ok(Self { iss, key: KeyReference::from_header(header)? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jws::Unverified;
    use crate::testing::{issuer, members, signed};

    fn read(kid: Value, iss: Value) -> Result<IssuerReference, ReferenceError> {
        let token = Unverified::parse(&signed(json!({"kid": kid}), json!({}), &issuer())).unwrap();
        IssuerReference::new(token.header(), &members(json!({"iss": iss})))
    }

    #[test]
    fn a_signer_is_named_in_so_many_characters_and_no_more() {
        let (longest, longer) = ("x".repeat(MAX_REFERENCE), "x".repeat(MAX_REFERENCE + 1));
        let reference = read(json!(longest), json!(longest)).unwrap();
        assert_eq!(reference.iss.as_ref(), Some(&longest));
        assert_eq!(reference.key, KeyReference::Kid(longest));
        assert_eq!(read(json!(longer), json!("i")), Err(ReferenceError::Key));
        assert_eq!(read(json!("k"), json!(longer)), Err(ReferenceError::Issuer));
    }

    #[test]
    fn names_that_are_no_texts_are_refused() {
        assert_eq!(read(json!("k"), json!(1)), Err(ReferenceError::Issuer));
        assert_eq!(read(json!("k"), json!(null)), Err(ReferenceError::Issuer));
        let unnamed = Unverified::parse(&signed(json!({}), json!({}), &issuer())).unwrap();
        assert_eq!(IssuerReference::new(unnamed.header(), &Map::new()), Err(ReferenceError::Key));
    }
}
