//! Why a request is not answered.

use openid4vc::vp::dcql::answer::Unanswerable;
use openid4vc::vp::link::LinkError;
use openid4vc::vp::request::RequestError;
use openid4vc::vp::response::ResponseError;
use registry_client::registry::ClientError;
use registry_client::trust::TrustError;

use crate::counter::envelope::EnvelopeError;
use crate::frames::FrameError;
use crate::http::HttpError;
use crate::keys::KeyStoreError;
use crate::store::StoreError;
use crate::view::TooMuch;

/// Why a request is not answered.
#[derive(Debug, thiserror::Error)]
pub enum PresentError {
    /// The link is none.
    #[error("link is refused")]
    Link(#[from] LinkError),
    /// The network.
    #[error("other side cannot be reached")]
    Http(#[from] HttpError),
    /// The request could not be fetched: the status of the answer.
    #[error("request could not be fetched, status {0}")]
    Fetch(u16),
    /// The request breaks its rules, or its signature does not hold.
    #[error("request is refused")]
    Request(#[from] RequestError),
    /// Nothing is stapled to the request that says who asks.
    #[error("request brings no proof of who asks")]
    NoRegistration,
    /// The register, or the proof from it, does not hold.
    #[error("proof of who asks does not hold")]
    Registry(#[from] ClientError),
    /// Whoever asks may not ask.
    #[error("whoever asks may not ask that")]
    Trust(#[from] TrustError),
    /// They ask for more than is registered: who, and what was too much, to be shown and reported.
    #[error("more is asked than is registered")]
    TooMuch(Box<TooMuch>),
    /// There is no card for it.
    #[error("no card fits the request")]
    NoCard(#[from] Unanswerable),
    /// The request requires nothing, and there is no card for what it would take.
    #[error("request requires nothing")]
    NothingRequired,
    /// The card's type does not allow a code, or the card lacks what the code would show.
    #[error("card cannot be shown as a code")]
    NoCode,
    /// What a counter showed is no request of ours.
    #[error("what the counter shows is refused")]
    Envelope(#[from] EnvelopeError),
    /// The answer is too long to be shown.
    #[error("answer is too long to be shown")]
    Frames(#[from] FrameError),
    /// The code could not be made.
    #[error("code could not be made")]
    Code(#[from] credential::sd_jwt::hold::PresentError),
    /// Something was chosen that was not offered.
    #[error("choice is not among what was offered")]
    NotOffered,
    /// Nothing was chosen.
    #[error("nothing is chosen")]
    NothingChosen,
    /// Something is to be confirmed that this wallet cannot show in full, so it is not confirmed.
    #[error("transaction cannot be shown")]
    Transaction,
    /// The request ran out before it was answered.
    #[error("request has expired")]
    TooLate,
    /// The store.
    #[error("store refuses")]
    Store(#[from] StoreError),
    /// The key store.
    #[error("key store refuses")]
    Keys(#[from] KeyStoreError),
    /// The presentation could not be made.
    #[error("presentation could not be made")]
    Present(#[from] openid4vc::vp::present::PresentError),
    /// The answer could not be encrypted.
    #[error("answer could not be made")]
    Response(#[from] ResponseError),
    /// The other side had the answer and refused it.
    #[error("other side refused the answer")]
    Refused(Said),
}

/// What the other side says of an answer that it refused. Only what we have words for is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The card was revoked.
    Revoked,
    /// The card is suspended.
    Suspended,
    /// Anything else, or nothing.
    Nothing,
}

impl Said {
    /// From the body of the reply.
    pub(super) fn read(body: &[u8]) -> Self {
        const MAX_SAID: usize = 4096;
        match credential::json::parse(body, MAX_SAID).ok().as_ref().and_then(|said| said["code"].as_str()) {
            Some("revoked") => Self::Revoked,
            Some("suspended") => Self::Suspended,
            _ => Self::Nothing,
        }
    }
}

impl PresentError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Fetch(_) => "request_not_there",
            Self::Request(error) => error.code(),
            Self::NoRegistration => "no_registration",
            Self::Registry(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::TooMuch(_) => "too_much",
            Self::NoCard(_) => "no_card",
            Self::NothingRequired => "nothing_required",
            Self::NoCode => "no_code",
            Self::Envelope(error) => error.code(),
            Self::Frames(error) => error.code(),
            Self::Code(_) => "code_not_made",
            Self::NotOffered => "choice_not_offered",
            Self::NothingChosen => "nothing_chosen",
            Self::Transaction => "transaction_data_unsupported",
            Self::TooLate => "request_expired",
            Self::Store(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Present(error) => error.code(),
            Self::Response(error) => error.code(),
            Self::Refused(Said::Revoked) => "card_revoked",
            Self::Refused(Said::Suspended) => "card_suspended",
            Self::Refused(Said::Nothing) => "answer_refused",
        }
    }

    /// Who asked for too much, and what it was, where that is the matter.
    pub fn too_much(&self) -> Option<&TooMuch> {
        match self {
            Self::TooMuch(view) => Some(view),
            _ => None,
        }
    }
}
