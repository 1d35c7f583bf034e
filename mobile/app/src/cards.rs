//! What a person does with a card that is here: throw it away.

use core::time::Duration;

use tokio::time::timeout;

use crate::app::{App, Done};
use crate::command::OfCard;
use crate::failure::Failure;

/// A card that is thrown away is gone at once; for so long its office is tried to be told.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

impl App {
    /// Throws a card away. Whether or not its office can be told changes nothing about that.
    pub(crate) async fn delete_card(&self, given: OfCard) -> Result<Done, Failure> {
        let wallet = self.wallet()?;
        if let Ok(removed) = timeout(TOLD_WITHIN, wallet.remove_card(given.id.as_str())).await {
            removed?;
        }
        Ok(Done {})
    }
}
