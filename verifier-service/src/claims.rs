//! From scopes to what is asked of a card, and from a card to what a relying party is told.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credential::claim_path::ClaimPath;
use hmac::{Hmac, KeyInit as _, Mac as _};
use registry_proof::name::MemberId;
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
    fn openid_alone_asks_for_the_identifier_alone() {
        let scopes = BTreeSet::from(["openid".to_owned()]);
        assert_eq!(asked("login_identifier", &scopes), [ClaimPath::name("login_identifier")]);
    }
}
