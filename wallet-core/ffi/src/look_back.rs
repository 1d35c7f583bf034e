//! Looking back: what was shared with whom, its receipt, asking to delete it, and reporting.

use wallet_core::report;

use crate::error::WalletError;
use crate::records::consent::AskedTooMuch;
use crate::records::history::{Deletion, HistoryLine, ReceiptDetails, Reported};
use crate::threads::{block, run};
use crate::wallet::Wallet;

/// Why somebody reports a line of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Why {
    /// This asked for too much.
    TooMuch,
    /// This wasn't me: the session that it opened is ended.
    NotMe,
    /// Anything else.
    Feedback,
}

#[uniffi::export]
impl Wallet {
    /// What was shared with whom, the newest first.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn history(&self) -> Result<Vec<HistoryLine>, WalletError> {
        let core = self.core()?;
        block(move || Ok(core.history()?.into_iter().map(HistoryLine::from).collect())).await
    }

    /// One line of it with its receipt, and what was checked of that.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn receipt(&self, entry: i64) -> Result<ReceiptDetails, WalletError> {
        let core = self.core()?;
        block(move || Ok(core.receipt(entry)?.into())).await
    }

    /// The history with receipts and proofs as one file (JSON), which anybody can check. It holds no value of any claim.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn export_history(&self) -> Result<String, WalletError> {
        let core = self.core()?;
        block(move || Ok(core.export_history()?)).await
    }

    /// Asks that what was shared be deleted. To ask again changes nothing.
    ///
    /// # Errors
    /// [`WalletError`]; the code `no_receipt` where there is nothing to ask with.
    pub async fn ask_deletion(&self, entry: i64) -> Result<Deletion, WalletError> {
        let core = self.core()?;
        run(async move { Ok(core.ask_deletion(entry).await?.into()) }).await
    }

    /// Reports to the agency that registers who may ask, with the receipt of an entry where one is named.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn report(&self, entry: Option<i64>, why: Why, text: String) -> Result<Reported, WalletError> {
        let core = self.core()?;
        run(async move { Ok(core.report(entry, why.into(), text).await?.into()) }).await
    }

    /// Reports who asked for too much, as [`WalletError::TooMuch`] says it: what the request said, and nothing of what cards say.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn report_too_much(&self, much: AskedTooMuch, text: String) -> Result<Reported, WalletError> {
        let core = self.core()?;
        run(async move { Ok(core.report_too_much(&much.into(), &text).await?.into()) }).await
    }

    /// Says something about a card to the office that gave it out.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn feedback_on_card(&self, card: String, text: String) -> Result<Reported, WalletError> {
        let core = self.core()?;
        run(async move { Ok(core.feedback_on_card(&card, &text).await?.into()) }).await
    }
}

impl From<Why> for report::Why {
    fn from(why: Why) -> Self {
        match why {
            Why::TooMuch => Self::TooMuch,
            Why::NotMe => Self::NotMe,
            Why::Feedback => Self::Feedback,
        }
    }
}
