//! Looking at what was scanned, pasted or opened: who offers or asks, proven, before the person decides.

use serde::Serialize;
use wallet_core::view::{Consent, OfferView};

use crate::app::App;
use crate::command::Look;
use crate::failure::Failure;
use crate::link::Link;
use crate::pending::Waiting;

/// What a text turned out to be.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Found {
    Offer { id: String, offer: OfferView },
    Request { id: String, consent: Box<Consent> },
    Page { url: String },
}

impl App {
    pub(crate) async fn look(&self, given: Look) -> Result<Found, Failure> {
        let wallet = self.wallet()?;
        Ok(match Link::read(given.text.as_str())? {
            Link::Offer(link) => {
                let offered = wallet.look_at_offer(&link).await?;
                let offer = offered.view().clone();
                Found::Offer { id: self.keep(Waiting::Offer(Box::new(offered))), offer }
            }
            Link::Request(link) => {
                let asked = wallet.look_at_request(&link).await?;
                let consent = Box::new(asked.consent().clone());
                Found::Request { id: self.keep(Waiting::Request(Box::new(asked))), consent }
            }
            Link::Page(url) => Found::Page { url: url.into() },
        })
    }
}
