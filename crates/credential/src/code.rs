//! The short code of each refusal: what commands print and scripts match. A code, once published, stays.

use crate::cbor::CborError;
use crate::cose::CoseError;
use crate::issuer::ReferenceError;
use crate::jws::JwsError;
use crate::mdoc::MdocError;
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::binding::BindingError;
use crate::sd_jwt_vc::VerifyError;
use crate::status_list::StatusListError;
use crate::x509::X509Error;

impl JwsError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "token_too_large",
            Self::Form => "token_malformed",
            Self::Header(_) => "header_malformed",
            Self::Payload(_) => "payload_malformed",
            Self::Algorithm => "algorithm_not_allowed",
            Self::Critical => "critical_extension",
            Self::Type => "wrong_type",
            Self::Signature => "invalid_signature",
        }
    }
}

impl CborError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "cbor_too_large",
            Self::Malformed => "cbor_malformed",
            Self::TooDeep => "cbor_too_deep",
            Self::TooMany => "cbor_too_many_items",
            Self::Indefinite => "cbor_indefinite_length",
            Self::Simple => "cbor_unknown_simple_value",
            Self::Key => "cbor_key_not_allowed",
            Self::RepeatedKey => "cbor_key_repeated",
            Self::Trailing => "cbor_trailing_bytes",
        }
    }
}

impl CoseError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Form => "cose_malformed",
            Self::Tag => "cose_wrong_tag",
            Self::Protected(_) | Self::Header => "cose_header_malformed",
            Self::RepeatedLabel => "cose_header_repeated",
            Self::Critical => "critical_extension",
            Self::Algorithm => "algorithm_not_allowed",
            Self::Type => "wrong_type",
            Self::CertificatePlace => "cose_certificates_misplaced",
            Self::Chain(error) => error.code(),
            Self::Payload => "cose_payload_misplaced",
            Self::Signature => "invalid_signature",
            Self::Mac => "invalid_mac",
        }
    }
}

impl MdocError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Form => "mdoc_malformed",
            Self::Version => "mdoc_version",
            Self::Status(_) => "mdoc_status_not_ok",
            Self::NoDocument => "mdoc_no_document",
            Self::TooManyDocuments => "mdoc_too_many_documents",
            Self::Item => "mdoc_item_malformed",
            Self::Salt => "mdoc_salt_too_short",
            Self::RepeatedDigestId => "mdoc_digest_id_repeated",
            Self::RepeatedElement => "mdoc_element_repeated",
            Self::IssuerAuth(error) => error.code(),
            Self::SecurityObject => "mdoc_security_object_malformed",
            Self::SecurityObjectVersion => "mdoc_security_object_version",
            Self::DigestAlgorithm => "hash_algorithm_not_allowed",
            Self::DigestLength => "digest_malformed",
            Self::DeviceKey(_) => "holder_key_unusable",
            Self::KeyAuthorizations => "mdoc_key_authorizations_malformed",
            Self::TimeForm => "time_malformed",
            Self::ValidityOrder => "mdoc_validity_out_of_order",
            Self::StatusReference => "status_malformed",
            Self::DocType => "mdoc_wrong_type",
            Self::IssuerKey => "mdoc_wrong_issuer_key",
            Self::MissingDigest => "mdoc_digest_missing",
            Self::WrongDigest => "mdoc_digest_mismatch",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::SignedOutsideCertificate => "mdoc_signed_outside_certificate",
            Self::IssuingCountry => "mdoc_issuing_country",
            Self::Transcript => "mdoc_transcript_malformed",
            Self::DeviceAuthForm => "device_auth_malformed",
            Self::DeviceAuth(CoseError::Signature) => "device_auth_invalid_signature",
            Self::DeviceAuth(CoseError::Mac) => "device_auth_invalid_mac",
            Self::DeviceAuth(_) => "device_auth_refused",
            Self::UnexpectedMac => "device_mac_unexpected",
            Self::MacKey(_) => "device_mac_key_unusable",
            Self::NotAuthorised => "device_element_not_authorised",
        }
    }
}

