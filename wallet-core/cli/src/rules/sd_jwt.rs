//! SD-JWTs, their key binding, and credentials made of them.

use super::{Entry, OURS};

pub(super) fn of_code(code: &str) -> Option<Entry> {
    token(code).or_else(|| key_binding(code))
}

fn token(code: &str) -> Option<Entry> {
    Some(match code {
        "too_many_disclosures" => (OURS, "A token has at most 256 disclosures."),
        "hash_algorithm_not_allowed" => (
            "RFC 9901 sections 4.1.1 and 7.1",
            "The hash algorithm (_sd_alg) is one that the verifier understands and holds to be secure.",
        ),
        "hash_algorithm_nested" => {
            ("RFC 9901 section 4.1.1", "The hash algorithm is named at the top level alone.")
        }
        "disclosure_not_base64url" => {
            ("RFC 9901 sections 4.2.1 and 4.2.2", "A disclosure is base64url without padding.")
        }
        "disclosure_not_json" => ("RFC 9901 sections 4.2.1 and 4.2.2", "A disclosure holds one JSON array."),
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
            ("RFC 9901 sections 4.1.1 and 7.1, step 3", "No disclosed claim is named _sd, ... or _sd_alg.")
        }
        "claim_name_taken" => (
            "RFC 9901 section 7.1, step 3",
            "A disclosed claim does not exist already at the place of its digest.",
        ),
        "digest_repeated" => ("RFC 9901 section 7.1, step 4", "No digest stands in more than one place."),
        "disclosure_unreferenced" => ("RFC 9901 section 7.1, step 5", "A digest leads to every disclosure."),
        "claims_too_deep" => (OURS, "Claims are nested at most 32 deep."),
        "claim_not_disclosable" => (
            "RFC 9901 section 9.7, SD-JWT VC draft 19 section 2.2.2.3",
            "iss, nbf, exp, cnf, vct, vct#integrity, aka_vcts and status are never selectively disclosed.",
        ),
        "sd_jwt_not_json" | "sd_jwt_json_malformed" | "sd_jwt_json_part_malformed" => (
            "RFC 9901 section 8, RFC 7515 section 7.2",
            "The JSON form has payload, protected and signature, each a text.",
        ),
        "sd_jwt_json_signatures" => {
            (OURS, "The JSON form has one to eight signatures, of which the first counts.")
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
