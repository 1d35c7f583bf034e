//! Certificates and their chains.

use super::{Entry, OURS};

pub(super) fn of_code(code: &str) -> Option<Entry> {
    Some(match code {
        "certificate_malformed" => (
            "RFC 5280 section 4.1, RFC 7515 section 4.1.6",
            "A chain is DER certificates in base64, leaf first.",
        ),
        "certificate_chain_length" => (OURS, "A chain has one to four certificates."),
        "certificate_too_large" => (OURS, "A certificate has at most 8 KiB."),
        "certificate_extension_repeated" => ("RFC 5280 section 4.2", "No extension stands twice."),
        "certificate_key_not_allowed" => ("HAIP 1.0 section 7", "A certificate's key is P-256 or Ed25519."),
        "certificate_critical_extension" => (
            "RFC 5280 section 4.2",
            "A certificate with a critical extension that is not understood is refused.",
        ),
        "certificate_constrained" => (
            "RFC 5280 sections 4.2.1.10, 4.2.1.11 and 4.2.1.14",
            "Constraints of names and policies are not checked here, so a certificate that sets them is refused.",
        ),
        "certificate_algorithm_not_allowed" => {
            ("RFC 5280 section 4.1.1.2", "A certificate is signed with ECDSA and SHA-256 or with Ed25519.")
        }
        "certificate_outside_validity" => {
            ("RFC 5280 section 6.1.3 (a)(2)", "The time lies within each certificate's validity.")
        }
        "certificate_wrong_issuer_name" => (
            "RFC 5280 section 6.1.3 (a)(4)",
            "Each certificate is issued under the name that the next one has.",
        ),
        "certificate_invalid_signature" => {
            ("RFC 5280 section 6.1.3 (a)(1)", "Each certificate is signed by the next.")
        }
        "certificate_untrusted" => {
            ("RFC 5280 section 6.1.3 (a)(1)", "The last certificate is signed by a trusted anchor.")
        }
        "certificate_issuer_not_authority" => {
            ("RFC 5280 section 4.2.1.9", "Above the leaf, each certificate is an authority's.")
        }
        "certificate_issuer_may_not_sign" => {
            ("RFC 5280 section 4.2.1.3", "Above the leaf, each key is one that may sign certificates.")
        }
        "certificate_path_too_long" => {
            ("RFC 5280 section 4.2.1.9", "No more authorities stand below one than it allows.")
        }
        "certificate_leaf_is_authority" => ("RFC 5280 section 4.2.1.9", "The leaf is no authority's."),
        "certificate_leaf_self_issued" => ("HAIP 1.0 section 6.1.1", "The leaf did not issue itself."),
        "certificate_may_not_sign" => {
            ("RFC 5280 section 4.2.1.3", "The leaf's key is one that may sign data.")
        }
        "certificate_chain_carries_anchor" => (
            "HAIP 1.0 section 6.1.1, ISO/IEC 18013-5 section 9.1.2.4",
            "The trust anchor is not in the chain that a message carries.",
        ),
        _ => return None,
    })
}
