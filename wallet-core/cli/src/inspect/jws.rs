//! Signed and encrypted tokens, taken apart without believing them.

use credential::encoding::from_base64url;
use credential::jws::{self, JwsError};
use credential::sd_jwt::SdJwtError;
use credential::time::UnixTime;
use credential::{json, jwe};
use serde_json::{Map, Value, json};

use super::Finding;
use super::kind::Material;
use crate::checks::sd_jwt::signature;
use crate::checks::{Check, in_words};
use crate::ports;
use crate::signer::Signer;

/// How many parts between dots a text has; none where it holds anything but base64url and dots.
pub(super) fn parts(text: &str) -> usize {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+' | b'/');
    if text.bytes().all(is_part) { text.split('.').count() } else { 0 }
}

/// The header of a token, whether or not we would take it.
fn header_of(text: &str) -> Option<Value> {
    let bytes = from_base64url(text.split(['.', '~']).next()?).ok()?;
    json::parse(&bytes, jws::MAX_HEADER).ok()
}

/// The `typ` of a token.
pub(super) fn typ_of(text: &str) -> Option<String> {
    header_of(text)?.get("typ")?.as_str().map(str::to_owned)
}

/// The payload of a token, whether or not we would take it.
pub(super) fn payload_of(text: &str) -> Option<Value> {
    let bytes = from_base64url(text.split('.').nth(1)?).ok()?;
    json::parse(&bytes, jws::MAX_TOKEN).ok()
}

pub(super) fn is(material: &Material<'_>) -> bool {
    parts(material.text) == 3
}

pub(super) fn is_request(material: &Material<'_>) -> bool {
    is(material) && typ_of(material.text).as_deref() == Some(openid4vc::vp::request::TYPE)
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let what = match typ_of(material.text).as_deref() {
        Some(registry_proof::receipts::TYPE) => "a receipt",
        Some("kb+jwt") => "a key binding",
        Some("dpop+jwt") => "a DPoP proof",
        Some("openid4vci-proof+jwt") => "a key proof",
        _ => "a signed token (JWT)",
    };
    look_at(what, material.text)
}

pub(super) fn look_at_request(material: &Material<'_>) -> Finding {
    let finding = look_at("a signed request to show cards", material.text);
    let claims = jws::Unverified::parse(material.text).and_then(|token| token.dangerous_claims());
    match claims {
        Ok(claims) => request(finding, material.text, &claims),
        Err(_) => finding,
    }
}

fn look_at(what: &'static str, text: &str) -> Finding {
    let token = jws::Unverified::parse(text);
    let mut checks = vec![Check::of("form", &token, JwsError::code)];
    let Ok(token) = token else {
        return Finding::new(
            what,
            header_of(text).map(|header| json!({ "header": header })).unwrap_or_default(),
        )
        .with_checks(checks);
    };
    let signer = Signer::of(token.header()).ok();
    checks.push(signature(text, signer.as_ref().and_then(Signer::key)));
    let claims = token.dangerous_claims();
    checks.push(Check::of("payload", &claims, JwsError::code));
    let mut says = json!({ "header": token.header().members() });
    if let Ok(claims) = claims {
        checks.push(dates(&claims, ports::now()));
        says["claims"] = Value::Object(claims);
    }
    Finding::new(what, says).signed_by(signer).with_checks(checks)
}

/// What the dates of `claims` say about now.
fn dates(claims: &Map<String, Value>, now: UnixTime) -> Check {
    const NAME: &str = "dates";
    let time = |name: &str| claims.get(name).and_then(UnixTime::from_claim);
    let fails = |error: SdJwtError| Check::fails(NAME, error.code(), &error);
    if time("exp").is_some_and(|end| end <= now) {
        return fails(SdJwtError::Expired);
    }
    if time("nbf").is_some_and(|start| start > now) {
        return fails(SdJwtError::NotYetValid);
    }
    Check::holds(NAME)
}

fn request(finding: Finding, text: &str, claims: &Map<String, Value>) -> Finding {
    let id = claims.get("client_id").and_then(Value::as_str).unwrap_or_default();
    let read = id.parse().map_err(openid4vc::vp::request::RequestError::ClientId);
    match read.and_then(|id| openid4vc::vp::request::UnverifiedRequest::parse(text, &id)) {
        Ok(request) if request.dangerous_content().verifier_info.registration.is_none() => {
            finding.but("it brings no proof of who asks, so no wallet answers it")
        }
        Ok(_) => finding,
        Err(error) => finding.but(in_words(&error)),
    }
}

pub(super) fn is_jwe(material: &Material<'_>) -> bool {
    parts(material.text) == 5
}

pub(super) fn look_at_jwe(material: &Material<'_>) -> Finding {
    const WHAT: &str = "an encrypted token (JWE)";
    let header = from_base64url(material.text.split('.').next().unwrap_or_default()).ok();
    let header = header.and_then(|bytes| json::parse(&bytes, jwe::MAX_HEADER).ok());
    match header {
        Some(header) => Finding::new(WHAT, json!({ "header": header })),
        None => Finding::new(WHAT, Value::Null).but("its header is not acceptable json"),
    }
}
