//! For relying parties' own systems: ask a wallet, and read what came of it.

use core::time::Duration;
use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openid4vc::vp::dcql::Query;
use openid4vc::vp::transaction::{MAX_TRANSACTIONS, Transaction, TransactionData};
use serde::Deserialize;
use serde_json::{Value, json};
use service_kit::problem::Problem;
use service_kit::qr;

use crate::client::Client;
use crate::login::{Parameters, Prompt};
use crate::oauth::credentials;
use crate::service::Provider;
use crate::store::asks::{Ask, AskState, Device, Kind};

/// What a system asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    registration: String,
    dcql_query: Option<Value>,
    preset: Option<String>,
    #[serde(default)]
    transaction_data: Vec<Value>,
}

pub(super) async fn begin(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Result<Response, Problem> {
    let client = caller(&provider, &headers)?;
    if wanted.registration != client.use_name.as_str() {
        return Err(Problem::bad_request("registration", "this system may not ask under that registration"));
    }
    let query = query(&provider, &wanted)?;
    let transactions = transactions(&wanted, &query)?;
    provider.check_registered(&client, &query).await.map_err(|error| {
        Problem::bad_request(error.code(), "the register does not let this relying party ask that")
    })?;
    let (now, id) = (provider.clock.now(), provider.random.token());
    let request = provider.new_request(Device::Other, &query, &transactions);
    let link = provider.wallet_link(&request).map_err(|error| Problem::internal(&error))?;
    let expires_at = now.plus(Duration::from_secs(provider.login.lifetime));
    let ask = Ask {
        id: id.clone(),
        kind: Kind::Presentation,
        parameters: no_parameters(&client),
        client_id: client.client_id,
        browser: None,
        pushed: None,
        state: AskState::Waiting,
        reason: None,
        result: None,
        answered_by: None,
        response_code: None,
        expires_at,
    };
    let request_uri = provider.link(&format!("/vp/request/{}", request.id));
    provider.store.begin(ask, vec![request], now).await.map_err(|error| Problem::internal(&error))?;
    let qr_svg = qr::svg(&link, "QR code").map_err(|error| Problem::internal(&error))?;
    let body = json!({ "id": id, "request_uri": request_uri, "link": link, "qr_svg": qr_svg, "expires_at": expires_at });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

pub(super) async fn show(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let client = caller(&provider, &headers)?;
    let found = provider.store.ask(id).await.map_err(|error| Problem::internal(&error))?;
    let own = found.filter(|(ask, _)| ask.kind == Kind::Presentation && ask.client_id == client.client_id);
    let (ask, _) = own.ok_or_else(Problem::not_found)?;
    let state = match ask.state {
        AskState::Waiting if ask.is_expired(provider.clock.now()) => "expired",
        AskState::Waiting => "waiting",
        AskState::Shown | AskState::Finished => "shown",
        AskState::Refused => "refused",
    };
    let (claims, cards) = ask.result.map(|shown| (shown.claims, shown.parts)).unzip();
    Ok(Json(json!({ "state": state, "reason": ask.reason, "claims": claims, "cards": cards })))
}

pub(super) fn caller(provider: &Provider, headers: &HeaderMap) -> Result<Client, Problem> {
    let offered = credentials(headers, "Bearer").ok_or_else(Problem::unauthorized)?;
    let found = provider.tokens.iter().find(|(_, token)| token.matches(offered));
    found.and_then(|(client_id, _)| provider.clients.find(client_id)).ok_or_else(Problem::unauthorized)
}

fn query(provider: &Provider, wanted: &Wanted) -> Result<Query, Problem> {
    match (&wanted.dcql_query, wanted.preset.as_deref()) {
        (Some(query), None) => {
            Query::parse(query).map_err(|error| Problem::bad_request(error.code(), error.to_string()))
        }
        (None, Some("name")) => {
            let scopes = BTreeSet::from(["profile".to_owned()]);
            let paths: Vec<_> = crate::claims::of_scopes(&scopes)
                .into_iter()
                .map(credential::claim_path::ClaimPath::name)
                .collect();
            provider.login_query(&paths).map_err(|error| Problem::internal(&error))
        }
        _ => Err(Problem::bad_request("query", "give either dcql_query or preset (name)")),
    }
}

/// What a system wants to be confirmed, each by the one card that it names; all of it known to wallets.
fn transactions(wanted: &Wanted, query: &Query) -> Result<Vec<TransactionData>, Problem> {
    let refuse = || {
        Problem::bad_request(
            "transaction_data",
            "each transaction is a payment or a text, and names one part of the query by credential_ids",
        )
    };
    if wanted.transaction_data.len() > MAX_TRANSACTIONS {
        return Err(refuse());
    }
    let read = |value: &Value| {
        let encoded = URL_SAFE_NO_PAD.encode(value.to_string());
        let known = TransactionData::parse(&encoded).ok();
        known
            .filter(|one| *one.what() != Transaction::Unsupported && one.can_be_asked(query))
            .ok_or_else(refuse)
    };
    wanted.transaction_data.iter().map(read).collect()
}

/// A presentation has no browser to go back to.
fn no_parameters(client: &Client) -> Parameters {
    Parameters {
        redirect_uri: client.redirect_uris[0].clone(),
        scopes: BTreeSet::new(),
        state: None,
        nonce: None,
        code_challenge: String::new(),
        prompt: Prompt::AsNeeded,
        max_age: None,
        same_device_only: false,
        dpop_jkt: None,
        chinese: None,
    }
}
