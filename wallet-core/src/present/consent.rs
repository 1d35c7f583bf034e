//! What the person is asked: who, why, what, what not, and what could be chosen instead.

use credential::claim_path::{ClaimPath, PathElement};
use openid4vc::vp::dcql::answer::Need;
use openid4vc::vp::request::RequestContent;
use openid4vc::web_url::WebUrl;
use serde_json::Value;

use super::asker::Asker;
use super::choice::{CardOffer, Offers};
use super::{Picked, transaction};
use crate::cards::{kept_back, value_at};
use crate::view::{AskedClaim, CardConsent, Choice, Consent, NeedConsent, NeedOption, ShownClaim, Texts};
use crate::wallet::InHand;

pub(super) fn of(
    asker: &Asker,
    content: &RequestContent,
    offers: &Offers,
    choice: &Choice,
    picked: &[Picked],
) -> Consent {
    Consent {
        asks: asker.asks(),
        asks_since: asker.since(),
        through: asker.through(),
        address: content.answer_to.address().map(WebUrl::origin).unwrap_or_default(),
        purpose: Texts::new(asker.requester.purpose.clone()),
        kept_days: Some(asker.requester.retention_days),
        cards: picked.iter().map(card).collect(),
        needs: offers.needs.iter().map(|one| need(offers, one)).collect(),
        transactions: transaction::views(content),
        choice: choice.clone(),
        proof_age_seconds: asker.proof_age.as_secs(),
    }
}

fn need(offers: &Offers, need: &Need) -> NeedConsent {
    let option = |queries: &Vec<String>| NeedOption {
        queries: queries.clone(),
        cards: queries.iter().map(|query| offers.title(query)).collect(),
    };
    NeedConsent { required: need.required, options: need.options.iter().map(option).collect() }
}

fn card(picked: &Picked) -> CardConsent {
    let shared = everything_shown(&picked.hand, &picked.disclose);
    let optional = could_be_added(&picked.offer, &shared);
    let asked = [shared.clone(), optional.clone()].concat();
    let kept = kept_back(&picked.hand.held, &asked);
    let card = &picked.hand.card;
    CardConsent {
        query: picked.query.clone(),
        id: card.id.clone(),
        title: card.about.title.clone(),
        shared: shared.iter().map(|path| seen(picked, path)).collect(),
        optional: optional.iter().map(|path| claim(picked, path)).collect(),
        not_shared: kept.iter().map(|path| card.name_of(path)).collect(),
        instead: picked.instead.clone(),
        several: picked.several,
        reused: picked.hand.copy.uses > 0,
    }
}

/// A claim that is shown, asked for or not.
fn seen(picked: &Picked, path: &ClaimPath) -> AskedClaim {
    let claim = claim(picked, path);
    let unasked = !is_asked(path.steps().to_vec(), &claim.claim.value, &picked.disclose);
    AskedClaim { unasked, ..claim }
}

fn claim(picked: &Picked, path: &ClaimPath) -> AskedClaim {
    let value = value_at(picked.hand.held.claims(), path);
    let name = picked.hand.card.name_of(path);
    // What comes along goes when that goes which it came with.
    let asked = |fits: fn(&ClaimPath, &ClaimPath) -> bool| picked.disclose.iter().find(|one| fits(path, one));
    let asked = asked(ClaimPath::covers).or_else(|| asked(ClaimPath::meets)).unwrap_or(path);
    AskedClaim {
        claim: ShownClaim::new(path, name, &value),
        required: picked.offer.requires(asked),
        unasked: false,
        switch: picked.offer.switch(picked.way, asked),
    }
}

/// Whether all of what stands `at` was asked for, as a whole or in all its parts.
fn is_asked(at: Vec<PathElement>, value: &Value, asked: &[ClaimPath]) -> bool {
    let inside = |step, value| is_asked(at.iter().cloned().chain([step]).collect(), value, asked);
    match value {
        _ if ClaimPath::new(at.clone()).is_ok_and(|path| asked.iter().any(|one| one.covers(&path))) => true,
        Value::Object(members) if !members.is_empty() => {
            members.iter().all(|(name, value)| inside(PathElement::Name(name.clone()), value))
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().all(|(index, value)| inside(PathElement::Index(index), value))
        }
        _ => false,
    }
}

