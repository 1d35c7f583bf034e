//! Claims go out of the payload, digests and decoys come in.
//!
//! Spec: RFC 9901 sections 4.2.4 to 4.2.6.

use core::cmp::Reverse;

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::claim_path::{ClaimPath, PathElement};
use crate::encoding::base64url;
use crate::sd_jwt::disclosure::{Disclosure, HashAlgorithm};

/// A path that leads to no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchClaim;

/// Replaces what `paths` select by digests and returns the texts of the disclosures. Deeper paths go first,
/// so that one disclosure can hold the digests of others. `decoys` digests of nothing are mixed in at the
/// top where anything was concealed. Digests are sorted: their order says nothing.
pub(crate) fn conceal(
    claims: &mut Map<String, Value>,
    paths: &[ClaimPath],
    decoys: usize,
    algorithm: HashAlgorithm,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<String>, NoSuchClaim> {
    let mut deepest_first: Vec<&ClaimPath> = paths.iter().collect();
    deepest_first.sort_by_key(|path| (Reverse(path.steps().len()), *path));
    deepest_first.dedup();
    let mut work = Concealing { texts: Vec::new(), algorithm, rng };
    for path in deepest_first {
        let [PathElement::Name(_), ..] = path.steps() else { return Err(NoSuchClaim) };
        if !work.members(claims, path.steps()) {
            return Err(NoSuchClaim);
        }
    }
    let texts = work.texts;
    let decoys = if texts.is_empty() { 0 } else { decoys };
    for _ in 0..decoys {
        let mut nothing = vec![0; algorithm.length()];
        rng.fill_bytes(&mut nothing);
        add_digest(claims, base64url(nothing));
    }
    Ok(texts)
}

struct Concealing<'r> {
    texts: Vec<String>,
    algorithm: HashAlgorithm,
    rng: &'r mut dyn CryptoRng,
}

impl Concealing<'_> {
    /// Whether `path` led to something in `value`.
    fn value(&mut self, value: &mut Value, path: &[PathElement]) -> bool {
        match value {
            Value::Object(members) => self.members(members, path),
            Value::Array(items) => self.items(items, path),
            _ => false,
        }
    }

    fn members(&mut self, members: &mut Map<String, Value>, path: &[PathElement]) -> bool {
        match path {
            [PathElement::Name(name)] => {
                let Some(value) = members.remove(name) else { return false };
                let digest = self.disclose(Some(name), value);
                add_digest(members, digest);
                true
            }
            [PathElement::Name(name), rest @ ..] => {
                members.get_mut(name).is_some_and(|value| self.value(value, rest))
            }
            _ => false,
        }
    }

    fn items(&mut self, items: &mut [Value], path: &[PathElement]) -> bool {
        let [step, rest @ ..] = path else { return false };
        let mut found = false;
        for (index, item) in items.iter_mut().enumerate() {
            if *step != PathElement::All && *step != PathElement::Index(index) {
                continue;
            }
            if !rest.is_empty() {
                found |= self.value(item, rest);
            } else if item.get("...").is_none() {
                let digest = self.disclose(None, item.take());
                *item = json!({"...": digest});
                found = true;
            } else {
                found = true;
            }
        }
        found
    }

    fn disclose(&mut self, name: Option<&str>, value: Value) -> String {
        let text = Disclosure::make(name, value, self.rng);
        let digest = self.algorithm.digest(&text);
        self.texts.push(text);
        digest
    }
}

fn add_digest(members: &mut Map<String, Value>, digest: String) {
    let slot = members.entry("_sd").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(digests) = slot {
        let place = digests.partition_point(|other| other.as_str().is_some_and(|other| *other < *digest));
        digests.insert(place, Value::String(digest));
    }
}
