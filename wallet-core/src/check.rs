//! Checking a token that somebody else shows, against one key or against the whole register.
//!
//! Spec: RFC 9901 section 7.3; SD-JWT VC draft 19 section 2.5.

pub mod data_model;
pub mod mdoc;

use core::time::Duration;
use std::sync::Arc;

use credential::encoding::from_base64url;
use credential::json;
use credential::key::{PublicKey, RustCrypto};
use credential::mdoc::MdocError;
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt::{self, Policy, SdJwtError};
use credential::sd_jwt_vc::{self, StatusReference, VerifyError};
use credential::status_list::Status;
use credential::time::UnixTime;
use credential::vcdm::VcdmError;
use credential::x509::X509Error;
use registry_client::facts::Facts;
use registry_client::registry::{ClientError, Registry};
use registry_client::trust::TrustError;
use registry_proof::freshness::Use;
use registry_proof::name::MemberId;
use serde_json::{Map, Value};

use crate::http::{Http, HttpError, Reach};
use crate::status::{self, StatusError};

/// Bytes of a key binding's claims, at most.
const MAX_BINDING: usize = 64 * 1024;

/// Which rules a token is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// RFC 9901 alone.
    SdJwt,
    /// SD-JWT VC.
    SdJwtVc,
    /// The W3C data model 2.0, as JWT.
    Vcdm,
}

/// What is asked of a token.
#[derive(Clone, Debug)]
pub struct Question {
    /// The rules.
    pub profile: Profile,
    /// The audience that a key binding must name; any, where there is none.
    pub audience: Option<String>,
    /// The nonce that a key binding must answer; any, where there is none.
    pub nonce: Option<String>,
    /// Whether a key binding must be there. With an audience or a nonce, one that is there must hold.
    pub require_binding: bool,
    /// The time to check at.
    pub at: UnixTime,
}

