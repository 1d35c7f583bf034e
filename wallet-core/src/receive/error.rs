//! Why a card is not received.

use core::time::Duration;

use openid4vc::oauth::authorize::AuthorizeError;
use openid4vc::oauth::error::{ErrorCode, MAX_BODY};
use openid4vc::oauth::metadata::MetadataError;
use openid4vc::oauth::token::TokenError;
use openid4vc::vci::encryption::EncryptionError;
use openid4vc::vci::offer::OfferError;
use openid4vc::vci::response::ResponseError;
use registry_client::registry::ClientError;
use registry_client::trust::TrustError;

use crate::http::HttpError;
use crate::keys::KeyStoreError;
use crate::store::StoreError;

/// Why a card is not received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The offer is none.
    #[error("offer is refused")]
    Offer(#[from] OfferError),
    /// The network.
    #[error("issuer cannot be reached")]
    Http(#[from] HttpError),
    /// A document is not there: the status of the answer.
    #[error("document is not there, status {0}")]
    Fetch(u16),
    /// An address of the issuer's is none.
    #[error("address is refused")]
    Address,
    /// What the issuer or its server says about itself is refused.
    #[error("metadata is refused")]
    Metadata(#[from] MetadataError),
    /// The register, or the proof from it, does not hold.
    #[error("proof of who offers does not hold")]
    Registry(#[from] ClientError),
    /// Whoever offers may not offer that.
    #[error("whoever offers may not offer that")]
    Trust(#[from] TrustError),
    /// A card is offered that the issuer does not have.
    #[error("offered card is unknown")]
    UnknownCard,
    /// A card of a kind that this wallet cannot keep.
    #[error("offered card is of an unsupported kind")]
    UnsupportedCard,
    /// The offer wants a code that came another way.
    #[error("offer needs a code")]
    CodeNeeded,
    /// The offer wants a sign-in.
    #[error("offer needs a sign-in")]
    SignInNeeded,
    /// The sign-in did not come to its end.
    #[error("sign-in failed")]
    SignIn(#[from] AuthorizeError),
    /// The page to sign in on is not one that can be filled in by itself.
    #[error("page to sign in on cannot be filled in")]
    Page,
    /// Number and code were not taken.
    #[error("number and code were not taken")]
    SignInRefused,
    /// The server refuses: its code.
    #[error("server refuses with {}", .0.as_str())]
    Refused(ErrorCode),
    /// The server does not take the code.
    #[error("server does not take the code")]
    NotTaken(NotTaken),
    /// A message of the issuer's is malformed.
    #[error("issuer's answer is malformed")]
    Message,
    /// The token response is refused.
    #[error("token is refused")]
    Token(#[from] TokenError),
    /// The token is not bound to our key.
    #[error("token is not bound to a key")]
    Unbound,
    /// Messages cannot be encrypted as the issuer wants it.
    #[error("encryption is refused")]
    Encryption(#[from] EncryptionError),
    /// The issuer answered in the clear where it was asked to encrypt.
    #[error("issuer answered in the clear")]
    InTheClear,
    /// The answer is refused.
    #[error("issuer's answer is refused")]
    Response(#[from] ResponseError),
    /// The server will not give the card.
    #[error("server will not give the card")]
    Denied(NotTaken),
    /// The issuer wants the wallet's provider to vouch for its keys, and nobody does.
    #[error("nobody vouches for the wallet's keys")]
    NotAttested,
    /// Where the card came from is not known, so it cannot be had again.
    #[error("where the card came from is not known")]
    NoSource,
    /// The card does not renew itself.
    #[error("card does not renew itself")]
    NotRenewable,
    /// What the card renewed itself with is not taken any more.
    #[error("card is not renewed any more")]
    RenewalOver(NotTaken),
    /// Something was shown a moment ago: a renewal now would tell the issuer when.
    #[error("a card was shown a moment ago")]
    JustShown(Duration),
    /// A copy is malformed, or its signature does not hold.
    #[error("card is refused")]
    Card(#[from] crate::held::HeldError),
    /// A copy of another type than was offered, by another issuer, or bound to a key that is not ours.
    #[error("card is not the one that was offered")]
    OtherCard,
    /// No copy came, or two that share a key.
    #[error("number of copies is wrong")]
    Copies,
    /// Two copies share a salt or a place in a status list: who sees both could tell that they are one card's.
    #[error("copies of the card can be told to belong together")]
    Linkable,
    /// Two copies say different things: what the person agrees to share must not depend on which one it is.
    #[error("copies of the card say different things")]
    CopiesDiffer,
    /// The store.
    #[error("store refuses")]
    Store(#[from] StoreError),
    /// The key store.
    #[error("key store refuses")]
    Keys(#[from] KeyStoreError),
    /// A signature could not be made.
    #[error("signing failed")]
    Sign(#[from] credential::key::SignError),
}

/// Why a server does not take a code, or gives no card for it. The standard has one word for all of it; only what we have words for is
/// heard beyond that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The code that was typed in is another.
    CodeWrong,
    /// The offer was taken up before.
    OfferUsed,
    /// The offer has run out.
    OfferExpired,
    /// There were too many wrong codes.
    OfferLocked,
    /// The card was revoked.
    CardRevoked,
    /// The card is suspended.
    CardSuspended,
    /// The server does not say.
    Unsaid,
}

impl NotTaken {
    /// Its own code, where the server said why.
    const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::CodeWrong => "code_wrong",
            Self::OfferUsed => "offer_used",
            Self::OfferExpired => "offer_expired",
            Self::OfferLocked => "offer_locked",
            Self::CardRevoked => "card_revoked",
            Self::CardSuspended => "card_suspended",
            Self::Unsaid => return None,
        })
    }

    /// From the body of the refusal.
    pub(super) fn read(body: &[u8]) -> Self {
        match credential::json::parse(body, MAX_BODY).ok().as_ref().and_then(|said| said["code"].as_str()) {
            Some("code_wrong") => Self::CodeWrong,
            Some("offer_used") => Self::OfferUsed,
            Some("offer_expired") => Self::OfferExpired,
            Some("offer_locked") => Self::OfferLocked,
            Some("card_revoked") => Self::CardRevoked,
            Some("card_suspended") => Self::CardSuspended,
            _ => Self::Unsaid,
        }
    }
}

impl ReceiveError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Offer(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Fetch(_) => "document_not_there",
            Self::Address => "address_refused",
            Self::Metadata(error) => error.code(),
            Self::Registry(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::UnknownCard => "unknown_card",
            Self::UnsupportedCard => "unsupported_card",
            Self::CodeNeeded => "code_needed",
            Self::SignInNeeded => "browser_needed",
            Self::SignIn(error) => error.code(),
            Self::Page => "page_unreadable",
            Self::SignInRefused => "sign_in_failed",
            Self::NotTaken(why) => why.code().unwrap_or("code_refused"),
            Self::Denied(why) => why.code().unwrap_or("card_denied"),
            Self::NotAttested => "wallet_not_attested",
            Self::NoSource => "source_unknown",
            Self::NotRenewable => "not_renewable",
            Self::RenewalOver(why) => why.code().unwrap_or("renewal_over"),
            Self::JustShown(_) => "just_shown",
            Self::Refused(code) => code.as_str(),
            Self::Message => "answer_malformed",
            Self::Token(error) => error.code(),
            Self::Unbound => "token_unbound",
            Self::Encryption(error) => error.code(),
            Self::InTheClear => "answer_in_the_clear",
            Self::Response(error) => error.code(),
            Self::Card(error) => error.code(),
            Self::OtherCard => "other_card",
            Self::Copies => "wrong_number_of_copies",
            Self::Linkable => "copies_linkable",
            Self::CopiesDiffer => "copies_differ",
            Self::Store(error) => error.code(),
            Self::Keys(error) => error.code(),
            Self::Sign(_) => "signing_failed",
        }
    }
}

impl From<openid4vc::message::MessageError> for ReceiveError {
    fn from(_: openid4vc::message::MessageError) -> Self {
        Self::Message
    }
}
