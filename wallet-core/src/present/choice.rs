//! What can be chosen: which cards answer which part, in which ways; and holding a choice against it.
//!
//! Spec: OpenID4VP 1.0 sections 6.4.1 to 6.4.3.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use credential::claim_path::{ClaimPath, PathElement};
use openid4vc::vp::dcql::answer::{self, Need};
use openid4vc::vp::dcql::{Authority, Candidate, CredentialQuery, Query};
use openid4vc::vp::request::RequestContent;
use openid4vc::vp::response::MAX_PRESENTATIONS;

use super::{Picked, PresentError};
use crate::held::CardFormat;
use crate::store::content::CardContent;
use crate::view::{CardName, Choice, ChosenCard, Texts};
use crate::wallet::Wallet;

/// Cards that are offered for one part, at most: more than anyone looks through.
const MAX_CARDS: usize = 64;

/// All that can be chosen from.
pub(super) struct Offers {
    pub(super) needs: Vec<Need>,
    parts: BTreeMap<String, Part>,
    /// For each transaction the parts that could confirm it.
    confirming: Vec<Vec<String>>,
}

/// The cards that answer one part of the query.
struct Part {
    /// Whether several may do so together.
    several: bool,
    cards: Vec<CardOffer>,
}

/// One card, and the ways to share it.
#[derive(Clone)]
pub(super) struct CardOffer {
    name: CardName,
    /// The combinations of claims that will do, those that the other side prefers first; one list for all cards.
    combinations: Arc<[Vec<ClaimPath>]>,
    /// Those of them that this card can give, by their place.
    ways: Vec<usize>,
}

/// A card that was chosen, among what was offered.
#[derive(Clone, Copy)]
struct Pick<'o> {
    query: &'o str,
    part: &'o Part,
    card: &'o CardOffer,
    way: usize,
}

impl Wallet {
    /// Finds everything that could be chosen.
    pub(super) fn offers(&self, content: &RequestContent) -> Result<Offers, PresentError> {
        let (needs, parts) = self.parts(&content.query)?;
        if needs.iter().all(|need| need.options.is_empty()) {
            return Err(PresentError::NothingRequired);
        }
        let confirming = content.transaction_data.iter().map(|one| one.credential_ids().to_vec()).collect();
        Ok(Offers { needs, parts, confirming })
    }

    /// For each part of a query the cards that could answer it, the newest first. Nobody is asked and nothing
    /// leaves.
    ///
    /// # Errors
    /// [`PresentError::NoCard`] where something is required that no card has; [`PresentError::Store`].
    pub fn cards_for(&self, query: &Query) -> Result<BTreeMap<String, Vec<CardName>>, PresentError> {
        let (_, parts) = self.parts(query)?;
        let names = |part: Part| part.cards.into_iter().map(|card| card.name).collect();
        Ok(parts.into_iter().map(|(id, part)| (id, names(part))).collect())
    }

    /// What is wanted, and the cards for it. No copy is read unless authorities are named: what cards say is kept
    /// beside them.
    fn parts(&self, query: &Query) -> Result<(Vec<Need>, BTreeMap<String, Part>), PresentError> {
        let mut held = Vec::new();
        for ((format, vct), names) in wanted(query) {
            held.extend(self.store.cards_of_type(format, vct, &names, self.now())?);
        }
        let authorities: Vec<Vec<Authority>> = if query.names_authorities() {
            held.iter().map(|card| self.authorities(card)).collect()
        } else {
            vec![Vec::new(); held.len()]
        };
        let candidates: Vec<Candidate<'_>> = held.iter().zip(&authorities).map(candidate).collect();
        let answer = query.answer(&candidates)?;
        let mut parts = BTreeMap::new();
        for part in query.credentials() {
            if let Some(choices) = answer.choices.get(part.id()) {
                parts.insert(part.id().to_owned(), self.part(part, choices)?);
            }
        }
        Ok((answer.needs, parts))
    }

    /// Who vouches for the copy that would be shown next. For one that cannot be read, nobody does.
    fn authorities(&self, card: &CardContent) -> Vec<Authority> {
        let hand = self.store.card(&card.id).and_then(|card| self.in_hand(card));
        hand.map(|hand| hand.held.authorities()).unwrap_or_default()
    }

