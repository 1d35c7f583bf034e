//! One block: its transactions in order, and the root after them.

use registry_proof::key::Key;
use registry_proof::time::Millis;

use crate::apply::{CheckedTx, apply};
use crate::reject::{ApplyError, Reject};
use crate::state::State;
use crate::store::{Store, StoreError};
use crate::tree::{Commit, put};

/// Where the state stands. Versions count blocks that changed something, so that empty blocks cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The last block applied.
    pub height: u64,
    /// The tree's version after it.
    pub version: u64,
    /// The tree's root after it.
    pub root: [u8; 32],
}

/// What became of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxOutcome {
    /// Its name; of bytes that are no transaction, their place in the block says enough.
    pub id: Option<[u8; 32]>,
    /// The entries that it wrote, or the rule that it broke.
    pub result: Result<Vec<Key>, Reject>,
}

/// A block's effects, to be stored together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Where the state stands now.
    pub tip: Tip,
    /// What to write.
    pub commit: Commit,
    /// What became of each transaction, in order.
    pub outcomes: Vec<TxOutcome>,
}

/// Applies a block of `transactions` at `time` on top of `tip`.
///
/// # Errors
/// [`StoreError`]: nothing may be written then.
pub fn apply_block(
    store: &dyn Store,
    tip: Tip,
    time: Millis,
    transactions: &[Vec<u8>],
) -> Result<Applied, StoreError> {
    let mut state = State::new(store, tip.version);
    let mut outcomes = Vec::with_capacity(transactions.len());
    let mut in_block = std::collections::BTreeSet::new();
    for bytes in transactions {
        let outcome = match CheckedTx::check(bytes) {
            Err(reject) => TxOutcome { id: None, result: Err(reject) },
            Ok(tx) if in_block.contains(tx.id()) => {
                TxOutcome { id: Some(*tx.id()), result: Err(Reject::Replayed) }
            }
            Ok(tx) => {
                let result = apply_one(&mut state, time, &tx)?;
                if result.is_ok() {
                    in_block.insert(*tx.id());
                }
                TxOutcome { id: Some(*tx.id()), result }
            }
        };
        outcomes.push(outcome);
    }
    let height = tip.height + 1;
    let changes = state.into_changes();
    if changes.is_empty() {
        return Ok(Applied { tip: Tip { height, ..tip }, commit: Commit::default(), outcomes });
    }
    let version = tip.version + 1;
    let (root, commit) = put(store, version, changes)?;
    Ok(Applied { tip: Tip { height, version, root }, commit, outcomes })
}

/// Whether a transaction would apply now: what a node asks before it takes one in.
///
/// # Errors
/// [`ApplyError`].
pub fn try_transaction(store: &dyn Store, tip: Tip, time: Millis, tx: &CheckedTx) -> Result<(), ApplyError> {
    apply(&mut State::new(store, tip.version), time, tx)
}

fn apply_one(
    state: &mut State<'_>,
    time: Millis,
    tx: &CheckedTx,
) -> Result<Result<Vec<Key>, Reject>, StoreError> {
    match apply(state, time, tx) {
        Ok(()) => Ok(Ok(state.keep())),
        Err(ApplyError::Reject(reject)) => {
            state.forget();
            Ok(Err(reject))
        }
        Err(ApplyError::Store(error)) => Err(error),
    }
}
