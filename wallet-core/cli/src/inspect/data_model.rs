//! Credentials and presentations of the W3C data model 2.0, as JWT or as nobody signed them.

use credential::jws;
use credential::vcdm::presentation::Presentation;
use credential::vcdm::{VcdmError, jwt, presentation};
use serde_json::{Map, Value, json};
use wallet_core::check::data_model::holder_key;

use super::Finding;
use super::jws::{parts, typ_of};
use super::kind::Material;
use crate::checks::Check;
use crate::checks::data_model::{Asked, of_credential, of_presentation, of_unsecured};
use crate::ports;
use crate::signer::Signer;

/// Whether a token's `typ` is this one, in either way of writing it (RFC 7515 section 4.1.9).
pub(super) fn is_typ(material: &Material<'_>, wanted: &str) -> bool {
    let typ = typ_of(material.text).unwrap_or_default();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    parts(material.text) == 3 && typ.eq_ignore_ascii_case(wanted)
}

pub(super) fn is(material: &Material<'_>) -> bool {
    is_typ(material, jwt::TYPE)
}

pub(super) fn is_presentation(material: &Material<'_>) -> bool {
    is_typ(material, presentation::TYPE)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let text = material.text;
    let token = jws::Unverified::parse(text).ok();
    let signer = token.as_ref().and_then(|token| Signer::of(token.header()).ok());
    let checks = of_credential(text, &asked(signer.as_ref()));
    Finding::new("a W3C credential, signed as JWT", describe(token.as_ref()))
        .signed_by(signer)
        .with_checks(checks)
}

pub(super) fn look_at_presentation(material: &Material<'_>) -> Finding {
    let text = material.text;
    let token = jws::Unverified::parse(text).ok();
    let signer = token.as_ref().and_then(|token| Signer::of(token.header()).ok());
    let mut says = describe(token.as_ref());
    if let Some(key) = token.as_ref().and_then(holder_key) {
        says["holder_key"] = key.to_jwk();
    }
    let contents = contents(&says["claims"]);
    if !contents.is_empty() {
        says["credentials"] = contents.into();
    }
    Finding::new("W3C credentials as somebody shows them (a presentation as JWT)", says)
        .signed_by(signer)
        .with_checks(of_presentation(text, &asked(None)))
}

fn asked<'a>(signer: Option<&'a Signer>) -> Asked<'a> {
    let key = signer.and_then(Signer::key);
    Asked { key, audience: None, nonce: None, presented: false, at: ports::now() }
}

fn describe(token: Option<&jws::Unverified>) -> Value {
    let Some(token) = token else { return Value::Null };
    let header = token.header().members();
    match token.dangerous_claims() {
        Ok(claims) => json!({ "header": header, "claims": claims }),
        Err(_) => json!({ "header": header }),
    }
}

/// The claims of each credential that a presentation holds in an envelope.
fn contents(claims: &Value) -> Vec<Value> {
    let all = claims["verifiableCredential"].as_array().map(Vec::as_slice).unwrap_or_default();
    let tokens = all
        .iter()
        .take(presentation::MAX_CREDENTIALS)
        .filter_map(|content| content["id"].as_str()?.strip_prefix("data:application/vc+jwt,"));
    let claims = tokens.filter_map(|token| jws::Unverified::parse(token).ok()?.dangerous_claims().ok());
    claims.map(Value::Object).collect()
}

const UNSECURED: &str = "a W3C credential that nobody has signed";
const UNSECURED_PRESENTATION: &str = "a W3C presentation that nobody has signed";

fn has_type(material: &Material<'_>, wanted: &str) -> bool {
    let named = |kind: &Value| {
        kind == wanted || kind.as_array().is_some_and(|all| all.iter().any(|one| one == wanted))
    };
    material.member("type").is_some_and(named)
}

pub(super) fn is_unsecured(material: &Material<'_>) -> bool {
    has_type(material, "VerifiableCredential")
        || (material.member("credentialSubject").is_some() && material.member("issuer").is_some())
}

pub(super) fn is_unsecured_presentation(material: &Material<'_>) -> bool {
    has_type(material, "VerifiablePresentation")
}

fn members(material: &Material<'_>) -> Map<String, Value> {
    material.json.as_ref().and_then(Value::as_object).cloned().unwrap_or_default()
}

pub(super) fn look_at_unsecured(material: &Material<'_>) -> Finding {
    let members = members(material);
    Finding::new(UNSECURED, members.clone().into()).with_checks(of_unsecured(members, ports::now()))
}

pub(super) fn look_at_unsecured_presentation(material: &Material<'_>) -> Finding {
    let members = members(material);
    let model = Presentation::new(members.clone());
    Finding::new(UNSECURED_PRESENTATION, members.into()).with_checks(vec![Check::of(
        "data model",
        &model,
        VcdmError::code,
    )])
}
