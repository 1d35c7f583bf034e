//! Puts disclosed claims back where their digests stand, and refuses whatever does not fit.
//!
//! Spec: RFC 9901 section 7.1, steps 3 to 6.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::json::MAX_DEPTH;
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::disclosure::{DigestAlgorithm, Disclosure};
use crate::sd_jwt::path::PathElement;

/// Where one disclosure's claim ended up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its index among the disclosures.
    pub disclosure: usize,
    /// Its path in the processed claims, each array position named.
    pub path: Vec<PathElement>,
    /// The disclosures that had to be opened before this one.
    pub inside: Vec<usize>,
}

/// The claims with everything disclosed put in, and nothing left of the mechanics.
#[derive(Clone, Debug)]
pub struct Processed {
    /// The claims.
    pub claims: Map<String, Value>,
    /// Where each disclosure went.
    pub places: Vec<Place>,
    /// How digests are taken in this token.
    pub algorithm: DigestAlgorithm,
}

/// Processes a payload with its disclosures.
///
/// # Errors
/// [`SdJwtError`], one for each rule.
pub fn process(mut payload: Map<String, Value>, disclosures: &[Disclosure]) -> Result<Processed, SdJwtError> {
    let algorithm = DigestAlgorithm::of(payload.remove("_sd_alg").as_ref())?;
    let mut by_digest = HashMap::with_capacity(disclosures.len());
    for (index, disclosure) in disclosures.iter().enumerate() {
        if by_digest.insert(algorithm.digest(disclosure.text()), index).is_some() {
            return Err(SdJwtError::RepeatedDisclosure);
        }
    }
    let mut walk = Walk { disclosures, by_digest, seen: HashSet::new(), places: Vec::new(), path: Vec::new(), inside: Vec::new() };
    walk.object(&mut payload)?;
    if walk.places.len() != disclosures.len() {
        return Err(SdJwtError::Unreferenced);
    }
    Ok(Processed { claims: payload, places: walk.places, algorithm })
}

struct Walk<'d> {
    disclosures: &'d [Disclosure],
    by_digest: HashMap<String, usize>,
    seen: HashSet<String>,
    places: Vec<Place>,
    path: Vec<PathElement>,
    inside: Vec<usize>,
}

impl Walk<'_> {
    fn value(&mut self, value: &mut Value) -> Result<(), SdJwtError> {
        if self.path.len() > MAX_DEPTH {
            return Err(SdJwtError::TooDeep);
        }
        match value {
            Value::Object(members) => self.object(members),
            Value::Array(items) => self.array(items),
            _ => Ok(()),
        }
    }

    fn object(&mut self, members: &mut Map<String, Value>) -> Result<(), SdJwtError> {
        let digests = members.remove("_sd");
        if members.contains_key("...") {
            return Err(SdJwtError::Digests);
        }
        for (name, value) in members.iter_mut() {
            self.path.push(PathElement::Name(name.clone()));
            self.value(value)?;
            self.path.pop();
        }
        match digests {
            None => Ok(()),
            Some(Value::Array(digests)) => digests.into_iter().try_for_each(|digest| self.claim(members, digest)),
            Some(_) => Err(SdJwtError::Digests),
        }
    }

    /// One digest of an `_sd` array.
    fn claim(&mut self, members: &mut Map<String, Value>, digest: Value) -> Result<(), SdJwtError> {
        let Some(index) = self.find(digest)? else { return Ok(()) };
        let name = self.disclosures[index].name().ok_or(SdJwtError::WrongPlace)?;
        if members.contains_key(name) {
            return Err(SdJwtError::RepeatedClaim);
        }
        let value = self.open(index, PathElement::Name(name.to_owned()))?;
        members.insert(name.to_owned(), value);
        Ok(())
    }

    fn array(&mut self, items: &mut Vec<Value>) -> Result<(), SdJwtError> {
        let mut kept = Vec::with_capacity(items.len());
        for mut item in items.drain(..) {
            let position = PathElement::Index(kept.len());
            match as_digest(&mut item) {
                None => {
                    self.path.push(position);
                    self.value(&mut item)?;
                    self.path.pop();
                    kept.push(item);
                }
                Some(digest) => {
                    let Some(index) = self.find(digest)? else { continue };
                    if self.disclosures[index].name().is_some() {
                        return Err(SdJwtError::WrongPlace);
                    }
                    kept.push(self.open(index, position)?);
                }
            }
        }
        *items = kept;
        Ok(())
    }

    /// The disclosure of a digest, if it came; a decoy or a claim kept back has none.
    fn find(&mut self, digest: Value) -> Result<Option<usize>, SdJwtError> {
        let Value::String(digest) = digest else { return Err(SdJwtError::Digests) };
        let found = self.by_digest.get(&digest).copied();
        if !self.seen.insert(digest) {
            return Err(SdJwtError::RepeatedDigest);
        }
        Ok(found)
    }

    fn open(&mut self, index: usize, step: PathElement) -> Result<Value, SdJwtError> {
        self.path.push(step);
        self.places.push(Place { disclosure: index, path: self.path.clone(), inside: self.inside.clone() });
        self.inside.push(index);
        let mut value = self.disclosures[index].value().clone();
        self.value(&mut value)?;
        self.inside.pop();
        self.path.pop();
        Ok(value)
    }
}

/// The digest of `{"...": digest}`: an object of exactly that one member.
fn as_digest(item: &mut Value) -> Option<Value> {
    match item {
        Value::Object(members) if members.len() == 1 => members.remove("..."),
        _ => None,
    }
}

/// Whether digests stand anywhere in `value`.
pub fn holds_digests(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key("_sd") || members.contains_key("...") || members.values().any(holds_digests)
        }
        Value::Array(items) => items.iter().any(holds_digests),
        _ => false,
    }
}
