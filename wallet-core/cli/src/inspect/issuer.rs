//! What issuers publish about themselves: their keys (SD-JWT VC), and what they issue (OpenID4VCI).

use credential::issuer_metadata::{IssuerKeys, IssuerMetadataError};
use openid4vc::oauth::metadata::MetadataError;
use openid4vc::vci::metadata::IssuerMetadata;
use serde_json::{Value, json};

use super::Finding;
use super::document::look_at_keys;
use super::kind::Material;
use crate::checks::Check;

const KEYS: &str = "a list of the keys of an issuer of cards (SD-JWT VC issuer metadata)";
const ISSUER: &str = "what an issuer of cards offers (OpenID4VCI issuer metadata)";

/// The metadata of an authorization server has endpoints besides.
pub(super) fn is(material: &Material<'_>) -> bool {
    let has = |name: &str| material.member(name).is_some();
    has("issuer")
        && (has("jwks") || has("jwks_uri"))
        && !has("token_endpoint")
        && !has("authorization_endpoint")
}

fn text<'a>(material: &'a Material<'_>, name: &str) -> &'a str {
    material.member(name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let issuer = text(material, "issuer");
    let read = IssuerKeys::parse(material.text.as_bytes(), issuer);
    let mut checks = vec![Check::of("document", &read, IssuerMetadataError::code)];
    let mut says = json!({ "issuer": issuer });
    match read {
        Ok(IssuerKeys::At(address)) => {
            says["jwks_uri"] = address.as_str().into();
            checks.push(Check::not_checked("key", "the keys are at another address"));
        }
        Ok(IssuerKeys::Here(_)) => {
            let keys = material.member("jwks").and_then(|set| set.get("keys")).and_then(Value::as_array);
            let (keys, each) = look_at_keys(keys.map(Vec::as_slice).unwrap_or_default());
            says["keys"] = keys;
            checks.extend(each);
        }
        Err(_) => {}
    }
    checks.push(Check::not_checked("address", "where it was found is not known"));
    Finding::new(KEYS, says).with_checks(checks)
}

pub(super) fn is_credential_issuer(material: &Material<'_>) -> bool {
    let has = |name: &str| material.member(name).is_some();
    has("credential_issuer") && (has("credential_endpoint") || has("credential_configurations_supported"))
}

pub(super) fn look_at_credential_issuer(material: &Material<'_>) -> Finding {
    let read = IssuerMetadata::parse(material.text.as_bytes(), text(material, "credential_issuer"));
    let checks = vec![
        Check::of("document", &read, code),
        Check::not_checked("address", "where it was found is not known"),
    ];
    let says = match &read {
        Ok(metadata) => describe(metadata),
        Err(_) => material.json.clone().unwrap_or_default(),
    };
    Finding::new(ISSUER, says).with_checks(checks)
}

/// The codes of `openid4vc` are those of every message, so that none leads to a rule about this one.
const fn code(error: &MetadataError) -> &'static str {
    match error {
        MetadataError::Message(_) | MetadataError::Endpoint(_) => "issuer_offer_malformed",
        MetadataError::OtherIssuer => "issuer_offer_wrong_issuer",
        MetadataError::Address(_) | MetadataError::Loopback => "issuer_offer_address",
    }
}

fn describe(metadata: &IssuerMetadata) -> Value {
    let cards: serde_json::Map<String, Value> = metadata
        .configurations
        .iter()
        .map(|(name, card)| {
            let says = json!({
                "format": card.format, "vct": card.vct, "scope": card.scope, "display": card.display,
            });
            (name.clone(), says)
        })
        .collect();
    json!({
        "credential_issuer": metadata.credential_issuer.as_str(),
        "credential_endpoint": metadata.credential_endpoint.as_str(), "batch_size": metadata.batch_size,
        "cards": cards,
    })
}
