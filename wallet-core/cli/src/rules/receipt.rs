//! Receipts, and where they stand.

use super::{Entry, OURS};

pub(super) fn of_code(code: &str) -> Option<Entry> {
    Some(match code {
        "receipt_path_too_long" => (OURS, "The path of a receipt has at most 32 hashes."),
        "receipt_salt_wrong" => (
            "RFC 9162 section 2.1.1",
            "The leaf is the SHA-256 of a zero byte, the receipt's salt and the receipt's SHA-256.",
        ),
        "receipt_path_wrong" => (
            "RFC 9162 section 2.1.3.2",
            "The hashes beside the way lead from the leaf to the root that the register has.",
        ),
        "receipt_says_otherwise" => (
            "Symbolon, guide to receipts, section \"What is checked\"",
            "A line names the signer, the organisation, the use and the period that its receipt names.",
        ),
        "receipt_proof_wrong" => (
            "Symbolon, guide to receipts, section \"What is checked\"",
            "The register's proof holds the root over that signer's receipts of that period.",
        ),
        _ => return None,
    })
}
