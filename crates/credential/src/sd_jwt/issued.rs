//! What the issuer made selectively disclosable, and where: the claims with the places of what is hidden.
//!
//! Processed claims have lost this: hidden array elements are gone from them and their neighbours moved up.
//! Rules about how a credential was issued need it, so this is the tree as it was issued.
//!
//! Spec: SD-JWT VC draft 19 sections 5.6 and 5.6.1.

use core::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use crate::claim_path::{ClaimPath, PathElement};
use crate::json::MAX_VALUES;
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::disclosure::{Disclosure, HashAlgorithm};

/// The claims of one token as they were issued.
#[derive(Clone, Debug)]
pub(crate) struct Issued(Place);

/// One claim or array element.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Whether it is a disclosure of its own.
    pub(crate) disclosable: bool,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Object { members: BTreeMap<String, Place>, hides: bool },
    Array(Vec<Place>),
    Scalar,
    Undisclosed,
}

/// What a path selects.
#[derive(Debug, Default)]
pub(crate) struct Selection<'i> {
    /// The places that are there.
    pub(crate) places: Vec<&'i Place>,
    /// Whether more may lie in what was not disclosed, on the way to the last step.
    pub(crate) hidden_above: bool,
    /// Whether the last step itself may be one of the digests that nothing was disclosed for.
    pub(crate) hidden_here: bool,
}

/// A path that steps into a value of another kind, which is an error and not an empty selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongKind;

impl Issued {
    /// The tree of `payload`, digests in it, with the disclosures of these texts put in. They have been put
    /// together before ([`unfold`](crate::sd_jwt::unfold)), so that depth and digests are known to be in order.
    pub(crate) fn new<'t>(
        payload: &Map<String, Value>,
        algorithm: HashAlgorithm,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<Self, SdJwtError> {
        let left = Cell::new(MAX_VALUES);
        let read = |text: &'t str| {
            Disclosure::parse(text, &left).map(|disclosure| (algorithm.digest(text), disclosure))
        };
        let mut building = Building { by_digest: texts.map(read).collect::<Result<_, _>>()? };
        let content = building.object(payload);
        Ok(Self(Place { disclosable: false, content }))
    }

    /// What `path` selects, array positions counted as issued.
    pub(crate) fn select(&self, path: &ClaimPath) -> Result<Selection<'_>, WrongKind> {
        let mut selection = Selection { places: vec![&self.0], ..Selection::default() };
        for step in path.steps() {
            selection = step_into(selection, step)?;
        }
        Ok(selection)
    }
}

fn step_into<'i>(from: Selection<'i>, step: &PathElement) -> Result<Selection<'i>, WrongKind> {
    let mut to = Selection { hidden_above: from.hidden_above || from.hidden_here, ..Selection::default() };
    for place in from.places {
        match (&place.content, step) {
            (Content::Undisclosed, _) => to.hidden_above = true,
            (Content::Object { members, hides }, PathElement::Name(name)) => match members.get(name) {
                Some(member) => to.places.push(member),
                None => to.hidden_here |= hides,
            },
            (Content::Array(items), PathElement::All) => to.places.extend(items),
            (Content::Array(items), PathElement::Index(index)) => to.places.extend(items.get(*index)),
            (Content::Object { .. } | Content::Array(_) | Content::Scalar, _) => return Err(WrongKind),
        }
    }
    Ok(to)
}

struct Building {
    by_digest: HashMap<String, Disclosure>,
}

impl Building {
    fn place(&mut self, value: &Value, disclosable: bool) -> Place {
        let content = match value {
            Value::Object(members) => self.object(members),
            Value::Array(items) => Content::Array(items.iter().map(|item| self.element(item)).collect()),
            _ => Content::Scalar,
        };
        Place { disclosable, content }
    }

    fn object(&mut self, object: &Map<String, Value>) -> Content {
        let mut members = BTreeMap::new();
        for (name, value) in object.iter().filter(|(name, _)| *name != "_sd" && *name != "_sd_alg") {
            members.insert(name.clone(), self.place(value, false));
        }
        let mut hides = false;
        for digest in object.get("_sd").and_then(Value::as_array).into_iter().flatten() {
            match self.take(digest) {
                Some(Disclosure { name: Some(name), value }) => {
                    members.insert(name, self.place(&value, true));
                }
                _ => hides = true,
            }
        }
        Content::Object { members, hides }
    }

    fn element(&mut self, item: &Value) -> Place {
        let Some(digest) = item.get("...") else { return self.place(item, false) };
        match self.take(digest) {
            Some(disclosure) => self.place(&disclosure.value, true),
            None => Place { disclosable: true, content: Content::Undisclosed },
        }
    }

    fn take(&mut self, digest: &Value) -> Option<Disclosure> {
        self.by_digest.remove(digest.as_str()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::members;
    use serde_json::json;

    #[test]
    fn digests_and_their_algorithm_are_no_claims() {
        let payload = members(json!({"_sd": ["x"], "_sd_alg": "sha-256", "a": {"_sd": ["y"], "b": 1}}));
        let issued = Issued::new(&payload, HashAlgorithm::Sha256, core::iter::empty()).unwrap();
        let count = |names: &[&str]| issued.select(&ClaimPath::names(names).unwrap()).unwrap().places.len();
        assert_eq!((count(&["_sd"]), count(&["_sd_alg"]), count(&["a", "_sd"])), (0, 0, 0));
        assert_eq!(count(&["a", "b"]), 1);
    }
}
