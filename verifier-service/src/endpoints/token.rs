//! `/token`: a code, once, for an ID token and an access token.
//!
//! Spec: OpenID Connect Core section 3.1.3; RFC 7636 section 4.6; RFC 9449 section 5.

use core::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use openid4vc::form::Form;
use openid4vc::oauth::pkce::{CodeChallenge, CodeVerifier};
use serde_json::json;

use super::path;
use crate::client::Tier;
use crate::oauth::OauthError;
use crate::service::Provider;
use crate::store::digest;
use crate::store::grants::{Grant, Redeemed};

/// How long an access token is good.
const LIFETIME: Duration = Duration::from_secs(600);
/// Bytes of a request, at most.
const MAX_REQUEST: usize = 64 * 1024;

pub(super) async fn plain(State(provider): State<Provider>, headers: HeaderMap, body: String) -> Response {
    redeem(&provider, Tier::Plain, &headers, &body).await.unwrap_or_else(IntoResponse::into_response)
}

pub(super) async fn strict(State(provider): State<Provider>, headers: HeaderMap, body: String) -> Response {
    redeem(&provider, Tier::Strict, &headers, &body).await.unwrap_or_else(IntoResponse::into_response)
}

async fn redeem(
    provider: &Provider,
    tier: Tier,
    headers: &HeaderMap,
    body: &str,
) -> Result<Response, OauthError> {
    let form = Form::parse(body, MAX_REQUEST)
        .map_err(|_| OauthError::new("invalid_request", "the form is malformed"))?;
    let client = provider.authenticate(tier, headers, &form).await?;
    if form.value("grant_type") != Some("authorization_code") {
        return Err(OauthError::new("unsupported_grant_type", "only authorization_code is given here"));
    }
    let missing = |_| OauthError::new("invalid_request", "code, code_verifier and redirect_uri are needed");
    let code = digest(form.required("code").map_err(missing)?);
    let verifier = CodeVerifier::parse(form.required("code_verifier").map_err(missing)?)
        .map_err(|_| OauthError::new("invalid_grant", "code_verifier is malformed"))?;
    let redirect_uri = form.required("redirect_uri").map_err(missing)?.to_owned();
    let dpop = provider.dpop(headers, "POST", &provider.link(&path(tier, "token")), None).await?;
    if tier == Tier::Strict && dpop.is_none() {
        return Err(OauthError::new("invalid_dpop_proof", "a dpop proof is needed"));
    }
    let (access_token, now) = (provider.random.token(), provider.clock.now());
    let bound_to = dpop.clone();
    let check = move |grant: &mut Grant| check(grant, &verifier, &redirect_uri, bound_to.as_deref());
    let token = (digest(&access_token), now.plus(LIFETIME));
    let redeemed = provider.store.redeem(code, client.client_id.clone(), token, now, check).await;
    let grant = match redeemed.map_err(|error| OauthError::internal(&error))? {
        Redeemed::Grant(grant) => grant,
        Redeemed::Refused(error) => return Err(error),
        Redeemed::Reused => {
            return Err(OauthError::new(
                "invalid_grant",
                "the code was used before; what it gave is revoked",
            ));
        }
        Redeemed::Unknown => {
            return Err(OauthError::new("invalid_grant", "the code is unknown or has expired"));
        }
    };
    let id_token =
        provider.id_token(&client, &grant, &provider.random).map_err(|error| OauthError::internal(&error))?;
    let token_type = if grant.dpop_jkt.is_some() { "DPoP" } else { "Bearer" };
    let scope = grant.parameters.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let body = json!({
        "access_token": access_token, "token_type": token_type, "expires_in": LIFETIME.as_secs(),
        "id_token": id_token, "scope": scope,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Holds the request against the grant. A grant that is bound to no key yet is bound to the proof's
/// (RFC 9449 section 5).
fn check(
    grant: &mut Grant,
    verifier: &CodeVerifier,
    redirect_uri: &str,
    dpop: Option<&str>,
) -> Result<(), OauthError> {
    if grant.parameters.redirect_uri.as_str() != redirect_uri {
        return Err(OauthError::new("invalid_grant", "redirect_uri is another one"));
    }
    let challenge = CodeChallenge::parse(&grant.parameters.code_challenge, Some("S256"));
    if challenge.and_then(|challenge| challenge.check(verifier)).is_err() {
        return Err(OauthError::new("invalid_grant", "code_verifier does not fit"));
    }
    match grant.dpop_jkt.as_deref() {
        Some(bound) if Some(bound) != dpop => {
            Err(OauthError::new("invalid_dpop_proof", "the code is bound to another key"))
        }
        Some(_) => Ok(()),
        None => {
            grant.dpop_jkt = dpop.map(str::to_owned);
            Ok(())
        }
    }
}
