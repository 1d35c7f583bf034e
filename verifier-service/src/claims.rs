//! From scopes to what is asked of a card, and from a card to what a relying party is told.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credential::claim_path::{ClaimPath, PathElement};
use hmac::{Hmac, KeyInit as _, Mac as _};
use registry_proof::name::MemberId;
use serde_json::{Map, Value};
use sha2::Sha256;

/// Scopes with claims, and the claims of the identity card that each stands for.
const SCOPES: [(&str, &[&str]); 4] = [
    ("profile", &["given_name", "family_name"]),
    ("birthdate", &["birthdate"]),
    ("address", &["address"]),
    ("nationalities", &["nationalities"]),
];

/// Every scope that this provider knows.
pub fn scopes() -> impl Iterator<Item = &'static str> {
    core::iter::once("openid").chain(SCOPES.iter().map(|(scope, _)| *scope))
}

/// The claims that `scopes` stand for, without the login identifier.
pub fn of_scopes(scopes: &BTreeSet<String>) -> Vec<&'static str> {
    let wanted = SCOPES.iter().filter(|(scope, _)| scopes.contains(*scope));
    wanted.flat_map(|(_, claims)| claims.iter().copied()).collect()
}

/// What is asked of the card: the login identifier and the scopes' claims.
pub fn asked(identifier: &str, scopes: &BTreeSet<String>) -> Vec<ClaimPath> {
    core::iter::once(identifier).chain(of_scopes(scopes)).map(ClaimPath::name).collect()
}

/// What `paths` name of the claims `held`, and nothing beside it, whatever else a wallet has disclosed. The
/// elements of a list are given whole.
pub fn only<'a>(
    held: &Map<String, Value>,
    paths: impl IntoIterator<Item = &'a ClaimPath>,
) -> Map<String, Value> {
    let mut told = Map::new();
    for path in paths {
        take(&mut told, held, path.steps());
    }
    told
}

fn take(told: &mut Map<String, Value>, held: &Map<String, Value>, steps: &[PathElement]) {
    let [PathElement::Name(name), rest @ ..] = steps else { return };
    match (held.get(name), rest) {
        (Some(Value::Object(inner)), [PathElement::Name(_), ..]) => {
            let below = told.entry(name.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                take(below, inner, rest);
            }
        }
        (Some(value), _) => drop(told.insert(name.clone(), value.clone())),
        (None, _) => {}
    }
}

/// The subject that one relying party knows a person by: no two can compare theirs.
///
/// HMAC-SHA-256 of the sector (the member) and the login identifier, under the provider's secret.
pub fn subject(secret: &[u8], sector: &MemberId, identifier: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
    mac.update(sector.as_str().as_bytes());
    mac.update(&[0]);
    mac.update(identifier.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_differ_between_relying_parties_and_stay_for_one() {
        let (bank, tax) = ("bank".parse().unwrap(), "tax".parse().unwrap());
        assert_eq!(subject(b"s", &bank, "x"), subject(b"s", &bank, "x"));
        assert_ne!(subject(b"s", &bank, "x"), subject(b"s", &tax, "x"));
        assert_ne!(subject(b"s", &bank, "x"), subject(b"s", &bank, "y"));
        assert_ne!(subject(b"s", &bank, "x"), subject(b"t", &bank, "x"));
    }

    #[test]
    fn what_was_not_asked_for_is_not_told_at_any_depth() {
        let held = serde_json::json!({
            "name": "Maria", "number": "1", "address": { "street": "Long Road", "country": "XS", "town": "Port" },
            "nationalities": ["XS", "XT"],
        });
        let told = |paths: &[&[&str]]| {
            let paths: Vec<_> = paths.iter().map(|names| ClaimPath::names(names).unwrap()).collect();
            Value::Object(only(held.as_object().unwrap(), &paths))
        };
        assert_eq!(told(&[&["name"]]), serde_json::json!({ "name": "Maria" }));
        assert_eq!(
            told(&[&["address", "country"], &["address", "town"], &["nationalities"]]),
            serde_json::json!({ "address": { "country": "XS", "town": "Port" }, "nationalities": ["XS", "XT"] })
        );
        assert_eq!(told(&[&["address"], &["address", "country"]])["address"], held["address"]);
        assert_eq!(told(&[&["address", "country"], &["address"]])["address"], held["address"]);
        assert_eq!(told(&[&["missing"], &["missing", "below"]]), serde_json::json!({}));
    }

    #[test]
    fn openid_alone_asks_for_the_identifier_alone() {
        let scopes = BTreeSet::from(["openid".to_owned()]);
        assert_eq!(asked("login_identifier", &scopes), [ClaimPath::name("login_identifier")]);
    }
}
