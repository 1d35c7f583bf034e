//! What a person does with a card that is here: ask how it is, have it again, throw it away.

use core::time::Duration;

use tokio::time::timeout;
use wallet_core::view::{CardDetails, CardView};

use crate::app::{App, Done};
use crate::command::OfCard;
use crate::failure::Failure;
use crate::look::Found;
use crate::pending::Waiting;

/// A card that is thrown away is gone at once; for so long its office is tried to be told.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

impl App {
    /// Looks now what became of the cards, all of them: nobody learns which one the person has in mind.
    pub(crate) async fn check_card(&self, given: OfCard) -> Result<CardDetails, Failure> {
        let (wallet, begun) = (self.wallet()?, self.now());
        wallet.card(given.id.as_str())?;
        wallet.refresh_states().await?;
        let card = wallet.card(given.id.as_str())?;
        match card.card.checked_at {
            Some(at) if at < begun => Err(Failure::new("status_list_not_fetched")),
            _ => Ok(card),
        }
    }

    /// Fresh copies of a card that renews itself, at once.
    pub(crate) async fn renew_card(&self, given: OfCard) -> Result<Vec<CardView>, Failure> {
        Ok(self.wallet()?.renew_card(given.id.as_str()).await?)
    }

    /// Finds out whether the office of a card gives it out still: then it is looked at as an offer is.
    pub(crate) async fn get_again(&self, given: OfCard) -> Result<Found, Failure> {
        let offered = self.wallet()?.get_again(given.id.as_str()).await?;
        let offer = offered.view().clone();
        Ok(Found::Offer { id: self.keep(Waiting::Offer(Box::new(offered))), offer })
    }

    /// Throws a card away. Whether or not its office can be told changes nothing about that.
    pub(crate) async fn delete_card(&self, given: OfCard) -> Result<Done, Failure> {
        let wallet = self.wallet()?;
        if let Ok(removed) = timeout(TOLD_WITHIN, wallet.remove_card(given.id.as_str())).await {
            removed?;
        }
        Ok(Done {})
    }
}
