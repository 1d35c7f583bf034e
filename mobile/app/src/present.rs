//! Answering a request that was looked at: share, or don't.

use serde::Serialize;
use url::Url;
use wallet_core::present::Shared as Answered;
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
    /// At a counter: the texts of codes to show, in a loop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) frames: Vec<String>,
}

impl App {
    /// Shares what the consent says, once: a request that was answered is gone, however it went.
    pub(crate) async fn share(&self, given: Share) -> Result<Shared, Failure> {
        let wallet = self.wallet()?;
        // What the person switched off must not leave because nobody looked at the switches.
        if given.choices.is_some() {
            return Err(Failure::NOT_YET);
        }
        match self.take_request(&given.id)? {
            Waiting::Request(asked) => {
                let shared = wallet.share(*asked).await?;
                let Answered { entry, redirect_uri, receipt } = shared;
                Ok(Shared { entry, redirect_uri, receipt, frames: Vec::new() })
            }
            Waiting::Counter(asked) => {
                let shown = wallet.show_at_counter(*asked)?;
                let receipt = ReceiptState::WithoutNetwork;
                Ok(Shared { entry: shown.entry, redirect_uri: None, receipt, frames: shown.frames })
            }
            Waiting::Offer(_) | Waiting::SignIn(..) | Waiting::Move(_) => Err(Failure::GONE),
        }
    }

    /// Says no. The other side may be gone; the answer is no either way.
    pub(crate) async fn decline(&self, given: Looked) -> Result<Done, Failure> {
        let wallet = self.wallet()?;
        match self.take_request(&given.id)? {
            Waiting::Request(asked) => drop(wallet.decline(&asked).await),
            // A counter without the network sees that nothing is shown.
            Waiting::Counter(_) | Waiting::Offer(_) | Waiting::SignIn(..) | Waiting::Move(_) => {}
        }
        Ok(Done {})
    }

    fn take_request(&self, id: &Id) -> Result<Waiting, Failure> {
        self.take(id.as_str(), |waiting| matches!(waiting, Waiting::Request(_) | Waiting::Counter(_)))
    }
}
