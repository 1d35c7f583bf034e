//! Cards that renew themselves: fresh copies in place of the old ones, quietly, before these run out.
//!
//! What an issuer gave along with a card is used once and gives the next. The next is kept before anything is done
//! with it, and old copies go in the transaction that keeps the fresh ones: a crash at any moment leaves the card as it
//! was, and the issuer gives again what it gave to nobody's use.
//!
//! Spec: RFC 6749 section 6; RFC 9449 section 5.

use core::time::Duration;
use std::collections::BTreeSet;

use credential::time::UnixTime;
use openid4vc::oauth::metadata::AuthorizationServerMetadata;
use openid4vc::oauth::token::Grant;

use super::plan::{self, FURTHEST, Need, QUIET};
use super::{Access, ReceiveError, TokenKey};
use crate::store::StoreError;
use crate::store::cards::Card;
use crate::store::received::Again;
use crate::store::renewals::{Renewal, RenewalName};
use crate::view::{CardView, RenewalOutcome, RenewalView};
use crate::wallet::Wallet;

/// A renewal with the cards that want it.
struct Wanted {
    renewal: Renewal,
    cards: Vec<Card>,
    need: Need,
}

impl Wallet {
    /// Renews what has come due at `now`, one offer's cards at a time: others that are due wait for a time of their own.
    /// Nothing happens near a showing. What cannot be renewed now is tried again later, less and less often.
    ///
    /// # Errors
    /// [`StoreError`] only: everything else is in what this gives.
    pub async fn renew_copies(&self, now: UnixTime) -> Result<Vec<RenewalView>, StoreError> {
        if self.quiet_for(now)?.is_some() {
            return Ok(Vec::new());
        }
        let mut due = self.plan_renewals(now)?.into_iter();
        let Some(first) = due.next() else { return Ok(Vec::new()) };
        for other in due {
            self.plan(&other, plan::due_at(other.need, None, now, &self.random))?;
        }
        let renewed = self.renew(&first.renewal, first.cards.clone()).await;
        self.note(first, renewed, now)
    }

    /// Renews a card at once, by hand.
    ///
    /// # Errors
    /// [`ReceiveError`]; [`ReceiveError::JustShown`] near a showing, [`ReceiveError::NotRenewable`],
    /// [`ReceiveError::RenewalOver`] where the issuer renews it no more.
    pub async fn renew_card(&self, card: &str) -> Result<Vec<CardView>, ReceiveError> {
        if let Some(wait) = self.quiet_for(self.now())? {
            return Err(ReceiveError::JustShown(wait));
        }
        let card = self.store.card(card)?;
        let renewal = self.store.renewal_of(&card.id)?.ok_or(ReceiveError::NotRenewable)?;
        let renewed = self.renew(&renewal, vec![card]).await;
        if let Err(ReceiveError::RenewalOver(_)) = &renewed {
            self.store.end_renewal(&renewal.name())?;
        }
        renewed
    }

