//! Answering a request that was looked at: share, or don't.

use serde::Serialize;
use url::Url;
use wallet_core::present::Shared as Answered;
use wallet_core::store::entries::ReceiptState;
use wallet_core::view::Consent;

use crate::app::{App, Done};
use crate::command::{Choose, Id, Looked, Share};
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
    /// Draws the consent anew with what the person chose. What was not offered changes nothing.
    pub(crate) fn choose(&self, given: &Choose) -> Result<Consent, Failure> {
        let (wallet, now) = (self.wallet()?, self.now());
        let mut waiting = self.take_request(&given.id)?;
        let drawn = match &mut waiting {
            Waiting::Request(asked) | Waiting::Counter(asked) => {
                wallet.choose(asked, &given.choices).map(|()| asked.consent().clone())
            }
            Waiting::Offer(_) | Waiting::SignIn(..) | Waiting::TooMuch(_) | Waiting::Move(_) => {
                return Err(Failure::GONE);
            }
        };
        self.inner().pending.put_back(given.id.as_str(), waiting, now);
        Ok(drawn?)
    }

    /// Shares what the consent says, once: a request that was answered is gone, however it went.
    pub(crate) async fn share(&self, given: Share) -> Result<Shared, Failure> {
        let wallet = self.wallet()?;
        let mut waiting = self.take_request(&given.id)?;
        // What the screen shows is what is shared, whatever was chosen before; of copies as they are now, which may be
        // fresher than those that were looked at.
        if let Waiting::Request(asked) | Waiting::Counter(asked) = &mut waiting {
            let choice = given.choices.unwrap_or_else(|| asked.consent().choice.clone());
            wallet.choose(asked, &choice)?;
        }
        match waiting {
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
            Waiting::Offer(_) | Waiting::SignIn(..) | Waiting::TooMuch(_) | Waiting::Move(_) => {
                Err(Failure::GONE)
            }
        }
    }

    /// Says no. The other side may be gone; the answer is no either way.
    pub(crate) async fn decline(&self, given: Looked) -> Result<Done, Failure> {
        let wallet = self.wallet()?;
        match self.take_request(&given.id)? {
            Waiting::Request(asked) => drop(wallet.decline(&asked).await),
            // A counter without the network sees that nothing is shown.
            Waiting::Counter(_)
            | Waiting::Offer(_)
            | Waiting::SignIn(..)
            | Waiting::TooMuch(_)
            | Waiting::Move(_) => {}
        }
        Ok(Done {})
    }

    fn take_request(&self, id: &Id) -> Result<Waiting, Failure> {
        self.take(id.as_str(), |waiting| matches!(waiting, Waiting::Request(_) | Waiting::Counter(_)))
    }
}
