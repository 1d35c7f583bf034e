//! The HTTP API: reads with their proofs, and transactions. Proofs travel as JSON, or as CBOR to whoever
//! accepts `application/cbor`.

mod blocks;
mod entries;
mod events;
mod identifiers;
mod status;
mod transactions;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use registry_proof::bundle::{ProofBundle, ProvenEntry};
use registry_proof::entry::Entry;
use registry_proof::transaction::MAX_TRANSACTION;
use service_kit::problem::Problem;

use crate::service::Node;

/// CBOR's media type.
const CBOR: &str = "application/cbor";
/// A transaction as JSON is larger than its bytes.
const MAX_POST: usize = 4 * MAX_TRANSACTION;

/// The addresses of the API.
pub fn routes() -> Router<Node> {
    Router::new()
        .route("/v1/status", get(status::status))
        .route("/v1/genesis", get(status::genesis))
        .route("/v1/checkpoint", get(status::checkpoint))
        .route("/v1/certificates/{epoch}", get(status::certificates))
        .route("/v1/blocks/{height}", get(blocks::block))
        .route("/v1/head", get(entries::head))
        .route("/v1/snapshot", get(entries::snapshot))
        .route("/v1/entries/{*key}", get(entries::entry))
        .route("/v1/proofs", post(entries::proofs))
        .route("/v1/members", get(entries::members))
        .route("/v1/members/{id}", get(entries::member))
        .route("/1.0/identifiers/{did}", get(identifiers::resolve))
        .route("/v1/transactions", post(transactions::submit))
        .route("/v1/transactions/{id}", get(transactions::fate))
        .route("/v1/events", get(events::events))
        .route("/openapi.json", get(status::openapi))
        .layer(DefaultBodyLimit::max(MAX_POST))
}

/// A proof in the form that the asker accepts.
fn answer(headers: &HeaderMap, bundle: &ProofBundle) -> Response {
    let accepts = |value: &header::HeaderValue| value.to_str().is_ok_and(|text| text.contains(CBOR));
    if headers.get(header::ACCEPT).is_some_and(accepts) {
        ([(header::CONTENT_TYPE, CBOR), (header::CACHE_CONTROL, "no-store")], bundle.to_cbor())
            .into_response()
    } else {
        ([(header::CACHE_CONTROL, "no-store")], axum::Json(bundle)).into_response()
    }
}

/// Before the first certified header there is nothing to prove.
pub(crate) fn before_the_first_proof() -> Problem {
    Problem::unavailable("no_proof_yet", "the chain has no certified block yet; try again in a moment")
}

/// The entry that a proven value holds; none for absence.
pub(crate) fn decode_entry(proven: &ProvenEntry) -> Option<Entry> {
    proven.value.as_ref().and_then(|value| Entry::from_bytes(&value.0).ok())
}

/// A body within its limit.
fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "this is more than a node takes")
    })
}

fn no_such(what: &'static str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", what)
}
