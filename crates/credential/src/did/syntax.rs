//! The form of identifiers: a DID, and a DID with the fragment that names one of its keys.
//!
//! Spec: DID Core 1.0 sections 3.1 and 3.2.

use core::fmt;
use core::str::FromStr;

use crate::did::{DidError, MAX_DID};

/// A DID of any method: its form holds, and nothing more is said.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Did(String);

impl Did {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The absolute identifier that `reference` names inside the document of this DID: `#key` stands under
    /// this DID, everything else must be a DID with a fragment.
    ///
    /// # Errors
    /// [`DidError::Form`]; paths and queries name no key.
    pub fn key_id(&self, reference: &str) -> Result<KeyId, DidError> {
        match reference.strip_prefix('#') {
            Some(fragment) => KeyId::new(self.clone(), fragment),
            None => reference.parse(),
        }
    }
}

impl FromStr for Did {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        if text.len() > MAX_DID {
            return Err(DidError::Form);
        }
        let rest = text.strip_prefix("did:").ok_or(DidError::Form)?;
        let (method, id) = rest.split_once(':').ok_or(DidError::Form)?;
        let is_method =
            !method.is_empty() && method.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let last = id.rsplit(':').next().unwrap_or_default();
        if !is_method || last.is_empty() || !is_encoded(id, b":.-_") {
            return Err(DidError::Form);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A DID with a fragment: the name of one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId {
    did: Did,
    fragment: String,
}

impl KeyId {
    fn new(did: Did, fragment: &str) -> Result<Self, DidError> {
        let is_fragment = !fragment.is_empty() && is_encoded(fragment, b":.-_~!$&'()*+,;=@/?");
        if !is_fragment || fragment.len() > MAX_DID {
            return Err(DidError::Form);
        }
        Ok(Self { did, fragment: fragment.to_owned() })
    }

    /// The DID.
    pub const fn did(&self) -> &Did {
        &self.did
    }
}

impl FromStr for KeyId {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let (did, fragment) = text.split_once('#').ok_or(DidError::Form)?;
        Self::new(did.parse()?, fragment)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.did, self.fragment)
    }
}

/// Letters, digits, the `others`, and whole percent-encoded octets.
fn is_encoded(text: &str, others: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => [bytes.next(), bytes.next()]
                .iter()
                .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit())),
            byte => byte.is_ascii_alphanumeric() || others.contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dids_of_any_method_are_read() {
        for text in ["did:web:a.example%3A80:x", "did:a1:::x", "did:key:z6Mk", "did:x:_-."] {
            assert_eq!(text.parse::<Did>().map(|did| did.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn texts_of_another_form_are_refused() {
        for text in [
            "",
            "did",
            "did:",
            "did:x",
            "did:x:",
            "did::x",
            "did:X:y",
            "did:x:y:",
            "DID:x:y",
            "did:x:y/z",
            "did:x:y?z",
            "did:x:y#z",
            "did:x:%4",
            "did:x:%zz",
            "did:x:y z",
            "did:x:é",
            " did:x:y",
        ] {
            assert_eq!(text.parse::<Did>(), Err(DidError::Form), "{text}");
        }
    }

    #[test]
    fn a_did_and_its_fragment_have_so_many_characters_and_no_more() {
        let did = |length: usize| format!("{:y<length$}", "did:x:").parse::<Did>();
        assert!(did(MAX_DID).is_ok());
        assert_eq!(did(MAX_DID + 1), Err(DidError::Form));
        let key_id = |length: usize| did(MAX_DID).unwrap().key_id(&format!("#{}", "k".repeat(length)));
        assert!(key_id(MAX_DID).is_ok());
        assert_eq!(key_id(MAX_DID + 1), Err(DidError::Form));
    }

    #[test]
    fn a_key_is_named_under_its_own_did_or_another() {
        let did: Did = "did:x:y".parse().unwrap();
        assert_eq!(did.key_id("#k").unwrap().to_string(), "did:x:y#k");
        assert_eq!(did.key_id("did:x:z#k").unwrap().did().as_str(), "did:x:z");
        for bad in ["", "#", "k", "did:x:y", "did:x:y#", "did:x:y#a#b", "did:x:y/p#k", "did:x:y?q#k", "##"] {
            assert_eq!(did.key_id(bad), Err(DidError::Form), "{bad}");
        }
    }
}
