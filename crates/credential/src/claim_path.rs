//! Paths that name claims: from the top, by member name, by array index, or every element of an array.
//!
//! Spec: OpenID4VP 1.0 section 7 (claims path pointer).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::json::MAX_DEPTH;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathElement {
    /// The member of this name.
    Name(String),
    /// The element at this index.
    Index(usize),
    /// Every element of the array.
    All,
}

/// A path of at least one step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimPath(Vec<PathElement>);

/// A path without a step, or with more steps than JSON may be deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("claim path is empty or too long")]
pub struct PathError;

impl ClaimPath {
    /// A path of these steps.
    ///
    /// # Errors
    /// [`PathError`] where there is none, or more than [`MAX_DEPTH`].
    pub fn new(steps: Vec<PathElement>) -> Result<Self, PathError> {
        if steps.is_empty() || steps.len() > MAX_DEPTH { Err(PathError) } else { Ok(Self(steps)) }
    }

    /// The path of a top-level claim.
    pub fn name(name: &str) -> Self {
        Self(vec![PathElement::Name(name.to_owned())])
    }

    /// The path of nested members, outermost first.
    ///
    /// # Errors
    /// As [`ClaimPath::new`].
    pub fn names(names: &[&str]) -> Result<Self, PathError> {
        Self::new(names.iter().map(|name| PathElement::Name((*name).to_owned())).collect())
    }

    /// The steps.
    pub fn steps(&self) -> &[PathElement] {
        &self.0
    }

    /// Everything in `claims` that this path selects; nothing where it leads nowhere.
    pub fn select<'a>(&self, claims: &'a Map<String, Value>) -> Vec<&'a Value> {
        select(claims, self.0.iter())
    }

    /// Whether everything that `other` selects lies at or below what this path selects.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len()
            && self.0.iter().zip(&other.0).all(|(ours, theirs)| step_covers(ours, theirs))
    }

    /// Whether what this path selects and what `other` selects may meet: one leads through the other.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| step_covers(a, b) || step_covers(b, a))
    }

    /// Whether this path selects something of `claims` that is, holds or lies in the value at `place`. The steps of
    /// `place` are names and indices, and lead to a value.
    pub(crate) fn selects_at(&self, place: &[PathElement], claims: &Map<String, Value>) -> bool {
        let leads_here = self.0.iter().zip(place).all(|(ours, theirs)| step_covers(ours, theirs));
        let deeper = self.0.get(place.len()..).unwrap_or_default();
        leads_here && (deeper.is_empty() || !select(claims, place.iter().chain(deeper)).is_empty())
    }
}

fn select<'a, 'p>(
    claims: &'a Map<String, Value>,
    mut steps: impl Iterator<Item = &'p PathElement>,
) -> Vec<&'a Value> {
    let Some(PathElement::Name(name)) = steps.next() else { return Vec::new() };
    let mut found: Vec<&Value> = claims.get(name).into_iter().collect();
    for step in steps {
        found = found.into_iter().flat_map(|value| step_into(value, step)).collect();
    }
    found
}

fn step_covers(ours: &PathElement, theirs: &PathElement) -> bool {
    match (ours, theirs) {
        (PathElement::All, PathElement::Index(_) | PathElement::All) => true,
        (ours, theirs) => ours == theirs,
    }
}

fn step_into<'a>(value: &'a Value, step: &PathElement) -> Vec<&'a Value> {
    match (value, step) {
        (Value::Object(members), PathElement::Name(name)) => members.get(name).into_iter().collect(),
        (Value::Array(items), PathElement::Index(index)) => items.get(*index).into_iter().collect(),
        (Value::Array(items), PathElement::All) => items.iter().collect(),
        _ => Vec::new(),
    }
}

impl Serialize for PathElement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => serializer.serialize_str(name),
            Self::Index(index) => serializer.serialize_u64(*index as u64),
            Self::All => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for PathElement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Name(name)),
            Value::Null => Ok(Self::All),
            Value::Number(number) => number
                .as_u64()
                .and_then(|index| usize::try_from(index).ok())
                .map(Self::Index)
                .ok_or_else(|| D::Error::custom("index is not a non-negative integer")),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(D::Error::custom("not a path element"))
            }
        }
    }
}

