//! Where an entry stands under a root, or that none does: a path in a sparse Merkle tree of SHA-256.
//!
//! The tree is the one that the ledger keeps (its leaf and node hashes carry the domains below); here it
//! is only recomputed, from the siblings' hashes, bottom first.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical::bytes32;

const LEAF: &[u8] = b"JMT::LeafNode";
const NODE: &[u8] = b"JMT::IntrnalNode";
const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

/// Siblings on a path, at most: one for each bit of a key.
pub const MAX_SIBLINGS: usize = 256;

/// A path does not lead to the root that it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("proof does not lead to the root")]
pub struct PathError;

/// A leaf that stands where an absent key would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherLeaf {
    /// Its key's hash.
    #[serde(with = "bytes32")]
    pub key_hash: [u8; 32],
    /// Its value's hash.
    #[serde(with = "bytes32")]
    pub value_hash: [u8; 32],
}

/// The way from a leaf to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// Siblings' hashes, 32 bytes each, from the leaf up.
    pub siblings: Siblings,
    /// For an absent key: the leaf in its place; none where the place is empty.
    pub other: Option<OtherLeaf>,
}

/// Hashes one after another, as one text of base64url: 32 bytes for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Siblings(#[serde(with = "bytes32")] Vec<u8>);

impl Siblings {
    /// Joins hashes, the leaf's sibling first.
    pub fn new(hashes: &[[u8; 32]]) -> Self {
        Self(hashes.concat())
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.0.len() / 32
    }

    pub(crate) fn hashes(&self) -> Result<Vec<[u8; 32]>, PathError> {
        if !self.0.len().is_multiple_of(32) || self.0.len() > MAX_SIBLINGS * 32 {
            return Err(PathError);
        }
        self.0.chunks_exact(32).map(|hash| hash.try_into().map_err(|_| PathError)).collect()
    }
}

impl Path {
    /// Checks that `value` stands at `key_hash` under `root`; `None` checks that nothing does.
    ///
    /// # Errors
    /// [`PathError`].
    pub fn check(&self, key_hash: &[u8; 32], value: Option<&[u8]>, root: &[u8; 32]) -> Result<(), PathError> {
        let siblings = self.siblings.hashes()?;
        let start = match (value, &self.other) {
            (Some(value), None) => leaf(key_hash, &Sha256::digest(value).into()),
            (None, None) => EMPTY,
            (None, Some(other))
                if other.key_hash != *key_hash && shares(&other.key_hash, key_hash, siblings.len()) =>
            {
                leaf(&other.key_hash, &other.value_hash)
            }
            _ => return Err(PathError),
        };
        let top = siblings.iter().enumerate().fold(start, |hash, (height, sibling)| {
            if bit(key_hash, siblings.len() - 1 - height) {
                node(sibling, &hash)
            } else {
                node(&hash, sibling)
            }
        });
        if top == *root { Ok(()) } else { Err(PathError) }
    }
}

/// The hash of a leaf.
pub fn leaf(key_hash: &[u8; 32], value_hash: &[u8; 32]) -> [u8; 32] {
    joined(LEAF, key_hash, value_hash)
}

/// The hash of an inner node.
pub fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    joined(NODE, left, right)
}

fn joined(domain: &[u8], first: &[u8; 32], second: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(domain).chain_update(first).chain_update(second).finalize().into()
}

fn bit(hash: &[u8; 32], position: usize) -> bool {
    hash[position / 8] >> (7 - position % 8) & 1 == 1
}

fn shares(one: &[u8; 32], other: &[u8; 32], bits: usize) -> bool {
    (0..bits).all(|position| bit(one, position) == bit(other, position))
}