/// Why a token is refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It is no acceptable SD-JWT.
    #[error("{0}")]
    SdJwt(#[from] SdJwtError),
    /// It is no acceptable SD-JWT VC.
    #[error("{0}")]
    Credential(#[from] VerifyError),
    /// It is no acceptable mobile document.
    #[error("{0}")]
    Mdoc(#[from] MdocError),
    /// The certificates of a mobile document lead to no authority that is trusted.
    #[error("{0}")]
    Chain(#[from] X509Error),
    /// It is no acceptable credential or presentation of the W3C data model.
    #[error("{0}")]
    Vcdm(#[from] VcdmError),
    /// A presentation names no key that can be read without asking anybody.
    #[error("presentation names no key of its holder")]
    HolderKey,
    /// A presentation holds no credential.
    #[error("presentation holds no credential")]
    NothingShown,
    /// A credential in a presentation is bound to another key, or to none.
    #[error("credential is not bound to the key that presents it")]
    Unbound,
    /// A credential without a presentation, where its holder's proof is required.
    #[error("credential comes without a presentation by its holder")]
    NoPresentation,
    /// The network.
    #[error("network cannot be used")]
    Http(#[from] HttpError),
    /// The register.
    #[error("register cannot be asked")]
    Registry(#[from] ClientError),
    /// The issuer is not believed.
    #[error("{0}")]
    Trust(#[from] TrustError),
    /// The status is not known.
    #[error("{0}")]
    Status(#[from] StatusError),
    /// The status says something else than valid.
    #[error("token is revoked, suspended or otherwise not valid")]
    NotValid(Status),
    /// A kind of token whose issuers the register does not name.
    #[error("only sd-jwt vcs and mobile documents can be held against the register")]
    Profile,
}

impl CheckError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SdJwt(error) => error.code(),
            Self::Credential(error) => error.code(),
            Self::Mdoc(error) => error.code(),
            Self::Chain(error) => error.code(),
            Self::Vcdm(error) => error.code(),
            Self::HolderKey => "vp_holder_key_not_named",
            Self::NothingShown => "vp_without_credential",
            Self::Unbound => "vp_credential_not_bound",
            Self::NoPresentation => "vp_missing",
            Self::Http(error) => error.code(),
            Self::Registry(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::Status(error) => error.code(),
            Self::NotValid(Status::Suspended) => "status_suspended",
            Self::NotValid(Status::Invalid) => "status_revoked",
            Self::NotValid(_) => "status_not_valid",
            Self::Profile => "profile_unsupported",
        }
    }
}

/// What a register vouches for.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The claims.
    pub claims: Map<String, Value>,
    /// The issuer's key.
    pub issuer_key: PublicKey,
}

/// The register, asked over the network, and where status lists may be fetched.
#[derive(Clone, Debug)]
pub struct Register<'a> {
    /// Its nodes, and what was seen of them.
    pub registry: &'a Registry,
    /// Where lists may be.
    pub reach: Reach,
}

impl Register<'_> {
    /// What it says at `now`, once that is new enough.
    async fn facts(&self, now: UnixTime) -> Result<Arc<Facts>, CheckError> {
        self.registry.refresh(now).await?;
        let facts = self.registry.facts().ok_or(ClientError::Unreachable)?;
        facts.judge(Use::Check, now)?;
        Ok(facts)
    }

    /// Refuses what its issuer says not to be valid any more. What has no status ends by its dates alone.
    async fn check_status(
        &self,
        facts: &Facts,
        issuer: &MemberId,
        reference: Option<&StatusReference>,
        now: UnixTime,
    ) -> Result<(), CheckError> {
        let Some(reference) = reference else { return Ok(()) };
        let http = Http::new(self.reach)?;
        let found = status::look_up(&http, self.registry, facts, issuer, reference, now).await?;
        if found.status == Status::Valid { Ok(()) } else { Err(CheckError::NotValid(found.status)) }
    }
}

impl Question {
    /// Holds `token` against one issuer's key; its status is not asked.
    ///
    /// # Errors
    /// [`CheckError::SdJwt`], [`CheckError::Credential`], [`CheckError::Vcdm`], and those of presentations.
    pub fn check(&self, token: &str, issuer_key: &PublicKey) -> Result<Map<String, Value>, CheckError> {
        let shown = Named::of(token);
        let expected = self.expected(&shown, token);
        match self.profile {
            Profile::SdJwt => {
                let binding = expected.as_ref();
                let policy =
                    Policy { typ: None, never_disclosable: &[], required: &[], binding, now: self.at };
                let verified = sd_jwt::Unverified::parse(token)?.verify(issuer_key, &policy, &RustCrypto)?;
                Ok(verified.claims().clone())
            }
            Profile::SdJwtVc => Ok(self.check_credential(token, issuer_key)?.claims().clone()),
            Profile::Vcdm => data_model::check(self, token, issuer_key),
        }
    }

    /// Holds `token` against the register: its issuer, its type, its dates, its status. The status list is
    /// fetched within `reach`.
    ///
    /// # Errors
    /// [`CheckError`].
    pub async fn check_by_register(
        &self,
        token: &str,
        registry: &Registry,
        reach: Reach,
    ) -> Result<Checked, CheckError> {
        if self.profile != Profile::SdJwtVc {
            return Err(CheckError::Profile);
        }
        let register = Register { registry, reach };
        let unverified = sd_jwt_vc::Unverified::parse(token)?;
        let (reference, vct) = (unverified.issuer()?, unverified.vct().to_owned());
        let facts = register.facts(self.at).await?;
        let issuer = facts.issuer(&reference, &vct, unverified.issued_at(), self.at, &RustCrypto)?;
        let verified = self.check_credential(token, &issuer.key)?;
        register.check_status(&facts, &issuer.member, verified.status(), self.at).await?;
        Ok(Checked { claims: verified.claims().clone(), issuer_key: issuer.key })
    }

    fn check_credential(&self, token: &str, key: &PublicKey) -> Result<sd_jwt_vc::Verified, VerifyError> {
        let shown = Named::of(token);
        let unverified = sd_jwt_vc::Unverified::parse(token)?;
        match self.expected(&shown, token) {
            Some(expected) => unverified.verify(key, &expected, &RustCrypto),
            // Asked for: the caller looks at a token and lets nobody in.
            None => unverified.dangerous_verify_unbound(key, self.at, &RustCrypto),
        }
    }

    /// What a key binding must say; nothing where none is to be looked at. What was not named is compared
    /// with itself, and age is the nonce's to bound.
    fn expected<'a>(&'a self, shown: &'a Named, token: &str) -> Option<ExpectedBinding<'a>> {
        let there = !token.ends_with('~');
        let named = self.audience.is_some() || self.nonce.is_some();
        (self.require_binding || (named && there)).then(|| ExpectedBinding {
            audience: self.audience.as_deref().unwrap_or(&shown.audience),
            nonce: self.nonce.as_deref().unwrap_or(&shown.nonce),
            max_age: Duration::MAX,
            now: self.at,
            transaction_data: &[],
        })
    }
}

/// What a key binding says of itself.
#[derive(Default)]
struct Named {
    audience: String,
    nonce: String,
}

impl Named {
    fn of(token: &str) -> Self {
        let read = || {
            let payload = token.rsplit('~').next()?.split('.').nth(1)?;
            let claims = json::parse_object(&from_base64url(payload).ok()?, MAX_BINDING).ok()?;
            let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            Some(Self { audience: text("aud"), nonce: text("nonce") })
        };
        read().unwrap_or_default()
    }
}
