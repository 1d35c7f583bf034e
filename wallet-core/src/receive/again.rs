//! Getting a card again: from where it came the first time, by signing in there.
//!
//! For cards that came back from a backup without copies, that have run out, or that their issuer does not renew any more.
//! The issuer is proven by the register as for an offer, and it must be the same one as before.
//!
//! Spec: OpenID4VCI 1.0 section 3.4 and 5.

use openid4vc::vci::offer::CredentialOffer;
use openid4vc::web_url::WebUrl;

use super::{Offered, ReceiveError};
use crate::held::CardFormat;
use crate::store::cards::{Card, Source};
use crate::wallet::Wallet;

impl Wallet {
    /// Finds out whether the issuer of a card gives it out still: the person decides, and signs in
    /// ([`Wallet::begin_sign_in`]). Its fresh copies take the place of the old ones, where there are any.
    ///
    /// # Errors
    /// [`ReceiveError`]; [`ReceiveError::NoSource`] where the card came before such things were kept.
    pub async fn get_again(&self, card: &str) -> Result<Offered, ReceiveError> {
        self.prove_again(vec![self.store.card(card)?]).await
    }

    /// Proves anew who gives out these cards, which all came from one place.
    pub(super) async fn prove_again(&self, cards: Vec<Card>) -> Result<Offered, ReceiveError> {
        let sources: Vec<&Source> = cards.iter().filter_map(|card| card.source.as_ref()).collect();
        let first = sources.first().ok_or(ReceiveError::NoSource)?;
        if sources.len() != cards.len() || sources.iter().any(|source| source.issuer != first.issuer) {
            return Err(ReceiveError::NoSource);
        }
        let offer = CredentialOffer {
            credential_issuer: WebUrl::parse(&first.issuer).map_err(|_| ReceiveError::Address)?,
            configuration_ids: sources.iter().map(|source| source.configuration.clone()).collect(),
            authorization_code: None,
            pre_authorized_code: None,
        };
        let offered = self.prove(offer).await?;
        for (card, id) in cards.iter().zip(&offered.offer.configuration_ids) {
            let configuration = offered.configuration(id)?;
            let same_type = configuration.card_type() == Some(&card.vct)
                && CardFormat::from_name(&configuration.format) == Some(card.format);
            if card.issuer != offered.member.as_str() || !same_type {
                return Err(ReceiveError::OtherCard);
            }
        }
        Ok(Offered { again: cards, ..offered })
    }
}
