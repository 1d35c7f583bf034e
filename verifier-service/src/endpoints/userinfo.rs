//! `/userinfo`: the claims that a person shared, for the access token that stands for it.
//!
//! Spec: OpenID Connect Core section 5.3; RFC 9449 section 7.1.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};

use super::path;
use crate::client::Tier;
use crate::id_token::UserInfo;
use crate::oauth::OauthError;
use crate::service::Provider;
use crate::store::digest;

pub(super) async fn plain(State(provider): State<Provider>, method: Method, headers: HeaderMap) -> Response {
    answer(&provider, Tier::Plain, &method, &headers)
        .await
        .unwrap_or_else(|error| error.at_userinfo(Tier::Plain))
}

pub(super) async fn strict(State(provider): State<Provider>, method: Method, headers: HeaderMap) -> Response {
    answer(&provider, Tier::Strict, &method, &headers)
        .await
        .unwrap_or_else(|error| error.at_userinfo(Tier::Strict))
}

async fn answer(
    provider: &Provider,
    tier: Tier,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, OauthError> {
    const UNKNOWN: OauthError = OauthError::token("the access token is unknown or has expired");
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(OauthError::no_token())?;
    let found = provider.store.access_token(digest(token), provider.clock.now()).await;
    let grant = found.map_err(|error| OauthError::internal(&error))?.ok_or(UNKNOWN)?;
    let client =
        provider.clients.find(&grant.client_id).filter(|client| client.tier == tier).ok_or(UNKNOWN)?;
    match &grant.dpop_jkt {
        Some(jkt) => {
            let method = if method == Method::POST { "POST" } else { "GET" };
            let url = provider.link(&path(tier, "userinfo"));
            let proven = provider.dpop(headers, method, &url, Some(token)).await?;
            if !scheme.eq_ignore_ascii_case("DPoP") || proven.as_ref() != Some(jkt) {
                return Err(OauthError::token(
                    "the access token is bound to a key; a dpop proof of it is needed",
                ));
            }
        }
        None if scheme.eq_ignore_ascii_case("Bearer") => {}
        None => return Err(UNKNOWN),
    }
    let userinfo =
        provider.userinfo(&client, &grant, &provider.random).map_err(|error| OauthError::internal(&error))?;
    Ok(match userinfo {
        UserInfo::Json(claims) => ([(header::CACHE_CONTROL, "no-store")], Json(claims)).into_response(),
        UserInfo::Token(token) => {
            ([(header::CONTENT_TYPE, "application/jwt"), (header::CACHE_CONTROL, "no-store")], token)
                .into_response()
        }
    })
}
