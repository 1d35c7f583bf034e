//! The wallet's half: which cards answer a query, and what of them would be shown (section 6.4).

use std::collections::BTreeMap;

use credential::claim_path::ClaimPath;

use crate::vp::dcql::select::{Indexes, select};
use crate::vp::dcql::{Candidate, ClaimQuery, CredentialQuery, Query};

/// A card that answers one part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The wallet's name for the card.
    pub candidate: String,
    /// The combinations of claims that the card can give, by their place in the query, the preferred first:
    /// at least one. [`CredentialQuery::disclosed`] says what each discloses.
    pub ways: Vec<usize>,
}

/// One thing that a query wants, and the ways there are to give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Whether an answer without it is none.
    pub required: bool,
    /// Each a list of query identifiers that together will do, the preferred first; only ways for which the
    /// wallet has cards.
    pub options: Vec<Vec<String>>,
}

/// How a wallet could answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For each query identifier the cards that would do, in the order they came; identifiers without a
    /// card are left out.
    pub choices: BTreeMap<String, Vec<Choice>>,
    /// What must and may be given; every required need has at least one option.
    pub needs: Vec<Need>,
}

/// The wallet lacks a card or claim that is required, so it shows nothing at all (section 6.4.2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no card satisfies what is required")]
pub struct Unanswerable {
    /// The query identifiers that no card answers.
    pub missing: Vec<String>,
}

impl Query {
    /// Finds how these cards could answer. `values` is compared here; the person still decides.
    ///
    /// # Errors
    /// [`Unanswerable`] where something required is missing.
    pub fn answer(&self, candidates: &[Candidate<'_>]) -> Result<Answer, Unanswerable> {
        let choices = self.choices(candidates);
        let needs = self.needs(&|id| choices.contains_key(id));
        if needs.iter().all(|need| !need.required || !need.options.is_empty()) {
            return Ok(Answer { choices, needs });
        }
        let missing = self.credentials.iter().map(|credential| &credential.id);
        Err(Unanswerable { missing: missing.filter(|id| !choices.contains_key(*id)).cloned().collect() })
    }

    fn choices(&self, candidates: &[Candidate<'_>]) -> BTreeMap<String, Vec<Choice>> {
        let choose = |query: &CredentialQuery| {
            let found: Vec<Choice> = candidates.iter().filter_map(|card| query.choice(card)).collect();
            (query.id.clone(), found)
        };
        self.credentials.iter().map(choose).filter(|(_, found)| !found.is_empty()).collect()
    }

    /// The needs with those options whose every part is there. Without `credential_sets`, every card is
    /// required.
    pub(super) fn needs(&self, has: &dyn Fn(&str) -> bool) -> Vec<Need> {
        let possible = |options: &[Vec<String>]| {
            options.iter().filter(|option| option.iter().all(|id| has(id))).cloned().collect::<Vec<_>>()
        };
        if self.sets.is_empty() {
            let all = self.credentials.iter().map(|credential| credential.id.clone()).collect();
            return vec![Need { required: true, options: possible(&[all]) }];
        }
        self.sets.iter().map(|set| Need { required: set.required, options: possible(&set.options) }).collect()
    }
}

impl CredentialQuery {
    /// What each combination of claims that will do discloses, in the query's order of preference. Without
    /// `claim_sets` there is one.
    pub fn disclosed(&self) -> Vec<Vec<ClaimPath>> {
        self.claim_options().iter().map(|option| self.paths(option)).collect()
    }

    /// Each claim is looked for once, in however many combinations it stands.
    fn choice(&self, card: &Candidate<'_>) -> Option<Choice> {
        if !self.is_of_type(card.format, card.vct) || !self.is_vouched_for(card) {
            return None;
        }
        let met: Vec<bool> = self.claims.iter().map(|claim| claim.is_met_by(card)).collect();
        let options = self.claim_options();
        let possible =
            options.iter().enumerate().filter(|(_, option)| option.iter().all(|index| met[*index]));
        let ways: Vec<usize> = possible.map(|(place, _)| place).collect();
        if ways.is_empty() { None } else { Some(Choice { candidate: card.id.to_owned(), ways }) }
    }

    fn is_vouched_for(&self, card: &Candidate<'_>) -> bool {
        self.authorities.is_empty() || card.authorities.iter().any(|one| self.authorities.contains(one))
    }

    fn paths(&self, option: &[usize]) -> Vec<ClaimPath> {
        let mut paths: Vec<ClaimPath> = Vec::new();
        for index in option {
            let path = &self.claims[*index].path;
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        paths
    }
}

impl ClaimQuery {
    fn is_met_by(&self, card: &Candidate<'_>) -> bool {
        let found = select(&self.path, card.claims, Indexes::Exact);
        !found.is_empty() && (self.values.is_empty() || found.iter().any(|value| self.values.contains(value)))
    }
}
