//! `/par`: a wallet pushes its authorisation request before it opens a browser.
//!
//! Wallets are public clients here, unless the agency wants their providers to vouch for them; what protects the
//! code is PKCE, the DPoP key, and the redirect URI that was pushed.
//!
//! Spec: RFC 9126; OpenID4VCI 1.0 section 5.1; HAIP 1.0 section 4.

use core::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::oauth::{Form, Refusal};
use crate::cards::Card;
use crate::service::Issuer;
use crate::store::authorizations::NewAuthorization;

/// What a request URI begins with.
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";
/// How long the wallet has to send its person here.
const LIFETIME: Duration = Duration::from_secs(90);
/// Characters of a parameter that is kept.
const MAX_PARAMETER: usize = 1024;

/// The parameters that count; others are passed over.
#[derive(Deserialize)]
pub struct PushedRequest {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    code_challenge: String,
    code_challenge_method: String,
    state: Option<String>,
    scope: Option<String>,
    authorization_details: Option<String>,
    issuer_state: Option<String>,
    dpop_jkt: Option<String>,
    request_uri: Option<String>,
}

/// Keeps a request.
pub async fn push(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    Form(request): Form<PushedRequest>,
) -> Result<Response, Refusal> {
    check(&request)?;
    let card = asked_card(&issuer, &request)?;
    issuer.check_attested_wallet(&headers, Some(&request.client_id)).await?;
    let proven = issuer.dpop(&headers, "/par", None)?.map(|proof| proof.jkt);
    let dpop_jkt = match (proven, request.dpop_jkt) {
        (Some(proven), Some(named)) if proven != named => {
            return Err(Refusal::new("invalid_dpop_proof", "dpop_jkt names another key"));
        }
        (proven, named) => proven.or(named),
    };
    let id = issuer.random.token();
    let kept = NewAuthorization {
        id: id.clone(),
        client_id: request.client_id,
        redirect_uri: request.redirect_uri,
        state: request.state,
        code_challenge: request.code_challenge,
        dpop_jkt,
        credential_type: card.name().to_owned(),
        issuer_state: request.issuer_state,
        expires_at: issuer.clock.now().plus(LIFETIME),
    };
    issuer.store.push_authorization(kept).await.map_err(|error| Refusal::internal(&error))?;
    let answer = json!({ "request_uri": format!("{REQUEST_URI}{id}"), "expires_in": LIFETIME.as_secs() });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn check(request: &PushedRequest) -> Result<(), Refusal> {
    let refuse = |description: &str| Err(Refusal::new("invalid_request", description));
    if request.request_uri.is_some() {
        return refuse("request_uri cannot be pushed");
    }
    if request.response_type != "code" {
        return Err(Refusal::new("unsupported_response_type", "only code is supported"));
    }
    // 32 bytes of SHA-256 in base64url.
    if request.code_challenge_method != "S256" || request.code_challenge.len() != 43 {
        return refuse("PKCE with S256 is required");
    }
    let kept = [
        Some(&request.client_id),
        Some(&request.redirect_uri),
        request.state.as_ref(),
        request.issuer_state.as_ref(),
    ];
    if kept.into_iter().flatten().any(|text| text.len() > MAX_PARAMETER) || request.client_id.is_empty() {
        return refuse("a parameter is empty or too long");
    }
    if may_return_to(&request.redirect_uri) { Ok(()) } else { refuse("redirect_uri is not acceptable") }
}

/// Claimed https links, loopback, and a wallet's own scheme; nothing that runs in a page or opens a file.
fn may_return_to(redirect_uri: &str) -> bool {
    let Ok(url) = Url::parse(redirect_uri) else { return false };
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match url.scheme() {
        "https" => true,
        "http" => match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        },
        "javascript" | "data" | "file" | "blob" | "about" | "vbscript" | "ftp" | "ws" | "wss"
        | "view-source" => false,
        _ => true,
    }
}

/// The one card that is asked for.
fn asked_card<'i>(issuer: &'i Issuer, request: &PushedRequest) -> Result<Card<'i>, Refusal> {
    let mut asked = issuer.cards().filter(|card| asks_for(request, card.name()));
    match (asked.next(), asked.next()) {
        (Some(card), None) => Ok(card),
        (None, _) => Err(Refusal::new(
            "invalid_scope",
            "neither scope nor authorization_details name a card of this issuer",
        )),
        (Some(_), Some(_)) => Err(Refusal::new("invalid_scope", "ask for one card at a time")),
    }
}

fn asks_for(request: &PushedRequest, name: &str) -> bool {
    let in_scope = request.scope.as_deref().is_some_and(|scope| scope.split(' ').any(|one| one == name));
    let details = request
        .authorization_details
        .as_deref()
        .and_then(|text| credential::json::parse(text.as_bytes(), MAX_PARAMETER * 4).ok());
    let in_details = details.as_ref().and_then(Value::as_array).is_some_and(|details| {
        details.iter().any(|detail| {
            detail["type"] == "openid_credential" && detail["credential_configuration_id"] == name
        })
    });
    in_scope || in_details
}

#[cfg(test)]
mod tests {
    use super::may_return_to;

    #[test]
    fn a_browser_is_sent_back_to_wallets_only() {
        for good in ["https://wallet.example/cb", "http://127.0.0.1:9/cb", "eu.example.wallet://cb"] {
            assert!(may_return_to(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://evil.example/",
            "file:///etc",
            "nonsense",
            "https://a#b",
        ] {
            assert!(!may_return_to(bad), "{bad}");
        }
    }
}
