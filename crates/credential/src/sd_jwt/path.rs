//! Where a claim stands: names, array positions, or all elements of an array.
//!
//! Spec: OpenID4VP 1.0 section 7, SD-JWT VC section 4.6.1.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Elements of one path, at most.
pub const MAX_PATH: usize = 16;

/// One step into a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathElement {
    /// A member of an object.
    Name(String),
    /// An element of an array, from zero.
    Index(usize),
    /// Every element of an array; `null` on the wire.
    All,
}

/// A claims path pointer: one step at least.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<PathElement>", into = "Vec<PathElement>")]
pub struct ClaimPath(Vec<PathElement>);

/// An empty path, or one with more steps than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("claim path is empty or too long")]
pub struct PathError;

impl ClaimPath {
    /// A path of `elements`.
    ///
    /// # Errors
    /// [`PathError`].
    pub fn new(elements: Vec<PathElement>) -> Result<Self, PathError> {
        if elements.is_empty() || elements.len() > MAX_PATH {
            return Err(PathError);
        }
        Ok(Self(elements))
    }

    /// The path to a claim at the top.
    pub fn top(name: &str) -> Self {
        Self(vec![PathElement::Name(name.to_owned())])
    }

    /// The path through members of these names.
    ///
    /// # Errors
    /// [`PathError`].
    pub fn names(names: &[&str]) -> Result<Self, PathError> {
        Self::new(names.iter().map(|name| PathElement::Name((*name).to_owned())).collect())
    }

    /// Its steps.
    pub fn elements(&self) -> &[PathElement] {
        &self.0
    }

    /// Whether `place` (which names every position) is what this path selects, or lies inside it.
    pub fn selects(&self, place: &[PathElement]) -> bool {
        self.0.len() <= place.len() && self.matches_start(place, self.0.len())
    }

    /// Whether this path leads through `place`.
    pub fn leads_through(&self, place: &[PathElement]) -> bool {
        place.len() <= self.0.len() && self.matches_start(place, place.len())
    }

    fn matches_start(&self, place: &[PathElement], count: usize) -> bool {
        self.0.iter().zip(place).take(count).all(|(ours, theirs)| match (ours, theirs) {
            (PathElement::All, PathElement::Index(_)) => true,
            _ => ours == theirs,
        })
    }

    /// The values that this path selects in `claims`; none where it leads nowhere.
    pub fn select<'v>(&self, claims: &'v Value) -> Vec<&'v Value> {
        self.0.iter().fold(vec![claims], |found, element| {
            found
                .into_iter()
                .flat_map(|value| match (element, value) {
                    (PathElement::Name(name), Value::Object(members)) => members.get(name).into_iter().collect(),
                    (PathElement::Index(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
                    (PathElement::All, Value::Array(items)) => items.iter().collect(),
                    _ => Vec::new(),
                })
                .collect()
        })
    }
}

impl TryFrom<Vec<PathElement>> for ClaimPath {
    type Error = PathError;

    fn try_from(elements: Vec<PathElement>) -> Result<Self, PathError> {
        Self::new(elements)
    }
}

impl From<ClaimPath> for Vec<PathElement> {
    fn from(path: ClaimPath) -> Self {
        path.0
    }
}

impl core::fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (position, element) in self.0.iter().enumerate() {
            let dot = if position == 0 { "" } else { "." };
            match element {
                PathElement::Name(name) => write!(f, "{dot}{name}")?,
                PathElement::Index(index) => write!(f, "{dot}{index}")?,
                PathElement::All => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}