/// What other ways would share beyond what is shared.
fn could_be_added(offer: &CardOffer, shared: &[ClaimPath]) -> Vec<ClaimPath> {
    let mut added: Vec<ClaimPath> = Vec::new();
    for path in offer.ways().flat_map(|(_, way)| way) {
        if !added.contains(path) && !shared.iter().any(|one| one.covers(path)) {
            added.push(path.clone());
        }
    }
    added
}

/// What is shown where `chosen` is: each in the words it was asked for, unless more than that comes along, and what
/// the card shows in any case because its issuer made it so.
pub(super) fn everything_shown(hand: &InHand, chosen: &[ClaimPath]) -> Vec<ClaimPath> {
    let seen = hand.held.seen(chosen);
    let mut shown: Vec<ClaimPath> = Vec::new();
    for path in chosen.iter().flat_map(|path| with_company(path, &seen)).chain(&seen) {
        if !shown.iter().any(|one| one.covers(path)) {
            shown.push(path.clone());
        }
    }
    shown
}

/// What is seen of which `path` is a part that cannot be shown apart, in each place where it is one; else `path`.
fn with_company<'p>(path: &'p ClaimPath, seen: &'p [ClaimPath]) -> Vec<&'p ClaimPath> {
    let is_more = |one: &&ClaimPath| one.steps().len() < path.steps().len() && one.meets(path);
    let more: Vec<&ClaimPath> = seen.iter().filter(is_more).collect();
    if more.is_empty() { vec![path] } else { more }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_shown_apart_takes_the_place_of_what_was_asked_for() {
        let paths = |all: Value| serde_json::from_value::<Vec<ClaimPath>>(all).unwrap();
        let asked = paths(json!([["degrees", null, "honours"]]));
        for (seen, expected) in [
            (json!([["degrees", 0]]), json!([["degrees", 0]])),
            (json!([["degrees", 0], ["degrees", 2]]), json!([["degrees", 0], ["degrees", 2]])),
            (json!([["degrees"]]), json!([["degrees"]])),
            (json!([["degrees", 0, "honours"], ["name"]]), json!([["degrees", null, "honours"]])),
            (json!([]), json!([["degrees", null, "honours"]])),
        ] {
            let seen = paths(seen);
            let found: Vec<ClaimPath> = with_company(&asked[0], &seen).into_iter().cloned().collect();
            assert_eq!(found, paths(expected), "{seen:?}");
        }
    }

    #[test]
    fn what_is_more_than_was_asked_for_is_told_apart() {
        let path = |steps: Value| serde_json::from_value::<ClaimPath>(steps).unwrap();
        let address = json!({"locality": "Port", "lines": ["Quay 1", "2nd floor"]});
        for (asked, at, value, expected) in [
            (json!([["a"]]), json!(["a"]), &address, true),
            (json!([["a", "locality"]]), json!(["a"]), &address, false),
            (json!([["a", "locality"], ["a", "lines"]]), json!(["a"]), &address, true),
            (json!([["a", "locality"], ["a", "lines", null]]), json!(["a"]), &address, true),
            (json!([["a", "locality"], ["a", "lines", 0]]), json!(["a"]), &address, false),
            (json!([["a", "locality"]]), json!(["a", "locality"]), &json!("Port"), true),
            (json!([["a"]]), json!(["a", "locality"]), &json!("Port"), true),
            (json!([["b"]]), json!(["a"]), &json!("x"), false),
            (json!([["a", 0]]), json!(["a"]), &json!([]), false),
            (json!([["a", "x"]]), json!(["a"]), &json!({}), false),
            (json!([["a", null]]), json!(["a", null]), &json!(["x", "y"]), true),
        ] {
            let paths: Vec<ClaimPath> = asked.as_array().unwrap().iter().cloned().map(path).collect();
            assert_eq!(is_asked(path(at.clone()).steps().to_vec(), value, &paths), expected, "{asked} {at}");
        }
    }
}
