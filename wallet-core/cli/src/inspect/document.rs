//! JSON documents: keys, sets of keys, checkpoints, and what no kind knows.

use credential::json;
use credential::key::{KeyError, PublicKey};
use registry_proof::light::Checkpoint;
use serde_json::{Value, json};

use super::Finding;
use super::kind::Material;
use crate::checks::Check;
use crate::input::MAX_INPUT;

pub(super) fn is(material: &Material<'_>) -> bool {
    material.json.is_some() || material.text.starts_with('{')
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    match json::parse(material.text.as_bytes(), MAX_INPUT as usize) {
        Ok(value) => Finding::new("JSON of no kind that a wallet knows", value),
        Err(error) => Finding::broken("JSON", &error),
    }
}

pub(super) fn is_jwk(material: &Material<'_>) -> bool {
    material.member("kty").is_some()
}

pub(super) fn look_at_jwk(material: &Material<'_>) -> Finding {
    look_at_key(material.json.as_ref().unwrap_or(&Value::Null))
}

fn look_at_key(jwk: &Value) -> Finding {
    let key = PublicKey::from_jwk(jwk);
    let check = Check::of("key", &key, key_code);
    match key {
        Ok(key) => Finding::new("a public key", describe(&key)).with_checks(vec![check]),
        Err(_) => Finding::new("a key", Value::Null).with_checks(vec![check]),
    }
}

pub(super) fn describe(key: &PublicKey) -> Value {
    json!({ "algorithm": key.algorithm().name(), "thumbprint": key.thumbprint() })
}

pub(super) fn is_jwk_set(material: &Material<'_>) -> bool {
    material.member("keys").is_some_and(Value::is_array)
}

pub(super) fn look_at_jwk_set(material: &Material<'_>) -> Finding {
    let keys = material.member("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (says, checks) = look_at_keys(keys);
    Finding::new("a set of keys", says).with_checks(checks)
}

/// What each key of a set is, and its check.
pub(super) fn look_at_keys(keys: &[Value]) -> (Value, Vec<Check>) {
    let (says, checks): (Vec<Value>, Vec<Vec<Check>>) =
        keys.iter().map(look_at_key).map(|found| (found.says, found.checks)).unzip();
    (says.into(), checks.into_iter().flatten().collect())
}

/// The code of a key's refusal.
pub(super) const fn key_code(error: &KeyError) -> &'static str {
    match error {
        KeyError::Algorithm => "key_algorithm_not_allowed",
        KeyError::Type => "key_type_not_allowed",
        KeyError::Malformed => "key_malformed",
        KeyError::Private => "key_private",
        KeyError::Purpose => "key_other_purpose",
        KeyError::Point => "key_not_a_point",
        KeyError::Mismatch => "key_mismatch",
    }
}

fn checkpoint(material: &Material<'_>) -> Option<Checkpoint> {
    serde_json::from_value(material.json.clone()?).ok()
}

pub(super) fn is_checkpoint(material: &Material<'_>) -> bool {
    checkpoint(material).is_some()
}

pub(super) fn look_at_checkpoint(material: &Material<'_>) -> Finding {
    let says = checkpoint(material).map(|checkpoint| {
        json!({
            "network": checkpoint.network, "epoch": checkpoint.epoch, "height": checkpoint.height,
            "validators": checkpoint.validators.len(), "time": checkpoint.time,
        })
    });
    Finding::new("a checkpoint of a register", says.unwrap_or_default())
}
