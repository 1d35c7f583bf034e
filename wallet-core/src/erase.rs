//! Erasing a wallet, in two steps: what would be lost, and then that it is.
//!
//! The lock goes first and the device key with it, so that what is left is noise even where the disk keeps old
//! bytes; then the database.

use std::path::Path;

use crate::durable;
use crate::keys::KeyStore;
use crate::store::StoreError;
use crate::unlock::{Lock, UnlockError};
use crate::view::ErasingView;
use crate::wallet::{DATABASE_FILES, OpenError, Wallet};

impl Wallet {
    /// What erasing this wallet would lose.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn before_erasing(&self) -> Result<ErasingView, StoreError> {
        let cards = self.cards()?;
        Ok(ErasingView {
            unused_copies: cards.iter().map(|card| card.unused_copies).sum(),
            cards: cards.into_iter().map(|card| card.title).collect(),
            entries: self.store.entries()?.len(),
        })
    }
}

/// Erases the wallet in the folder `home` for good. No PIN is asked: whoever can remove files could do it anyway,
/// and whoever forgot theirs has to. Where it is interrupted it may be called again.
///
/// # Errors
/// [`OpenError::Unlock`], [`OpenError::Folder`].
pub fn erase(home: &Path, keys: &dyn KeyStore) -> Result<(), OpenError> {
    Lock::in_folder(home).destroy()?;
    keys.destroy().map_err(UnlockError::Keys)?;
    for file in DATABASE_FILES {
        durable::destroy(&home.join(file)).map_err(OpenError::Folder)?;
    }
    Ok(())
}
