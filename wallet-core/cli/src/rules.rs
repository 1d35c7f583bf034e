//! The rule behind each refusal of a token: what must be, and which specification says so. Codes are those of
//! `credential`; a test holds this table against them.

mod did;
mod mdoc;
mod types;

/// What must be, and where that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) says: &'static str,
    pub(crate) specification: &'static str,
}

/// The rule that a refusal with this code names.
pub(crate) fn of_code(code: &str) -> Option<Rule> {
    let found = jws(code).or_else(|| sd_jwt(code)).or_else(|| key_binding(code));
    let found = found.or_else(|| certificate(code)).or_else(|| status_list(code)).or_else(|| key(code));
    let found =
        found.or_else(|| types::of_code(code)).or_else(|| did::of_code(code)).or_else(|| mdoc::of_code(code));
    found.map(|(specification, says)| Rule { says, specification })
}

type Entry = (&'static str, &'static str);

const OURS: &str = "a limit of this software";

fn jws(code: &str) -> Option<Entry> {
    Some(match code {
        "token_too_large" => (OURS, "A token has at most 1,048,576 bytes."),
        "token_malformed" => (
            "RFC 7515 section 7.1, RFC 9901 section 4",
            "A token is three parts of base64url between dots; an SD-JWT adds disclosures, each followed by a tilde.",
        ),
        "header_malformed" => {
            ("RFC 7515 section 4", "The header is a JSON object in which no name stands twice.")
        }
        "payload_malformed" => {
            ("RFC 7519 sections 4 and 7.2", "The payload is a JSON object in which no name stands twice.")
        }
        "algorithm_not_allowed" => (
            "RFC 8725 sections 3.1 and 3.2",
            "The algorithm is one that the verifier allows, never \"none\", and the one that the key is for.",
        ),
        "critical_extension" => (
            "RFC 7515 section 4.1.11",
            "A token with critical extensions that are not understood is refused.",
        ),
        "wrong_type" => (
            "RFC 8725 section 3.11, SD-JWT VC draft 19 section 2.2.1",
            "The header's typ is the one that belongs here, so that no token passes for another.",
        ),
        "invalid_signature" => {
            ("RFC 7515 section 5.2", "The signature holds over the token as it came, with the signer's key.")
        }
        "payload_unencoded" => {
            ("RFC 7797 section 6", "A token's payload is base64url; b64 is not used in a JWT.")
        }
        "wrong_content_type" => ("RFC 7515 section 4.1.10", "The header's cty is the one that belongs here."),
        "wrong_audience" => {
            ("RFC 7519 section 4.1.3", "Where a token names its audience, it names this verifier.")
        }
        "time_malformed" => ("RFC 7519 section 2", "A time is a number of seconds since 1970."),
        "not_yet_valid" => {
            ("RFC 7519 section 4.1.5, RFC 9901 section 7.1", "A token is not accepted before nbf.")
        }
        "expired" => {
            ("RFC 7519 section 4.1.4, RFC 9901 section 7.1", "A token is not accepted at or after exp.")
        }
        "issuer_malformed" => ("RFC 7519 section 4.1.1", "The issuer (iss) is a text."),
        "issuer_key_not_named" => (
            "SD-JWT VC draft 19 section 2.5, HAIP 1.0 section 6.1.1",
            "The header names the issuer's key, by certificates (x5c) or by kid.",
        ),
        _ => return None,
    })
}

