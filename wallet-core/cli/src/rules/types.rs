//! Types of credentials, issuers' metadata, and the addresses of both.

use super::Entry;

pub(super) fn of_code(code: &str) -> Option<Entry> {
    metadata(code)
        .or_else(|| claims(code))
        .or_else(|| issuer(code))
        .or_else(|| offered(code))
        .or_else(|| address(code))
}

fn metadata(code: &str) -> Option<Entry> {
    Some(match code {
        "integrity_malformed" => (
            "SD-JWT VC draft 19 section 6",
            "An integrity value names a hash and its base64, as W3C SRI writes it.",
        ),
        "integrity_hash_not_supported" => {
            ("SD-JWT VC draft 19 section 6", "An integrity value has a hash that the verifier supports.")
        }
        "integrity_mismatch" => (
            "SD-JWT VC draft 19 section 6",
            "The document's bytes have the hash that the integrity value names.",
        ),
        "type_metadata_not_json" | "type_metadata_malformed" => {
            ("SD-JWT VC draft 19 section 5.2", "Type metadata is a JSON object with members of their kinds.")
        }
        "type_metadata_of_other_type" => {
            ("SD-JWT VC draft 19 section 5.3", "Type metadata names the type (vct) that it was asked for.")
        }
        "type_metadata_of_other_integrity" => (
            "SD-JWT VC draft 19 section 6",
            "Type metadata is the document that the credential's integrity value names.",
        ),
        "type_metadata_too_many" | "type_metadata_text_too_long" => {
            (super::OURS, "Type metadata keeps to a size.")
        }
        "type_metadata_locale" => {
            ("SD-JWT VC draft 19 sections 5.5 and 5.6.2", "A language is named once, by its tag (RFC 5646).")
        }
        "type_metadata_resource" => (
            "SD-JWT VC draft 19 sections 5.5.1 and 7.9",
            "A picture is named by an address or a data URI of an image.",
        ),
        "type_metadata_template" => (
            "SD-JWT VC draft 19 sections 5.5.1.2 and 5.5.1.2.1",
            "Where there are several SVG templates, each has properties of known values.",
        ),
        "svg_id_malformed" | "svg_id_repeated" => (
            "SD-JWT VC draft 19 section 5.6",
            "Each svg_id is a name of letters, digits and underscores, and stands once.",
        ),
        "type_extends_itself" => {
            ("SD-JWT VC draft 19 sections 5.4 and 7.4", "A type never extends itself, at any distance.")
        }
        "type_extends_too_many" => (super::OURS, "At most eight types stand in one line."),
        "type_changes_disclosure" | "type_drops_mandatory" => {
            ("SD-JWT VC draft 19 section 5.6.5.1", "A type that extends another does not loosen its rules.")
        }
        _ => return None,
    })
}

fn claims(code: &str) -> Option<Entry> {
    Some(match code {
        "claim_path_malformed" | "claim_path_repeated" => (
            "SD-JWT VC draft 19 sections 5.6 and 5.6.1",
            "A path is an array of texts, nulls and numbers, and stands once.",
        ),
        "claim_of_wrong_kind" => (
            "SD-JWT VC draft 19 section 5.6.1.2",
            "No step of a claim's path leads into a value of another kind.",
        ),
        "mandatory_claim_missing" => {
            ("SD-JWT VC draft 19 sections 5.6 and 5.6.3", "A claim that the type calls mandatory is there.")
        }
        "claim_must_be_disclosable" | "claim_must_not_be_disclosable" => {
            ("SD-JWT VC draft 19 section 5.6.4", "A claim is selectively disclosed as its type says.")
        }
        "other_types_malformed" => {
            ("SD-JWT VC draft 19 section 2.2.2.2", "Other names of a type (aka_vcts) are an array of texts.")
        }
        _ => return None,
    })
}

fn issuer(code: &str) -> Option<Entry> {
    Some(match code {
        "issuer_missing" => (
            "SD-JWT VC draft 19 sections 2.5 and 4",
            "A credential whose key is in metadata names its issuer (iss).",
        ),
        "issuer_metadata_not_json" | "issuer_metadata_keys" => {
            ("SD-JWT VC draft 19 section 4.2", "An issuer's metadata is JSON with either jwks or jwks_uri.")
        }
        "issuer_metadata_wrong_issuer" => (
            "SD-JWT VC draft 19 section 4.3",
            "An issuer's metadata names the issuer that it was fetched for.",
        ),
        "key_set_malformed" | "key_set_with_private_key" => {
            ("RFC 7517 section 5", "A set of keys is an array of public JWKs.")
        }
        "key_set_without_key" | "key_set_ambiguous" => {
            ("RFC 7515 section 4.1.4, RFC 7517 section 5", "The set has one key that the token names.")
        }
        _ => return None,
    })
}

/// What an issuer says that it offers; `openid4vc` reads that, and [`crate::inspect`] has these codes of its own.
fn offered(code: &str) -> Option<Entry> {
    Some(match code {
        "issuer_offer_malformed" => (
            "OpenID4VCI 1.0 sections 12.2.2 and 12.2.4",
            "An issuer's metadata is a JSON object with the members that are required, each of its kind.",
        ),
        "issuer_offer_wrong_issuer" => (
            "OpenID4VCI 1.0 section 12.2.4",
            "An issuer's metadata names the issuer that it was fetched for.",
        ),
        "issuer_offer_address" => (
            "OpenID4VCI 1.0 sections 12.2.1 and 12.2.4",
            "An issuer's addresses are https, with a host and no fragment.",
        ),
        _ => return None,
    })
}

fn address(code: &str) -> Option<Entry> {
    Some(match code {
        "url_malformed" | "url_not_https" | "url_with_user" | "url_with_query_or_fragment" => (
            "SD-JWT VC draft 19 sections 3, 4 and 7.1",
            "The address is https, with a host and no user, query or fragment.",
        ),
        "url_host_is_number" | "url_host_internal" => (
            "SD-JWT VC draft 19 section 7.1",
            "The address leads to a public host and never inside a network.",
        ),
        _ => return None,
    })
}
