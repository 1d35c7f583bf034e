//! Credentials and presentations of the W3C data model, as JWT.

use super::{Entry, OURS};

pub(super) fn of_code(code: &str) -> Option<Entry> {
    credential(code).or_else(|| presentation(code))
}

fn credential(code: &str) -> Option<Entry> {
    Some(match code {
        "vc_context" => {
            ("VCDM 2.0 section 4.3", "The context is a list that begins with that of credentials.")
        }
        "vc_id_not_url" => ("VCDM 2.0 section 4.4", "An id is one URL."),
        "vc_type" => ("VCDM 2.0 section 4.5", "The type is, or contains, VerifiableCredential."),
        "vc_name_malformed" => {
            ("VCDM 2.0 section 4.6", "Name and description are texts, or texts with their language.")
        }
        "vc_issuer_not_url" => ("VCDM 2.0 section 4.7", "The issuer is named by a URL."),
        "vc_subject" => ("VCDM 2.0 section 4.8", "A credential says something about a subject."),
        "vc_period_malformed" => {
            ("VCDM 2.0 section 4.9", "validFrom and validUntil are dates with a time zone, in that order.")
        }
        "vc_status_malformed" => ("VCDM 2.0 section 4.10", "A status entry has a type."),
        "vc_schema_malformed" => ("VCDM 2.0 section 4.11", "A schema has an id and a type."),
        "vc_embedded_proof" => {
            ("VCDM 2.0 section 4.12", "A proof inside a token is not checked, so there is none.")
        }
        "vc_property_untyped" => {
            ("VCDM 2.0 sections 5.4 to 5.6", "Refresh service, terms of use and evidence have a type.")
        }
        "vc_of_version_1" => {
            ("VC-JOSE-COSE 1.0 section 1.1.2.1", "The token is the credential; no claim vc or vp wraps it.")
        }
        "vc_claim_contradicts" => (
            "VC-JOSE-COSE 1.0 section 3.1.3",
            "A claim of the token says the same as the property of the credential.",
        ),
        _ => return None,
    })
}

fn presentation(code: &str) -> Option<Entry> {
    Some(match code {
        "vp_holder_not_url" => ("VCDM 2.0 section 4.13", "The holder is named by a URL."),
        "vp_content_malformed" => ("VCDM 2.0 section 4.13", "A presentation holds credentials."),
        "vp_content_unsecured" => {
            ("VCDM 2.0 section 4.13", "Each credential in a presentation is secured by its issuer.")
        }
        "vp_too_many_credentials" => (OURS, "A presentation holds at most 16 credentials."),
        "vc_audience" => (
            "RFC 7519 section 4.1.3",
            "A credential names no audience (aud): who it is shown to is said by the presentation.",
        ),
        "vp_wrong_audience" => (
            "OpenID4VP 1.0 section 14.1.2, RFC 7519 section 4.1.3",
            "The presentation names this verifier (aud).",
        ),
        "vp_wrong_nonce" => (
            "OpenID4VP 1.0 section 14.1.2, appendix B.1.3.1.5",
            "The presentation answers this request (nonce).",
        ),
        "vp_too_old" => ("RFC 7519 section 4.1.6", "The presentation was made just now (iat)."),
        "vp_without_credential" => {
            ("VCDM 2.0 section 4.13", "A presentation that proves something holds a credential.")
        }
        "vp_missing" => (
            "OpenID4VP 1.0 section 14.1.2",
            "Where its holder's proof is required, a credential comes in a presentation.",
        ),
        "vp_holder_key_not_named" => (
            "VC-JOSE-COSE 1.0 section 4.1",
            "A presentation's header holds its holder's key (jwk), or names it by a DID that holds it (kid).",
        ),
        "vp_credential_not_bound" => (
            "VC-JOSE-COSE 1.0 section 4.1.3",
            "A credential is bound to the key that presents it: by cnf, or by a subject whose DID holds the key.",
        ),
        _ => return None,
    })
}
