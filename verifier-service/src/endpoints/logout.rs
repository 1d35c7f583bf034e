//! `/logout`: ends single sign-on in this browser and goes back where the relying party may send it.
//!
//! Spec: OpenID Connect RP-Initiated Logout 1.0 section 2.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use openid4vc::form::Form;
use service_kit::language::Language;
use url::Url;

use super::SESSION;
use super::authorize::{broken, go};
use crate::service::Provider;
use crate::store::digest;

pub(super) async fn logout(
    State(provider): State<Provider>,
    language: Language,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: String,
) -> Response {
    if let Some(cookie) = provider.cookie(&headers, SESSION)
        && let Err(error) = provider.store.end_session(digest(&cookie)).await
    {
        return broken(&provider, language, &error);
    }
    let text = if body.is_empty() { query.unwrap_or_default() } else { body };
    let mut response = match next(&provider, &text) {
        Some(url) => go(&url),
        None => provider.stop(
            StatusCode::OK,
            language,
            (
                "logged_out",
                language.pick("The next login asks your wallet again.", "下次登录会重新询问您的钱包。"),
            ),
            None,
        ),
    };
    provider.set_cookie(&mut response, SESSION, "", 0);
    response
}

/// Where the relying party wants the browser, if that is one of its addresses.
fn next(provider: &Provider, text: &str) -> Option<Url> {
    let form = Form::parse(text, 16 * 1024).ok()?;
    let client = provider.clients.find(form.value("client_id")?)?;
    let wanted = form.value("post_logout_redirect_uri")?;
    let mut url = client.post_logout_redirect_uris.iter().find(|known| known.as_str() == wanted)?.clone();
    if let Some(state) = form.value("state").filter(|state| state.len() <= 512) {
        url.query_pairs_mut().append_pair("state", state);
    }
    Some(url)
}
