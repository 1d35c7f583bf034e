//! What the engine asks of the node.

use core::time::Duration;
use std::collections::BTreeSet;

use registry_proof::header::Header;
use registry_proof::time::Millis;

/// How far the node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The last block applied.
    pub applied: u64,
    /// The last block that changed the state.
    pub changed: u64,
    /// The newest state that a certified header commits to.
    pub provable: u64,
}

/// The chain could not be read or written: the engine stops rather than guess.
#[derive(Debug, thiserror::Error)]
#[error("chain could not be read or written")]
pub struct ChainError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The state machine and the pool, as the engine sees them. Methods may block for a disk, not for a network.
pub trait Chain: Send + Sync + 'static {
    /// The clock.
    fn now(&self) -> Millis;

    /// How far the node is.
    fn progress(&self) -> Progress;

    /// The state's root after the block at `height`; none where that is not applied yet.
    ///
    /// # Errors
    /// [`ChainError`].
    fn state_root(&self, height: u64) -> Result<Option<[u8; 32]>, ChainError>;

    /// Time between blocks when nothing happens.
    fn heartbeat(&self) -> Duration;

    /// Transactions for the next block, without those whose SHA-256 is in `taken`; within the limits of
    /// [`registry_proof::block`].
    fn pending(&self, taken: &BTreeSet<[u8; 32]>) -> Vec<Vec<u8>>;

    /// Takes in a transaction that another node passed on. It may be anything.
    fn receive(&self, transaction: &[u8]);

    /// Applies a final block and stores it with its height. Blocks come in order; one that was applied before
    /// comes again after a crash and changes nothing.
    ///
    /// # Errors
    /// [`ChainError`]: the block was not applied.
    fn apply(&self, header: &Header, transactions: &[Vec<u8>]) -> Result<(), ChainError>;

    /// Keeps the certificate of an applied block's header.
    ///
    /// # Errors
    /// [`ChainError`].
    fn certify(&self, header: &Header, certificate: &[u8]) -> Result<(), ChainError>;
}
