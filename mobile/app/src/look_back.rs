//! Looking back: receipts and their proofs, a file of the history, wishes and reports.

use serde::Serialize;
use wallet_core::report::Why;
use wallet_core::view::Deletion;
use wallet_core::view::Reported;

use crate::app::{App, Done};
use crate::command::{Feedback, OfEntry, Report};
use crate::failure::Failure;

/// What the file of the history is called, unless the person calls it something else.
const FILE_NAME: &str = "history.symbolon.json";

/// The history as a file.
#[derive(Serialize)]
pub(crate) struct HistoryFile {
    file_name: &'static str,
    text: String,
}

impl App {
    /// Finds out what became of receipts and wishes. What cannot be asked now stays as it is.
    pub(crate) async fn check_receipts(&self) -> Result<Done, Failure> {
        let wallet = self.wallet()?;
        wallet.check_receipts().await?;
        wallet.prove_receipts().await?;
        wallet.check_deletions().await?;
        Ok(Done {})
    }

    pub(crate) fn export_history(&self) -> Result<HistoryFile, Failure> {
        Ok(HistoryFile { file_name: FILE_NAME, text: self.wallet()?.export_history()? })
    }

    pub(crate) async fn ask_deletion(&self, given: OfEntry) -> Result<Deletion, Failure> {
        Ok(self.wallet()?.ask_deletion(given.id).await?)
    }

    pub(crate) async fn report(&self, given: Report) -> Result<Reported, Failure> {
        Ok(self.wallet()?.report(given.entry, given.why, given.text.as_str().to_owned()).await?)
    }

    /// Anything else that a person has to say.
    pub(crate) async fn feedback(&self, given: Feedback) -> Result<Reported, Failure> {
        Ok(self.wallet()?.report(None, Why::Feedback, given.text.as_str().to_owned()).await?)
    }
}
