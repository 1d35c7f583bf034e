//! One envelope for a proof: a header, its certificate, and entries with their paths.
//!
//! As CBOR it travels to phones, as JSON to people; both have the same members.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError, bytes32};
use crate::key::Key;
use crate::merkle::Path;

/// Entries in one bundle, at most.
pub const MAX_ENTRIES: usize = 20_000;
/// Bytes of a bundle that is stapled to a message, at most.
pub const MAX_STAPLED: usize = 64 * 1024;
/// Bytes of a bundle that a node sends, at most.
pub const MAX_BUNDLE: usize = 32 * 1024 * 1024;

/// A proof of what the registry says, and of what it does not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofBundle {
    /// The header's bytes.
    #[serde(with = "bytes32")]
    pub header: Vec<u8>,
    /// The certificate's bytes.
    #[serde(with = "bytes32")]
    pub certificate: Vec<u8>,
    /// What stands under the header's root.
    pub entries: Vec<ProvenEntry>,
}

/// One entry, or the absence of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenEntry {
    /// Where.
    pub key: Key,
    /// The entry's bytes; none where there is none.
    pub value: Option<Value>,
    /// The way to the root.
    pub path: Path,
}

/// An entry's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Value(#[serde(with = "bytes32")] pub Vec<u8>);

impl ProofBundle {
    /// The same proof of these keys alone, as far as it holds them.
    pub fn only(&self, keys: &[Key]) -> Self {
        let entries = self.entries.iter().filter(|proven| keys.contains(&proven.key)).cloned().collect();
        Self { header: self.header.clone(), certificate: self.certificate.clone(), entries }
    }

    /// The bytes for phones.
    pub fn to_cbor(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// A bundle from bytes, at most `max_len` of them.
    ///
    /// # Errors
    /// [`CanonicalError`].
    pub fn from_cbor(bytes: &[u8], max_len: usize) -> Result<Self, CanonicalError> {
        canonical::decode(bytes, max_len)
    }
}
