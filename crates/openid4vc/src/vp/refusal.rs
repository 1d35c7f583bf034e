//! Why a wallet shows nothing, in the words that a verifier understands.
//!
//! Spec: OpenID4VP 1.0 section 8.5; RFC 6749 section 4.1.2.1.

use crate::vp::request::RequestError;

/// An error code of an authorization response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The person said no, or has no such card: a verifier must not learn which.
    AccessDenied,
    /// The request is malformed.
    InvalidRequest,
    /// The client identifier and the request do not fit together, or its metadata is malformed.
    InvalidClient,
    /// None of the verifier's formats is one of the wallet's.
    VpFormatsNotSupported,
    /// `request_uri_method` is neither `get` nor `post`.
    InvalidRequestUriMethod,
    /// The transaction data is unsupported or malformed.
    InvalidTransactionData,
    /// The wallet cannot be reached.
    WalletUnavailable,
    /// A code that we do not know.
    Unrecognized,
}

impl Refusal {
    const ALL: [Self; 7] = [
        Self::AccessDenied,
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::VpFormatsNotSupported,
        Self::InvalidRequestUriMethod,
        Self::InvalidTransactionData,
        Self::WalletUnavailable,
    ];

    /// The code as it is sent.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::VpFormatsNotSupported => "vp_formats_not_supported",
            Self::InvalidRequestUriMethod => "invalid_request_uri_method",
            Self::InvalidTransactionData => "invalid_transaction_data",
            Self::WalletUnavailable => "wallet_unavailable",
            Self::Unrecognized => "unrecognized",
        }
    }

    /// The refusal of this code.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.name() == name).unwrap_or(Self::Unrecognized)
    }
}

impl RequestError {
    /// What a verifier is told about its unacceptable request.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::ClientId(_) | Self::OtherClient | Self::OtherKey | Self::Key(_) | Self::Jws(_) => {
                Refusal::InvalidClient
            }
            Self::Formats => Refusal::VpFormatsNotSupported,
            Self::TransactionData => Refusal::InvalidTransactionData,
            Self::TooLarge
            | Self::Message(_)
            | Self::Audience
            | Self::ResponseType
            | Self::ResponseMode
            | Self::RedirectUri
            | Self::ResponseUri(_)
            | Self::Fresh
            | Self::StateMissing
            | Self::Query(_)
            | Self::Scope
            | Self::EncryptionKey
            | Self::EncryptionKeyReused
            | Self::ContentEncryption
            | Self::Registration
            | Self::WalletNonce
            | Self::Future
            | Self::Expired
            | Self::Sign(_) => Refusal::InvalidRequest,
        }
    }
}
