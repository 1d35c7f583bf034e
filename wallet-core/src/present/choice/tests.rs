use serde_json::{Value, json};

use super::*;
use crate::view::Texts;

fn way(names: &[&str]) -> Vec<ClaimPath> {
    names.iter().map(|name| ClaimPath::name(name)).collect()
}

fn card(id: &str, ways: &[&[&str]]) -> CardOffer {
    let name = CardName { id: id.to_owned(), title: Texts::one(id) };
    let combinations = ways.iter().map(|names| way(names)).collect();
    CardOffer { name, combinations, ways: (0..ways.len()).collect() }
}

fn part(several: bool, cards: &[CardOffer]) -> Part {
    Part { several, cards: cards.to_vec() }
}

/// A card that is required, of one or another kind; and two that are optional, one of which several may be.
fn offers() -> Offers {
    let need = |required, options: &[&[&str]]| Need {
        required,
        options: options.iter().map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()).collect(),
    };
    let parts = [
        ("pid", part(false, &[card("new", &[&["a", "b"], &["a"]]), card("old", &[&["a"]])])),
        ("passport", part(false, &[card("p", &[&["c"]])])),
        ("photo", part(false, &[card("f", &[&["d"]])])),
        ("degree", part(true, &[card("d1", &[&["e"]]), card("d2", &[&["e"]])])),
    ];
    Offers {
        needs: vec![
            need(true, &[&["pid"], &["passport", "photo"]]),
            need(false, &[&["degree"]]),
            need(false, &[&["photo"]]),
        ],
        parts: parts.into_iter().map(|(id, part)| (id.to_owned(), part)).collect(),
        confirming: Vec::new(),
    }
}

fn choice(value: Value) -> Choice {
    serde_json::from_value(value).unwrap()
}

/// Part, card and way of what is picked.
fn picked(value: Value) -> Option<Vec<(String, String, usize)>> {
    let offers = offers();
    let picks = offers.resolve(&choice(value)).ok()?;
    Some(picks.iter().map(|pick| (pick.query.to_owned(), pick.card.name.id.clone(), pick.way)).collect())
}

fn named(picks: &[(&str, &str, usize)]) -> Option<Vec<(String, String, usize)>> {
    Some(picks.iter().map(|(query, card, way)| ((*query).to_owned(), (*card).to_owned(), *way)).collect())
}

#[test]
fn usually_what_is_required_is_shared_and_as_little_as_will_do() {
    let usual = offers().usual();
    assert_eq!(usual.options, [Some(0), None, None]);
    assert_eq!(picked(json!(usual)), named(&[("pid", "new", 1)]));
}

#[test]
fn another_card_another_way_and_another_option_can_be_chosen() {
    let all = json!({"options": [0, null, null], "cards": [{"query": "pid", "card": "new", "way": 0}]});
    assert_eq!(picked(all), named(&[("pid", "new", 0)]));
    let old = json!({"options": [0, null, null], "cards": [{"query": "pid", "card": "old"}]});
    assert_eq!(picked(old), named(&[("pid", "old", 0)]));
    let other = picked(json!({"options": [1, null, 0]}));
    assert_eq!(other, named(&[("passport", "p", 0), ("photo", "f", 0)]), "the photo is shared once");
}

#[test]
fn several_cards_are_shared_where_several_are_asked_for() {
    let both = json!([{"query": "degree", "card": "d2"}, {"query": "degree", "card": "d1"}]);
    let picks = picked(json!({"options": [0, 0, null], "cards": both}));
    assert_eq!(picks, named(&[("pid", "new", 1), ("degree", "d2", 0), ("degree", "d1", 0)]));
    let both = json!([{"query": "pid", "card": "new"}, {"query": "pid", "card": "old"}]);
    assert_eq!(picked(json!({"options": [0, null, null], "cards": both})), None);
}

