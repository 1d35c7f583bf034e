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
use registry_proof::name::MemberId;

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

/// Which list: whose, and where. What one issuer signed says nothing of the cards of another that names its address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ListName {
    issuer: String,
    uri: String,
}

/// Where a copy's status stands.
struct Place {
    card: String,
    list: ListName,
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
        let now = self.now();
        // No look is planned further ahead: such a time was noted by a clock that was wrong.
        let furthest = now.plus(Duration::from_secs(EVERY.1));
        Ok(due.is_some_and(|due| due <= now || due > furthest))
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
        let Ok(facts) = self.fresh_register().await else { return Ok(false) };
        let lists = self.fetch_lists(&facts, &places).await?;
        for card in &cards {
            let own: Vec<&Place> = places.iter().filter(|place| place.card == card.id).collect();
            if let Some(status) = status_of(&own, &lists) {
                self.store.keep_status(&card.id, status, self.now())?;
            }
        }
        Ok(places.iter().all(|place| lists.contains_key(&place.list)))
    }

    /// The places of a card's copies that can be read and have not run out.
    fn places_of(&self, card: &Card) -> Result<Vec<Place>, StoreError> {
        let mut places = Vec::new();
        for copy in self.store.copies_of(&card.id)? {
            let Ok(held) = Held::parse(card.format, &copy) else { continue };
            if held.expires_at().is_some_and(|end| end <= self.now()) {
                continue;
            }
            if let Some(status) = held.status() {
                let list = ListName { issuer: card.issuer.clone(), uri: status.uri.clone() };
                places.push(Place { card: card.id.clone(), list, index: status.index });
            }
        }
        Ok(places)
    }

    /// The lists that could be read, each address asked once.
    async fn fetch_lists(
        &self,
        facts: &Facts,
        places: &[Place],
    ) -> Result<BTreeMap<ListName, VerifiedToken>, StoreError> {
        let mut wanted: Vec<(u64, &str, BTreeSet<&ListName>)> = by_address(places)
            .into_iter()
            .map(|(uri, names)| (self.random.between(0, u64::MAX), uri, names))
            .collect();
        wanted.sort_unstable();
        let mut lists = BTreeMap::new();
        for (_, uri, names) in wanted {
            let Ok(text) = status::fetch(&self.http, uri).await else { continue };
            for name in names {
                if let Some(token) = self.read_list(&text, facts, name)? {
                    lists.insert(name.clone(), token);
                }
            }
        }
        Ok(lists)
    }

    /// The list that came from its address, where its issuer signed it and no newer one was seen there. Which is the
    /// newest is kept by address alone: only who serves it could mix up two issuers' lists, and can as well serve none.
    fn read_list(
        &self,
        text: &str,
        facts: &Facts,
        name: &ListName,
    ) -> Result<Option<VerifiedToken>, StoreError> {
        let Ok(issuer) = name.issuer.parse::<MemberId>() else { return Ok(None) };
        let verified = status::verify(text, facts, &issuer, &name.uri, self.now());
        let Ok((token, _)) = verified else { return Ok(None) };
        Ok(self.store.see_list(&name.uri, token.issued_at())?.then_some(token))
    }
}

/// The lists that are wanted, by address.
fn by_address(places: &[Place]) -> BTreeMap<&str, BTreeSet<&ListName>> {
    let mut lists: BTreeMap<&str, BTreeSet<&ListName>> = BTreeMap::new();
    for place in places {
        lists.entry(&place.list.uri).or_default().insert(&place.list);
    }
    lists
}

/// What lists say of a card: bad news counts at once; good news where every copy's list was read.
fn status_of(places: &[&Place], lists: &BTreeMap<ListName, VerifiedToken>) -> Option<KnownStatus> {
    if places.is_empty() {
        return None;
    }
    let said: Vec<Option<KnownStatus>> = places
        .iter()
        .map(|place| lists.get(&place.list).and_then(|token| token.list().get(place.index).ok()).map(known))
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
