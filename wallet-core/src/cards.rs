//! Looking at one's cards.

use credential::claim_path::{ClaimPath, PathElement};
use credential::sd_jwt_vc::NEVER_DISCLOSABLE;
use serde_json::{Map, Value};

use crate::store::StoreError;
use crate::store::cards::About;
use crate::view::{CardDetails, CardView, ShownClaim, Texts, plain_name};
use crate::wallet::{InHand, Wallet};

impl Wallet {
    /// Every card, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cards(&self) -> Result<Vec<CardView>, StoreError> {
        self.hand()?.iter().map(|card| self.card_view(card)).collect()
    }

    /// One card with all that it says.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub fn card(&self, id: &str) -> Result<CardDetails, StoreError> {
        let card = self.in_hand(self.store.card(id)?)?;
        let about = &card.card.about;
        let claims = own_claims(card.held.claims())
            .map(|(name, value)| {
                let path = ClaimPath::name(name);
                ShownClaim { name: about.name_of(&path), path, value: value.clone() }
            })
            .collect();
        Ok(CardDetails { card: self.card_view(&card)?, claims })
    }

    pub(crate) fn card_view(&self, card: &InHand) -> Result<CardView, StoreError> {
        let copies = self.store.copies(&card.card.id)?;
        let about = &card.card.about;
        Ok(CardView {
            id: card.card.id.clone(),
            title: about.title.clone(),
            vct: card.card.vct.clone(),
            issuer: about.issuer_name.clone(),
            received_at: card.card.received_at,
            valid_until: card.held.expires_at(),
            copies: copies.all,
            unused_copies: copies.unused,
            background: about.background.clone(),
            text: about.text.clone(),
            has_code: !about.code.is_empty(),
        })
    }
}

impl About {
    /// What a claim is called: by the issuer's names, else by its path.
    pub(crate) fn name_of(&self, path: &ClaimPath) -> Texts {
        let named = |wanted: &ClaimPath| {
            let found = self.claims.iter().find(|claim| claim.path == *wanted);
            found.map(|claim| claim.name.clone()).filter(|name| !name.0.is_empty())
        };
        named(path).unwrap_or_else(|| plain_name(path))
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
pub(crate) fn kept_back(claims: &Map<String, Value>, shared: &[ClaimPath]) -> Vec<ClaimPath> {
    let mut kept = Vec::new();
    for (name, value) in own_claims(claims) {
        add_kept_back(vec![PathElement::Name(name.clone())], value, shared, &mut kept);
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
    use serde_json::json;

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
        let kept = kept_back(claims.as_object().unwrap(), &shared);
        assert_eq!(
            serde_json::to_value(kept).unwrap(),
            json!([["address", "street_address"], ["birthdate"]])
        );
    }
}
