//! Puts disclosed claims where their digests stand, and refuses whatever does not fit.
//!
//! Spec: RFC 9901 section 7.1, steps 3 to 5.

use core::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::claim_path::PathElement;
use crate::json::{MAX_DEPTH, MAX_VALUES};
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::disclosure::{Disclosure, HashAlgorithm};

/// Where one disclosure went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which disclosure, by its order in the token.
    pub(crate) disclosure: usize,
    /// The claim that it discloses, each array position named.
    pub(crate) path: Vec<PathElement>,
    /// The disclosures that it stands inside of.
    pub(crate) inside: Vec<usize>,
}

/// Puts the disclosures with these `texts` into `claims` and takes every digest out. Claims named in
/// `never` must not be disclosed at the top level.
pub(crate) fn unfold<'t>(
    claims: &mut Map<String, Value>,
    algorithm: HashAlgorithm,
    texts: impl Iterator<Item = &'t str>,
    never: &[&str],
) -> Result<(), SdJwtError> {
    Walk::new(algorithm, texts, never, false)?.run(claims).map(drop)
}

/// As [`unfold`], and says where each disclosure went.
pub(crate) fn unfold_and_locate<'t>(
    claims: &mut Map<String, Value>,
    algorithm: HashAlgorithm,
    texts: impl Iterator<Item = &'t str>,
    never: &[&str],
) -> Result<Vec<Place>, SdJwtError> {
    Walk::new(algorithm, texts, never, true)?.run(claims)
}

/// Whether a digest stands anywhere in `value`.
pub(crate) fn holds_digests(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.contains_key("_sd") || members.contains_key("...") || members.values().any(holds_digests)
        }
        Value::Array(items) => items.iter().any(holds_digests),
        _ => false,
    }
}

struct Walk<'n> {
    disclosures: Vec<Option<Disclosure>>,
    by_digest: BTreeMap<String, usize>,
    seen: BTreeSet<String>,
    never: &'n [&'n str],
    depth: usize,
    locate: bool,
    path: Vec<PathElement>,
    inside: Vec<usize>,
    places: Vec<Place>,
}

impl<'n> Walk<'n> {
    fn new<'t>(
        algorithm: HashAlgorithm,
        texts: impl Iterator<Item = &'t str>,
        never: &'n [&'n str],
        locate: bool,
    ) -> Result<Self, SdJwtError> {
        let (mut disclosures, mut by_digest) = (Vec::new(), BTreeMap::new());
        let left = Cell::new(MAX_VALUES);
        for text in texts {
            if by_digest.insert(algorithm.digest(text), disclosures.len()).is_some() {
                return Err(SdJwtError::RepeatedDisclosure);
            }
            disclosures.push(Some(Disclosure::parse(text, &left)?));
        }
        let (seen, path, inside, places) = (BTreeSet::new(), Vec::new(), Vec::new(), Vec::new());
        Ok(Self { disclosures, by_digest, seen, never, depth: 0, locate, path, inside, places })
    }

    fn run(mut self, claims: &mut Map<String, Value>) -> Result<Vec<Place>, SdJwtError> {
        claims.remove("_sd_alg");
        self.object(claims)?;
        if self.disclosures.iter().any(Option::is_some) {
            return Err(SdJwtError::UnreferencedDisclosure);
        }
        Ok(self.places)
    }

    fn value(&mut self, value: &mut Value, step: impl FnOnce() -> PathElement) -> Result<(), SdJwtError> {
        if !value.is_object() && !value.is_array() {
            return Ok(());
        }
        if self.depth >= MAX_DEPTH {
            return Err(SdJwtError::TooDeep);
        }
        self.depth += 1;
        if self.locate {
            self.path.push(step());
        }
        match value {
            Value::Object(members) => self.object(members)?,
            Value::Array(items) => self.array(items)?,
            _ => {}
        }
        if self.locate {
            self.path.pop();
        }
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, members: &mut Map<String, Value>) -> Result<(), SdJwtError> {
        let digests = members.remove("_sd");
        if members.contains_key("...") {
            return Err(SdJwtError::ArrayDigestForm);
        }
        if members.contains_key("_sd_alg") {
            return Err(SdJwtError::NestedHashAlgorithm);
        }
        for (name, value) in members.iter_mut() {
            self.value(value, || PathElement::Name(name.clone()))?;
        }
        match digests {
            None => Ok(()),
            Some(Value::Array(digests)) => {
                digests.into_iter().try_for_each(|digest| self.claim(members, digest))
            }
            Some(_) => Err(SdJwtError::DigestForm),
        }
    }

    /// One digest of an `_sd` array.
    fn claim(&mut self, members: &mut Map<String, Value>, digest: Value) -> Result<(), SdJwtError> {
        let Value::String(digest) = digest else { return Err(SdJwtError::DigestForm) };
        let Some((index, disclosure)) = self.take(digest)? else { return Ok(()) };
        let name = disclosure.name.ok_or(SdJwtError::ElementForClaim)?;
        if matches!(name.as_str(), "_sd" | "..." | "_sd_alg") {
            return Err(SdJwtError::ReservedName);
        }
        if self.depth == 0 && self.never.contains(&name.as_str()) {
            return Err(SdJwtError::NotDisclosable);
        }
        if members.contains_key(&name) {
            return Err(SdJwtError::NameTaken);
        }
        let value = self.open(index, disclosure.value, || PathElement::Name(name.clone()))?;
        members.insert(name, value);
        Ok(())
    }

    fn array(&mut self, items: &mut Vec<Value>) -> Result<(), SdJwtError> {
        let mut kept = Vec::with_capacity(items.len());
        for mut item in items.drain(..) {
            let position = kept.len();
            let Some(digest) = take_element_digest(&mut item)? else {
                self.value(&mut item, || PathElement::Index(position))?;
                kept.push(item);
                continue;
            };
            let Some((index, disclosure)) = self.take(digest)? else { continue };
            if disclosure.name.is_some() {
                return Err(SdJwtError::ClaimForElement);
            }
            kept.push(self.open(index, disclosure.value, || PathElement::Index(position))?);
        }
        *items = kept;
        Ok(())
    }

    /// The disclosure that a digest leads to; none for a decoy or a claim that is held back.
    fn take(&mut self, digest: String) -> Result<Option<(usize, Disclosure)>, SdJwtError> {
        let found = self.by_digest.get(&digest).copied();
        if !self.seen.insert(digest) {
            return Err(SdJwtError::RepeatedDigest);
        }
        Ok(found.and_then(|index| self.disclosures[index].take().map(|disclosure| (index, disclosure))))
    }

    fn open(
        &mut self,
        index: usize,
        mut value: Value,
        step: impl Fn() -> PathElement,
    ) -> Result<Value, SdJwtError> {
        if self.locate {
            let path = self.path.iter().cloned().chain([step()]).collect();
            self.places.push(Place { disclosure: index, path, inside: self.inside.clone() });
            self.inside.push(index);
        }
        self.value(&mut value, step)?;
        if self.locate {
            self.inside.pop();
        }
        Ok(value)
    }
}

/// The digest of an array element `{"...": digest}`; none where the element is no digest.
fn take_element_digest(item: &mut Value) -> Result<Option<String>, SdJwtError> {
    let Value::Object(members) = item else { return Ok(None) };
    match members.remove("...") {
        None => Ok(None),
        Some(Value::String(digest)) if members.is_empty() => Ok(Some(digest)),
        Some(_) => Err(SdJwtError::ArrayDigestForm),
    }
}
