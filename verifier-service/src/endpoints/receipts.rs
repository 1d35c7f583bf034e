//! For wallets that look back: where a receipt stands under its anchored root, the receipts of later logins by
//! the same session, "delete it", and "this wasn't me".
//!
//! Where a receipt stands may be asked by whoever holds its digest. Everything else takes the receipt and the
//! `state` of the request that it answers: a copy that somebody was given as a proof allows nothing. Receipts
//! stand in bodies, never in addresses. What is unknown is answered as what is not anchored yet, in the same
//! form and time.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credential::did::SymbolonDid;
use credential::jws;
use credential::time::UnixTime;
use openid4vc::vp::response::MAX_RECEIPT;
use registry_proof::key::MAX_PERIOD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use service_kit::problem::Problem;
use subtle::ConstantTimeEq as _;

use crate::receipts::hash_of_state;
use crate::service::Provider;
use crate::store::deletions::{Standing, Wish};
use crate::store::{Digest, digest};

/// Bytes of a body, at most: a receipt, a state, and their names.
pub(super) const MAX_BODY: usize = MAX_RECEIPT + 4096;

/// Which receipt: its SHA-256 and its period, as the receipt names it; or the receipt itself.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Which {
    Digest { digest: String, period: String },
    Receipt { receipt: String },
}

/// A receipt, and what only the wallet that it was given to can know.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Authority {
    receipt: String,
    state: String,
}

/// A receipt of ours, in the hands of the wallet that it was given to.
struct Held {
    digest: Digest,
    claims: Map<String, Value>,
}

pub(super) async fn place(State(provider): State<Provider>, body: Bytes) -> Result<Response, Problem> {
    let (receipt, period) = which(read(&body)?)?;
    let found =
        provider.store.place(receipt, period.clone()).await.map_err(|error| Problem::internal(&error))?;
    let (place, proof) = match found {
        None => (None, None),
        Some(place) => (place, Some(stapled(&provider, &period).await?)),
    };
    Ok(unkept(json!({ "period": period, "place": place, "registry_proof": proof })))
}

pub(super) async fn logins(State(provider): State<Provider>, body: Bytes) -> Result<Response, Problem> {
    let held = authority(&provider, &body).await?;
    let receipts =
        provider.store.logins_after(held.digest).await.map_err(|error| Problem::internal(&error))?;
    Ok(unkept(json!({ "receipts": receipts })))
}

pub(super) async fn ask_deletion(State(provider): State<Provider>, body: Bytes) -> Result<Response, Problem> {
    let held = authority(&provider, &body).await?;
    let wish = wish(&provider, &held).ok_or_else(refused)?;
    let standing = provider.store.wish(wish, provider.clock.now()).await;
    provider.metrics.count("deletions_asked_total", &[]);
    Ok(unkept(standing_of(standing.map_err(|error| Problem::internal(&error))?)))
}

pub(super) async fn deletion(State(provider): State<Provider>, body: Bytes) -> Result<Response, Problem> {
    let held = authority(&provider, &body).await?;
    let standing = provider.store.wish_standing(held.digest).await;
    Ok(unkept(standing_of(standing.map_err(|error| Problem::internal(&error))?)))
}

pub(super) async fn not_me(State(provider): State<Provider>, body: Bytes) -> Result<Response, Problem> {
    let held = authority(&provider, &body).await?;
    let ended = provider.store.end_sessions_of(held.digest).await;
    let ended = ended.map_err(|error| Problem::internal(&error))?;
    provider.metrics.count("sessions_ended_total", &[("by", "person")]);
    Ok(unkept(json!({ "ended": ended > 0 })))
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|_| Problem::bad_request("malformed", "the body is not the expected json"))
}

fn which(which: Which) -> Result<(Digest, String), Problem> {
    let malformed = || Problem::bad_request("malformed", "no receipt, and no digest of one with its period");
    let (receipt, period) = match which {
        Which::Digest { digest, period } => {
            let bytes = URL_SAFE_NO_PAD.decode(digest).ok().and_then(|bytes| Digest::try_from(bytes).ok());
            (bytes.ok_or_else(malformed)?, period)
        }
        Which::Receipt { receipt } => {
            let period = claims(&receipt).and_then(|claims| text(&claims, "period"));
            (digest(&receipt), period.ok_or_else(malformed)?)
        }
    };
    if period.len() > MAX_PERIOD { Err(malformed()) } else { Ok((receipt, period)) }
}

async fn stapled(provider: &Provider, period: &str) -> Result<String, Problem> {
    let proof = provider.register.staple_receipts(period, &provider.clock).await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "a root cannot be proven");
        Problem::unavailable("register_unreachable", "the register cannot be reached; try again in a moment")
    })?;
    Ok(URL_SAFE_NO_PAD.encode(proof))
}

/// The receipt that a body holds, if it is ours and its state comes with it. Every refusal is the same.
async fn authority(provider: &Provider, body: &Bytes) -> Result<Held, Problem> {
    let Authority { receipt, state } = read(body)?;
    let key = digest(&receipt);
    let is_ours = provider.store.is_receipt(key).await.map_err(|error| Problem::internal(&error))?;
    let claims = claims(&receipt).filter(|_| is_ours).ok_or_else(refused)?;
    let expected = text(&claims, "state_hash").unwrap_or_default();
    if bool::from(hash_of_state(&state).as_bytes().ct_eq(expected.as_bytes())) {
        Ok(Held { digest: key, claims })
    } else {
        Err(refused())
    }
}

fn refused() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "receipt_refused", "this is no receipt of ours with its state")
}

/// What a receipt says. Whether it is ours, its digest tells: what was signed here is kept here.
fn claims(receipt: &str) -> Option<Map<String, Value>> {
    if receipt.len() > MAX_RECEIPT {
        return None;
    }
    jws::Unverified::parse(receipt).ok()?.dangerous_claims().ok()
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn wish(provider: &Provider, held: &Held) -> Option<Wish> {
    let party: SymbolonDid = text(&held.claims, "aud")?.parse().ok()?;
    let subject =
        ["sub", "presentation"].iter().find_map(|name| Some(json!({ *name: text(&held.claims, name)? })));
    Some(Wish {
        id: provider.random.token(),
        receipt: held.digest,
        member: party.member().to_owned(),
        use_name: text(&held.claims, "use")?,
        subject: subject?,
        shared: held.claims.get("shared").cloned()?,
        shown_at: held.claims.get("iat").and_then(UnixTime::from_claim)?,
    })
}

fn standing_of(standing: Option<Standing>) -> Value {
    json!({
        "asked_at": standing.map(|standing| standing.asked_at),
        "done_at": standing.and_then(|standing| standing.done_at),
    })
}

fn unkept(body: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
