//! Looking at what was scanned, pasted or opened: who offers or asks, proven, before the person decides.

use serde::Serialize;
use wallet_core::frames;
use wallet_core::present::PresentError;
use wallet_core::view::{BackupView, Consent, OfferView};

use crate::app::App;
use crate::command::Look;
use crate::failure::Failure;
use crate::link::Link;
use crate::move_phone;
use crate::pending::Waiting;

/// What a text turned out to be.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Found {
    Offer {
        id: String,
        offer: OfferView,
    },
    Request {
        id: String,
        consent: Box<Consent>,
    },
    Counter {
        id: String,
        consent: Box<Consent>,
    },
    /// So much of a film of codes has come; with the last one of an old phone's, what is in it.
    Frames {
        got: usize,
        of: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        came: Option<BackupView>,
    },
    Move {
        id: String,
    },
    Page {
        url: String,
    },
}

impl App {
    pub(crate) async fn look(&self, given: Look) -> Result<Found, Failure> {
        let text = given.text.as_str();
        if frames::is_frame(text) {
            return if self.is_arriving() { self.take_moved(text) } else { self.look_at_counter(text) };
        }
        if text.trim_start().starts_with(move_phone::LINK) {
            return self.look_at_move(text.to_owned()).await;
        }
        let wallet = self.wallet()?;
        Ok(match Link::read(text)? {
            Link::Offer(link) => {
                let offered = wallet.look_at_offer(&link).await?;
                let offer = offered.view().clone();
                Found::Offer { id: self.keep(Waiting::Offer(Box::new(offered))), offer }
            }
            Link::Request(link) => {
                let asked = wallet.look_at_request(&link).await.map_err(|error| self.refuse_to_ask(error))?;
                let consent = Box::new(asked.consent().clone());
                Found::Request { id: self.keep(Waiting::Request(Box::new(asked))), consent }
            }
            Link::Page(url) => Found::Page { url: url.into() },
        })
    }

    /// Why a request is refused. One for too much is kept for a while, so that it can be reported.
    pub(crate) fn refuse_to_ask(&self, error: PresentError) -> Failure {
        let id = error.too_much().map(|much| self.keep(Waiting::TooMuch(Box::new(much.clone()))));
        let mut failure = Failure::from(error);
        if let Some(much) = &mut failure.much {
            much.id = id;
        }
        failure
    }
}
