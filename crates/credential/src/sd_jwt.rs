//! SD-JWT: a signed token whose claims its holder shows one by one.
//!
//! The issuer signs digests; each claim travels beside the token as a disclosure; the holder leaves out
//! what it does not want to show, and signs the rest with its own key (key binding). [`Unverified::verify`]
//! refuses everything that RFC 9901 sections 7.1 and 7.3 refuse, each with its own error.
//!
//! Spec: RFC 9901.

pub mod binding;
pub(crate) mod conceal;
pub mod disclosure;
pub mod hold;
pub mod issue;
pub(crate) mod issued;
pub mod json_form;
pub(crate) mod unfold;
pub(crate) mod validity;

use serde_json::{Map, Value};

use crate::json::JsonError;
use crate::jws::{self, Header, JwsError};
use crate::key::{PublicKey, VerifySignature};
use crate::time::UnixTime;

use binding::{BindingError, ExpectedBinding};
use disclosure::HashAlgorithm;
use issued::Issued;
use json_form::JsonFormError;
use unfold::{Place, holds_digests, unfold, unfold_and_locate};
use validity::{check_audience, check_dates, check_required};

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
    /// The JSON serialisation cannot be read as one token.
    #[error("json serialisation of an sd-jwt is refused")]
    JsonForm(#[source] JsonFormError),
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
    /// A claim that the verifier requires is missing or was not shown.
    #[error("required claim is missing")]
    MissingClaim,
    /// `aud` is there and does not name this verifier.
    #[error("token is for another audience")]
    Audience,
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
    /// Top-level claims that must be there once disclosures are in their places.
    pub required: &'a [&'a str],
    /// The binding that is required; `None` where the verifier asks for none, and then one that came is
    /// not looked at (RFC 9901 section 7.3).
    pub binding: Option<&'a ExpectedBinding<'a>>,
    /// The present.
    pub now: UnixTime,
}

/// An SD-JWT as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    text: String,
    /// Where the issuer's token ends: at the first tilde.
    jwt_end: usize,
    /// Where the key binding begins: behind the last tilde.
    binding_start: usize,
    jws: jws::Unverified,
    payload: Map<String, Value>,
    algorithm: HashAlgorithm,
}

/// An SD-JWT that holds: signature, digests, dates, and the binding where one was required.
#[derive(Clone, Debug)]
pub struct Verified {
    /// As it arrived, its payload taken out.
    token: Unverified,
    claims: Map<String, Value>,
    holder: Option<PublicKey>,
}

impl Unverified {
    /// Splits a token and reads the issuer's part.
    ///
    /// # Errors
    /// [`SdJwtError::TooLarge`], [`SdJwtError::Form`], [`SdJwtError::TooManyDisclosures`],
    /// [`SdJwtError::Jws`], [`SdJwtError::HashAlgorithm`].
    pub fn parse(text: &str) -> Result<Self, SdJwtError> {
        if text.len() > MAX_SD_JWT {
            return Err(SdJwtError::TooLarge);
        }
        let jwt_end = text.find('~').ok_or(SdJwtError::Form)?;
        let binding_start = text.rfind('~').ok_or(SdJwtError::Form)? + 1;
        let mut disclosures = 0;
        for disclosure in text[jwt_end + 1..binding_start].split_terminator('~') {
            disclosures += 1;
            if disclosure.is_empty() {
                return Err(SdJwtError::Form);
            }
            if disclosures > MAX_DISCLOSURES {
                return Err(SdJwtError::TooManyDisclosures);
            }
        }
        let jws = jws::Unverified::parse(&text[..jwt_end]).map_err(SdJwtError::Jws)?;
        let payload = jws.dangerous_claims().map_err(SdJwtError::Jws)?;
        let algorithm = HashAlgorithm::from_claim(payload.get("_sd_alg"))?;
        Ok(Self { text: text.to_owned(), jwt_end, binding_start, jws, payload, algorithm })
    }

    /// Reads the JSON serialisation, flattened or general, under the same limits.
    ///
    /// # Errors
    /// [`SdJwtError::JsonForm`] and those of [`Unverified::parse`].
    pub fn parse_json(bytes: &[u8]) -> Result<Self, SdJwtError> {
        Self::parse(&json_form::to_compact(bytes)?)
    }

