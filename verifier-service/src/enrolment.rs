//! `verifier-service enrolment`: what the register has to know before wallets answer this provider.

use credential::encoding::base64url;
use credential::key::{Algorithm, PublicKey};
use serde_json::{Value, json};

use crate::service::Provider;

/// Who the provider is, its transaction key, and the keys that it has to register once it is admitted.
pub fn enrolment(provider: &Provider) -> Value {
    let add = |purpose: &str, material: Value| json!({ "purpose": purpose, "action": { "add_key": { "purpose": purpose, "number": 0, "material": material } } });
    json!({
        "member": provider.member.as_str(),
        "legal_name": { "en": provider.name, "zh": provider.name_zh },
        "origins": [provider.origin()],
        "roles": ["operator"],
        "transaction_key": { "number": 0, "text": key_text(provider.register.transaction_key()) },
        "anchors": [
            add("request", json!({ "anchor": base64url(&provider.anchor) })),
            add("receipt", json!({ "key": key_text(credential::key::Signer::public_key(&provider.receipt_key)) })),
        ],
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
