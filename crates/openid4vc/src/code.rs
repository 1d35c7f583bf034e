//! The short code of each refusal: what commands print and scripts match. A code, once published, stays.

use crate::form::FormError;
use crate::message::MessageError;
use crate::vp::client_id::ClientIdError;
use crate::vp::dcql::DcqlError;
use crate::vp::dcql::answer::Unanswerable;
use crate::vp::dcql::check::CheckError;
use crate::vp::fetch::FetchError;
use crate::vp::link::LinkError;
use crate::vp::present::PresentError;
use crate::vp::request::RequestError;
use crate::vp::response::ResponseError;
use crate::vp::verify::VerifyError;
use crate::web_url::WebUrlError;

impl MessageError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json => "json_malformed",
            Self::Missing(_) => "member_missing",
            Self::Kind(_) => "member_wrong_kind",
            Self::Empty(_) => "member_empty",
            Self::TooLarge(_) => "member_too_large",
        }
    }
}

impl FormError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "form_too_large",
            Self::Repeated => "parameter_repeated",
            Self::Missing(_) => "parameter_missing",
        }
    }
}

impl WebUrlError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "address_malformed",
            Self::Insecure => "address_insecure",
            Self::Decorated => "address_decorated",
        }
    }
}

impl ClientIdError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "client_id_malformed",
            Self::PreRegistered => "client_id_without_prefix",
            Self::Unsupported => "client_id_prefix_unsupported",
            Self::Reserved => "client_id_prefix_reserved",
        }
    }
}

impl LinkError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "link_malformed",
            Self::Scheme => "link_scheme_unknown",
            Self::Form(error) => error.code(),
            Self::ClientId(error) => error.code(),
            Self::RequestUri(error) => error.code(),
            Self::Method => "request_uri_method_unsupported",
        }
    }
}

impl DcqlError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Id => "query_id_malformed",
            Self::RepeatedId => "query_id_repeated",
            Self::UnknownId => "query_id_unknown",
            Self::ClaimSetsWithoutClaims => "claim_sets_without_claims",
            Self::ClaimWithoutId => "claim_without_id",
            Self::Path => "claim_path_malformed",
            Self::Value => "claim_value_malformed",
        }
    }
}

impl Unanswerable {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        "no_matching_card"
    }
}

impl CheckError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownId => "answer_not_asked_for",
            Self::Count => "answer_count_wrong",
            Self::Type => "answer_of_another_type",
            Self::Claims => "answer_lacks_claims",
            Self::Incomplete => "answer_incomplete",
        }
    }
}

impl RequestError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "request_too_large",
            Self::Jws(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Message(error) => error.code(),
            Self::ClientId(error) => error.code(),
            Self::OtherClient => "client_id_differs",
            Self::OtherKey => "client_key_differs",
            Self::Audience => "audience_differs",
            Self::ResponseType => "response_type_unsupported",
            Self::ResponseMode => "response_mode_unsupported",
            Self::RedirectUri => "redirect_uri_present",
            Self::ResponseUri(error) => error.code(),
            Self::Fresh => "nonce_or_state_malformed",
            Self::StateMissing => "state_missing",
            Self::Query(error) => error.code(),
            Self::Scope => "scope_present",
            Self::TransactionData => "transaction_data_unsupported",
            Self::EncryptionKey => "encryption_key_missing",
            Self::EncryptionKeyReused => "encryption_key_reused",
            Self::ContentEncryption => "encryption_unsupported",
            Self::Formats => "formats_unsupported",
            Self::Registration => "registration_malformed",
            Self::WalletNonce => "wallet_nonce_differs",
            Self::Future => "request_from_the_future",
            Self::Expired => "request_expired",
            Self::Sign(_) => "signing_failed",
        }
    }
}

impl ResponseError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(error) => error.code(),
            Self::Unencrypted => "answer_not_encrypted",
            Self::Jwe(_) => "answer_not_decryptable",
            Self::OtherKey => "answer_for_another_key",
            Self::Message(error) => error.code(),
            Self::State => "state_differs",
            Self::Proof => "register_proof_malformed",
            Self::RedirectUri(error) => error.code(),
        }
    }
}

impl PresentError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownId => "answer_not_asked_for",
            Self::Type => "answer_of_another_type",
            Self::TooMuch => "disclosure_not_asked_for",
            Self::Count => "answer_count_wrong",
            Self::Algorithm => "algorithm_unsupported",
            Self::Nothing => "nothing_chosen",
            Self::Transaction => "transaction_data_unsupported",
            Self::Card(_) | Self::Document(_) => "presentation_failed",
        }
    }
}

impl<E> VerifyError<E> {
    /// The code of this refusal; the trust decision's own code says more about `issuer_not_trusted`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Query(error) => error.code(),
            Self::Format => "format_unsupported",
            Self::Issuer(_) => "issuer_not_trusted",
            Self::Transaction => "transaction_not_confirmed",
            Self::Presentation(error) => error.code(),
            Self::Document(error) => error.code(),
        }
    }
}

impl FetchError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(error) => error.code(),
            Self::WalletNonce => "wallet_nonce_malformed",
        }
    }
}
