//! A whole range of queries, put together by `tests/peers/dcql-range.mjs`, and what npm `dcql` says to each. Where
//! the two disagree, the specification says who is right.

use std::collections::BTreeMap;

use credential::claim_path::PathElement;
use serde_json::{Map, Value};

use super::*;
use crate::testing::members;

/// Queries of the range to which the peer says something else: all that go through each element of an array, which is
/// empty on one of the cards. The peer takes that for fulfilled; by section 7.1.1 of the specification a path that
/// selects nothing leads to no claim.
const DISAGREEMENTS: usize = 13;

/// A recorded card.
struct Card {
    format: Format,
    vct: String,
    claims: Map<String, Value>,
    authorities: Vec<Authority>,
}

impl Card {
    fn read(recorded: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let of = |one: &str, other: &str| recorded.get(one).unwrap_or_else(|| &recorded[other]).clone();
        let authority = &recorded["authority"];
        let values = authority["values"].as_array().unwrap().iter();
        Self {
            format: Format::from_name(&text(&recorded["credential_format"])),
            vct: text(&of("vct", "doctype")),
            claims: members(of("claims", "namespaces")),
            authorities: values
                .map(|value| Authority { kind: text(&authority["type"]), value: text(value) })
                .collect(),
        }
    }

    fn candidate<'a>(&'a self, id: &'a str) -> Candidate<'a> {
        let Self { format, vct, claims, authorities } = self;
        Candidate { id, format, vct, claims, authorities }
    }
}

/// For each part the cards that fit, each with the combinations of claims that it gives.
type Fits = BTreeMap<String, Vec<(usize, Vec<usize>)>>;

/// What fits, where there is an answer at all.
fn ours(query: &Query, cards: &[Card]) -> Option<Fits> {
    let names: Vec<String> = (0..cards.len()).map(|number| number.to_string()).collect();
    let candidates: Vec<_> = cards.iter().zip(&names).map(|(card, name)| card.candidate(name)).collect();
    let choices = query.answer(&candidates).ok()?.choices;
    let choice = |one: &answer::Choice| (one.candidate.parse().unwrap(), one.ways.clone());
    Some(choices.iter().map(|(id, all)| (id.clone(), all.iter().map(choice).collect())).collect())
}

#[test]
fn a_range_of_queries_is_answered_as_by_a_peer() {
    let recorded: Value = serde_json::from_str(include_str!("range.json")).unwrap();
    let cards: Vec<Card> = recorded["cards"].as_array().unwrap().iter().map(Card::read).collect();
    let answers = recorded["answers"].as_array().unwrap();
    let mut disagreements = Vec::new();
    for answer in answers {
        let query = Query::parse(&answer["query"]).unwrap();
        let satisfied = answer["can_be_satisfied"] == true;
        let peer: Option<Fits> = satisfied.then(|| serde_json::from_value(answer["fits"].clone()).unwrap());
        if ours(&query, &cards) != peer {
            disagreements.push(query);
        }
    }
    assert!(answers.len() > 200, "{}", answers.len());
    for query in &disagreements {
        assert!(goes_through_degrees(query), "{}", query.as_json());
    }
    assert_eq!(disagreements.len(), DISAGREEMENTS);
}

/// Whether a claim is asked of each degree: one card has none.
fn goes_through_degrees(query: &Query) -> bool {
    let each = [PathElement::Name("degrees".into()), PathElement::All];
    let claims = query.credentials().iter().flat_map(CredentialQuery::claims);
    claims.map(ClaimQuery::path).any(|path| path.steps().starts_with(&each))
}
