//! `issuer-service enrolment`: what the registry has to know before this issuer is believed.
//!
//! One JSON object, public all through, for those who write the transactions that admit the agency.

use credential::encoding::{base64, base64url};
use credential::key::{Algorithm, PublicKey};
use serde_json::{Value, json};

use crate::service::Issuer;

/// Who the issuer is, its transaction key, and the actions that it has to sign once it is admitted.
pub fn enrolment(issuer: &Issuer) -> Value {
    let registry = issuer.registry.as_ref();
    json!({
        "member": registry.map(|registry| registry.member().to_string()),
        "legal_name": { "en": issuer.agency.name, "zh": issuer.agency.name_zh },
        "origins": [issuer.origin()],
        "roles": ["issuer", "steward"],
        "transaction_key": registry.map(|registry| json!({
            "number": registry.key_number(),
            "text": key_text(registry.transaction_public_key()),
            "jwk": registry.transaction_public_key().to_jwk(),
        })),
        "anchors": [{
            "purpose": "issuer",
            "der_base64": base64(&issuer.anchor),
            "action": { "add_key": {
                "purpose": "issuer", "number": 0, "material": { "anchor": base64url(&issuer.anchor) },
            } },
        }],
        "types": issuer.cards().map(|card| json!({
            "vct": card.card_type(),
            "metadata_url": issuer.link(&format!("/types/{}", card.name())),
            "action": { "publish_type": {
                "vct": card.card_type(),
                "metadata_sha256": base64url(card.metadata_sha256()),
                "version": 1,
            } },
        })).collect::<Vec<_>>(),
        "status": {
            "uri_prefix": issuer.link("/status/"),
            "media_type": credential::status_list::MEDIA_TYPE,
        },
    })
}

/// A key as registry entries write it.
fn key_text(key: &PublicKey) -> String {
    let kind = match key.algorithm() {
        Algorithm::EdDsa => "ed25519",
        Algorithm::Es256 => "p256",
    };
    format!("{kind}:{}", base64url(key.to_compressed_bytes()))
}
