//! The short code of each refusal of issuance.

use crate::vci::deferred::DeferredError;
use crate::vci::encryption::EncryptionError;
use crate::vci::key_attestation::KeyAttestationError;
use crate::vci::offer::OfferError;
use crate::vci::proof::ProofError;
use crate::vci::request::RequestError;
use crate::vci::response::ResponseError;

impl EncryptionError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Key => "encryption_key_unusable",
            Self::ContentEncryption => "encryption_unsupported",
            Self::Compression => "compression_unsupported",
            Self::Jwe(_) => "message_not_decryptable",
        }
    }
}

impl OfferError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Link => "link_malformed",
            Self::Scheme => "link_scheme_unknown",
            Self::Form(error) => error.code(),
            Self::Source => "offer_missing",
            Self::Message(error) => error.code(),
            Self::Address(error) => error.code(),
            Self::Issuer => "issuer_malformed",
            Self::Repeated => "configuration_repeated",
            Self::Blank => "offer_code_blank",
            Self::TxCode => "tx_code_malformed",
        }
    }
}

impl ProofError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Count => "proof_count_wrong",
            Self::TooLarge => "proof_too_large",
            Self::Jws(error) => error.code(),
            Self::Key(_) => "proof_key_unusable",
            Self::Message(error) => error.code(),
            Self::Audience => "proof_audience_differs",
            Self::Client => "proof_client_differs",
            Self::Future => "proof_from_the_future",
            Self::TooOld => "proof_too_old",
            Self::Nonce => "proof_nonce_differs",
            Self::RepeatedKey => "proof_key_repeated",
        }
    }
}

impl RequestError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Wanted => "credential_not_named",
            Self::Proofs => "proofs_missing",
            Self::Encryption(error) => error.code(),
            Self::Unencrypted => "request_not_encrypted",
        }
    }
}

impl DeferredError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Encryption(error) => error.code(),
            Self::Unencrypted => "request_not_encrypted",
        }
    }
}

impl ResponseError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Message(error) => error.code(),
            Self::Form => "response_malformed",
            Self::Encryption(error) => error.code(),
        }
    }
}

impl KeyAttestationError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "key_attestation_too_large",
            Self::Jws(error) => error.code(),
            Self::Reference(_) => "key_attester_not_named",
            Self::Message(error) => error.code(),
            Self::Key(_) => "attested_key_unusable",
            Self::RepeatedKey => "attested_key_repeated",
            Self::Expired => "key_attestation_expired",
            Self::Future => "key_attestation_from_the_future",
            Self::Nonce => "key_attestation_nonce_differs",
            Self::KeyStorage => "key_storage_insufficient",
            Self::UserAuthentication => "user_authentication_insufficient",
            Self::Unattested => "proof_key_not_attested",
        }
    }
}
