//! The issuer's half: claims go out of the payload, digests and decoys come in.
//!
//! Spec: RFC 9901 sections 4.2.4 to 4.2.6.

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use crate::encoding::base64url;
use crate::sd_jwt::disclosure::{DigestAlgorithm, Disclosure};
use crate::sd_jwt::path::{ClaimPath, PathElement};

/// Replaces what `paths` select by digests and returns the disclosures. Paths that lead nowhere conceal
/// nothing. Deeper paths are concealed first, so that a disclosure can hold digests itself. `decoys` more
/// digests, of nothing, are mixed in at the top. Digests are sorted: their order says nothing.
pub fn conceal(
    claims: &mut Map<String, Value>,
    paths: &[ClaimPath],
    decoys: usize,
    rng: &mut dyn CryptoRng,
) -> Vec<Disclosure> {
    let mut ordered: Vec<&ClaimPath> = paths.iter().collect();
    ordered.sort_by_key(|path| core::cmp::Reverse(path.elements().len()));
    ordered.dedup();
    let mut disclosures = Vec::new();
    let mut root = Value::Object(core::mem::take(claims));
    for path in ordered {
        conceal_at(&mut root, path.elements(), &mut disclosures, rng);
    }
    if let Value::Object(members) = root {
        *claims = members;
    }
    for _ in 0..decoys {
        let mut nothing = [0u8; 32];
        rng.fill_bytes(&mut nothing);
        add_digest(claims, DigestAlgorithm::Sha256.digest(&base64url(nothing)));
    }
    disclosures
}

fn conceal_at(value: &mut Value, path: &[PathElement], made: &mut Vec<Disclosure>, rng: &mut dyn CryptoRng) {
    match (path, value) {
        ([PathElement::Name(name)], Value::Object(members)) => {
            if let Some(value) = members.remove(name) {
                let disclosure = Disclosure::make(Some(name), value, rng);
                add_digest(members, DigestAlgorithm::Sha256.digest(disclosure.text()));
                made.push(disclosure);
            }
        }
        ([PathElement::Name(name), rest @ ..], Value::Object(members)) => {
            if let Some(inner) = members.get_mut(name) {
                conceal_at(inner, rest, made, rng);
            }
        }
        ([element, rest @ ..], Value::Array(items)) => {
            for (index, item) in items.iter_mut().enumerate() {
                if *element != PathElement::All && *element != PathElement::Index(index) {
                    continue;
                }
                if rest.is_empty() {
                    let disclosure = Disclosure::make(None, item.take(), rng);
                    *item = json!({"...": DigestAlgorithm::Sha256.digest(disclosure.text())});
                    made.push(disclosure);
                } else {
                    conceal_at(item, rest, made, rng);
                }
            }
        }
        _ => {}
    }
}

fn add_digest(members: &mut Map<String, Value>, digest: String) {
    let slot = members.entry("_sd").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(digests) = slot {
        let place = digests.partition_point(|other| other.as_str().is_some_and(|other| *other < *digest));
        digests.insert(place, Value::String(digest));
    }
}
