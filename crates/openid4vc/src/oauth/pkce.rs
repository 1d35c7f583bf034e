//! Proof Key for Code Exchange, with S256 and nothing else.
//!
//! Spec: RFC 7636; HAIP 1.0 section 4.3 (`plain` is not allowed).

use core::fmt;

use credential::encoding::{base64url, from_base64url};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Characters of a verifier (RFC 7636 section 4.1).
pub const VERIFIER_LENGTHS: core::ops::RangeInclusive<usize> = 43..=128;

/// Why a verifier or challenge is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// The verifier has another length or other characters than allowed.
    #[error("code verifier is malformed")]
    Verifier,
    /// The challenge is no SHA-256 as base64url.
    #[error("code challenge is malformed")]
    Challenge,
    /// The method is not S256.
    #[error("code challenge method is not supported")]
    Method,
    /// The verifier is not the one that the challenge was made of.
    #[error("code verifier does not fit the challenge")]
    Mismatch,
}

/// A client's secret for one authorization. Silent in `Debug`.
pub struct CodeVerifier(String);

/// What the client shows of its secret at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

impl CodeVerifier {
    /// A new secret of 256 bits.
    pub fn make(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(base64url(bytes))
    }

    /// Reads a secret.
    ///
    /// # Errors
    /// [`PkceError::Verifier`].
    pub fn parse(text: &str) -> Result<Self, PkceError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        if !VERIFIER_LENGTHS.contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(PkceError::Verifier);
        }
        Ok(Self(text.to_owned()))
    }

    /// The secret, to send to the token endpoint or to keep until then.
    pub fn dangerous_as_str(&self) -> &str {
        &self.0
    }

    /// Its challenge.
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier(secret)")
    }
}

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method`. A method that is left out means `plain`, which is
    /// refused.
    ///
    /// # Errors
    /// [`PkceError::Method`] and [`PkceError::Challenge`].
    pub fn parse(challenge: &str, method: Option<&str>) -> Result<Self, PkceError> {
        if method != Some("S256") {
            return Err(PkceError::Method);
        }
        let bytes = from_base64url(challenge).map_err(|_| PkceError::Challenge)?;
        bytes.try_into().map(Self).map_err(|_| PkceError::Challenge)
    }

    /// Holds `verifier` against this challenge, in constant time.
    ///
    /// # Errors
    /// [`PkceError::Mismatch`].
    pub fn check(&self, verifier: &CodeVerifier) -> Result<(), PkceError> {
        if bool::from(verifier.challenge().0.ct_eq(&self.0)) { Ok(()) } else { Err(PkceError::Mismatch) }
    }
}

impl fmt::Display for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedRng;

    #[test]
    fn the_example_of_the_standard_comes_out() {
        let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert_eq!(verifier.challenge().to_string(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_verifier_fits_its_own_challenge_only() {
        let (ours, other) = (CodeVerifier::make(&mut FixedRng(1)), CodeVerifier::make(&mut FixedRng(2)));
        let challenge = CodeChallenge::parse(&ours.challenge().to_string(), Some("S256")).unwrap();
        assert_eq!(challenge.check(&ours), Ok(()));
        assert_eq!(challenge.check(&other), Err(PkceError::Mismatch));
    }

    #[test]
    fn other_methods_and_forms_are_refused() {
        let challenge = CodeVerifier::make(&mut FixedRng(1)).challenge().to_string();
        for method in [None, Some("plain"), Some("s256")] {
            assert_eq!(CodeChallenge::parse(&challenge, method), Err(PkceError::Method));
        }
        for text in ["", "AAAA", "not base64"] {
            assert_eq!(CodeChallenge::parse(text, Some("S256")), Err(PkceError::Challenge));
        }
        for text in ["x".repeat(42), "x".repeat(129), "ü".repeat(30), " ".repeat(43)] {
            assert!(CodeVerifier::parse(&text).is_err());
        }
    }

    #[test]
    fn a_verifier_is_silent() {
        assert_eq!(format!("{:?}", CodeVerifier::make(&mut FixedRng(1))), "CodeVerifier(secret)");
    }
}
