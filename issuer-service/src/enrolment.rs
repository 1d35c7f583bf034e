//! `issuer-service enrolment`: what the registry has to know before this issuer is believed.
//!
//! One JSON object, public all through, for those who write the transactions that admit the agency.

use credential::encoding::base64;
use serde_json::{Value, json};

use crate::service::Issuer;

/// The transaction key, the anchor, the type with the digest of its metadata, the origin.
pub fn enrolment(issuer: &Issuer) -> Value {
    let transaction_key = issuer.registry.as_ref().map(|registry| {
        json!({
            "jwk": registry.transaction_public_key().to_jwk(),
            "did": credential::did::did_key(registry.transaction_public_key()),
            "number": registry.key_number(),
        })
    });
    json!({
        "member": issuer.registry.as_ref().map(|registry| registry.member().to_string()),
        "name": { "en": issuer.agency.name, "zh": issuer.agency.name_zh },
        "origins": [issuer.origin()],
        "transaction_key": transaction_key,
        "anchors": [{ "purpose": "issuer", "der_base64": base64(&issuer.anchor) }],
        "types": [{
            "vct": issuer.identity.vct(),
            "metadata_sha256": hex::encode(issuer.identity.metadata_sha256()),
            "metadata_url": issuer.link(&format!("/types/{}", issuer.identity.name())),
        }],
        "status": { "uri_prefix": issuer.link("/status/"), "media_type": credential::status_list::MEDIA_TYPE },
    })
}
