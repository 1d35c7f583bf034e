//! A backup: one file that the person keeps, which opens with the recovery phrase alone.
//!
//! It holds what cannot be had again (the history with its receipts), what is needed to have the rest again
//! (which cards, and from whom), and how far the register had got. It holds **no copy of a card, no key and
//! no secret of a login**: whoever opens one learns what the person did, and cannot do anything as the person.

pub(crate) mod content;
pub(crate) mod sealed;

use crate::backup::content::{Content, ContentError};
use crate::phrase::Phrase;
use crate::store::StoreError;
use crate::view::BackupView;
use crate::wallet::{SETUP, Setup, Wallet};

/// What a backup's file is called, unless the person calls it something else.
pub const FILE_NAME: &str = "wallet.symbolon-backup";
/// Bytes of a backup's file, at most: some ten thousand lines of history.
pub const MAX_FILE: usize = sealed::HEADER + MAX_CONTENT + sealed::TAG;

/// Bytes of what is encrypted, at most and at least. In between it doubles, so that a file's length says
/// little of what is in it.
const MAX_CONTENT: usize = 8 * 1024 * 1024;
const MIN_CONTENT: usize = 16 * 1024;

/// Why there is no backup, or none that opens.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is something else.
    #[error("file is no backup")]
    NotABackup,
    /// A newer wallet made it.
    #[error("backup was made by a newer wallet, in version {0} of its form")]
    Newer(u8),
    /// It asks for more work than any wallet would have asked for.
    #[error("backup asks for an absurd effort")]
    Effort,
    /// The words are others, or the file was changed.
    #[error("backup does not open with this phrase")]
    Closed,
    /// It opens, and what is in it cannot be read.
    #[error("backup holds something unreadable")]
    Content(#[from] ContentError),
    /// The store.
    #[error("store refuses")]
    Store(#[from] StoreError),
}

impl BackupError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotABackup => "not_a_backup",
            Self::Newer(_) => "backup_newer",
            Self::Effort => "backup_damaged",
            Self::Closed => "backup_closed",
            Self::Content(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// A backup that was made.
#[derive(Debug)]
pub struct Backup {
    /// The file's bytes.
    pub file: Vec<u8>,
    /// What is in it.
    pub view: BackupView,
}

impl Wallet {
    /// Makes a backup that opens with `phrase`.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn backup(&self, phrase: &Phrase) -> Result<Backup, BackupError> {
        let packed = self.content()?.pack(MIN_CONTENT, MAX_CONTENT)?;
        let file = sealed::seal(&packed.bytes, phrase, sealed::EFFORT, &self.random)?;
        Ok(Backup { file, view: packed.view })
    }

    /// Everything that a backup holds.
    pub(crate) fn content(&self) -> Result<Content, StoreError> {
        let setup: Setup = self.store.setting(SETUP)?.ok_or(StoreError::Damaged)?;
        Ok(Content {
            made_at: self.now(),
            setup,
            head: self.store.head()?,
            lists: self.store.lists_seen()?,
            cards: self.store.cards()?.into_iter().map(Into::into).collect(),
            entries: self.store.entries()?.into_iter().map(Into::into).collect(),
        })
    }
}

/// Whether a file begins as a backup does, of this or of another version.
pub fn is_backup(file: &[u8]) -> bool {
    sealed::is_backup(file)
}

/// What is in the file of a backup.
///
/// # Errors
/// [`BackupError`].
pub(crate) fn open(file: &[u8], phrase: &Phrase) -> Result<Content, BackupError> {
    Ok(Content::unpack(&sealed::open(file, phrase)?)?)
}

#[cfg(test)]
mod tests;
