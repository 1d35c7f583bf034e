//! What became of one's cards: status lists are looked at on a schedule, so that a revoked card is seen without
//! showing it.
//!
//! Lists are fetched whole, never a place of them, in an order and at times drawn at random. A list is believed that the
//! card's issuer signed, that has not run out, and that is not older than one seen before. The register is asked for the
//! issuer's keys only, all of them at once: asking it for a list's anchor would tell a node whose cards this phone has.
//!
//! Spec: Token Status List draft 20, section 8.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use credential::status_list::{Status, VerifiedToken};
use credential::time::UnixTime;
use registry_client::facts::Facts;

use crate::held::Held;
use crate::status;
use crate::store::StoreError;
use crate::store::cards::Card;
use crate::store::states::KnownStatus;
use crate::view::CardView;
use crate::wallet::Wallet;

/// The setting with the time of the next look.
const DUE: &str = "states_due";
/// Seconds between two looks: half a day, more or less.
const EVERY: (u64, u64) = (9 * 3600, 15 * 3600);
/// Seconds until the next look after one that saw nothing.
const RETRY: (u64, u64) = (1800, 3600);

/// Where a copy's status stands.
struct Place {
    card: String,
    uri: String,
    index: u64,
}

impl Wallet {
    /// Whether it is time to look what became of the cards.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn states_due(&self) -> Result<bool, StoreError> {
        let due: Option<UnixTime> = self.store.setting(DUE)?;
        let newest = self.store.cards()?.iter().map(|card| card.received_at).max();
        // Cards were good when they came.
        let due = due.or(newest.map(|at| at.plus(Duration::from_secs(EVERY.0))));
        Ok(due.is_some_and(|due| due <= self.now()))
    }

    /// Looks what became of the cards, and gives them as they are now. Without the network they stay as they were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh_states(&self) -> Result<Vec<CardView>, StoreError> {
        let seen = self.look_at_lists().await?;
        let (low, high) = if seen { EVERY } else { RETRY };
        let next = self.now().plus(Duration::from_secs(self.random.between(low, high)));
        self.store.keep_setting(DUE, &next)?;
        self.cards()
    }

    /// Whether all lists that there are could be read.
    async fn look_at_lists(&self) -> Result<bool, StoreError> {
        let cards = self.store.cards()?;
        let mut places = Vec::new();
        for card in &cards {
            places.extend(self.places_of(card)?);
        }
        if places.is_empty() {
            return Ok(true);
        }
        let Ok(facts) = self.whole_register().await else { return Ok(false) };
        let lists = self.fetch_lists(&facts, &cards, &places).await?;
        for card in &cards {
            let own: Vec<&Place> = places.iter().filter(|place| place.card == card.id).collect();
            if let Some(status) = status_of(&own, &lists) {
                self.store.keep_status(&card.id, status, self.now())?;
            }
        }
        Ok(places.iter().all(|place| lists.contains_key(&place.uri)))
    }

    /// The places of a card's copies that have not run out.
    fn places_of(&self, card: &Card) -> Result<Vec<Place>, StoreError> {
        let mut places = Vec::new();
        for copy in self.store.copies_of(&card.id)? {
            let held = Held::parse(card.format, &copy).map_err(|_| StoreError::Damaged)?;
            if held.expires_at().is_some_and(|end| end <= self.now()) {
                continue;
            }
            if let Some(status) = held.status() {
                places.push(Place { card: card.id.clone(), uri: status.uri.clone(), index: status.index });
            }
        }
        Ok(places)
    }

    /// The lists that could be read, each asked for once.
    async fn fetch_lists(
        &self,
        facts: &Facts,
        cards: &[Card],
        places: &[Place],
    ) -> Result<BTreeMap<String, VerifiedToken>, StoreError> {
        let issuer_of = |place: &Place| {
            let card = cards.iter().find(|card| card.id == place.card)?;
            card.issuer.parse().ok()
        };
        let wanted: BTreeSet<&str> = places.iter().map(|place| place.uri.as_str()).collect();
        let mut wanted: Vec<(u64, &str)> =
            wanted.into_iter().map(|uri| (self.random.between(0, u64::MAX), uri)).collect();
        wanted.sort_unstable();
        let mut lists = BTreeMap::new();
        for (_, uri) in wanted {
            let Some(place) = places.iter().find(|place| place.uri == uri) else { continue };
            let Some(issuer) = issuer_of(place) else { continue };
            let Ok(text) = status::fetch(&self.http, uri).await else { continue };
            let verified = status::verify(&text, facts, &issuer, uri, self.now());
            let Ok((token, _)) = verified else { continue };
            if self.store.see_list(uri, token.issued_at())? {
                lists.insert(uri.to_owned(), token);
            }
        }
        Ok(lists)
    }
}

/// What lists say of a card: bad news counts at once; good news where every copy's list was read.
fn status_of(places: &[&Place], lists: &BTreeMap<String, VerifiedToken>) -> Option<KnownStatus> {
    if places.is_empty() {
        return None;
    }
    let said: Vec<Option<KnownStatus>> = places
        .iter()
        .map(|place| lists.get(&place.uri).and_then(|token| token.list().get(place.index).ok()).map(known))
        .collect();
    let worst = said.iter().flatten().max().copied();
    let all = said.iter().all(Option::is_some);
    worst.filter(|worst| all || *worst > KnownStatus::Valid)
}

/// What a list's own words mean for a card: a status of an application's making is no good one.
fn known(status: Status) -> KnownStatus {
    match status {
        Status::Valid => KnownStatus::Valid,
        Status::Invalid => KnownStatus::Revoked,
        Status::Suspended | Status::Other(_) => KnownStatus::Suspended,
    }
}
