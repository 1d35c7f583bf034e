//! Asking that what was shared be deleted: the wish goes to whoever signed the receipt, who passes it on to the
//! organisation that asked.

use credential::time::UnixTime;
use serde::Deserialize;

use crate::look_back::{LookBackError, address, authority};
use crate::store::entries::Entry;
use crate::view::Deletion;
use crate::wallet::Wallet;

#[derive(Deserialize)]
struct Answer {
    asked_at: Option<UnixTime>,
    done_at: Option<UnixTime>,
}

impl Wallet {
    /// Asks that what a line of the history says was shared be deleted. To ask again changes nothing.
    ///
    /// # Errors
    /// [`LookBackError`]; [`LookBackError::NoReceipt`] where there is nothing to ask with.
    pub async fn ask_deletion(&self, id: i64) -> Result<Deletion, LookBackError> {
        let entry = self.store.entry(id)?;
        self.about_deletion(&entry, "/receipts/deletion").await
    }

    /// Asks how open wishes stand. What cannot be asked now stays as it is.
    ///
    /// # Errors
    /// [`LookBackError::Store`].
    pub async fn check_deletions(&self) -> Result<(), LookBackError> {
        let mut open = self.store.entries()?;
        open.retain(|entry| entry.deletion_asked_at.is_some() && entry.deletion_done_at.is_none());
        for entry in open {
            if let Err(error @ LookBackError::Store(_)) =
                self.about_deletion(&entry, "/receipts/deletion/state").await
            {
                return Err(error);
            }
        }
        Ok(())
    }

    async fn about_deletion(&self, entry: &Entry, path: &str) -> Result<Deletion, LookBackError> {
        let question = authority(entry)?;
        let facts = self.fresh_register().await?;
        let answer: Answer = self.inquire(address(&facts, &entry.what)?, path, &question).await?;
        let asked_at = answer.asked_at.ok_or(LookBackError::Answer)?;
        self.store.deletion_stands(entry.id, asked_at, answer.done_at)?;
        Ok(Deletion { asked_at, done_at: answer.done_at })
    }
}
