//! Codes that several formats share, where the rule stands elsewhere than for a JWT.

use super::{Entry, Topic};

pub(super) fn of_code(code: &str, topic: Topic) -> Option<Entry> {
    match topic {
        Topic::Token => None,
        Topic::Mdoc => mdoc(code).or_else(|| cbor(code)),
        Topic::DataModel => data_model(code),
        Topic::Cbor => cbor(code),
    }
}

fn mdoc(code: &str) -> Option<Entry> {
    Some(match code {
        "expired" => ("ISO/IEC 18013-5 section 9.3.1", "A document is not accepted after validUntil."),
        "not_yet_valid" => ("ISO/IEC 18013-5 section 9.3.1", "A document is not accepted before validFrom."),
        "time_malformed" => ("ISO/IEC 18013-5 section 9.1.2.4", "A time is a date and time in UTC (tdate)."),
        "invalid_signature" => (
            "ISO/IEC 18013-5 sections 9.1.2.4 and 9.3.1",
            "The issuer's signature holds over the security object as it came.",
        ),
        "algorithm_not_allowed" => (
            "ISO/IEC 18013-5 section 9.1.2.4",
            "The algorithm is protected, one that the verifier allows, and the one that the key is for.",
        ),
        "hash_algorithm_not_allowed" => {
            ("ISO/IEC 18013-5 section 9.1.2.5", "Digests are made by SHA-256, SHA-384 or SHA-512.")
        }
        "digest_malformed" => {
            ("ISO/IEC 18013-5 section 9.1.2.5", "A digest has as many bytes as its algorithm makes.")
        }
        "holder_key_unusable" => (
            "ISO/IEC 18013-5 section 9.1.2.4",
            "The security object names the device's key (deviceKey), public and of an allowed kind.",
        ),
        "status_malformed" => (
            "Token Status List draft 20 section 6.3",
            "A status names a list by its address and a place in it by a number.",
        ),
        _ => return None,
    })
}

fn data_model(code: &str) -> Option<Entry> {
    Some(match code {
        "expired" => (
            "VCDM 2.0 section 4.9, RFC 7519 section 4.1.4",
            "A credential is not accepted after validUntil, nor its token at or after exp.",
        ),
        "not_yet_valid" => (
            "VCDM 2.0 section 4.9, RFC 7519 section 4.1.5",
            "A credential is not accepted before validFrom, nor its token before nbf.",
        ),
        "wrong_type" => (
            "VC-JOSE-COSE 1.0 sections 3.1.1 and 3.1.2, RFC 8725 section 3.11",
            "The header's typ is vc+jwt or vp+jwt, so that no token passes for another.",
        ),
        _ => return None,
    })
}

fn cbor(code: &str) -> Option<Entry> {
    Some(match code {
        "invalid_signature" => (
            "RFC 9052 section 4.4",
            "The signature holds over the message as it came, with the signer's key.",
        ),
        "wrong_type" => (
            "RFC 9596 section 2, Token Status List draft 20 section 5.2",
            "The protected header's typ is the one that belongs here, so that no message passes for another.",
        ),
        "algorithm_not_allowed" => (
            "RFC 9052 section 3.1",
            "The algorithm is protected, one that the verifier allows, and the one that the key is for.",
        ),
        "critical_extension" => {
            ("RFC 9052 section 3.1", "A message with critical parameters that are not understood is refused.")
        }
        _ => return None,
    })
}
