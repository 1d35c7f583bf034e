//! From a backup, or from an old phone, to a new wallet: all of it, or none.
//!
//! What comes back is the history and the cards by name; the cards themselves are to be had again, each from who
//! gave it out, bound to keys of this device. The register is believed no further back than the old wallet had
//! seen it, and what it cannot have seen is left out.

use std::path::Path;

use crate::backup::content::Content;
use crate::backup::{self, BackupError};
use crate::phrase::Phrase;
use crate::unlock::Pin;
use crate::wallet::{OpenError, Ports, Setup, Wallet};

/// Why there is no new wallet. There is none then.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The backup.
    #[error("backup does not open")]
    Backup(#[from] BackupError),
    /// The old wallet believed another register than this app does.
    #[error("wallet was of another network")]
    OtherNetwork,
    /// The new wallet cannot be made.
    #[error("wallet cannot be made")]
    Open(#[from] OpenError),
}

impl RestoreError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Backup(error) => error.code(),
            Self::OtherNetwork => "other_network",
            Self::Open(error) => error.code(),
        }
    }
}

impl Wallet {
    /// Makes a wallet in the folder `home` out of the backup `file`. `pinned` is whom this app believes, where it
    /// says so itself; otherwise the new wallet believes whom the old one believed.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn restore(
        home: &Path,
        file: &[u8],
        phrase: &Phrase,
        pin: &Pin,
        pinned: Option<Setup>,
        ports: Ports,
    ) -> Result<Self, RestoreError> {
        let content = backup::open(file, phrase)?;
        let setup = pinned.unwrap_or_else(|| content.setup.clone());
        Self::from_content(home, content, pin, &setup, ports)
    }

    /// Makes a wallet that believes `setup`, and nothing older than the head in `content`.
    pub(crate) fn from_content(
        home: &Path,
        content: Content,
        pin: &Pin,
        setup: &Setup,
        ports: Ports,
    ) -> Result<Self, RestoreError> {
        if setup.checkpoint.network != content.setup.checkpoint.network {
            return Err(RestoreError::OtherNetwork);
        }
        let content = content.seen_at(ports.clock.now());
        Ok(Self::make(home, pin, ports, |store| store.fill(setup, content))?)
    }
}
