//! Tokens and keys, taken apart without believing them.

use credential::issuer::KeyReference;
use credential::jws;
use credential::key::PublicKey;
use credential::sd_jwt;
use credential::sd_jwt_vc::{self, Held};
use credential::status_list;
use credential::time::UnixTime;
use serde_json::{Map, Value, json};

use super::Finding;

pub(super) fn look(text: &str, now: UnixTime) -> Option<Finding> {
    if text.contains('~') {
        return Some(look_at_sd_jwt(text, now));
    }
    match text.bytes().filter(|byte| *byte == b'.').count() {
        2 => Some(look_at_jws(text, now)),
        4 => Some(look_at_jwe(text)),
        _ => None,
    }
}

pub(super) fn look_at_jwk(jwk: &Value) -> Finding {
    match PublicKey::from_jwk(jwk) {
        Ok(key) => Finding::new(
            "a public key",
            json!({ "algorithm": key.algorithm().name(), "thumbprint": key.thumbprint() }),
        ),
        Err(error) => Finding::broken("a key", error),
    }
}

fn look_at_sd_jwt(text: &str, now: UnixTime) -> Finding {
    let unverified = match sd_jwt::Unverified::parse(text) {
        Ok(unverified) => unverified,
        Err(error) => return Finding::broken("an SD-JWT", chain(&error)),
    };
    let payload = unverified.dangerous_payload().clone();
    let header = Value::Object(unverified.header().members().clone());
    let typ = unverified.header().typ().map(str::to_owned);
    let is_credential = typ.as_deref() == Some(sd_jwt_vc::TYPE);
    let what = match (is_credential, unverified.has_binding()) {
        (true, true) => "a card as somebody shows it (SD-JWT VC with key binding)",
        (true, false) => "a card (SD-JWT VC)",
        (false, true) => "an SD-JWT with key binding",
        (false, false) => "an SD-JWT",
    };
    let issuer = KeyReference::from_header(unverified.header());
    // A card is unfolded without its key binding, which is shown beside it.
    let shown = &text[..=text.rfind('~').unwrap_or(text.len() - 1)];
    let mut says =
        json!({ "header": header, "signed": payload, "disclosures": shown.matches('~').count() - 1 });
    let mut finding = Finding::new(what, Value::Null);
    if is_credential {
        match Held::parse(shown) {
            Ok(held) => says["claims"] = Value::Object(held.claims().clone()),
            Err(error) => finding = finding.but(chain(&error)),
        }
        if let Err(error) = issuer {
            finding = finding.but(chain(&error));
        }
    }
    if unverified.has_binding() {
        let binding = text.rsplit('~').next().unwrap_or_default();
        match jws::Unverified::parse(binding).and_then(|token| token.dangerous_claims()) {
            Ok(claims) => says["key_binding"] = Value::Object(claims),
            Err(error) => finding = finding.but(format!("key binding: {}", chain(&error))),
        }
    }
    finding.says = says;
    dates(finding, &payload, now)
}

fn look_at_jws(text: &str, now: UnixTime) -> Finding {
    let token = match jws::Unverified::parse(text) {
        Ok(token) => token,
        Err(error) => return Finding::broken("a signed token (JWT)", chain(&error)),
    };
    let typ = token.header().typ().unwrap_or_default().to_owned();
    let what = match typ.as_str() {
        openid4vc::vp::request::TYPE => "a signed request to show cards",
        status_list::TYPE => "a status list",
        wallet_core::receipt::TYPE => "a receipt",
        "kb+jwt" => "a key binding",
        "dpop+jwt" => "a DPoP proof",
        "openid4vci-proof+jwt" => "a key proof",
        "vc+jwt" => "a W3C credential, which this wallet does not take",
        _ => "a signed token (JWT)",
    };
    let claims = match token.dangerous_claims() {
        Ok(claims) => claims,
        Err(error) => return Finding::broken(what, chain(&error)),
    };
    let says = json!({ "header": token.header().members(), "claims": claims });
    let mut finding = Finding::new(what, says);
    if typ == openid4vc::vp::request::TYPE {
        finding = request(finding, text, &claims);
    }
    dates(finding, &claims, now)
}

fn request(finding: Finding, text: &str, claims: &Map<String, Value>) -> Finding {
    let id = claims.get("client_id").and_then(Value::as_str).unwrap_or_default();
    let read = id.parse().map_err(openid4vc::vp::request::RequestError::ClientId);
    match read.and_then(|id| openid4vc::vp::request::UnverifiedRequest::parse(text, &id)) {
        Ok(request) if request.dangerous_content().verifier_info.registration.is_none() => {
            finding.but("it brings no proof of who asks, so no wallet answers it")
        }
        Ok(_) => finding,
        Err(error) => finding.but(chain(&error)),
    }
}

fn look_at_jwe(text: &str) -> Finding {
    let header = text.split('.').next().and_then(|part| credential::encoding::from_base64url(part).ok());
    let header = header.and_then(|bytes| credential::json::parse(&bytes, credential::jwe::MAX_HEADER).ok());
    match header {
        Some(header) => Finding::new("an encrypted token (JWE)", json!({ "header": header })),
        None => Finding::broken("an encrypted token (JWE)", "its header is not acceptable json"),
    }
}

/// What the dates of `claims` say about now.
fn dates(finding: Finding, claims: &Map<String, Value>, now: UnixTime) -> Finding {
    let time = |name: &str| claims.get(name).and_then(UnixTime::from_claim);
    let finding = match time("exp") {
        Some(end) if end <= now => finding.but("it has expired"),
        _ => finding,
    };
    match time("nbf") {
        Some(start) if start > now => finding.but("it is not yet valid"),
        _ => finding,
    }
}

/// An error with its causes.
pub(super) fn chain(error: &dyn core::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}
