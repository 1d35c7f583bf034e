//! A block: a header and the transactions under it.

use sha2::{Digest as _, Sha256};

use crate::header::Header;

/// Transactions in one block, at most.
pub const MAX_TRANSACTIONS: usize = 512;
/// Bytes of one block's transactions, at most.
pub const MAX_BYTES: usize = 1 << 20;

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What is signed.
    pub header: Header,
    /// Signed transactions in the order in which they apply.
    pub transactions: Vec<Vec<u8>>,
}

/// The hash that a header carries of its transactions: each preceded by its length.
pub fn transactions_root(transactions: &[Vec<u8>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for transaction in transactions {
        hash.update((transaction.len() as u64).to_be_bytes());
        hash.update(transaction);
    }
    hash.finalize().into()
}
