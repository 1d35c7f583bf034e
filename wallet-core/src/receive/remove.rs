//! Throwing a card away.
//!
//! It is gone from here first, and then its issuer is told, where it wants to know and can be reached.
//!
//! Spec: OpenID4VCI 1.0 section 11.

use openid4vc::vci::notification::Event;

use super::ReceiveError;
use crate::store::StoreError;
use crate::store::cards::Card;
use crate::store::renewals::Renewal;
use crate::wallet::Wallet;

impl Wallet {
    /// Throws a card away with all its copies. What was shown of it stays in the history.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub async fn remove_card(&self, card: &str) -> Result<(), StoreError> {
        let card = self.store.card(card)?;
        let (notification, renewal) =
            (self.store.notification_of(&card.id)?, self.store.renewal_of(&card.id)?);
        self.store.remove_card(&card.id)?;
        if let (Some(notification), Some(renewal)) = (notification, renewal) {
            // Nothing hangs on it.
            let _ = self.tell_removed(card, renewal, &notification).await;
        }
        self.destroy_unneeded_keys();
        Ok(())
    }

    async fn tell_removed(
        &self,
        card: Card,
        renewal: Renewal,
        notification: &str,
    ) -> Result<(), ReceiveError> {
        let offered = self.prove_again(vec![card]).await?;
        let server = self.authorization_server(&offered, renewal.with.server.as_deref()).await?;
        // Other cards of the same offer may need what comes; without them nobody does.
        let name = renewal.name();
        let access = match self.store.renewal(&name)? {
            Some(_) => self.refresh(&server, &name).await?,
            None => self.give(&server, &renewal).await?.0,
        };
        self.notify(&offered, &access, Some(notification), Event::Deleted).await;
        Ok(())
    }
}
