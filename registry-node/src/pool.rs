//! Transactions that wait for a block: checked before they come in, bounded, forgotten when they expire.

use std::collections::{BTreeSet, VecDeque};

use registry_ledger::apply::CheckedTx;
use registry_proof::block::{MAX_BYTES, MAX_TRANSACTIONS};
use registry_proof::time::Millis;
use sha2::{Digest as _, Sha256};

/// Transactions in the pool, at most.
const MAX_WAITING: usize = 4_096;

/// The pool is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many transactions wait")]
pub struct PoolFull;

/// Whether a transaction is new to the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is.
    New,
    /// It waits already.
    Known,
}

struct Waiting {
    digest: [u8; 32],
    expires: Millis,
    bytes: Vec<u8>,
}

/// The pool, oldest first.
#[derive(Default)]
pub struct Pool(VecDeque<Waiting>);

impl Pool {
    /// Adds a checked transaction.
    ///
    /// # Errors
    /// [`PoolFull`].
    pub fn add(&mut self, tx: &CheckedTx) -> Result<Added, PoolFull> {
        let bytes = tx.transaction().to_bytes();
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        if self.0.iter().any(|waiting| waiting.digest == digest) {
            return Ok(Added::Known);
        }
        if self.0.len() >= MAX_WAITING {
            return Err(PoolFull);
        }
        self.0.push_back(Waiting { digest, expires: tx.transaction().body.expires, bytes });
        Ok(Added::New)
    }

    /// What the next block may hold, without those in `taken`.
    pub fn next(&self, taken: &BTreeSet<[u8; 32]>) -> Vec<Vec<u8>> {
        let mut room = MAX_BYTES;
        let mut chosen = Vec::new();
        for waiting in self.0.iter().filter(|waiting| !taken.contains(&waiting.digest)) {
            if chosen.len() == MAX_TRANSACTIONS || waiting.bytes.len() > room {
                break;
            }
            room -= waiting.bytes.len();
            chosen.push(waiting.bytes.clone());
        }
        chosen
    }

    /// Forgets what a block of `time` held, and what has expired.
    pub fn forget(&mut self, transactions: &[Vec<u8>], time: Millis) {
        let done: BTreeSet<[u8; 32]> =
            transactions.iter().map(|bytes| Sha256::digest(bytes).into()).collect();
        self.0.retain(|waiting| !done.contains(&waiting.digest) && waiting.expires >= time);
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
