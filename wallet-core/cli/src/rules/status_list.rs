//! Status lists: tokens (zlib, lowest bit first) and bitstrings (GZIP, highest bit first).

use super::{Entry, OURS};

pub(super) fn of_code(code: &str) -> Option<Entry> {
    token(code).or_else(|| bitstring(code))
}

fn token(code: &str) -> Option<Entry> {
    Some(match code {
        "status_list_bits" => {
            ("Token Status List draft 20 sections 4.2 and 4.3", "An entry has 1, 2, 4 or 8 bits.")
        }
        "status_list_too_large" => (OURS, "An inflated list has at most 4 MiB."),
        "status_index_out_of_range" => (
            "Token Status List draft 20 section 8.3",
            "The place lies within the list; otherwise nothing is known.",
        ),
        "status_value_too_large" => {
            ("Token Status List draft 20 section 7", "A status fits the list's bits.")
        }
        "status_list_claims_malformed" => (
            "Token Status List draft 20 sections 5.1 and 5.2",
            "A token holds sub, iat and status_list, and exp and ttl only as numbers, ttl above zero.",
        ),
        "status_list_wrong_subject" => (
            "Token Status List draft 20 section 8.3",
            "The token's sub is the address that the credential names.",
        ),
        "status_list_from_the_future" => ("RFC 7519 section 4.1.6", "The token was issued before now."),
        "status_list_expired" => {
            ("Token Status List draft 20 section 8.3", "The token is not used at or after exp.")
        }
        "status_list_not_zlib" => (
            "Token Status List draft 20 sections 4.1 to 4.3",
            "lst is one zlib stream (RFC 1950): its bytes in CBOR, their base64url in JSON.",
        ),
        "status_list_aggregation_malformed" => (
            "Token Status List draft 20 sections 9.2 and 9.3",
            "An aggregation is an array of https addresses, and aggregation_uri is one.",
        ),
        _ => return None,
    })
}

fn bitstring(code: &str) -> Option<Entry> {
    Some(match code {
        "bitstring_entry_malformed" => (
            "Bitstring Status List 1.0 section 2.1",
            "An entry has its type, a purpose, an index and the address of its list.",
        ),
        "bitstring_too_many_entries" => (OURS, "A credential has at most eight status entries."),
        "bitstring_size" => ("Bitstring Status List 1.0 section 2.1", "An entry has 1, 2, 4 or 8 bits."),
        "bitstring_index_malformed" => {
            ("Bitstring Status List 1.0 section 2.1", "The index is a whole number, written as text.")
        }
        "bitstring_messages" => {
            ("Bitstring Status List 1.0 section 2.1", "An entry of several bits explains each of its values.")
        }
        "bitstring_not_a_list" => (
            "Bitstring Status List 1.0 section 2.2",
            "The list's credential is a BitstringStatusListCredential about a BitstringStatusList.",
        ),
        "bitstring_wrong_list" => {
            ("Bitstring Status List 1.0 section 3.2", "The list is the one that the entry names.")
        }
        "bitstring_wrong_purpose" => {
            ("Bitstring Status List 1.0 section 3.2", "The list is for the entry's purpose.")
        }
        "bitstring_ttl_malformed" => {
            ("Bitstring Status List 1.0 section 2.2", "The time to live is a number above zero.")
        }
        "bitstring_encoding" => {
            ("Bitstring Status List 1.0 section 2.2", "encodedList is the letter u and base64url.")
        }
        "bitstring_not_gzip" => ("Bitstring Status List 1.0 section 3.4", "The list is one GZIP stream."),
        "bitstring_too_large" => (OURS, "An inflated list has at most 4 MiB."),
        "bitstring_too_short" => (
            "Bitstring Status List 1.0 section 3.2",
            "A list has at least 131,072 entries, so that one hides among others.",
        ),
        "bitstring_index_out_of_range" => {
            ("Bitstring Status List 1.0 section 3.2", "The place lies within the list.")
        }
        "bitstring_value_too_large" => {
            ("Bitstring Status List 1.0 section 2.1", "A status fits the entry's bits.")
        }
        _ => return None,
    })
}
