//! What a path selects, by the strict rule of section 7.1.1: a member or element that is missing drops out,
//! and one of the wrong kind ends the search with nothing.

use credential::claim_path::{ClaimPath, PathElement};
use serde_json::{Map, Value};

/// How an index into an array is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indexes {
    /// As written: in a card with every claim in place.
    Exact,
    /// As the element there or any before it: in what was shown, elements may have been left out, and those behind them
    /// have moved up (section 7.1). One that the rest of the path does not fit is not the one that is meant.
    Shifted,
}

/// Everything that `path` selects; empty where it selects nothing.
pub(super) fn select<'a>(
    path: &ClaimPath,
    claims: &'a Map<String, Value>,
    indexes: Indexes,
) -> Vec<&'a Value> {
    let Some((PathElement::Name(first), rest)) = path.steps().split_first() else { return Vec::new() };
    claims.get(first).and_then(|value| follow(value, rest, indexes)).unwrap_or_default()
}

/// Everything that `steps` select from `value` on; none where one of them meets a value of the wrong kind.
fn follow<'a>(value: &'a Value, steps: &[PathElement], indexes: Indexes) -> Option<Vec<&'a Value>> {
    let Some((step, rest)) = steps.split_first() else { return Some(vec![value]) };
    let next: Vec<&Value> = match (value, step) {
        (Value::Object(members), PathElement::Name(name)) => members.get(name).into_iter().collect(),
        (Value::Array(items), PathElement::All) => items.iter().collect(),
        (Value::Array(items), PathElement::Index(index)) => match indexes {
            Indexes::Exact => items.get(*index).into_iter().collect(),
            Indexes::Shifted => {
                let possible = items.iter().take(index.saturating_add(1));
                return Some(possible.filter_map(|item| follow(item, rest, indexes)).flatten().collect());
            }
        },
        _ => return None,
    };
    let found: Option<Vec<Vec<&Value>>> =
        next.into_iter().map(|value| follow(value, rest, indexes)).collect();
    Some(found?.into_iter().flatten().collect())
}