impl SdJwtError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "token_too_large",
            Self::Form => "token_malformed",
            Self::TooManyDisclosures => "too_many_disclosures",
            Self::Jws(error) => error.code(),
            Self::HashAlgorithm => "hash_algorithm_not_allowed",
            Self::NestedHashAlgorithm => "hash_algorithm_nested",
            Self::DisclosureEncoding => "disclosure_not_base64url",
            Self::DisclosureJson(_) => "disclosure_not_json",
            Self::DisclosureForm => "disclosure_malformed",
            Self::RepeatedDisclosure => "disclosure_repeated",
            Self::DigestForm => "digest_malformed",
            Self::ArrayDigestForm => "array_digest_malformed",
            Self::ElementForClaim => "element_disclosed_as_claim",
            Self::ClaimForElement => "claim_disclosed_as_element",
            Self::ReservedName => "claim_name_reserved",
            Self::NameTaken => "claim_name_taken",
            Self::RepeatedDigest => "digest_repeated",
            Self::UnreferencedDisclosure => "disclosure_unreferenced",
            Self::TooDeep => "claims_too_deep",
            Self::NotDisclosable => "claim_not_disclosable",
            Self::TimeForm => "time_malformed",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::Binding(error) => error.code(),
        }
    }
}

impl BindingError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "key_binding_missing",
            Self::Unexpected => "key_binding_unexpected",
            Self::HolderKey => "holder_key_unusable",
            Self::Jws(JwsError::Signature) => "key_binding_invalid_signature",
            Self::Jws(JwsError::Type) => "key_binding_wrong_type",
            Self::Jws(_) => "key_binding_malformed",
            Self::Claims => "key_binding_claims_missing",
            Self::Audience => "key_binding_wrong_audience",
            Self::Nonce => "key_binding_wrong_nonce",
            Self::Hash => "key_binding_wrong_hash",
            Self::Future => "key_binding_from_the_future",
            Self::TooOld => "key_binding_too_old",
            Self::TransactionData => "key_binding_wrong_transaction_data",
        }
    }
}

impl VerifyError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SdJwt(error) => error.code(),
            Self::Type => "credential_type_missing",
            Self::Issuer(error) => error.code(),
            Self::Status => "status_malformed",
            Self::HolderKey => "holder_key_unusable",
        }
    }
}

impl ReferenceError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key => "issuer_key_not_named",
            Self::Issuer => "issuer_malformed",
            Self::Chain(error) => error.code(),
        }
    }
}

impl X509Error {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "certificate_malformed",
            Self::Key(_) => "certificate_key_not_allowed",
            Self::CriticalExtension => "certificate_critical_extension",
            Self::Algorithm => "certificate_algorithm_not_allowed",
            Self::Validity => "certificate_outside_validity",
            Self::NoAnchor => "certificate_untrusted",
            Self::NotAnAuthority => "certificate_issuer_not_authority",
            Self::Leaf => "certificate_may_not_sign",
            Self::AnchorIncluded => "certificate_chain_carries_anchor",
            Self::PathLength => "certificate_path_too_long",
            Self::KeyUsage => "certificate_key_usage_missing",
            Self::ExtendedKeyUsage => "certificate_not_for_documents",
            Self::Country => "certificate_country_mismatch",
            Self::Nesting => "certificate_outlives_issuer",
        }
    }
}

impl StatusListError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bits => "status_list_bits",
            Self::TooLarge => "status_list_too_large",
            Self::Index => "status_index_out_of_range",
            Self::Value => "status_value_too_large",
            Self::Jws(error) => error.code(),
            Self::Cose(error) => error.code(),
            Self::Cbor(error) => error.code(),
            Self::Issuer(error) => error.code(),
            Self::Claims => "status_list_claims_malformed",
            Self::Subject => "status_list_wrong_subject",
            Self::Future => "status_list_from_the_future",
            Self::Expired => "status_list_expired",
            Self::Compression => "status_list_not_zlib",
            Self::Sign(_) => "signing_failed",
        }
    }
}
