//! SD-JWTs and credentials, taken apart without believing them.

use credential::sd_jwt::{self, SdJwtError};
use credential::sd_jwt_vc::{self, Held};
use credential::{jws, sd_jwt::disclosure::HashAlgorithm};
use serde_json::{Value, json};

use super::Finding;
use super::jws::typ_of;
use super::kind::Material;
use crate::checks::sd_jwt::{Asked, Wanted};
use crate::checks::{self, Check};
use crate::ports;
use crate::signer::Signer;

pub(super) fn is(material: &Material<'_>) -> bool {
    material.text.contains('~')
}

pub(super) fn is_credential(material: &Material<'_>) -> bool {
    is(material) && typ_of(material.text).as_deref() == Some(sd_jwt_vc::TYPE)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    look_at(material.text, ["an SD-JWT", "an SD-JWT with key binding"], false)
}

pub(super) fn look_at_credential(material: &Material<'_>) -> Finding {
    let names = ["a card (SD-JWT VC)", "a card as somebody shows it (SD-JWT VC with key binding)"];
    look_at(material.text, names, true)
}

fn look_at(text: &str, [plain, bound]: [&'static str; 2], credential: bool) -> Finding {
    let token = match sd_jwt::Unverified::parse(text) {
        Ok(token) => token,
        Err(error) => {
            return Finding::new(plain, Value::Null).with_checks(vec![Check::fails(
                "form",
                SdJwtError::code(&error),
                &error,
            )]);
        }
    };
    let signer = Signer::of(token.header()).ok();
    let asked = Asked {
        credential,
        key: signer.as_ref().and_then(Signer::key),
        binding: Wanted::IfThere,
        audience: None,
        nonce: None,
        at: ports::now(),
    };
    let checks = checks::sd_jwt::of(text, &asked);
    let what = if token.has_binding() { bound } else { plain };
    Finding::new(what, describe(text, &token, credential)).signed_by(signer).with_checks(checks)
}

fn describe(text: &str, token: &sd_jwt::Unverified, credential: bool) -> Value {
    let shown = &text[..=text.rfind('~').unwrap_or(text.len() - 1)];
    let payload = token.dangerous_payload();
    let mut says = json!({
        "header": token.header().members(), "signed": payload, "disclosures": shown.matches('~').count() - 1,
        "hash": HashAlgorithm::from_claim(payload.get("_sd_alg")).map(|hash| format!("{hash:?}")).ok(),
    });
    // A card is unfolded without its key binding, which is shown beside it.
    if credential && let Ok(held) = Held::parse(shown) {
        says["claims"] = Value::Object(held.claims().clone());
    }
    let binding = jws::Unverified::parse(text.rsplit('~').next().unwrap_or_default());
    if let Ok(claims) = binding.and_then(|token| token.dangerous_claims()) {
        says["key_binding"] = Value::Object(claims);
    }
    says
}