    fn part(&self, query: &CredentialQuery, choices: &[answer::Choice]) -> Result<Part, PresentError> {
        let combinations: Arc<[Vec<ClaimPath>]> = query.disclosed().into();
        let offer = |choice: &answer::Choice| {
            let card = self.store.card(&choice.candidate)?;
            Ok::<_, PresentError>(CardOffer {
                name: CardName { id: card.id, title: card.about.title },
                combinations: Arc::clone(&combinations),
                ways: choice.ways.clone(),
            })
        };
        let cards = choices.iter().take(MAX_CARDS).map(offer).collect::<Result<_, _>>()?;
        Ok(Part { several: query.is_multiple(), cards })
    }

    /// The cards of a choice, each with the copy that would be shown.
    pub(super) fn pick(&self, offers: &Offers, choice: &Choice) -> Result<Vec<Picked>, PresentError> {
        let picks = offers.resolve(choice)?;
        let take = |pick: Pick<'_>| {
            let hand = self.in_hand(self.store.card(&pick.card.name.id)?)?;
            Ok(Picked {
                query: pick.query.to_owned(),
                hand,
                offer: pick.card.clone(),
                way: pick.way,
                disclose: pick.card.discloses(pick.way).to_vec(),
                instead: pick.part.others(&pick.card.name.id),
                several: pick.part.several,
            })
        };
        picks.into_iter().map(take).collect()
    }
}

impl Offers {
    /// What is chosen where the person changes nothing: what is required, in the way that the other side
    /// prefers, with the newest card; and of what is optional only what a transaction cannot be confirmed
    /// without.
    pub(super) fn usual(&self) -> Choice {
        let mut options: Vec<Option<usize>> =
            self.needs.iter().map(|need| need.required.then_some(0)).collect();
        for ids in &self.confirming {
            let given = self.wanted(&options).unwrap_or_default();
            if ids.iter().any(|id| given.contains(&id.as_str())) {
                continue;
            }
            let confirms = |need: &Need| {
                need.options.iter().position(|option| option.iter().any(|query| ids.contains(query)))
            };
            let found =
                self.needs.iter().enumerate().find_map(|(place, need)| Some((place, confirms(need)?)));
            if let Some((place, option)) = found {
                options[place] = Some(option);
            }
        }
        Choice { options, cards: Vec::new() }
    }

    /// What the first card for a part is called.
    pub(super) fn title(&self, query: &str) -> Texts {
        let first = self.parts.get(query).and_then(|part| part.cards.first());
        first.map(|card| card.name.title.clone()).unwrap_or_default()
    }

    /// The cards of a choice; only what was offered, each once.
    fn resolve(&self, choice: &Choice) -> Result<Vec<Pick<'_>>, PresentError> {
        let chosen = self.check_cards(&choice.cards)?;
        let wanted = self.wanted(&choice.options)?;
        if !self.confirming.iter().all(|ids| ids.iter().any(|id| wanted.contains(&id.as_str()))) {
            return Err(PresentError::NotOffered);
        }
        let mut picks: Vec<Pick<'_>> = Vec::new();
        for query in wanted {
            let part = self.parts.get(query).ok_or(PresentError::NotOffered)?;
            let first = part.cards.first().ok_or(PresentError::NotOffered)?;
            let named: Vec<Pick<'_>> = chosen.iter().filter(|pick| pick.query == query).copied().collect();
            match named.len() {
                0 => picks.push(Pick { query, part, card: first, way: first.usual_way() }),
                1 => picks.extend(named),
                _ if part.several => picks.extend(named),
                _ => return Err(PresentError::NotOffered),
            }
        }
        if picks.len() > MAX_PRESENTATIONS { Err(PresentError::NotOffered) } else { Ok(picks) }
    }

    /// The parts that chosen options are made of, each once, in the order of the needs.
    fn wanted(&self, options: &[Option<usize>]) -> Result<Vec<&str>, PresentError> {
        if options.len() != self.needs.len() {
            return Err(PresentError::NotOffered);
        }
        let mut wanted: Vec<&str> = Vec::new();
        for (need, option) in self.needs.iter().zip(options) {
            let queries = match option {
                None if need.required => return Err(PresentError::NotOffered),
                None => continue,
                Some(option) => need.options.get(*option).ok_or(PresentError::NotOffered)?,
            };
            for query in queries {
                if !wanted.contains(&query.as_str()) {
                    wanted.push(query);
                }
            }
        }
        Ok(wanted)
    }

    /// Every chosen card was offered for its part, in that way, and is chosen once.
    fn check_cards(&self, chosen: &[ChosenCard]) -> Result<Vec<Pick<'_>>, PresentError> {
        let mut seen = BTreeSet::new();
        let check = |one: &ChosenCard| {
            let (query, part) = self.parts.get_key_value(&one.query).ok_or(PresentError::NotOffered)?;
            let card = part.cards.iter().find(|card| card.name.id == one.card);
            let card = card.ok_or(PresentError::NotOffered)?;
            let way = one.way.unwrap_or(card.usual_way());
            if !card.ways.contains(&way) || !seen.insert((query, &card.name.id)) {
                return Err(PresentError::NotOffered);
            }
            Ok(Pick { query, part, card, way })
        };
        chosen.iter().map(check).collect()
    }
}