fn sd_jwt(code: &str) -> Option<Entry> {
    Some(match code {
        "too_many_disclosures" => (OURS, "A token has at most 256 disclosures."),
        "hash_algorithm_not_allowed" => (
            "RFC 9901 sections 4.1.1 and 7.1",
            "The hash algorithm (_sd_alg) is one that the verifier understands and holds to be secure.",
        ),
        "hash_algorithm_nested" => {
            ("RFC 9901 section 4.1.1", "The hash algorithm is named at the top level alone.")
        }
        "disclosure_not_base64url" => ("RFC 9901 section 4.2", "A disclosure is base64url without padding."),
        "disclosure_not_json" => ("RFC 9901 section 4.2", "A disclosure holds one JSON array."),
        "disclosure_malformed" => (
            "RFC 9901 sections 4.2.1, 4.2.2 and 7.1",
            "A disclosure is an array of salt, name and value, or of salt and value for an array element.",
        ),
        "disclosure_repeated" => ("RFC 9901 sections 4 and 7.1", "No disclosure comes twice."),
        "digest_malformed" => {
            ("RFC 9901 section 4.2.4.1", "The member _sd is an array of texts, each a digest.")
        }
        "array_digest_malformed" => {
            ("RFC 9901 section 4.2.4.2", "A digest in an array is an object with the one member \"...\".")
        }
        "element_disclosed_as_claim" => (
            "RFC 9901 section 7.1, step 3",
            "A digest in _sd leads to a disclosure with a claim's name: three elements.",
        ),
        "claim_disclosed_as_element" => {
            ("RFC 9901 section 7.1, step 3", "A digest in an array leads to a disclosure of two elements.")
        }
        "claim_name_reserved" => {
            ("RFC 9901 section 7.1, step 3", "No disclosed claim is named _sd, ... or _sd_alg.")
        }
        "claim_name_taken" => (
            "RFC 9901 section 7.1, step 3",
            "A disclosed claim does not exist already at the place of its digest.",
        ),
        "digest_repeated" => ("RFC 9901 section 7.1, step 4", "No digest stands in more than one place."),
        "disclosure_unreferenced" => ("RFC 9901 section 7.1, step 5", "A digest leads to every disclosure."),
        "claims_too_deep" => (OURS, "Claims are nested at most 32 deep."),
        "claim_not_disclosable" => (
            "SD-JWT VC draft 19 section 2.2.2.3",
            "iss, nbf, exp, cnf, vct, vct#integrity, aka_vcts and status are never selectively disclosed.",
        ),
        "sd_jwt_not_json" | "sd_jwt_json_malformed" | "sd_jwt_json_part_malformed" => (
            "RFC 9901 section 8, RFC 7515 section 7.2",
            "The JSON form has payload, protected and signature, each a text.",
        ),
        "sd_jwt_json_signatures" => {
            ("RFC 9901 section 8", "The JSON form has one signature that is looked at.")
        }
        "header_parameter_repeated" => {
            ("RFC 7515 sections 4 and 7.2.1", "A header parameter is protected or not, never both.")
        }
        "disclosures_misplaced" => {
            ("RFC 9901 section 8.3", "Disclosures and key binding are in the first unprotected header alone.")
        }
        "claim_missing" => {
            ("RFC 9901 section 9.7", "A claim that the verifier needs is there or was disclosed.")
        }
        "credential_type_missing" => (
            "SD-JWT VC draft 19 section 2.2.2.1",
            "A credential names its type (vct) by a text that is not empty.",
        ),
        "status_malformed" => (
            "Token Status List draft 20 section 6.2",
            "A status names a list by its address and a place in it by a number that is not negative.",
        ),
        _ => return None,
    })
}

fn key_binding(code: &str) -> Option<Entry> {
    Some(match code {
        "key_binding_missing" => {
            ("RFC 9901 section 7.3", "Where key binding is required, a token without one is refused.")
        }
        "key_binding_unexpected" => ("RFC 9901 section 7.2", "What an issuer sends carries no key binding."),
        "holder_key_unusable" => (
            "RFC 7800 section 3.2, RFC 9901 section 4.1.2",
            "The credential names the holder's key (cnf.jwk), public and of an allowed kind.",
        ),
        "key_binding_invalid_signature" => {
            ("RFC 9901 section 7.3", "The key binding is signed by the key that the credential names.")
        }
        "key_binding_wrong_type" => ("RFC 9901 section 4.3", "The key binding's typ is kb+jwt."),
        "key_binding_malformed" => ("RFC 9901 section 4.3", "The key binding is a signed JWT."),
        "key_binding_claims_missing" => {
            ("RFC 9901 section 4.3", "The key binding names iat, aud, nonce and sd_hash.")
        }
        "key_binding_wrong_audience" => {
            ("RFC 9901 section 7.3", "The key binding is for this verifier: aud is the verifier's own name.")
        }
        "key_binding_wrong_nonce" => {
            ("RFC 9901 section 7.3", "The key binding answers this question: nonce is the one that was sent.")
        }
        "key_binding_wrong_hash" => (
            "RFC 9901 sections 4.3.1 and 7.3",
            "sd_hash is the digest of the token and its disclosures up to the last tilde.",
        ),
        "key_binding_from_the_future" => (
            "RFC 9901 section 7.3",
            "The key binding was made within an acceptable time; iat does not lie ahead.",
        ),
        "key_binding_expired" => {
            ("RFC 7519 section 4.1.4", "A key binding is not accepted at or after its exp.")
        }
        "key_binding_too_old" => {
            ("RFC 9901 section 7.3", "The key binding was made within an acceptable time.")
        }
        "key_binding_wrong_transaction_data" => (
            "OpenID4VP 1.0 appendix B.3.3",
            "The key binding holds the hashes of the transaction data that was asked, in its order.",
        ),
        _ => return None,
    })
}

