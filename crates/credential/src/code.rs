//! The short code of each refusal: what commands print and scripts match. A code, once published, stays.

use crate::bitstring::BitstringError;
use crate::did::DidError;
use crate::did::document::DocumentError;
use crate::issuer::ReferenceError;
use crate::jws::JwsError;
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::binding::BindingError;
use crate::sd_jwt_vc::VerifyError;
use crate::status_list::StatusListError;
use crate::vcdm::VcdmError;
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
            Self::Unencoded => "payload_unencoded",
            Self::Type => "wrong_type",
            Self::ContentType => "wrong_content_type",
            Self::Signature => "invalid_signature",
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
            Self::ChainLength => "certificate_chain_length",
            Self::TooLarge => "certificate_too_large",
            Self::RepeatedExtension => "certificate_extension_repeated",
            Self::Constrained => "certificate_constrained",
            Self::Name => "certificate_wrong_issuer_name",
            Self::Signature => "certificate_invalid_signature",
            Self::AuthorityUsage => "certificate_issuer_may_not_sign",
            Self::PathLength => "certificate_path_too_long",
            Self::LeafIsAuthority => "certificate_leaf_is_authority",
            Self::LeafIsOwnIssuer => "certificate_leaf_self_issued",
            Self::Key(_) => "certificate_key_not_allowed",
            Self::CriticalExtension => "certificate_critical_extension",
            Self::Algorithm => "certificate_algorithm_not_allowed",
            Self::Validity => "certificate_outside_validity",
            Self::NoAnchor => "certificate_untrusted",
            Self::NotAnAuthority => "certificate_issuer_not_authority",
            Self::LeafUsage => "certificate_may_not_sign",
            Self::AnchorIncluded => "certificate_chain_carries_anchor",
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
            Self::Issuer(error) => error.code(),
            Self::Claims => "status_list_claims_malformed",
            Self::Subject => "status_list_wrong_subject",
            Self::Future => "status_list_from_the_future",
            Self::Expired => "status_list_expired",
            Self::Compression => "status_list_not_zlib",
            Self::Aggregation => "status_list_aggregation_malformed",
            Self::Sign(_) => "signing_failed",
        }
    }
}

impl DidError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form => "did_malformed",
            Self::Method => "did_method_unsupported",
            Self::Host => "did_host_not_public",
            Self::Path => "did_path_not_acceptable",
            Self::Key(_) => "did_key_unusable",
        }
    }
}

impl DocumentError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "did_document_not_json",
            Self::Context => "did_document_context",
            Self::Id => "did_document_without_id",
            Self::Subject => "did_document_of_another",
            Self::Names => "did_document_names_malformed",
            Self::Method => "did_method_malformed",
            Self::TooMany => "did_document_too_many_entries",
            Self::MethodId => "did_method_id_unusable",
            Self::Repeated => "did_document_repeats_id",
            Self::Material => "did_method_key_not_one",
            Self::Key(_) => "did_method_key_unusable",
            Self::Relationship => "did_relationship_malformed",
            Self::Dangling => "did_relationship_dangling",
            Self::Service => "did_service_malformed",
            Self::Unknown => "did_key_unknown",
            Self::Unrelated => "did_key_for_another_relationship",
            Self::Kind => "did_key_of_another_kind",
            Self::Controller => "did_key_of_another_controller",
        }
    }
}

impl VcdmError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.code(),
            Self::Reference(error) => error.code(),
            Self::Context => "vc_context",
            Self::Id => "vc_id_not_url",
            Self::Type => "vc_type",
            Self::Name => "vc_name_malformed",
            Self::Issuer => "vc_issuer_not_url",
            Self::Subject => "vc_subject",
            Self::Period => "vc_period_malformed",
            Self::Status => "vc_status_malformed",
            Self::Schema => "vc_schema_malformed",
            Self::Proof => "vc_embedded_proof",
            Self::Untyped => "vc_property_untyped",
            Self::Wrapped => "vc_of_version_1",
            Self::Contradiction => "vc_claim_contradicts",
            Self::TimeForm => "time_malformed",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::Holder => "vp_holder_not_url",
            Self::Content => "vp_content_malformed",
            Self::Unsecured => "vp_content_unsecured",
            Self::TooMany => "vp_too_many_credentials",
            Self::Audience => "vp_wrong_audience",
            Self::Nonce => "vp_wrong_nonce",
            Self::TooOld => "vp_too_old",
            Self::Sign(_) => "signing_failed",
        }
    }
}

impl BitstringError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Entry => "bitstring_entry_malformed",
            Self::TooManyEntries => "bitstring_too_many_entries",
            Self::Size => "bitstring_size",
            Self::IndexForm => "bitstring_index_malformed",
            Self::Messages => "bitstring_messages",
            Self::Credential(error) => error.code(),
            Self::Type => "bitstring_not_a_list",
            Self::List => "bitstring_wrong_list",
            Self::Purpose => "bitstring_wrong_purpose",
            Self::TimeToLive => "bitstring_ttl_malformed",
            Self::Encoding => "bitstring_encoding",
            Self::Compression => "bitstring_not_gzip",
            Self::TooLarge => "bitstring_too_large",
            Self::TooShort => "bitstring_too_short",
            Self::Index => "bitstring_index_out_of_range",
            Self::Value => "bitstring_value_too_large",
        }
    }
}
