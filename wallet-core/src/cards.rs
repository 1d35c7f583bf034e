//! Looking at one's cards.

use core::time::Duration;

use credential::claim_path::{ClaimPath, PathElement};
use credential::sd_jwt_vc::NEVER_DISCLOSABLE;
use credential::time::UnixTime;
use serde_json::{Map, Value};

use crate::held::{CardFormat, Held};
use crate::outside;
use crate::receive::plan::is_near_end;
use crate::store::StoreError;
use crate::store::cards::Card;
use crate::store::states::KnownStatus;
use crate::view::{CardDetails, CardState, CardView, ShownClaim, Texts, plain_name};
use crate::wallet::{InHand, Wallet};

/// A card whose status was looked up so long ago counts as not checked: several looks have failed by then.
const STALE: Duration = Duration::from_secs(3 * 86_400);

impl Wallet {
    /// Every card, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cards(&self) -> Result<Vec<CardView>, StoreError> {
        self.store.cards()?.into_iter().map(|card| Ok(self.look_at(card)?.1)).collect()
    }

    /// One card with all that it says.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub fn card(&self, id: &str) -> Result<CardDetails, StoreError> {
        let (found, card) = self.look_at(self.store.card(id)?)?;
        let claims = found.map(|found| shown_claims(&found)).unwrap_or_default();
        Ok(CardDetails { card, claims })
    }

    /// A card with its view; with the view alone where it has no copies, or none that can be read.
    fn look_at(&self, card: Card) -> Result<(Option<InHand>, CardView), StoreError> {
        match self.in_hand(card.clone()) {
            Ok(found) => {
                let view = self.card_view(&found)?;
                Ok((Some(found), view))
            }
            Err(StoreError::NoCard) => Ok((None, without_copies(card))),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn card_view(&self, card: &InHand) -> Result<CardView, StoreError> {
        let valid_until = card.held.expires_at();
        let copies = self.store.copies(&card.card.id)?;
        let (status, status_at) = self.store.status_of(&card.card.id)?;
        let checked_at = card.held.status().map(|_| status_at);
        let life = card.life();
        let card = &card.card;
        let about = &card.about;
        Ok(CardView {
            state: state_of(status, checked_at, life, self.now()),
            checked_at,
            renews_itself: self.store.renewal_of(&card.id)?.is_some(),
            id: card.id.clone(),
            title: about.title.clone(),
            vct: outside::plain(&card.vct),
            issuer: about.issuer_name.clone(),
            received_at: card.received_at,
            valid_until,
            copies: copies.all,
            unused_copies: copies.unused,
            background: about.background.clone(),
            text: about.text.clone(),
            has_code: !about.code.is_empty(),
        })
    }
}

/// A card that came back from a backup, or that cannot be read: what it is, and nothing of what it says.
fn without_copies(card: Card) -> CardView {
    CardView {
        id: card.id,
        title: card.about.title,
        vct: outside::plain(&card.vct),
        issuer: card.about.issuer_name,
        received_at: card.received_at,
        valid_until: None,
        copies: 0,
        unused_copies: 0,
        background: card.about.background,
        text: card.about.text,
        has_code: false,
        state: CardState::GetAgain,
        checked_at: None,
        renews_itself: false,
    }
}

fn shown_claims(found: &InHand) -> Vec<ShownClaim> {
    let claim = |path: ClaimPath| {
        let value = value_at(found.held.claims(), &path);
        ShownClaim::new(&path, found.card.name_of(&path), &value)
    };
    found.held.own_paths().into_iter().map(claim).collect()
}

impl Card {
    /// What a claim is called: by the issuer's names, else by its path; an element of a document by its own
    /// name, without that of its namespace.
    pub(crate) fn name_of(&self, path: &ClaimPath) -> Texts {
        let found = self.about.claims.iter().find(|claim| claim.path == *path);
        let named = found.map(|claim| claim.name.clone()).filter(|name| !name.is_empty());
        named.unwrap_or_else(|| match (self.format, path.steps()) {
            (CardFormat::Mdoc, [_, PathElement::Name(element)]) => plain_name(&ClaimPath::name(element)),
            _ => plain_name(path),
        })
    }
}

/// How it is with a card: what its office says counts before its dates, these before how long ago that was asked. A
/// time that lies ahead, as after a clock that was wrong, does not say when that was.
fn state_of(
    status: KnownStatus,
    checked_at: Option<UnixTime>,
    life: Option<(UnixTime, UnixTime)>,
    now: UnixTime,
) -> CardState {
    match status {
        KnownStatus::Revoked => CardState::Revoked,
        _ if life.is_some_and(|(_, end)| end <= now) => CardState::GetAgain,
        KnownStatus::Suspended => CardState::Suspended,
        KnownStatus::Valid if checked_at.is_some_and(|at| at > now || now.since(at) > STALE) => {
            CardState::NotChecked
        }
        KnownStatus::Valid if is_near_end(life, now) => CardState::EndsSoon,
        KnownStatus::Valid => CardState::Ready,
    }
}

/// The claims about the person: those that the format keeps for itself left out.
pub(crate) fn own_claims(claims: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    claims.iter().filter(|(name, _)| is_own(name))
}

fn is_own(name: &str) -> bool {
    !NEVER_DISCLOSABLE.contains(&name) && !matches!(name, "iat" | "_sd_alg")
}

/// What `path` selects, as one value.
pub(crate) fn value_at(claims: &Map<String, Value>, path: &ClaimPath) -> Value {
    let mut found = path.select(claims);
    let several = path.steps().contains(&PathElement::All);
    match found.len() {
        1 if !several => found.remove(0).clone(),
        _ => Value::Array(found.into_iter().cloned().collect()),
    }
}

/// The claims that stay with the person when `shared` is shown; of an object that is shown in part, its
/// other members.
pub(crate) fn kept_back(held: &Held, shared: &[ClaimPath]) -> Vec<ClaimPath> {
    kept_back_of(&held.own_paths(), held.claims(), shared)
}

fn kept_back_of(own: &[ClaimPath], claims: &Map<String, Value>, shared: &[ClaimPath]) -> Vec<ClaimPath> {
    let mut kept = Vec::new();
    for path in own {
        for value in path.select(claims) {
            add_kept_back(path.steps().to_vec(), value, shared, &mut kept);
        }
    }
    kept
}

fn add_kept_back(at: Vec<PathElement>, value: &Value, shared: &[ClaimPath], kept: &mut Vec<ClaimPath>) {
    let Ok(path) = ClaimPath::new(at.clone()) else { return };
    if shared.iter().any(|one| one.covers(&path)) {
        return;
    }
    let in_part = shared.iter().any(|one| path.covers(one));
    match value {
        Value::Object(members) if in_part => {
            for (name, value) in members {
                let below = [at.clone(), vec![PathElement::Name(name.clone())]].concat();
                add_kept_back(below, value, shared, kept);
            }
        }
        _ if in_part => {}
        _ => kept.push(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;
    use serde_json::json;

    #[test]
    fn a_cards_state_is_the_worst_that_is_known_of_it() {
        let day = Duration::from_secs(86_400);
        let (long, short) =
            (Some((NOW, NOW.plus(day * 365))), Some((NOW.minus(day * 360), NOW.plus(day * 5))));
        let over = Some((NOW.minus(day * 365), NOW));
        let (today, long_ago) = (Some(NOW.minus(day)), Some(NOW.minus(day * 4)));
        let ahead = Some(NOW.plus(day));
        use CardState::*;
        for (status, checked, life, expected) in [
            (KnownStatus::Valid, today, long, Ready),
            (KnownStatus::Valid, None, None, Ready),
            (KnownStatus::Valid, today, short, EndsSoon),
            (KnownStatus::Valid, long_ago, short, NotChecked),
            (KnownStatus::Valid, long_ago, over, GetAgain),
            (KnownStatus::Valid, Some(NOW), long, Ready),
            (KnownStatus::Valid, ahead, long, NotChecked),
            (KnownStatus::Suspended, ahead, long, Suspended),
            (KnownStatus::Suspended, today, long, Suspended),
            (KnownStatus::Suspended, long_ago, short, Suspended),
            (KnownStatus::Suspended, today, over, GetAgain),
            (KnownStatus::Revoked, long_ago, over, Revoked),
        ] {
            assert_eq!(state_of(status, checked, life, NOW), expected);
        }
    }

    #[test]
    fn what_is_kept_back_is_named_down_to_the_member() {
        let claims = json!({
            "iss": "x", "exp": 1, "given_name": "Maria", "birthdate": "1987-04-12",
            "address": {"locality": "Port", "street_address": "Quay 1"}, "nationalities": ["XS", "XT"],
        });
        let shared = [
            ClaimPath::name("given_name"),
            ClaimPath::names(&["address", "locality"]).unwrap(),
            serde_json::from_value(json!(["nationalities", null])).unwrap(),
        ];
        let claims = claims.as_object().unwrap();
        let own: Vec<ClaimPath> = own_claims(claims).map(|(name, _)| ClaimPath::name(name)).collect();
        let kept = kept_back_of(&own, claims, &shared);
        assert_eq!(
            serde_json::to_value(kept).unwrap(),
            json!([["address", "street_address"], ["birthdate"]])
        );
    }
}