impl Serialize for ClaimPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ClaimPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(value: Value) -> ClaimPath {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_path_is_written_as_json() {
        let written = json!(["degrees", null, "type", 3]);
        assert_eq!(serde_json::to_value(path(written.clone())).unwrap(), written);
        for bad in [json!([]), json!([-1]), json!([1.5]), json!([true]), json!([["a"]]), json!("a")] {
            assert!(serde_json::from_value::<ClaimPath>(bad).is_err());
        }
    }

    #[test]
    fn a_path_selects() {
        let claims = json!({"a": {"b": [{"c": 1}, {"c": 2}, {"d": 3}]}});
        let claims = claims.as_object().unwrap();
        assert_eq!(path(json!(["a", "b", null, "c"])).select(claims), [&json!(1), &json!(2)]);
        assert_eq!(path(json!(["a", "b", 1, "c"])).select(claims), [&json!(2)]);
        assert!(path(json!(["a", "b", 7])).select(claims).is_empty());
        assert!(path(json!(["a", 0])).select(claims).is_empty());
        assert!(path(json!([null])).select(claims).is_empty());
    }

    #[test]
    fn a_path_covers_what_lies_below_it() {
        assert!(path(json!(["a"])).covers(&path(json!(["a", "b"]))));
        assert!(path(json!(["a", null])).covers(&path(json!(["a", 3, "b"]))));
        assert!(!path(json!(["a", 3])).covers(&path(json!(["a", null]))));
        assert!(!path(json!(["a", "b"])).covers(&path(json!(["a"]))));
        assert!(!path(json!(["a"])).covers(&path(json!(["b"]))));
    }

    #[test]
    fn paths_meet_where_one_leads_through_the_other() {
        for (ours, theirs, expected) in [
            (json!(["a"]), json!(["a", "b"]), true),
            (json!(["a", null]), json!(["a", 3]), true),
            (json!(["a", 3]), json!(["a", null, "b"]), true),
            (json!(["a"]), json!(["b"]), false),
            (json!(["a", 3]), json!(["a", 4]), false),
            (json!(["a", null]), json!(["a", "b"]), false),
        ] {
            assert_eq!(path(ours.clone()).meets(&path(theirs.clone())), expected, "{ours} {theirs}");
            assert_eq!(path(theirs).meets(&path(ours)), expected);
        }
    }

    #[test]
    fn a_path_selects_at_a_place_if_it_leads_through_it_to_something() {
        let claims = json!({"a": [{"b": 1}, {"c": 2}], "d": 3});
        let claims = claims.as_object().unwrap();
        let selects_at =
            |ours: &Value, place: &Value| path(ours.clone()).selects_at(path(place.clone()).steps(), claims);
        for (ours, place) in [
            (json!(["a"]), json!(["a", 0])),
            (json!(["a"]), json!(["a", 1, "c"])),
            (json!(["a", null]), json!(["a", 1])),
            (json!(["a", 1]), json!(["a"])),
            (json!(["a", null, "b"]), json!(["a"])),
            (json!(["a", null, "b"]), json!(["a", 0])),
            (json!(["a", null, "b"]), json!(["a", 0, "b"])),
        ] {
            assert!(selects_at(&ours, &place), "{ours} {place}");
        }
        for (ours, place) in [
            (json!(["a"]), json!(["d"])),
            (json!(["a", 1]), json!(["a", 0])),
            (json!(["a", null, "b"]), json!(["a", 1])),
            (json!(["a", null, "b"]), json!(["a", 1, "c"])),
            (json!(["a", null, "e"]), json!(["a"])),
            (json!(["a", 7]), json!(["a"])),
        ] {
            assert!(!selects_at(&ours, &place), "{ours} {place}");
        }
    }

    #[test]
    fn a_path_has_as_many_steps_as_json_may_be_deep() {
        assert_eq!(ClaimPath::names(&["a"; MAX_DEPTH]).unwrap().steps().len(), MAX_DEPTH);
        assert_eq!(ClaimPath::names(&["a"; MAX_DEPTH + 1]), Err(PathError));
        assert_eq!(ClaimPath::names(&[]), Err(PathError));
        assert_eq!(ClaimPath::names(&["a", "b"]), Ok(path(json!(["a", "b"]))));
    }
}
