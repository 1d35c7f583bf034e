//! Whether a card is still valid: its status list, fetched, held against the register.
//!
//! Spec: Token Status List draft 20, section 8.

use credential::key::RustCrypto;
use credential::sd_jwt_vc::StatusReference;
use credential::status_list::{MEDIA_TYPE, Status, StatusListError, UnverifiedToken, VerifiedToken};
use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_client::registry::{ClientError, Registry};
use registry_client::trust::TrustError;
use registry_proof::entry::StatusAnchor;
use registry_proof::name::MemberId;
use url::Url;

use crate::http::{Http, HttpError, Request};
use crate::store::StoreError;

/// Why a status is not known.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// The list's address is none.
    #[error("address of the status list is refused")]
    Address,
    /// The network.
    #[error("status list cannot be reached")]
    Http(#[from] HttpError),
    /// The list is not there: the status of the answer.
    #[error("status list is not there, status {0}")]
    Fetch(u16),
    /// The token does not hold.
    #[error("status list is refused")]
    List(#[from] StatusListError),
    /// Its signer is not the card's issuer.
    #[error("status list is not signed by the issuer")]
    Trust(#[from] TrustError),
    /// The register.
    #[error("register cannot be asked")]
    Registry(#[from] ClientError),
    /// The register knows no such list, or another version of it.
    #[error("status list is not the one in the register")]
    NotAnchored,
    /// A newer version was seen before.
    #[error("status list is older than one seen before")]
    Older,
    /// The list is not among those that were fetched beforehand.
    #[error("status list was not fetched beforehand")]
    NotFetched,
    /// The store.
    #[error("store refuses")]
    Store(#[from] StoreError),
}

impl StatusError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address => "address_refused",
            Self::Http(error) => error.code(),
            Self::Fetch(_) => "status_list_not_there",
            Self::List(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::Registry(error) => error.code(),
            Self::NotAnchored => "status_list_not_anchored",
            Self::Older => "status_list_older",
            Self::NotFetched => "status_list_not_fetched",
            Self::Store(error) => error.code(),
        }
    }
}

/// What a list says, and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: Status,
    /// `iat` of the list.
    pub issued_at: UnixTime,
}

/// Looks a status up: the list comes from its address, its anchor from the register.
pub(crate) async fn look_up(
    http: &Http,
    registry: &Registry,
    facts: &Facts,
    issuer: &MemberId,
    reference: &StatusReference,
    now: UnixTime,
) -> Result<Answered, StatusError> {
    let text = fetch(http, &reference.uri).await?;
    let anchor = registry.status_anchor(&reference.uri, MEDIA_TYPE).await?;
    read(&text, facts, issuer, anchor.as_ref(), reference, now)
}

/// The list at an address, as it came.
pub(crate) async fn fetch(http: &Http, uri: &str) -> Result<String, StatusError> {
    let url = Url::parse(uri).map_err(|_| StatusError::Address)?;
    let answer = http.send(Request::get(url, MEDIA_TYPE)).await?;
    if !answer.is_good() {
        return Err(StatusError::Fetch(answer.status));
    }
    let text = core::str::from_utf8(&answer.body).map_err(|_| StatusListError::Claims)?;
    Ok(text.trim().to_owned())
}

/// What the list `text` says, once its signer is `issuer` and its hash the one in the register.
pub(crate) fn read(
    text: &str,
    facts: &Facts,
    issuer: &MemberId,
    anchor: Option<&StatusAnchor>,
    reference: &StatusReference,
    now: UnixTime,
) -> Result<Answered, StatusError> {
    let (token, sha256) = verify(text, facts, issuer, &reference.uri, now)?;
    if anchor.is_none_or(|anchor| anchor.issuer != *issuer || anchor.token_sha256 != sha256) {
        return Err(StatusError::NotAnchored);
    }
    Ok(Answered { status: token.list().get(reference.index)?, issued_at: token.issued_at() })
}

/// The list `text` of the address `uri`, once its signer is `issuer`; with its SHA-256.
pub(crate) fn verify(
    text: &str,
    facts: &Facts,
    issuer: &MemberId,
    uri: &str,
    now: UnixTime,
) -> Result<(VerifiedToken, [u8; 32]), StatusError> {
    let token = UnverifiedToken::parse(text)?;
    let signer = facts.same_issuer(&token.issuer()?.key, issuer, now, &RustCrypto)?;
    let sha256 = token.sha256();
    Ok((token.verify(&signer.key, uri, now, &RustCrypto)?, sha256))
}
