//! SD-JWT VC: the credential form that wallets and verifiers exchange.
//!
//! Three roles: an issuer makes one from an [`Issuance`]; a wallet keeps it as [`Held`] and presents some
//! claims; a verifier reads an [`Unverified`] and, once every check holds, has a [`Verified`].
//!
//! Spec: SD-JWT VC draft 19, on RFC 9901; HAIP 1.0 section 6.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;
use crate::issuer::{IssuerReference, KeyReference, ReferenceError};
use crate::key::{PublicKey, SignError, Signer, VerifySignature};
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::binding::{Binding, ExpectedBinding};
use crate::time::UnixTime;
use rand_core::CryptoRng;

/// The `typ` of the issuer's token.
pub const TYPE: &str = "dc+sd-jwt";
/// Claims that are never selectively disclosable, with all that is in them (section 2.2.2.3).
pub const NEVER_DISCLOSABLE: [&str; 8] =
    ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

/// Where a credential's status is kept (Token Status List, section 6.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// The list.
    pub uri: String,
    /// The place in it.
    #[serde(rename = "idx")]
    pub index: u64,
}

/// A credential about to be issued.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// `iss`; may be left out where the key is named by `x5c`.
    pub issuer: Option<String>,
    /// The credential type.
    pub vct: String,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: UnixTime,
    /// `nbf`.
    pub not_before: Option<UnixTime>,
    /// The key that the holder will sign presentations with.
    pub holder: PublicKey,
    /// Where the status is kept.
    pub status: Option<StatusReference>,
    /// The claims about the person.
    pub claims: Map<String, Value>,
    /// Which of them the holder may leave out; see [`every_claim`].
    pub disclosable: Vec<ClaimPath>,
    /// Digests without a disclosure to add, so that their number says little.
    pub decoys: usize,
}

/// Why a credential cannot be issued.
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
    /// Neither `iss` nor certificates name the issuer.
    #[error("issuer is not named")]
    Unnamed,
    /// The signer failed.
    #[error("credential could not be signed")]
    Sign(#[source] SignError),
}

/// Why a credential or presentation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It is no acceptable SD-JWT.
    #[error("sd-jwt is refused")]
    SdJwt(#[source] SdJwtError),
    /// `vct` is missing, empty or not a text.
    #[error("credential type is missing")]
    Type,
    /// Its issuer is not named.
    #[error("issuer reference is refused")]
    Issuer(#[source] ReferenceError),
    /// `status` is malformed.
    #[error("status reference is malformed")]
    Status,
    /// `cnf` holds no key that we use.
    #[error("holder key is missing or unusable")]
    HolderKey,
}

impl From<SdJwtError> for VerifyError {
    fn from(error: SdJwtError) -> Self {
        Self::SdJwt(error)
    }
}

/// Why a presentation cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentError {
    /// A path leads to no claim of this credential.
    #[error("credential has no such claim")]
    NoSuchClaim,
    /// The signer is not the key that the credential is bound to.
    #[error("signer is not the holder of this credential")]
    WrongKey,
    /// The signer failed.
    #[error("presentation could not be signed")]
    Sign(#[source] SignError),
}

/// The paths of every member, at every depth, so that each can be left out by itself.
pub fn every_claim(_claims: &Map<String, Value>) -> Vec<ClaimPath> {
    todo!()
}

impl Issuance {
    /// Signs the credential.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issue(
        &self,
        _key: &KeyReference,
        _signer: &dyn Signer,
        _rng: &mut dyn CryptoRng,
    ) -> Result<String, IssueError> {
        todo!()
    }
}

/// A credential in its holder's hands, all its disclosures beside it.
pub struct Held {}

impl Held {
    /// Reads what an issuer sent. A key binding has no place in it.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(_text: &str) -> Result<Self, VerifyError> {
        todo!()
    }

    /// Checks the issuer's signature and the dates.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify_issued(
        &self,
        _issuer_key: &PublicKey,
        _now: UnixTime,
        _backend: &dyn VerifySignature,
    ) -> Result<(), VerifyError> {
        todo!()
    }

    /// The credential as it came.
    pub fn as_str(&self) -> &str {
        todo!()
    }

    /// Who says to have issued it.
    pub fn issuer(&self) -> &IssuerReference {
        todo!()
    }

    /// The credential type.
    pub fn vct(&self) -> &str {
        todo!()
    }

    /// Every claim, all disclosed.
    pub fn claims(&self) -> &Map<String, Value> {
        todo!()
    }

    /// Whether the holder can leave out what `path` selects, or a part of it.
    pub fn is_disclosable(&self, _path: &ClaimPath) -> bool {
        todo!()
    }

    /// Where the status is kept.
    pub fn status(&self) -> Option<&StatusReference> {
        todo!()
    }

    /// The key that it is bound to.
    pub fn holder_key(&self) -> &PublicKey {
        todo!()
    }

    /// `iat`.
    pub fn issued_at(&self) -> Option<UnixTime> {
        todo!()
    }

    /// `exp`.
    pub fn expires_at(&self) -> Option<UnixTime> {
        todo!()
    }

    /// Shows `disclose`, with everything below each path, and nothing else that can be left out.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(
        &self,
        _disclose: &[ClaimPath],
        _binding: &Binding<'_>,
        _signer: &dyn Signer,
    ) -> Result<String, PresentError> {
        todo!()
    }
}

/// A presentation as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified {}

impl Unverified {
    /// Reads a presentation.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(_text: &str) -> Result<Self, VerifyError> {
        todo!()
    }

    /// Who says to have issued it.
    pub fn issuer(&self) -> &IssuerReference {
        todo!()
    }

    /// The type that it says to be of.
    pub fn vct(&self) -> &str {
        todo!()
    }

    /// `iat`, where it is not concealed.
    pub fn issued_at(&self) -> Option<UnixTime> {
        todo!()
    }

    /// Checks everything, key binding included.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(
        self,
        _issuer_key: &PublicKey,
        _expected: &ExpectedBinding<'_>,
        _backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        todo!()
    }

    /// Checks everything but key binding: who shows it is not known. For looking at a credential, never
    /// for letting anyone in.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn dangerous_verify_unbound(
        self,
        _issuer_key: &PublicKey,
        _now: UnixTime,
        _backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        todo!()
    }
}

/// A presentation whose issuer's signature, digests, dates and key binding hold.
#[derive(Clone, Debug)]
pub struct Verified {}

impl Verified {
    /// Every claim that was shown.
    pub fn claims(&self) -> &Map<String, Value> {
        todo!()
    }

    /// The credential type.
    pub fn vct(&self) -> &str {
        todo!()
    }

    /// Where the status is kept.
    pub fn status(&self) -> Option<&StatusReference> {
        todo!()
    }

    /// The key that signed the presentation; `None` where the credential is bound to none.
    pub fn holder_key(&self) -> Option<&PublicKey> {
        todo!()
    }

    /// `iat`, where shown.
    pub fn issued_at(&self) -> Option<UnixTime> {
        todo!()
    }

    /// `exp`, where present.
    pub fn expires_at(&self) -> Option<UnixTime> {
        todo!()
    }
}