fn certificate(code: &str) -> Option<Entry> {
    Some(match code {
        "certificate_malformed" => (
            "RFC 5280 section 4.1, RFC 7515 section 4.1.6",
            "A chain is one to four DER certificates, leaf first, each of at most 8 KiB, no extension twice.",
        ),
        "certificate_key_not_allowed" => ("HAIP 1.0 section 7", "A certificate's key is P-256 or Ed25519."),
        "certificate_critical_extension" => (
            "RFC 5280 section 4.2",
            "A certificate with a critical extension that is not understood is refused.",
        ),
        "certificate_algorithm_not_allowed" => {
            ("RFC 5280 section 4.1.1.2", "A certificate is signed with ECDSA and SHA-256 or with Ed25519.")
        }
        "certificate_outside_validity" => {
            ("RFC 5280 section 6.1.3 (a)(2)", "The time lies within each certificate's validity.")
        }
        "certificate_untrusted" => (
            "RFC 5280 section 6.1.3 (a)(1)",
            "Each certificate is signed by the next, and the last by a trusted anchor.",
        ),
        "certificate_issuer_not_authority" => (
            "RFC 5280 sections 4.2.1.3 and 4.2.1.9",
            "Above the leaf, each certificate is an authority's that may sign certificates, this deep.",
        ),
        "certificate_may_not_sign" => (
            "RFC 5280 section 4.2.1.3, HAIP 1.0 section 6.1.1",
            "The leaf may sign data, is no authority's, and did not sign itself.",
        ),
        "certificate_chain_carries_anchor" => {
            ("HAIP 1.0 section 6.1.1", "The trust anchor is not in the chain that a message carries.")
        }
        _ => return None,
    })
}

fn status_list(code: &str) -> Option<Entry> {
    Some(match code {
        "status_list_bits" => ("Token Status List draft 20 section 4.2", "An entry has 1, 2, 4 or 8 bits."),
        "status_list_too_large" => (OURS, "An inflated list has at most 4 MiB."),
        "status_index_out_of_range" => (
            "Token Status List draft 20 section 8.3",
            "The place lies within the list; otherwise nothing is known.",
        ),
        "status_value_too_large" => {
            ("Token Status List draft 20 section 7", "A status fits the list's bits.")
        }
        "status_list_claims_malformed" => (
            "Token Status List draft 20 section 5.1",
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
        "status_list_not_zlib" => {
            ("Token Status List draft 20 section 4.1", "lst is base64url of one zlib stream (RFC 1950).")
        }
        _ => return None,
    })
}

/// Keys have no codes of their own in `credential`; those of [`crate::inspect`] are here.
fn key(code: &str) -> Option<Entry> {
    Some(match code {
        "key_algorithm_not_allowed" => {
            ("RFC 7517 section 4.4", "A key's alg is ES256 or EdDSA, and fits the key.")
        }
        "key_type_not_allowed" => (
            "RFC 7518 section 6.2, RFC 8037 section 2",
            "A key is of kty EC and crv P-256, or OKP and Ed25519.",
        ),
        "key_malformed" => (
            "RFC 7518 section 6.2, RFC 8037 section 2",
            "A key's coordinates are base64url of 32 bytes each.",
        ),
        "key_private" => ("RFC 7517 section 9.2", "A public key does not carry its private part."),
        "key_other_purpose" => {
            ("RFC 7517 sections 4.2 and 4.3", "A key that says what it is for is for signatures.")
        }
        "key_not_a_point" => (
            "RFC 7518 section 6.2.1, RFC 8032 section 5.1.3",
            "A key is a point of its curve, not of small order.",
        ),
        "key_mismatch" => ("RFC 7517 section 9", "The private part belongs to the public one."),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes about what we issue and show ourselves begin so; nobody else's token broke a rule.
    const OWN: [&str; 3] = ["signing_failed", "issue_", "present_"];

    #[test]
    fn every_refusal_of_a_token_names_its_rule() {
        let source = include_str!("../../../crates/credential/src/code.rs");
        let mut codes = 0;
        for code in source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            codes += 1;
            let rule = of_code(code);
            assert!(rule.is_some() || OWN.iter().any(|own| code.starts_with(own)), "{code} has no rule");
            assert!(rule.is_none_or(|rule| rule.specification.contains("section")
                || rule.specification.contains("appendix")
                || rule.specification.contains("annex")
                || rule.specification == OURS));
        }
        assert!(codes > 60, "{codes}");
    }
}