    /// How long the network is better left alone, where something was shown a moment ago: nothing is renewed so near
    /// a showing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn quiet_for(&self, now: UnixTime) -> Result<Option<Duration>, StoreError> {
        // A little ahead still counts: the clock may have been put back a moment ago.
        let until = self.store.last_sharing(now.plus(QUIET))?.map(|at| at.plus(QUIET));
        Ok(until.filter(|until| *until > now).map(|until| until.since(now)))
    }

    /// Gives every renewal that is wanted its time, and those whose time has come.
    fn plan_renewals(&self, now: UnixTime) -> Result<Vec<Wanted>, StoreError> {
        let mut due = Vec::new();
        let promised: BTreeSet<String> =
            self.store.promises()?.into_iter().filter_map(|promise| promise.card).collect();
        for renewal in self.store.renewals()? {
            let wanted = self.wanted(renewal, &promised, now)?;
            let planned = wanted.renewal.due_at;
            let at = match planned {
                // After a failure the wait is what it is.
                Some(at) if wanted.renewal.failures > 0 && at <= now.plus(FURTHEST) => Some(at),
                planned => plan::due_at(wanted.need, planned, now, &self.random),
            };
            match at {
                Some(at) if wanted.need > Need::None && at <= now => due.push(wanted),
                at if at != planned => self.plan(&wanted, at)?,
                _ => {}
            }
        }
        Ok(due)
    }

    fn plan(&self, wanted: &Wanted, at: Option<UnixTime>) -> Result<(), StoreError> {
        match at {
            Some(at) => self.store.plan_renewal(&wanted.renewal.name(), at, wanted.renewal.failures),
            None => Ok(()),
        }
    }

    /// The cards of a renewal that want it; not those whose fresh copies are promised already.
    fn wanted(
        &self,
        renewal: Renewal,
        promised: &BTreeSet<String>,
        now: UnixTime,
    ) -> Result<Wanted, StoreError> {
        let mut cards = Vec::new();
        let mut most = Need::None;
        let mut own = self.store.cards_of_renewal(renewal.id)?;
        own.retain(|card| !promised.contains(&card.id));
        for card in own {
            let need = match self.in_hand(card.clone()) {
                Ok(hand) => plan::need(self.store.copies(&card.id)?, hand.life(), now),
                // It has no copy, or none that can be read.
                Err(StoreError::NoCard) => Need::Now,
                Err(error) => return Err(error),
            };
            if need > Need::None {
                cards.push(card);
            }
            most = most.max(need);
        }
        Ok(Wanted { renewal, cards, need: most })
    }

    async fn renew(&self, renewal: &Renewal, cards: Vec<Card>) -> Result<Vec<CardView>, ReceiveError> {
        let offered = self.prove_again(cards).await?;
        let server = self.authorization_server(&offered, renewal.with.server.as_deref()).await?;
        let access = self.refresh(&server, &renewal.name()).await?;
        self.fetch_cards(&offered, &access).await
    }

    /// Uses a renewal's token for an access token and the next one, which is kept before this returns. Two that use a
    /// token at once would look like a thief to the issuer, so it is in one hand only. A renewal that was forgotten in
    /// between is not used ([`ReceiveError::NotRenewable`]).
    pub(super) async fn refresh(
        &self,
        server: &AuthorizationServerMetadata,
        name: &RenewalName,
    ) -> Result<Access, ReceiveError> {
        let _alone = self.take_tokens()?;
        let renewal = self.store.renewal(name)?.ok_or(ReceiveError::NotRenewable)?;
        let (access, given) = self.give(server, &renewal).await?;
        if let Some(token) = given {
            self.store.keep_token(name, &token)?;
        }
        Ok(access)
    }

    /// Gives a refresh token for an access token, and for the next refresh token where the server changes it.
    pub(super) async fn give(
        &self,
        server: &AuthorizationServerMetadata,
        renewal: &Renewal,
    ) -> Result<(Access, Option<String>), ReceiveError> {
        let with = &renewal.with;
        let signer = self.keys.token_key(&with.key)?;
        let grant = Grant::RefreshToken { token: with.token.clone() };
        let response = self.token(server, grant, with.client_id.as_deref(), &*signer).await;
        let response = response.map_err(|error| match error {
            ReceiveError::NotTaken(why) => ReceiveError::RenewalOver(why),
            other => other,
        })?;
        let access = Access {
            token: response.access_token,
            key: TokenKey { handle: with.key.clone(), signer },
            client_id: with.client_id.clone(),
            server: with.server.clone(),
            again: Again::Kept(renewal.name()),
        };
        Ok((access, response.refresh_token))
    }

    /// Notes how it went, and says so of every card.
    fn note(
        &self,
        wanted: Wanted,
        renewed: Result<Vec<CardView>, ReceiveError>,
        now: UnixTime,
    ) -> Result<Vec<RenewalView>, StoreError> {
        let name = wanted.renewal.name();
        let outcome = match &renewed {
            Ok(_) => RenewalOutcome::Renewed,
            Err(error @ ReceiveError::RenewalOver(_)) => {
                self.store.end_renewal(&name)?;
                RenewalOutcome::Over { code: error.code() }
            }
            Err(error) => {
                let failures = wanted.renewal.failures.saturating_add(1);
                let at = plan::retry_at(failures, now, &self.random);
                self.store.plan_renewal(&name, at, failures)?;
                RenewalOutcome::Later { code: error.code(), at }
            }
        };
        let came = renewed.unwrap_or_default();
        let view = |card: Card| {
            let promised = outcome == RenewalOutcome::Renewed && came.iter().all(|one| one.id != card.id);
            let outcome = if promised { RenewalOutcome::Promised } else { outcome.clone() };
            RenewalView { card: card.id, title: card.about.title, outcome }
        };
        Ok(wanted.cards.into_iter().map(view).collect())
    }
}
