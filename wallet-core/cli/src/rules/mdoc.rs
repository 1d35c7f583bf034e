//! CBOR, COSE and mdocs.

use super::{Entry, OURS};

pub(super) fn of_code(code: &str) -> Option<Entry> {
    cbor_and_cose(code).or_else(|| issued(code)).or_else(|| shown(code)).or_else(|| certificate(code))
}

fn cbor_and_cose(code: &str) -> Option<Entry> {
    Some(match code {
        "cbor_too_large" | "cbor_too_deep" | "cbor_too_many_items" => {
            (OURS, "CBOR keeps to a size, a depth and a count.")
        }
        "cbor_malformed" | "cbor_trailing_bytes" => {
            ("RFC 8949 section 1.2", "CBOR is one well-formed item with nothing behind it.")
        }
        "cbor_unknown_simple_value" => {
            ("RFC 8949 section 3.3", "Simple values are true, false and null; others mean nothing here.")
        }
        "cbor_indefinite_length" => ("RFC 8949 section 4.2.1", "Items have a length that is known."),
        "cbor_key_not_allowed" | "cbor_key_repeated" => {
            ("RFC 8949 section 5.6", "Keys of a map are texts or numbers, and no key stands twice.")
        }
        "cose_malformed" | "cose_wrong_tag" => {
            ("RFC 9052 section 2", "A COSE message has its tag and its four members.")
        }
        "cose_header_malformed" | "cose_header_repeated" => {
            ("RFC 9052 section 3", "Headers are maps, and no label is in both.")
        }
        "cose_certificates_misplaced" => (
            "RFC 9360 section 2, ISO/IEC 18013-5 section 9.1.2.4",
            "Certificates (x5chain) are in their place.",
        ),
        "cose_payload_misplaced" => {
            ("RFC 9052 section 4.1", "The payload is in the message, or with the caller, as it belongs.")
        }
        "invalid_mac" => ("RFC 9052 section 6.3", "The MAC holds over what came, with the shared key."),
        _ => return None,
    })
}

fn issued(code: &str) -> Option<Entry> {
    Some(match code {
        "mdoc_malformed" | "mdoc_item_malformed" => (
            "ISO/IEC 18013-5 section 8.3.2.1.2.2",
            "A response and its items have the members of their structure.",
        ),
        "mdoc_version" => ("ISO/IEC 18013-5 section 8.3.2.1.2.2", "A response is of version 1.0."),
        "mdoc_status_not_ok" => {
            ("ISO/IEC 18013-5 section 8.3.2.1.2.3", "A response with documents has the status 0.")
        }
        "mdoc_no_document" | "mdoc_too_many_documents" => (
            "ISO/IEC 18013-5 section 8.3.2.1.2.2, OpenID4VP 1.0 section 8.1",
            "A response holds a document, at most eight; an OpenID4VP presentation is one.",
        ),
        "mdoc_salt_too_short" => ("ISO/IEC 18013-5 section 9.1.2.5", "A salt has at least 16 bytes."),
        "mdoc_digest_id_repeated" => {
            ("ISO/IEC 18013-5 section 9.1.2.4", "Within a namespace no digest id stands twice.")
        }
        "mdoc_element_repeated" => {
            ("ISO/IEC 18013-5 section 8.3.2.1.2.2", "Within a namespace no element stands twice.")
        }
        "mdoc_security_object_malformed"
        | "mdoc_security_object_version"
        | "mdoc_key_authorizations_malformed" => {
            ("ISO/IEC 18013-5 section 9.1.2.4", "The mobile security object has its members, in version 1.0.")
        }
        "mdoc_validity_out_of_order" => (
            "ISO/IEC 18013-5 section 9.1.2.4",
            "An mdoc is valid from its signing or later, and ends after that.",
        ),
        "mdoc_wrong_type" => {
            ("ISO/IEC 18013-5 section 9.3.1", "The document's type is the one that was signed.")
        }
        "mdoc_wrong_issuer_key" => {
            ("ISO/IEC 18013-5 section 9.3.1", "The signature is by the key of the certificate.")
        }
        "mdoc_digest_missing" | "mdoc_digest_mismatch" => {
            ("ISO/IEC 18013-5 section 9.3.1", "Each item has the digest that was signed for its id.")
        }
        "mdoc_signed_outside_certificate" => {
            ("ISO/IEC 18013-5 section 9.3.1", "The mdoc was signed while its certificate was valid.")
        }
        "mdoc_issuing_country" => {
            ("ISO/IEC 18013-5 annex B.1.4", "A driving licence's issuing country is that of the certificate.")
        }
        _ => return None,
    })
}

fn shown(code: &str) -> Option<Entry> {
    Some(match code {
        "mdoc_transcript_malformed" => (
            "ISO/IEC 18013-5 section 9.1.5.1, OpenID4VP 1.0 appendix B.2.6",
            "The session transcript has its three members.",
        ),
        "device_auth_malformed" | "device_auth_refused" => {
            ("ISO/IEC 18013-5 section 9.1.3", "The device authenticates by a signature or a MAC.")
        }
        "device_auth_invalid_signature" => (
            "ISO/IEC 18013-5 sections 9.1.3.4 and 9.1.3.6",
            "The device's signature holds over this session, with the key that the issuer signed.",
        ),
        "device_auth_invalid_mac" => (
            "ISO/IEC 18013-5 sections 9.1.3.4 and 9.1.3.5",
            "The device's MAC holds over this session, with a key that only both sides know.",
        ),
        "device_mac_unexpected" | "device_mac_key_unusable" => (
            "ISO/IEC 18013-5 section 9.1.3.5",
            "A MAC is taken only where both sides share a session's keys.",
        ),
        "device_element_not_authorised" => {
            ("ISO/IEC 18013-5 section 9.1.2.4", "A device signs only what its key was authorised for.")
        }
        _ => return None,
    })
}

fn certificate(code: &str) -> Option<Entry> {
    Some(match code {
        "document_signer_not_direct" => (
            "ISO/IEC 18013-5 annex B.1.2",
            "A document signer stands directly under an authority for leaves only.",
        ),
        "certificate_key_usage_missing" => {
            ("ISO/IEC 18013-5 annex B.1", "Document signer and authority say what their keys may sign.")
        }
        "certificate_not_for_documents" => {
            ("ISO/IEC 18013-5 annex B.1.4", "The certificate is for signing mdocs (extended key usage).")
        }
        "certificate_country_mismatch" => {
            ("ISO/IEC 18013-5 section 9.3.3, annex B.1.4", "Certificate and authority are of one country.")
        }
        "certificate_outlives_issuer" => (
            "ISO/IEC 18013-5 section 9.3.3, annex B.1.4",
            "The certificate is valid within its authority's validity.",
        ),
        _ => return None,
    })
}
