//! SD-JWT: a signed token whose claims its holder shows one by one.
//!
//! The issuer signs digests; each claim travels beside the token as a disclosure; the holder leaves out
//! what it does not want to show, and signs the rest with its own key (key binding). [`Unverified::verify`]
//! refuses everything that RFC 9901 sections 7.1 and 7.3 refuse, each with its own error.
//!
//! Spec: RFC 9901 (compact serialisation).

pub mod binding;

use serde_json::{Map, Value};

use crate::json::JsonError;
use crate::jws::{Header, JwsError};
use crate::key::{PublicKey, VerifySignature};
use crate::time::UnixTime;

use binding::{BindingError, ExpectedBinding};

/// Bytes of a token with its disclosures, at most: room for a portrait.
pub const MAX_SD_JWT: usize = 1 << 20;
/// Disclosures in one token, at most: the EUDI PID has about 30.
pub const MAX_DISCLOSURES: usize = 256;

/// Why an SD-JWT is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdJwtError {
    /// Longer than [`MAX_SD_JWT`].
    #[error("sd-jwt is larger than allowed")]
    TooLarge,
    /// Not a JWT, then disclosures, each followed by a tilde, then perhaps a key binding JWT.
    #[error("sd-jwt is not in its compact form")]
    Form,
    /// More than [`MAX_DISCLOSURES`].
    #[error("sd-jwt has more disclosures than allowed")]
    TooManyDisclosures,
    /// The issuer's token is not acceptable.
    #[error("issuer-signed token is refused")]
    Jws(#[source] JwsError),
    /// `_sd_alg` is not a text, or names no hash that we use.
    #[error("hash algorithm is not allowed")]
    HashAlgorithm,
    /// `_sd_alg` stands below the top level.
    #[error("hash algorithm is named below the top level")]
    NestedHashAlgorithm,
    /// A disclosure is not base64url.
    #[error("disclosure is not base64url")]
    DisclosureEncoding,
    /// A disclosure is not acceptable JSON.
    #[error("disclosure is not acceptable json")]
    DisclosureJson(#[source] JsonError),
    /// A disclosure is not an array of two or three elements that begins with a salt.
    #[error("disclosure is not an array of salt, name and value")]
    DisclosureForm,
    /// The same disclosure came twice.
    #[error("disclosure is repeated")]
    RepeatedDisclosure,
    /// `_sd` is not an array of texts.
    #[error("digests are not an array of texts")]
    DigestForm,
    /// `...` stands anywhere but alone in an array element, or does not hold a text.
    #[error("array element digest is malformed")]
    ArrayDigestForm,
    /// An object's digest leads to an array element's disclosure.
    #[error("disclosure of an array element stands for a claim")]
    ElementForClaim,
    /// An array element's digest leads to a claim's disclosure.
    #[error("disclosure of a claim stands for an array element")]
    ClaimForElement,
    /// A disclosed claim is named `_sd`, `...` or `_sd_alg`.
    #[error("disclosed claim has a reserved name")]
    ReservedName,
    /// A disclosed claim's name already exists beside its digest.
    #[error("disclosed claim exists already")]
    NameTaken,
    /// One digest stands in more than one place.
    #[error("digest is repeated")]
    RepeatedDigest,
    /// A disclosure that no digest leads to.
    #[error("disclosure belongs to no digest")]
    UnreferencedDisclosure,
    /// Claims nested more deeply than JSON may be.
    #[error("claims are nested too deeply")]
    TooDeep,
    /// A claim that the profile forbids to disclose selectively was, or was concealed.
    #[error("claim may not be selectively disclosed")]
    NotDisclosable,
    /// `iat`, `nbf` or `exp` is not a time.
    #[error("time claim is malformed")]
    TimeForm,
    /// `nbf` or `iat` lies ahead.
    #[error("token is not yet valid")]
    NotYetValid,
    /// `exp` has passed.
    #[error("token has expired")]
    Expired,
    /// The key binding is not acceptable.
    #[error("key binding is refused")]
    Binding(#[source] BindingError),
}

/// What a verifier asks of an SD-JWT besides a good signature.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The `typ` that the issuer's token must carry; `None` where the profile names none.
    pub typ: Option<&'a str>,
    /// Top-level claims that must not be selectively disclosable, at any depth below them either.
    pub never_disclosable: &'a [&'a str],
    /// The binding that is required; `None` where the verifier asks for none, and then one that came is
    /// not looked at (RFC 9901 section 7.3).
    pub binding: Option<&'a ExpectedBinding<'a>>,
    /// The present.
    pub now: UnixTime,
}

/// An SD-JWT as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified {}

/// An SD-JWT that holds: signature, digests, dates, and the binding where one was required.
#[derive(Clone, Debug)]
pub struct Verified {}

impl Unverified {
    /// Splits a token and reads the issuer's part.
    ///
    /// # Errors
    /// [`SdJwtError::TooLarge`], [`SdJwtError::Form`], [`SdJwtError::TooManyDisclosures`],
    /// [`SdJwtError::Jws`], [`SdJwtError::HashAlgorithm`], [`SdJwtError::Binding`].
    pub fn parse(_token: &str) -> Result<Self, SdJwtError> {
        todo!()
    }

    /// The header of the issuer's token.
    pub fn header(&self) -> &Header {
        todo!()
    }

    /// The claims as signed, digests still in them: only to find the issuer's key by.
    pub fn dangerous_payload(&self) -> &Map<String, Value> {
        todo!()
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify(
        self,
        _issuer_key: &PublicKey,
        _policy: &Policy<'_>,
        _backend: &dyn VerifySignature,
    ) -> Result<Verified, SdJwtError> {
        todo!()
    }
}

impl Verified {
    /// The claims that were signed or disclosed, without digests.
    pub fn claims(&self) -> &Map<String, Value> {
        todo!()
    }
}
