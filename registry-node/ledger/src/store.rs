//! What the ledger reads: tree nodes, values and which transactions were applied. The node keeps them.

/// The store could not answer. The block must not be applied; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("store could not be read")]
pub struct StoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Committed state, up to any version that was kept.
pub trait Store {
    /// The tree node with this name.
    ///
    /// # Errors
    /// [`StoreError`].
    fn node(&self, name: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The newest value at `key_hash` that was written at `version` or before; `None` where there is none or
    /// it was removed.
    ///
    /// # Errors
    /// [`StoreError`].
    fn value(&self, key_hash: &[u8; 32], version: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Whether a transaction of this id was applied in an earlier block.
    ///
    /// # Errors
    /// [`StoreError`].
    fn was_applied(&self, transaction: &[u8; 32]) -> Result<bool, StoreError>;
}
