//! What a path selects, by the strict rule of section 7.1.1: a member or element that is missing drops out,
//! and one of the wrong kind ends the search with nothing.

use credential::claim_path::{ClaimPath, PathElement};
use serde_json::{Map, Value};

/// How an index into an array is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indexes {
    /// As written: in a card with every claim in place.
    Exact,
    /// As any element: in what was shown, elements before it may have been left out (section 7.1).
    Shifted,
}

/// Everything that `path` selects; empty where it selects nothing.
pub(super) fn select<'a>(
    path: &ClaimPath,
    claims: &'a Map<String, Value>,
    indexes: Indexes,
) -> Vec<&'a Value> {
    let mut steps = path.steps().iter();
    let Some(PathElement::Name(first)) = steps.next() else { return Vec::new() };
    let mut found: Vec<&Value> = claims.get(first).into_iter().collect();
    for step in steps {
        let mut next = Vec::new();
        for value in found {
            match (value, step, indexes) {
                (Value::Object(members), PathElement::Name(name), _) => next.extend(members.get(name)),
                (Value::Array(items), PathElement::All, _)
                | (Value::Array(items), PathElement::Index(_), Indexes::Shifted) => next.extend(items),
                (Value::Array(items), PathElement::Index(index), Indexes::Exact) => {
                    next.extend(items.get(*index))
                }
                _ => return Vec::new(),
            }
        }
        found = next;
    }
    found
}
