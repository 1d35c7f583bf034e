//! SD-JWT VC: the credential form that wallets and verifiers exchange.
//!
//! Three roles: an issuer makes one from an [`Issuance`]; a wallet keeps it as [`Held`] and presents some
//! claims; a verifier reads an [`Unverified`] and, once every check holds, has a [`Verified`].
//!
//! Spec: SD-JWT VC draft 19, on RFC 9901; HAIP 1.0 section 6.

mod hold;
mod issue;
mod issuer_key;
mod verify;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::claim_path::{ClaimPath, PathElement};
use crate::issuer::{IssuerReference, ReferenceError};
use crate::key::PublicKey;
use crate::sd_jwt::{self, SdJwtError};
use crate::time::UnixTime;
use crate::type_metadata::TypeReference;
use crate::type_metadata::integrity::{Integrity, IntegrityError};

/// The `typ` of the issuer's token.
pub const TYPE: &str = "dc+sd-jwt";
/// Characters of a `vct`, at most.
pub const MAX_TYPE: usize = 1024;
/// Types that one credential is of besides its own, at most: a national type has one or two above it.
pub const MAX_OTHER_TYPES: usize = 16;
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
    /// The claims about the person; `vct#integrity` and `aka_vcts` may stand among them.
    pub claims: Map<String, Value>,
    /// Which of them the holder may leave out; see [`every_claim`].
    pub disclosable: Vec<ClaimPath>,
    /// Digests without a disclosure to add, so that their number says little.
    pub decoys: usize,
}

/// Why a credential cannot be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The claims hold a name that has a field of its own here.
    #[error("claims use a reserved name")]
    ReservedName,
    /// Neither `iss` nor certificates name the issuer.
    #[error("issuer is not named")]
    Unnamed,
    /// A registered claim is one that no verifier would take.
    #[error("registered claim is malformed")]
    Registered(#[source] VerifyError),
    /// The claims, or what is to be disclosable of them, make no SD-JWT.
    #[error("credential cannot be made an sd-jwt")]
    SdJwt(#[source] sd_jwt::issue::IssueError),
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
    /// `vct#integrity` is not integrity metadata.
    #[error("integrity of the type's description is malformed")]
    TypeIntegrity(#[source] IntegrityError),
    /// `aka_vcts` is not an array of other types, is empty, or has more than [`MAX_OTHER_TYPES`].
    #[error("other credential types are malformed")]
    OtherTypes,
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

/// The paths of every member of `claims`, at every depth, so that each can be left out by itself.
pub fn every_claim(claims: &Map<String, Value>) -> Vec<ClaimPath> {
    let mut paths = Vec::new();
    add_members(claims, &mut Vec::new(), &mut paths);
    paths
}

fn add_members(members: &Map<String, Value>, at: &mut Vec<PathElement>, paths: &mut Vec<ClaimPath>) {
    for (name, value) in members {
        at.push(PathElement::Name(name.clone()));
        paths.extend(ClaimPath::new(at.clone()));
        if let Value::Object(inner) = value {
            add_members(inner, at, paths);
        }
        at.pop();
    }
}

/// A credential in its holder's hands, all its disclosures beside it.
#[derive(Clone, Debug)]
pub struct Held {
    sd_jwt: sd_jwt::hold::Held,
    issuer: IssuerReference,
    registered: Registered,
    holder: PublicKey,
}

/// A presentation as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    sd_jwt: sd_jwt::Unverified,
    vct: String,
}

/// A presentation whose issuer's signature, digests, dates and key binding hold.
#[derive(Clone, Debug)]
pub struct Verified {
    sd_jwt: sd_jwt::Verified,
    registered: Registered,
}

/// The registered claims, read into types.
#[derive(Clone, Debug)]
struct Registered {
    type_reference: TypeReference,
    other_types: Vec<String>,
    issued_at: Option<UnixTime>,
    expires_at: Option<UnixTime>,
    status: Option<StatusReference>,
}

impl Registered {
    fn read(claims: &Map<String, Value>) -> Result<Self, VerifyError> {
        let time = |name: &str| claims.get(name).and_then(UnixTime::from_claim);
        let vct = read_vct(claims)?;
        Ok(Self {
            type_reference: TypeReference { vct: vct.to_owned(), integrity: read_integrity(claims)? },
            other_types: read_other_types(claims, vct)?,
            issued_at: time("iat"),
            expires_at: time("exp"),
            status: read_status(claims)?,
        })
    }
}

fn read_vct(claims: &Map<String, Value>) -> Result<&str, VerifyError> {
    claims.get("vct").and_then(type_name).ok_or(VerifyError::Type)
}

fn type_name(value: &Value) -> Option<&str> {
    value.as_str().filter(|vct| !vct.is_empty() && vct.len() <= MAX_TYPE)
}

fn read_integrity(claims: &Map<String, Value>) -> Result<Option<Integrity>, VerifyError> {
    let Some(text) = claims.get("vct#integrity") else { return Ok(None) };
    let text = text.as_str().ok_or(VerifyError::TypeIntegrity(IntegrityError::Malformed))?;
    Integrity::parse(text).map(Some).map_err(VerifyError::TypeIntegrity)
}

fn read_other_types(claims: &Map<String, Value>, vct: &str) -> Result<Vec<String>, VerifyError> {
    let Some(types) = claims.get("aka_vcts") else { return Ok(Vec::new()) };
    let types = types.as_array().filter(|types| !types.is_empty() && types.len() <= MAX_OTHER_TYPES);
    let other = |value: &Value| type_name(value).filter(|name| *name != vct).map(str::to_owned);
    types.and_then(|types| types.iter().map(other).collect()).ok_or(VerifyError::OtherTypes)
}

/// A `status` that is no status list cannot be resolved here, so it is refused and not passed over.
fn read_status(claims: &Map<String, Value>) -> Result<Option<StatusReference>, VerifyError> {
    let Some(status) = claims.get("status") else { return Ok(None) };
    let list = status.get("status_list").ok_or(VerifyError::Status)?;
    StatusReference::deserialize(list).map(Some).map_err(|_| VerifyError::Status)
}

#[cfg(test)]
mod tests;
