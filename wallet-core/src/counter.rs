//! At a counter, where neither side has the network: what a counter asks, and what it makes of the answer.
//!
//! **Both ways**: the counter shows a request ([`ask`]), the phone an answer that only this counter can open
//! ([`check`]). **One way**: the phone shows a code that is good for half a minute at any counter ([`code`]). Either
//! is held against what the counter fetched beforehand ([`bundle`]): the register, and every status list.
//!
//! What a person's wallet does is in [`crate::present`]. How the messages become QR codes: [`envelope`] makes them
//! short, [`crate::frames`] cuts them up.
//!
//! Spec: OpenID4VP 1.0 sections 5, 6, 8 and 14.1, with a response mode of ours
//! ([`openid4vc::vp::request::SCREEN`]); RFC 9901 section 4.3.

pub mod ask;
pub mod bundle;
pub mod check;
pub mod code;
pub mod envelope;

use openid4vc::vp::dcql::DcqlError;
use openid4vc::vp::request::RequestError;
use openid4vc::vp::response::ResponseError;
use openid4vc::vp::verify::VerifyError;
use registry_client::registry::ClientError;
use registry_client::trust::TrustError;
use registry_proof::light::ProofError;

use crate::counter::envelope::EnvelopeError;
use crate::frames::FrameError;
use crate::http::HttpError;
use crate::status::StatusError;
use credential::status_list::Status;

/// Why a counter does not ask, or does not believe what it was shown.
#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    /// What was fetched beforehand is no such file.
    #[error("file of what was fetched beforehand is malformed")]
    Bundle,
    /// The register's proof in it does not hold.
    #[error("register's proof does not hold")]
    Proof(#[from] ProofError),
    /// A node.
    #[error("register cannot be asked")]
    Registry(#[from] ClientError),
    /// The network.
    #[error("network cannot be used")]
    Http(#[from] HttpError),
    /// The counter may not ask that, or the card's issuer is not believed, or a proof is too old.
    #[error("{0}")]
    Trust(#[from] TrustError),
    /// Nothing is asked for, or not in a way that can be asked.
    #[error("what is to be asked for is malformed")]
    Query(#[from] DcqlError),
    /// The request cannot be made or is not one of this counter.
    #[error("request is refused")]
    Request(#[from] RequestError),
    /// The request cannot be answered any more.
    #[error("request has expired")]
    TooLate,
    /// What was shown is no message of ours.
    #[error("what was shown is malformed")]
    Envelope(#[from] EnvelopeError),
    /// It is too long for frames.
    #[error("message is too long for frames")]
    Frames(#[from] FrameError),
    /// The answer is for another counter or another request, or malformed.
    #[error("answer is refused")]
    Response(#[from] ResponseError),
    /// The person said no.
    #[error("person declined")]
    Declined,
    /// A card does not hold.
    #[error("presentation is refused")]
    Card(#[from] credential::sd_jwt_vc::VerifyError),
    /// The answer is not one to the query.
    #[error("answer does not fit the query")]
    Answer(#[source] openid4vc::vp::dcql::check::CheckError),
    /// A card came in a format that cannot be checked here.
    #[error("format cannot be checked")]
    Format,
    /// A code says that it was made later than now.
    #[error("code is from the future")]
    CodeAhead,
    /// The status is not known.
    #[error("{0}")]
    Status(#[from] StatusError),
    /// The status says something else than valid.
    #[error("card is revoked, suspended or otherwise not valid")]
    NotValid(Status),
}

impl CounterError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bundle => "bundle_malformed",
            Self::Proof(ProofError::TrustPeriod) => "registry_too_old",
            Self::Proof(_) => "registry_proof_invalid",
            Self::Registry(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::Query(_) => "query_malformed",
            Self::Request(error) => error.code(),
            Self::TooLate => "request_expired",
            Self::Envelope(error) => error.code(),
            Self::Frames(error) => error.code(),
            Self::Response(error) => error.code(),
            Self::Declined => "person_declined",
            Self::Card(error) => error.code(),
            Self::Answer(_) => "answer_does_not_fit",
            Self::Format => "format_not_checked",
            Self::CodeAhead => "code_ahead",
            Self::Status(error) => error.code(),
            Self::NotValid(Status::Suspended) => "shown_card_suspended",
            Self::NotValid(Status::Invalid) => "shown_card_revoked",
            Self::NotValid(_) => "shown_card_not_valid",
        }
    }

    /// What is asked beyond what is registered, where that is the matter.
    pub fn too_much(&self) -> &[String] {
        match self {
            Self::Trust(TrustError::TooMuch(paths)) => paths,
            _ => &[],
        }
    }
}

impl From<VerifyError<TrustError>> for CounterError {
    fn from(error: VerifyError<TrustError>) -> Self {
        match error {
            VerifyError::Query(error) => Self::Answer(error),
            // Counters ask for no documents, and for no confirmations.
            VerifyError::Format | VerifyError::Document(_) | VerifyError::Transaction => Self::Format,
            VerifyError::Issuer(error) => Self::Trust(error),
            VerifyError::Presentation(error) => Self::Card(error),
        }
    }
}
