//! Credentials and presentations of the W3C data model 2.0, as JWT or as nobody signed them.

use credential::jws;
use credential::vcdm::presentation::Presentation;
use credential::vcdm::{VcdmError, jwt, presentation};
use serde_json::{Map, Value, json};
use wallet_core::check::data_model::holder_key;

use super::Finding;
use super::jws::{parts, payload_of, typ_of};
use super::kind::Material;
use crate::checks::Check;
use crate::checks::data_model::{Asked, of_credential, of_presentation, of_unsecured};
use crate::ports;
use crate::signer::Signer;

/// Whether a token's `typ` is this one, in either way of writing it (RFC 7515 section 4.1.9); one without a
/// `typ` is told by the `type` of what it holds, so that what it lacks can be said.
fn is_token(material: &Material<'_>, typ: &str, kind: &str) -> bool {
    if parts(material.text) != 3 {
        return false;
    }
    match typ_of(material.text) {
        Some(own) => own.strip_prefix("application/").unwrap_or(&own).eq_ignore_ascii_case(typ),
        None => payload_of(material.text).is_some_and(|payload| has_type(payload.get("type"), kind)),
    }
}

pub(super) fn is(material: &Material<'_>) -> bool {
    is_token(material, jwt::TYPE, CREDENTIAL)
}

pub(super) fn is_presentation(material: &Material<'_>) -> bool {
    is_token(material, presentation::TYPE, PRESENTATION)
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
    Finding::new("a presentation of W3C credentials, signed as JWT", says)
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

const CREDENTIAL: &str = "VerifiableCredential";
const PRESENTATION: &str = "VerifiablePresentation";

/// Whether a `type` is, or contains, the one that is wanted.
pub(crate) fn has_type(kind: Option<&Value>, wanted: &str) -> bool {
    kind.is_some_and(|kind| {
        kind == wanted || kind.as_array().is_some_and(|all| all.iter().any(|one| one == wanted))
    })
}

pub(super) fn is_unsecured(material: &Material<'_>) -> bool {
    has_type(material.member("type"), CREDENTIAL)
        || (material.member("credentialSubject").is_some() && material.member("issuer").is_some())
}

pub(super) fn is_unsecured_presentation(material: &Material<'_>) -> bool {
    has_type(material.member("type"), PRESENTATION)
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
