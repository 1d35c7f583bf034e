//! What stands under a root over access receipts: where one receipt is, and how the tree is made.
//!
//! A leaf is the hash of a salt and of the receipt's own hash, so that the root and a path tell nothing to
//! whoever does not hold the receipt. The tree is padded with random leaves to a power of two, and its leaves
//! stand in the order of their hashes: neither the root nor a place in the tree says how many receipts there
//! were, or which came first.
//!
//! Spec: RFC 9162 sections 2.1.1 and 2.1.3 (SHA-256; leaves and nodes are hashed apart), for whole powers of two.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical::bytes32;
use crate::merkle::Siblings;

/// The `typ` of a receipt, a signed token.
pub const TYPE: &str = "symbolon-receipt+jwt";
/// Leaves of a tree, at least: who gives fewer receipts in a period than this cannot be told from who gives
/// none, a path is still half a kilobyte, and a tree takes a fraction of a second to make.
pub const LEAST_LEAVES: usize = 1 << 16;
/// Hashes on a path, at most: four thousand million receipts in a period.
pub const MAX_DEPTH: usize = 32;

/// Why a receipt does not stand where it is said to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The path is longer than any tree is high.
    #[error("path of the receipt is longer than allowed")]
    TooLong,
    /// The leaf is not made of this salt and this receipt.
    #[error("leaf is not made of this salt and this receipt")]
    Leaf,
    /// The path leads to another root, or from a place that the tree does not have.
    #[error("path of the receipt does not lead to the root")]
    Path,
}

impl PlaceError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "receipt_path_too_long",
            Self::Leaf => "receipt_salt_wrong",
            Self::Path => "receipt_path_wrong",
        }
    }
}

/// Where one receipt stands in the tree of its period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// 32 random bytes, of this receipt alone.
    #[serde(with = "bytes32")]
    pub salt: [u8; 32],
    /// The leaf: with it, that something stands there can be shown without showing the receipt.
    #[serde(with = "bytes32")]
    pub leaf: [u8; 32],
    /// The leaf's number, from the left.
    pub index: u64,
    /// Hashes beside the way to the root, the leaf's neighbour first.
    pub siblings: Siblings,
}

impl Place {
    /// Checks that the receipt whose SHA-256 is `receipt` stands here under `root`.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn check(&self, receipt: &[u8; 32], root: &[u8; 32]) -> Result<(), PlaceError> {
        if self.siblings.count() > MAX_DEPTH {
            return Err(PlaceError::TooLong);
        }
        if leaf(&self.salt, receipt) != self.leaf {
            return Err(PlaceError::Leaf);
        }
        let siblings = self.siblings.hashes().map_err(|_| PlaceError::Path)?;
        if self.index >> siblings.len() != 0 {
            return Err(PlaceError::Path);
        }
        let top = siblings.iter().enumerate().fold(self.leaf, |hash, (height, sibling)| {
            if self.index >> height & 1 == 1 { node(sibling, &hash) } else { node(&hash, sibling) }
        });
        if top == *root { Ok(()) } else { Err(PlaceError::Path) }
    }
}

/// The receipts of one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// What is anchored.
    pub root: [u8; 32],
    /// Where each receipt stands, in the order in which they were given.
    pub places: Vec<Place>,
}

impl Tree {
    /// A tree over receipts, by their SHA-256; salts and padding are drawn from `random`.
    pub fn make(receipts: &[[u8; 32]], mut random: impl FnMut() -> [u8; 32]) -> Self {
        let salts: Vec<[u8; 32]> = receipts.iter().map(|_| random()).collect();
        let salted = salts.iter().zip(receipts).map(|(salt, receipt)| leaf(salt, receipt));
        let mut leaves: Vec<([u8; 32], Option<usize>)> =
            salted.enumerate().map(|(number, leaf)| (leaf, Some(number))).collect();
        let size = receipts.len().next_power_of_two().max(LEAST_LEAVES);
        leaves.resize_with(size, || (random(), None));
        leaves.sort_unstable();
        let levels = levels(leaves.iter().map(|(leaf, _)| *leaf).collect());
        let mut places: Vec<(usize, Place)> = leaves
            .iter()
            .enumerate()
            .filter_map(|(index, (leaf, number))| {
                let number = (*number)?;
                Some((number, place(&levels, index, salts[number], *leaf)))
            })
            .collect();
        places.sort_unstable_by_key(|(number, _)| *number);
        let root = levels.last().and_then(|top| top.first()).copied().unwrap_or_default();
        Self { root, places: places.into_iter().map(|(_, place)| place).collect() }
    }
}

/// The leaves, the nodes above them, and so on up to the root.
fn levels(leaves: Vec<[u8; 32]>) -> Vec<Vec<[u8; 32]>> {
    let mut levels = vec![leaves];
    while let Some(below) = levels.last().filter(|below| below.len() > 1) {
        let above = below.chunks_exact(2).map(|pair| node(&pair[0], &pair[1])).collect();
        levels.push(above);
    }
    levels
}

fn place(levels: &[Vec<[u8; 32]>], index: usize, salt: [u8; 32], leaf: [u8; 32]) -> Place {
    let below_the_root = levels.iter().enumerate().take(levels.len() - 1);
    let siblings: Vec<[u8; 32]> = below_the_root.map(|(height, level)| level[index >> height ^ 1]).collect();
    Place { salt, leaf, index: index as u64, siblings: Siblings::new(&siblings) }
}

/// A receipt's leaf.
pub fn leaf(salt: &[u8; 32], receipt: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(salt).chain_update(receipt).finalize().into()
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}
