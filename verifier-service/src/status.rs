//! Whether a card is valid: its status list, fetched, held against the register's anchor.
//!
//! Spec: Token Status List draft 20, section 8.3.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use credential::status_list::{MEDIA_TYPE, Status, UnverifiedToken, VerifiedToken};
use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_proof::entry::StatusAnchor;
use registry_proof::name::MemberId;
use reqwest::Client as Http;
use service_kit::signature::AwsLc;
use url::Url;

use crate::register::Register;

/// Bytes of a list's token, at most.
const MAX_TOKEN: usize = 1 << 20;
/// Lists that are kept decoded, at most.
const MAX_KEPT: usize = 256;
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a card's status is not known, or not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// The list cannot be fetched.
    #[error("status list cannot be fetched")]
    Unreachable,
    /// The list does not hold: signature, issuer, address or dates.
    #[error("status list does not hold")]
    Untrue,
    /// The list is not the one that the register knows.
    #[error("status list is not the anchored one")]
    NotAnchored,
    /// The card is revoked.
    #[error("card is revoked")]
    Revoked,
    /// The card is suspended.
    #[error("card is suspended")]
    Suspended,
    /// A status that we do not know.
    #[error("card has an unknown status")]
    Unknown,
}

impl StatusError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "status_unreachable",
            Self::Untrue => "status_untrue",
            Self::NotAnchored => "status_not_anchored",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Unknown => "status_unknown",
        }
    }
}

struct Kept {
    sha256: [u8; 32],
    token: Arc<VerifiedToken>,
}

/// Status lists, fetched when their anchor changes and kept decoded.
#[derive(Clone)]
pub struct StatusLists {
    http: Http,
    kept: Arc<Mutex<HashMap<String, Kept>>>,
}

impl StatusLists {
    /// No list yet.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new() -> Result<Self, reqwest::Error> {
        let http = Http::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, kept: Arc::default() })
    }

    /// Checks that the place `index` of the list at `uri`, of the issuer `member`, says valid.
    ///
    /// # Errors
    /// [`StatusError`].
    pub async fn check(
        &self,
        register: &Register,
        facts: &Facts,
        member: &MemberId,
        (uri, index): (&str, u64),
        now: UnixTime,
    ) -> Result<(), StatusError> {
        let token = self.list(register, facts, member, uri, now).await?;
        match token.list().get(index).map_err(|_| StatusError::Untrue)? {
            Status::Valid => Ok(()),
            Status::Invalid => Err(StatusError::Revoked),
            Status::Suspended => Err(StatusError::Suspended),
            _ => Err(StatusError::Unknown),
        }
    }

    /// The version of a list that is anchored now. A list that changes while it is fetched is fetched once more.
    async fn list(
        &self,
        register: &Register,
        facts: &Facts,
        member: &MemberId,
        uri: &str,
        now: UnixTime,
    ) -> Result<Arc<VerifiedToken>, StatusError> {
        let mut refusal = StatusError::NotAnchored;
        for _ in 0..2 {
            let anchor = anchor(register, facts, uri).await;
            let anchor = anchor.filter(|anchor| anchor.issuer == *member).ok_or(StatusError::NotAnchored)?;
            if let Some(token) = self.kept(uri, &anchor.token_sha256, now) {
                return Ok(token);
            }
            match self.fetch_version(facts, member, uri, &anchor.token_sha256, now).await {
                Err(StatusError::NotAnchored) => refusal = StatusError::NotAnchored,
                outcome => return outcome,
            }
        }
        Err(refusal)
    }

    /// Fetches a list; it has to be the version with this digest, and the issuer's.
    async fn fetch_version(
        &self,
        facts: &Facts,
        member: &MemberId,
        uri: &str,
        sha256: &[u8; 32],
        now: UnixTime,
    ) -> Result<Arc<VerifiedToken>, StatusError> {
        let text = self.fetch(uri).await?;
        let unverified = UnverifiedToken::parse(&text).map_err(|_| StatusError::Untrue)?;
        if unverified.sha256() != *sha256 {
            return Err(StatusError::NotAnchored);
        }
        let reference = unverified.issuer().map_err(|_| StatusError::Untrue)?;
        let signer =
            facts.same_issuer(&reference.key, member, now, &AwsLc).map_err(|_| StatusError::Untrue)?;
        let token = unverified.verify(&signer.key, uri, now, &AwsLc).map_err(|_| StatusError::Untrue)?;
        let token = Arc::new(token);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(uri.to_owned(), Kept { sha256: *sha256, token: token.clone() });
        Ok(token)
    }

    fn kept(&self, uri: &str, sha256: &[u8; 32], now: UnixTime) -> Option<Arc<VerifiedToken>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(uri).filter(|found| found.sha256 == *sha256)?;
        found.token.expires_at().is_none_or(|end| end > now).then(|| found.token.clone())
    }

    async fn fetch(&self, uri: &str) -> Result<String, StatusError> {
        let url = openid4vc::web_url::WebUrl::parse(uri).map_err(|_| StatusError::Untrue)?;
        let url: Url = url.url().clone();
        let request = self.http.get(url).header("accept", MEDIA_TYPE);
        let mut response = request.send().await.map_err(|_| StatusError::Unreachable)?;
        if !response.status().is_success() {
            return Err(StatusError::Unreachable);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| StatusError::Unreachable)? {
            if body.len() + chunk.len() > MAX_TOKEN {
                return Err(StatusError::Untrue);
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| StatusError::Untrue)
    }
}

/// A list's anchor as the register has it now, so that a revocation counts from the moment it is published.
/// While no node answers, what the facts say, whose age was judged; never an older version than theirs.
async fn anchor(register: &Register, facts: &Facts, uri: &str) -> Option<StatusAnchor> {
    let known = facts.status_anchor(uri, MEDIA_TYPE).cloned();
    let asked = register.client().status_anchor(uri, MEDIA_TYPE).await.ok().flatten();
    [known, asked].into_iter().flatten().max_by_key(|anchor| anchor.sequence)
}
