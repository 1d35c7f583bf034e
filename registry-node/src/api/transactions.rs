//! Transactions: checked, passed on, and answered when their change is provable.

use core::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use registry_engine::chain::Chain as _;
use registry_ledger::apply::CheckedTx;
use registry_ledger::reject::Reject;
use registry_proof::key::Key;
use registry_proof::transaction::Transaction;
use serde_json::json;
use service_kit::problem::Problem;

use super::{CBOR, no_such, whole};
use crate::chain::{Fate, SubmitError};
use crate::pool::Added;
use crate::service::Node;
use crate::store::AppliedTx;

/// How long an answer waits for the change to be provable.
const PATIENCE: Duration = Duration::from_secs(15);

/// Takes a transaction as CBOR or JSON. The same transaction may be sent again: it is applied once.
pub(super) async fn submit(
    State(node): State<Node>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let tx = read(&headers, &whole(body)?)?;
    take_in(&node, &tx).await?;
    wait(&node, tx.id(), PATIENCE).await
}

/// What became of a transaction.
pub(super) async fn fate(State(node): State<Node>, Path(id): Path<String>) -> Result<Response, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(id).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let id = bytes.ok_or_else(|| no_such("this is not a transaction's name"))?;
    wait(&node, &id, Duration::ZERO).await
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<CheckedTx, Problem> {
    let is_cbor = headers.get(header::CONTENT_TYPE).is_some_and(|value| value == CBOR);
    let checked = if is_cbor {
        CheckedTx::check(body)
    } else {
        let transaction: Result<Transaction, _> = serde_json::from_slice(body);
        transaction
            .map_err(|_| Reject::Malformed)
            .and_then(|transaction| CheckedTx::check(&transaction.to_bytes()))
    };
    checked.map_err(refused)
}

/// Puts a transaction into the pool and passes it on, unless it was applied before.
async fn take_in(node: &Node, tx: &CheckedTx) -> Result<(), Problem> {
    let (chain, checked) = (node.chain.clone(), tx.clone());
    let taken = tokio::task::spawn_blocking(move || match chain.fate(checked.id())? {
        Fate::Applied(_) => Ok(None),
        Fate::Waiting | Fate::Rejected(_) => chain.submit(&checked).map(Some),
    });
    match taken.await.map_err(|error| Problem::internal(&error))? {
        Ok(Some(Added::New | Added::Known)) => {
            node.pass_on(tx.transaction().to_bytes());
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(SubmitError::Reject(reject)) => Err(refused(reject)),
        Err(SubmitError::Full(_)) => {
            Err(Problem::unavailable("busy", "too many transactions wait; try again"))
        }
        Err(SubmitError::Store(error)) => Err(Problem::internal(&error)),
    }
}

/// Waits until the transaction's change is provable; says that it still waits when that takes too long.
async fn wait(node: &Node, id: &[u8; 32], patience: Duration) -> Result<Response, Problem> {
    let mut news = node.chain.watch();
    let late = tokio::time::sleep(patience);
    tokio::pin!(late);
    loop {
        news.borrow_and_update();
        match node.chain.fate(id).map_err(|error| Problem::internal(&error))? {
            Fate::Applied(applied) if node.chain.progress().provable >= applied.height => {
                return answer(node, id, &applied).await;
            }
            Fate::Rejected(reject) => return Err(refused(reject)),
            Fate::Applied(_) | Fate::Waiting => {}
        }
        tokio::select! {
            _ = news.changed() => {}
            () = &mut late => return Ok(still_waits(id)),
        }
    }
}

async fn answer(node: &Node, id: &[u8; 32], applied: &AppliedTx) -> Result<Response, Problem> {
    let is_told = |key: &&Key| !matches!(key, Key::Material(_) | Key::Origin(_) | Key::Tally(_));
    let keys: Vec<Key> = applied.keys.iter().filter(is_told).cloned().collect();
    let chain = node.chain.clone();
    let bundle = tokio::task::spawn_blocking(move || chain.bundle(&keys))
        .await
        .map_err(|error| Problem::internal(&error))?
        .map_err(|error| Problem::internal(&error))?;
    let id = URL_SAFE_NO_PAD.encode(id);
    Ok(Json(json!({ "id": id, "state": "applied", "height": applied.height, "keys": applied.keys, "proof": bundle }))
        .into_response())
}

fn still_waits(id: &[u8; 32]) -> Response {
    let body = json!({ "id": URL_SAFE_NO_PAD.encode(id), "state": "waiting" });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

fn refused(reject: Reject) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, reject.code(), reject.to_string())
}
