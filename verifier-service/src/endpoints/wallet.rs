//! The wallet's side: it fetches the signed request, and posts its answer.
//!
//! Spec: OpenID4VP 1.0 sections 5.10 and 8.2.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use openid4vc::form::Form;
use openid4vc::vp::request::{MAX_FRESH, MEDIA_TYPE};
use openid4vc::vp::response::Reply;
use openid4vc::web_url::WebUrl;
use serde_json::json;
use service_kit::language::Language;
use service_kit::problem::Problem;

use crate::client::Client;
use crate::reason;
use crate::service::Provider;
use crate::store::asks::{Answered, Ask, AskState, Device, Kind, Outcome, Request};
use crate::store::digest;
use crate::wallet::AnswerError;

pub(super) async fn request(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let (ask, request, client) = find(&provider, id).await?;
    let nonce = wallet_nonce(&body)?;
    let signed = provider.sign_request(&client, &ask, &request, nonce).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "request could not be put");
        Problem::unavailable("register_unreachable", "the register cannot be reached; try again in a moment")
    })?;
    provider.store.fetched(request.id).await.map_err(|error| Problem::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")], signed).into_response())
}

pub(super) async fn response(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    language: Language,
    body: Bytes,
) -> Result<Response, Problem> {
    let (ask, request, client) = find(&provider, id).await?;
    let body =
        core::str::from_utf8(&body).map_err(|_| Problem::bad_request("answer_malformed", "not a form"))?;
    let decided = provider.decide(&ask, &request, body).await;
    let now = provider.clock.now();
    let is_the_wallets = matches!(decided, Err(AnswerError::Refused(_)));
    let (shown, receipt) = match decided {
        Ok(shown) => {
            let receipt = provider.receipt_for(&client, &ask, &request, &shown);
            (Ok(shown), receipt)
        }
        // Anybody could post nonsense: what cannot be read ends nothing.
        Err(error @ AnswerError::Malformed) => return Ok(refused(error.code(), language)),
        Err(error) => (Err(error.code()), None),
    };
    let code = provider.random.token();
    let wants_way_back = ask.kind == Kind::Login && request.device == Device::Same && shown.is_ok();
    let outcome = Outcome {
        device: request.device,
        response_code: wants_way_back.then(|| digest(&code)),
        receipt,
        shown,
    };
    let refusal = outcome.shown.as_ref().err().copied();
    let recorded = provider.store.answer(ask.id.clone(), outcome, now).await;
    let Answered::Now(receipt) = recorded.map_err(|error| Problem::internal(&error))? else {
        return Err(Problem::new(StatusCode::GONE, "answered", "this request was answered already"));
    };
    if let Some(code) = refusal {
        provider.metrics.count("answers_total", &[("outcome", code)]);
        tracing::info!(code, client = client.client_id, "an answer was refused");
        // What the wallet refuses, the page tells; what we refuse is told to the wallet.
        return Ok(if is_the_wallets { Json(json!({})).into_response() } else { refused(code, language) });
    }
    provider.metrics.count("answers_total", &[("outcome", "shown")]);
    let redirect_uri = wants_way_back
        .then(|| WebUrl::parse(&provider.link(&format!("/login/{}/finish?response_code={code}", ask.id))))
        .transpose()
        .map_err(|error| Problem::internal(&error))?;
    let reply = Reply { redirect_uri, receipt };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(reply.to_json())).into_response())
}

/// The request that a wallet names, while it can still be answered.
async fn find(provider: &Provider, id: String) -> Result<(Ask, Request, Client), Problem> {
    const GONE: (&str, &str) = ("request_over", "this request is over; start again where you came from");
    let found = provider.store.request(id).await.map_err(|error| Problem::internal(&error))?;
    let (ask, request) = found.ok_or_else(Problem::not_found)?;
    if ask.state != AskState::Waiting || ask.is_expired(provider.clock.now()) {
        return Err(Problem::new(StatusCode::GONE, GONE.0, GONE.1));
    }
    let client = provider.clients.find(&ask.client_id).ok_or_else(Problem::not_found)?;
    Ok((ask, request, client))
}

fn wallet_nonce(body: &[u8]) -> Result<Option<String>, Problem> {
    let malformed = || Problem::bad_request("request_malformed", "not a form, or a nonce that is too long");
    let text = core::str::from_utf8(body).map_err(|_| malformed())?;
    let form = Form::parse(text, 64 * 1024).map_err(|_| malformed())?;
    match form.value("wallet_nonce") {
        Some(nonce) if nonce.len() > MAX_FRESH => Err(malformed()),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}

/// A refusal that the wallet can show (OpenID4VP section 8.2 leaves the body to the verifier).
fn refused(code: &str, language: Language) -> Response {
    let body = json!({ "error": "invalid_request", "code": code, "error_description": reason::sentence(code, language) });
    (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
