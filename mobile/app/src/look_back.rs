//! Looking back: receipts and their proofs, a file of the history, wishes and reports.

use serde::Serialize;
use wallet_core::look_back::LookBackError;
use wallet_core::report::Why;
use wallet_core::view::{Deletion, Reported};
use wallet_core::wallet::Wallet;

use crate::app::{App, Done};
use crate::command::{Feedback, Id, OfEntry, Report};
use crate::failure::Failure;
use crate::pending::Waiting;

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
        let wallet = self.wallet()?;
        match (&given.id, given.why) {
            (Some(id), Why::TooMuch) => self.report_too_much(&wallet, id, given.text.as_str()).await,
            (Some(_), _) => Err(Failure::GONE),
            (None, why) => {
                wallet.report(given.entry, why, given.text.as_str().to_owned()).await.map_err(not_taken)
            }
        }
    }

    /// Reports a request that was never answered. It is reported once; where nobody took the report, it stays.
    async fn report_too_much(&self, wallet: &Wallet, id: &Id, text: &str) -> Result<Reported, Failure> {
        let Waiting::TooMuch(much) = self.take(id.as_str(), |kept| matches!(kept, Waiting::TooMuch(_)))?
        else {
            return Err(Failure::GONE);
        };
        let reported = wallet.report_too_much(&much, text).await;
        if reported.is_err() {
            self.put_back(id.as_str(), Waiting::TooMuch(much));
        }
        reported.map_err(not_taken)
    }

    /// Anything else that a person has to say: about a card to the office that gave it out.
    pub(crate) async fn feedback(&self, given: Feedback) -> Result<Reported, Failure> {
        let (wallet, text) = (self.wallet()?, given.text.as_str());
        let sent = match &given.card {
            Some(card) => wallet.feedback_on_card(card.as_str(), text).await,
            None => wallet.report(None, Why::Feedback, text.to_owned()).await,
        };
        sent.map_err(not_taken)
    }
}

/// An office that refuses says so of the message; elsewhere the same word is about a receipt.
fn not_taken(error: LookBackError) -> Failure {
    match error {
        LookBackError::Refused(_) => Failure::new("message_not_taken"),
        error => error.into(),
    }
}
