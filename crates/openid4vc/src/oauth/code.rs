//! The short code of each refusal of the OAuth parts.

use crate::oauth::authorize::AuthorizeError;
use crate::oauth::client_assertion::AssertionError;
use crate::oauth::client_attestation::AttestationError;
use crate::oauth::dpop::DpopError;
use crate::oauth::metadata::MetadataError;
use crate::oauth::pkce::PkceError;
use crate::oauth::token::TokenError;

impl PkceError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Verifier => "code_verifier_malformed",
            Self::Challenge => "code_challenge_malformed",
            Self::Method => "code_challenge_method_unsupported",
            Self::Mismatch => "code_verifier_differs",
        }
    }
}

impl DpopError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "dpop_too_large",
            Self::Jws(error) => error.code(),
            Self::Key(_) => "dpop_key_unusable",
            Self::Message(error) => error.code(),
            Self::Method => "dpop_method_differs",
            Self::Address => "dpop_address_differs",
            Self::AccessToken => "dpop_access_token_differs",
            Self::Nonce => "dpop_nonce_differs",
            Self::Future => "dpop_from_the_future",
            Self::TooOld => "dpop_too_old",
        }
    }
}

impl AssertionError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "assertion_too_large",
            Self::Jws(error) => error.code(),
            Self::Message(error) => error.code(),
            Self::Subject => "assertion_subject_differs",
            Self::Audience => "assertion_audience_differs",
            Self::Expired => "assertion_expired",
            Self::TooLong => "assertion_valid_too_long",
            Self::Future => "assertion_from_the_future",
        }
    }
}

impl TokenError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(error) => error.code(),
            Self::GrantType => "grant_type_unsupported",
            Self::Pkce(error) => error.code(),
            Self::TxCode => "tx_code_too_large",
            Self::AssertionType => "assertion_type_unsupported",
            Self::Message(error) => error.code(),
            Self::TokenType => "token_type_unsupported",
        }
    }
}

impl AuthorizeError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(error) => error.code(),
            Self::ResponseType => "response_type_unsupported",
            Self::Pkce(error) => error.code(),
            Self::Nested => "request_nested",
            Self::TooLarge => "parameter_too_large",
            Self::AssertionType => "assertion_type_unsupported",
            Self::Return => "return_malformed",
            Self::State => "state_differs",
            Self::Issuer => "issuer_differs",
            Self::Refused(_) => "authorization_refused",
        }
    }
}

impl MetadataError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Address(error) => error.code(),
            Self::OtherIssuer => "issuer_differs",
            Self::Loopback => "address_loopback",
            Self::Endpoint(_) => "endpoint_missing",
        }
    }
}

impl AttestationError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOnce => "attestation_not_once",
            Self::TooLarge => "attestation_too_large",
            Self::Jws(error) => error.code(),
            Self::Reference(_) => "attester_not_named",
            Self::Message(error) => error.code(),
            Self::Key(_) => "attested_key_unusable",
            Self::Expired => "attestation_expired",
            Self::Future => "attestation_from_the_future",
            Self::Client => "attestation_client_differs",
            Self::Pop(_) => "attestation_pop_refused",
            Self::Audience => "attestation_pop_audience_differs",
            Self::PopIssuer => "attestation_pop_client_differs",
            Self::Challenge => "attestation_pop_challenge_differs",
            Self::PopFuture => "attestation_pop_from_the_future",
            Self::PopTooOld => "attestation_pop_too_old",
            Self::PopBesideDpop => "attestation_pop_beside_dpop",
            Self::DpopKey => "attestation_dpop_key_differs",
        }
    }
}
