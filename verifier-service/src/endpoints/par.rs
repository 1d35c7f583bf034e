//! `/par`: a relying party pushes its authorization request and gets a name for it.
//!
//! Spec: RFC 9126; RFC 9449 section 10.1 (the key that the code will be bound to).

use core::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openid4vc::form::Form;
use serde_json::json;

use super::authorize::PUSHED;
use super::path;
use crate::client::Tier;
use crate::login::{Parameters, RequestError};
use crate::oauth::OauthError;
use crate::service::Provider;
use crate::store::digest;
use crate::store::pushed::Pushed;

/// How long a pushed request is good.
const LIFETIME: Duration = Duration::from_secs(60);
/// Bytes of a request, at most.
const MAX_REQUEST: usize = 64 * 1024;

pub(super) async fn plain(State(provider): State<Provider>, headers: HeaderMap, body: String) -> Response {
    push(&provider, Tier::Plain, &headers, &body).await.unwrap_or_else(IntoResponse::into_response)
}

pub(super) async fn strict(State(provider): State<Provider>, headers: HeaderMap, body: String) -> Response {
    push(&provider, Tier::Strict, &headers, &body).await.unwrap_or_else(IntoResponse::into_response)
}

async fn push(
    provider: &Provider,
    tier: Tier,
    headers: &HeaderMap,
    body: &str,
) -> Result<Response, OauthError> {
    let malformed = OauthError::new("invalid_request", "the form is malformed");
    let form = Form::parse(body, MAX_REQUEST).map_err(|_| malformed)?;
    let client = provider.authenticate(tier, headers, &form).await?;
    if form.value("request_uri").is_some() {
        return Err(OauthError::new("invalid_request", "request_uri does not belong here"));
    }
    let parameters = Parameters::read(&form, &client).map_err(|error| match error {
        RequestError::RedirectUri => OauthError::new("invalid_request", "redirect_uri is not registered"),
        RequestError::Other(error, description) => OauthError::new(error, description),
    })?;
    let proven = provider.dpop(headers, "POST", &provider.link(&path(tier, "par")), None).await?;
    let named = form.value("dpop_jkt").map(str::to_owned);
    if proven.is_some() && named.is_some() && proven != named {
        return Err(OauthError::new("invalid_dpop_proof", "dpop_jkt is not the proof's key"));
    }
    let dpop_jkt = proven.or(named);
    if tier == Tier::Strict && dpop_jkt.is_none() {
        return Err(OauthError::new("invalid_dpop_proof", "a dpop proof or dpop_jkt is needed"));
    }
    let name = provider.random.token();
    let pushed = Pushed { client_id: client.client_id, parameters, dpop_jkt };
    let expires_at = provider.clock.now().plus(LIFETIME);
    provider
        .store
        .push(digest(&name), pushed, expires_at)
        .await
        .map_err(|error| OauthError::internal(&error))?;
    let body = json!({ "request_uri": format!("{PUSHED}{name}"), "expires_in": LIFETIME.as_secs() });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
