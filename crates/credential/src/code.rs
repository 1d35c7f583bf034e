//! The short code of each refusal: what commands print and scripts match. A code, once published, stays.

use crate::bitstring::BitstringError;
use crate::cbor::CborError;
use crate::cose::CoseError;
use crate::did::DidError;
use crate::did::document::DocumentError;
use crate::fetch_url::FetchUrlError;
use crate::issuer::ReferenceError;
use crate::issuer_metadata::IssuerMetadataError;
use crate::jws::JwsError;
use crate::mdoc::MdocError;
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::binding::BindingError;
use crate::sd_jwt::hold::PresentError;
use crate::sd_jwt::issue::IssueError as SdJwtIssueError;
use crate::sd_jwt::json_form::JsonFormError;
use crate::sd_jwt_vc::{IssueError, VerifyError};
use crate::status_list::StatusListError;
use crate::type_metadata::TypeMetadataError;
use crate::type_metadata::check::TypeRuleError;
use crate::type_metadata::integrity::IntegrityError;
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
            Self::JsonForm(error) => error.code(),
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
            Self::MissingClaim => "claim_missing",
            Self::Audience => "wrong_audience",
            Self::TimeForm => "time_malformed",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::Binding(error) => error.code(),
        }
    }
}

impl JsonFormError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "sd_jwt_not_json",
            Self::Members => "sd_jwt_json_malformed",
            Self::Signatures => "sd_jwt_json_signatures",
            Self::Part => "sd_jwt_json_part_malformed",
            Self::RepeatedParameter => "header_parameter_repeated",
            Self::Misplaced => "disclosures_misplaced",
        }
    }
}

impl SdJwtIssueError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReservedName => "issue_reserved_name",
            Self::NoSuchClaim => "issue_no_such_claim",
            Self::NotDisclosable => "issue_claim_not_disclosable",
            Self::TooManyDisclosures => "issue_too_many_disclosures",
            Self::TooLarge => "issue_too_large",
            Self::Sign(_) => "signing_failed",
        }
    }
}

impl PresentError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSuchClaim => "present_no_such_claim",
            Self::WrongKey => "present_wrong_key",
            Self::Sign(_) => "signing_failed",
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
            Self::Expired => "key_binding_expired",
            Self::TooOld => "key_binding_too_old",
            Self::TransactionData => "key_binding_wrong_transaction_data",
        }
    }
}

impl IssueError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ReservedName => "issue_reserved_name",
            Self::Unnamed => "issue_issuer_not_named",
            Self::Registered(error) => error.code(),
            Self::SdJwt(error) => error.code(),
        }
    }
}

impl VerifyError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SdJwt(error) => error.code(),
            Self::Type => "credential_type_missing",
            Self::TypeIntegrity(error) => error.code(),
            Self::OtherTypes => "other_types_malformed",
            Self::Issuer(error) => error.code(),
            Self::Status => "status_malformed",
            Self::HolderKey => "holder_key_unusable",
        }
    }
}

impl FetchUrlError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "url_malformed",
            Self::Scheme => "url_not_https",
            Self::Number => "url_host_is_number",
            Self::Internal => "url_host_internal",
            Self::User => "url_with_user",
            Self::Suffix => "url_with_query_or_fragment",
        }
    }
}

impl IssuerMetadataError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "issuer_metadata_not_json",
            Self::NoIssuer => "issuer_missing",
            Self::Issuer => "issuer_metadata_wrong_issuer",
            Self::Keys => "issuer_metadata_keys",
            Self::Address(error) => error.code(),
            Self::KeySet => "key_set_malformed",
            Self::Private => "key_set_with_private_key",
            Self::NoKey => "key_set_without_key",
            Self::Ambiguous => "key_set_ambiguous",
        }
    }
}

impl IntegrityError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "integrity_malformed",
            Self::Unsupported => "integrity_hash_not_supported",
            Self::Mismatch => "integrity_mismatch",
        }
    }
}

impl TypeMetadataError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "type_metadata_not_json",
            Self::Integrity(error) => error.code(),
            Self::OtherType => "type_metadata_of_other_type",
            Self::Member => "type_metadata_malformed",
            Self::TooMany => "type_metadata_too_many",
            Self::TooLong => "type_metadata_text_too_long",
            Self::Locale => "type_metadata_locale",
            Self::Resource => "type_metadata_resource",
            Self::Address(error) => error.code(),
            Self::Template => "type_metadata_template",
            Self::Path => "claim_path_malformed",
            Self::RepeatedPath => "claim_path_repeated",
            Self::SvgId => "svg_id_malformed",
            Self::RepeatedSvgId => "svg_id_repeated",
            Self::Cycle => "type_extends_itself",
            Self::TooDeep => "type_extends_too_many",
            Self::Disclosure => "type_changes_disclosure",
            Self::Mandatory => "type_drops_mandatory",
        }
    }
}

impl TypeRuleError {
    /// The code of this refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherType => "type_metadata_of_other_type",
            Self::OtherIntegrity => "type_metadata_of_other_integrity",
            Self::SdJwt(error) => error.code(),
            Self::WrongKind => "claim_of_wrong_kind",
            Self::Missing => "mandatory_claim_missing",
            Self::NotDisclosable => "claim_must_be_disclosable",
            Self::Disclosable => "claim_must_not_be_disclosable",
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
            Self::NotDirect => "document_signer_not_direct",
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
            Self::CredentialAudience => "vc_audience",
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