#[test]
fn a_card_for_what_is_not_given_stays() {
    let degree = json!([{"query": "degree", "card": "d1"}]);
    assert_eq!(picked(json!({"options": [0, null, null], "cards": degree})), named(&[("pid", "new", 1)]));
}

#[test]
fn nothing_can_be_chosen_that_was_not_offered() {
    let card = |query: &str, card: &str, way: u64| json!([{"query": query, "card": card, "way": way}]);
    for bad in [
        json!({"options": []}),
        json!({"options": [0]}),
        json!({"options": [0, null, null, null]}),
        json!({"options": [null, 0, 0]}),
        json!({"options": [2, null, null]}),
        json!({"options": [0, 1, null]}),
        json!({"options": [0, null, null], "cards": card("pid", "new", 2)}),
        json!({"options": [0, null, null], "cards": card("pid", "p", 0)}),
        json!({"options": [0, null, null], "cards": card("other", "new", 0)}),
        json!({"options": [0, null, null], "cards": card("degree", "new", 0)}),
        json!({"options": [0, 0, null], "cards": [
            {"query": "degree", "card": "d1"}, {"query": "degree", "card": "d1"}]}),
    ] {
        assert_eq!(picked(bad.clone()), None, "{bad}");
    }
}

#[test]
fn a_choice_says_nothing_that_is_not_known() {
    for bad in [
        json!({"options": [0], "claims": ["a"]}),
        json!({"options": [0], "cards": [{"query": "pid", "card": "new", "disclose": ["a"]}]}),
        json!({"options": [-1]}),
        json!({}),
    ] {
        assert!(serde_json::from_value::<Choice>(bad).is_err());
    }
}

#[test]
fn a_preferred_claim_is_not_left_out_for_another_one() {
    let either = card("x", &[&["age_over_18"], &["birthdate"]]);
    assert_eq!(either.usual_way(), 0);
    let parts = card("x", &[&["a", "b", "c"], &["a", "b"], &["d"], &["a"]]);
    assert_eq!(parts.usual_way(), 3);
}

#[test]
fn a_switch_turns_one_claim_and_as_little_else_as_can_be() {
    let card = card("x", &[&["a", "b", "c"], &["a", "b"], &["a", "c"], &["a"]]);
    let at = |from, name| card.switch(from, &ClaimPath::name(name));
    assert_eq!((at(3, "b"), at(3, "c")), (Some(1), Some(2)));
    assert_eq!((at(1, "c"), at(1, "b")), (Some(0), Some(3)));
    assert_eq!((at(0, "b"), at(2, "b")), (Some(2), Some(0)));
    assert_eq!((at(0, "a"), at(3, "unknown")), (None, None));
}

#[test]
fn a_way_that_a_card_cannot_give_is_not_offered() {
    let mut offers = offers();
    offers.parts.get_mut("pid").unwrap().cards[0].ways = vec![1];
    let whole = json!({"options": [0, null, null], "cards": [{"query": "pid", "card": "new", "way": 0}]});
    assert!(offers.resolve(&choice(whole)).is_err());
    let part = json!({"options": [0, null, null], "cards": [{"query": "pid", "card": "new", "way": 1}]});
    assert!(offers.resolve(&choice(part)).is_ok());
}

#[test]
fn what_confirms_a_transaction_is_chosen_and_cannot_be_left_out() {
    let mut offers = offers();
    offers.confirming = vec![vec!["degree".to_owned()], vec!["passport".to_owned(), "pid".to_owned()]];
    assert_eq!(offers.usual().options, [Some(0), Some(0), None]);
    assert!(offers.resolve(&offers.usual()).is_ok());
    assert!(offers.resolve(&choice(json!({"options": [1, 0, null]}))).is_ok());
    assert!(offers.resolve(&choice(json!({"options": [0, null, null]}))).is_err());
    offers.confirming = vec![vec!["nothing".to_owned()]];
    assert!(offers.resolve(&offers.usual()).is_err());
}