/// Each format and type that is asked for, with the first names of the claims that are wanted of it.
fn wanted(query: &Query) -> BTreeMap<(CardFormat, &str), BTreeSet<&str>> {
    let formats = [CardFormat::SdJwtVc, CardFormat::Mdoc];
    let mut wanted: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for part in query.credentials() {
        let Some(format) = formats.into_iter().find(|format| format.to_query() == *part.format()) else {
            continue;
        };
        for vct in part.types() {
            let names = part.claims().iter().filter_map(|claim| match claim.path().steps() {
                [PathElement::Name(name), ..] => Some(name.as_str()),
                _ => None,
            });
            wanted.entry((format, vct.as_str())).or_default().extend(names);
        }
    }
    wanted
}

fn candidate<'a>((card, authorities): (&'a CardContent, &'a Vec<Authority>)) -> Candidate<'a> {
    let CardContent { id, format, vct, claims } = card;
    Candidate { id, format, vct, claims, authorities }
}

impl Part {
    fn others(&self, chosen: &str) -> Vec<CardName> {
        self.cards.iter().filter(|card| card.name.id != chosen).map(|card| card.name.clone()).collect()
    }
}

impl CardOffer {
    /// What a way discloses.
    fn discloses(&self, way: usize) -> &[ClaimPath] {
        self.combinations.get(way).map(Vec::as_slice).unwrap_or_default()
    }

    /// Each way with what it discloses.
    pub(super) fn ways(&self) -> impl Iterator<Item = (usize, &[ClaimPath])> {
        self.ways.iter().map(|way| (*way, self.discloses(*way)))
    }

    /// The preferred way, or where others are parts of it, the one of those that shares the least: what is
    /// optional is off.
    fn usual_way(&self) -> usize {
        let Some((preferred, all)) = self.ways().next() else { return 0 };
        let within = self.ways().filter(|(_, way)| way.iter().all(|path| all.contains(path)));
        within.min_by_key(|(_, way)| way.len()).map_or(preferred, |(place, _)| place)
    }

    /// Whether no way leaves `path` out, as where the issuer made it so that the card always shows it.
    pub(super) fn requires(&self, path: &ClaimPath) -> bool {
        let named = self.ways().filter(|(_, way)| way.contains(path)).count();
        named == 0 || named == self.ways.len()
    }

    /// The way that differs least from the way `from` among those that share `path` where it does not, or do
    /// not where it does.
    pub(super) fn switch(&self, from: usize, path: &ClaimPath) -> Option<usize> {
        if self.requires(path) {
            return None;
        }
        let current = self.discloses(from);
        let turned = self.ways().filter(|(_, way)| way.contains(path) != current.contains(path));
        let differs = |way: &[ClaimPath]| {
            let not_in = |a: &[ClaimPath], b: &[ClaimPath]| a.iter().filter(|path| !b.contains(path)).count();
            not_in(way, current) + not_in(current, way)
        };
        turned.min_by_key(|(_, way)| differs(way)).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests;