    /// The header of the issuer's token.
    pub const fn header(&self) -> &Header {
        self.jws.header()
    }

    /// The claims as signed, digests still in them: only to find the issuer's key by.
    pub const fn dangerous_payload(&self) -> &Map<String, Value> {
        &self.payload
    }

    /// Whether a key binding came. Whether one is required is the verifier's to say, never the token's.
    pub const fn has_binding(&self) -> bool {
        self.binding_start < self.text.len()
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify(
        mut self,
        issuer_key: &PublicKey,
        policy: &Policy<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, SdJwtError> {
        self.check_issuer(issuer_key, policy.typ, backend)?;
        self.check_never_disclosable(policy.never_disclosable)?;
        let mut claims = core::mem::take(&mut self.payload);
        unfold(&mut claims, self.algorithm, self.disclosures(), policy.never_disclosable)?;
        check_required(&claims, policy.required)?;
        check_dates(&claims, policy.now)?;
        check_audience(&claims, policy.binding.map(|expected| expected.audience))?;
        let check = |expected: &ExpectedBinding<'_>| {
            expected.check(self.binding(), self.shown(), self.algorithm, &claims, backend)
        };
        let holder = policy.binding.map(check).transpose().map_err(SdJwtError::Binding)?;
        Ok(Verified { token: self, claims, holder })
    }

    /// Checks `typ`, `cty` and the issuer's signature.
    pub(crate) fn check_issuer(
        &self,
        issuer_key: &PublicKey,
        typ: Option<&str>,
        backend: &dyn VerifySignature,
    ) -> Result<(), SdJwtError> {
        if typ.is_some() && self.header().typ() != typ {
            return Err(SdJwtError::Jws(JwsError::Type));
        }
        self.header().check_content(None).map_err(SdJwtError::Jws)?;
        self.jws.check_signature(issuer_key, backend).map_err(SdJwtError::Jws)
    }

    /// Every claim, and where each disclosure belongs, before any signature was checked.
    pub(crate) fn dangerous_locate(
        &self,
        never_disclosable: &[&str],
    ) -> Result<(Map<String, Value>, Vec<Place>), SdJwtError> {
        self.check_never_disclosable(never_disclosable)?;
        let mut claims = self.payload.clone();
        let places = unfold_and_locate(&mut claims, self.algorithm, self.disclosures(), never_disclosable)?;
        Ok((claims, places))
    }

    fn check_never_disclosable(&self, names: &[&str]) -> Result<(), SdJwtError> {
        let concealed = |name: &&str| self.payload.get(*name).is_some_and(holds_digests);
        if names.iter().any(concealed) { Err(SdJwtError::NotDisclosable) } else { Ok(()) }
    }

    /// How digests are taken.
    pub(crate) const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The issuer's token, its tilde included.
    pub(crate) fn jwt_and_tilde(&self) -> &str {
        &self.text[..=self.jwt_end]
    }

    /// The texts of the disclosures, in order.
    pub(crate) fn disclosures(&self) -> impl Iterator<Item = &str> {
        self.text[self.jwt_end + 1..self.binding_start].split_terminator('~')
    }

    /// The token as it was issued, before any signature was checked.
    pub(crate) fn dangerous_issued(&self) -> Result<Issued, SdJwtError> {
        Issued::new(&self.payload, self.algorithm, self.disclosures())
    }

    /// What a key binding is made over: everything up to the last tilde.
    fn shown(&self) -> &str {
        &self.text[..self.binding_start]
    }

    fn binding(&self) -> &str {
        &self.text[self.binding_start..]
    }
}

impl Verified {
    /// The header of the issuer's token.
    pub const fn header(&self) -> &Header {
        self.token.header()
    }

    /// The token as it was issued, with the places of what was not shown. Made anew at each call, since few
    /// verifiers need it.
    pub(crate) fn issued(&self) -> Result<Issued, SdJwtError> {
        let payload = self.token.jws.dangerous_claims().map_err(SdJwtError::Jws)?;
        Issued::new(&payload, self.token.algorithm, self.token.disclosures())
    }

    /// The claims that were signed or disclosed, without digests.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The key that signed the key binding, where one was required.
    pub const fn holder_key(&self) -> Option<&PublicKey> {
        self.holder.as_ref()
    }
}

#[cfg(test)]
mod tests;
