//! The rule behind each refusal of a token: what must be, and which specification says so. Codes are those of
//! `credential`; a test holds this table against them.

mod certificate;
mod data_model;
mod did;
mod mdoc;
mod receipt;
mod sd_jwt;
mod shared;
mod status_list;
mod types;

use crate::words;

/// What must be, and where that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) says: &'static str,
    pub(crate) specification: &'static str,
}

impl Rule {
    /// The rule of `code` and where it is written, in the person's language.
    pub(crate) fn to_text(self, code: &str, topic: Topic) -> String {
        words::fill(words::words().the_rule, &[words::of_rule(code, topic, &self), self.specification])
    }
}

/// What a refusal is about, where one code stands in several formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A JWT, and all that has codes of its own.
    #[default]
    Token,
    /// A mobile document.
    Mdoc,
    /// The W3C data model.
    DataModel,
    /// Another signed message in CBOR.
    Cbor,
}

/// The rule that a refusal with this code names.
pub(crate) fn of_code(code: &str, topic: Topic) -> Option<Rule> {
    let topics = [
        jws,
        key,
        sd_jwt::of_code,
        certificate::of_code,
        status_list::of_code,
        types::of_code,
        did::of_code,
        mdoc::of_code,
        data_model::of_code,
        receipt::of_code,
    ];
    let found = shared::of_code(code, topic).or_else(|| topics.iter().find_map(|of_code| of_code(code)));
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
            "RFC 8725 section 3.11, SD-JWT VC draft 19 section 2.2.1, Token Status List draft 20 sections 5.1 and 5.2",
            "The header's typ is the one that belongs here, so that no token passes for another.",
        ),
        "invalid_signature" => {
            ("RFC 7515 section 5.2", "The signature holds over the token as it came, with the signer's key.")
        }
        "payload_unencoded" => {
            ("RFC 7797 section 7", "A token's payload is base64url; b64 is not used in a JWT.")
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
        "key_mismatch" => ("RFC 7518 section 6.2.2", "The private part belongs to the public one."),
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
            let rule = of_code(code, Topic::Token);
            assert!(rule.is_some() || OWN.iter().any(|own| code.starts_with(own)), "{code} has no rule");
            assert!(rule.is_none_or(|rule| rule.specification.contains("section")
                || rule.specification.contains("appendix")
                || rule.specification.contains("annex")
                || rule.specification == OURS));
        }
        assert!(codes > 60, "{codes}");
    }
}
