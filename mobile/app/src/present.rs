//! Answering a request that was looked at: share, or don't.

use serde::Serialize;
use url::Url;
use wallet_core::store::entries::ReceiptState;

use crate::app::{App, Done};
use crate::command::{Id, Looked, Share};
use crate::failure::Failure;
use crate::pending::Waiting;

/// What came of sharing.
#[derive(Serialize)]
pub(crate) struct Shared {
    pub(crate) entry: i64,
    pub(crate) redirect_uri: Option<Url>,
    pub(crate) receipt: ReceiptState,
}

impl App {
    /// Shares what the consent says, once: a request that was answered is gone, however it went.
    pub(crate) async fn share(&self, given: Share) -> Result<Shared, Failure> {
        let wallet = self.wallet()?;
        // What the person switched off must not leave because nobody looked at the switches.
        if given.choices.is_some() {
            return Err(Failure::NOT_YET);
        }
        let Waiting::Request(asked) = self.take_request(&given.id)? else { return Err(Failure::GONE) };
        let shared = wallet.share(*asked).await?;
        Ok(Shared { entry: shared.entry, redirect_uri: shared.redirect_uri, receipt: shared.receipt })
    }

    /// Says no. The other side may be gone; the answer is no either way.
    pub(crate) async fn decline(&self, given: Looked) -> Result<Done, Failure> {
        let wallet = self.wallet()?;
        let Waiting::Request(asked) = self.take_request(&given.id)? else { return Err(Failure::GONE) };
        let _ = wallet.decline(&asked).await;
        Ok(Done {})
    }

    fn take_request(&self, id: &Id) -> Result<Waiting, Failure> {
        self.take(id.as_str(), |waiting| matches!(waiting, Waiting::Request(_)))
    }
}
