//! The issuer's half: claims are concealed, and the rest is signed.
//!
//! Spec: RFC 9901 sections 4.1, 4.2 and 9.7.

use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::claim_path::{ClaimPath, PathElement};
use crate::jws;
use crate::key::{SignError, Signer};
use crate::sd_jwt::conceal::{NoSuchClaim, conceal};
use crate::sd_jwt::disclosure::HashAlgorithm;
use crate::sd_jwt::{MAX_DISCLOSURES, MAX_SD_JWT};

/// Claims that say whether a token holds, which nobody may be able to hold back (section 9.7).
pub const VALIDITY_CLAIMS: [&str; 5] = ["iss", "aud", "exp", "nbf", "cnf"];

/// A token about to be issued.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// The header; `alg` is set from the key.
    pub header: Map<String, Value>,
    /// Every claim.
    pub claims: Map<String, Value>,
    /// Which of them the holder may leave out.
    pub disclosable: Vec<ClaimPath>,
    /// Digests without a disclosure to add at the top, so that their number says little; none where nothing
    /// is disclosable.
    pub decoys: usize,
    /// How digests are taken.
    pub algorithm: HashAlgorithm,
}

/// Why a token cannot be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The claims hold a name that the format keeps for itself.
    #[error("claims use a reserved name")]
    ReservedName,
    /// A path leads to no claim.
    #[error("disclosable path leads to no claim")]
    NoSuchClaim,
    /// A path leads to a claim that may not be selectively disclosed.
    #[error("claim may not be selectively disclosed")]
    NotDisclosable,
    /// More disclosures than a reader takes ([`MAX_DISCLOSURES`]).
    #[error("token would have more disclosures than allowed")]
    TooManyDisclosures,
    /// More bytes than a reader takes ([`MAX_SD_JWT`]).
    #[error("token would be larger than allowed")]
    TooLarge,
    /// The signer failed.
    #[error("token could not be signed")]
    Sign(#[source] SignError),
}

impl From<NoSuchClaim> for IssueError {
    fn from(NoSuchClaim: NoSuchClaim) -> Self {
        Self::NoSuchClaim
    }
}

impl Issuance {
    /// Signs the token: the issuer's part and every disclosure, ending with a tilde.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issue(mut self, signer: &dyn Signer, rng: &mut dyn CryptoRng) -> Result<String, IssueError> {
        if self.claims.iter().any(uses_reserved_name) {
            return Err(IssueError::ReservedName);
        }
        check_disclosable(&self.disclosable, &VALIDITY_CLAIMS)?;
        let disclosures = conceal(&mut self.claims, &self.disclosable, self.decoys, self.algorithm, rng)?;
        if disclosures.len() > MAX_DISCLOSURES {
            return Err(IssueError::TooManyDisclosures);
        }
        self.claims.insert("_sd_alg".into(), self.algorithm.name().into());
        let mut text = jws::sign(self.header, &self.claims, signer).map_err(IssueError::Sign)?;
        for disclosure in disclosures {
            text.push('~');
            text.push_str(&disclosure);
        }
        text.push('~');
        if text.len() > MAX_SD_JWT { Err(IssueError::TooLarge) } else { Ok(text) }
    }
}

/// Refuses paths that lead to one of the top-level claims `never`, or into it.
pub(crate) fn check_disclosable(paths: &[ClaimPath], never: &[&str]) -> Result<(), IssueError> {
    let forbidden = |path: &ClaimPath| match path.steps().first() {
        Some(PathElement::Name(name)) => never.contains(&name.as_str()),
        _ => false,
    };
    if paths.iter().any(forbidden) { Err(IssueError::NotDisclosable) } else { Ok(()) }
}

fn uses_reserved_name((name, value): (&String, &Value)) -> bool {
    matches!(name.as_str(), "_sd" | "..." | "_sd_alg") || holds_reserved_name(value)
}

fn holds_reserved_name(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(uses_reserved_name),
        Value::Array(items) => items.iter().any(holds_reserved_name),
        _ => false,
    }
}
