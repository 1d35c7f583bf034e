//! Blocks as they were decided.

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use registry_proof::transaction::Transaction;
use serde_json::{Value, json};
use service_kit::problem::Problem;

use super::no_such;
use crate::service::Node;

pub(super) async fn block(
    State(node): State<Node>,
    Path(height): Path<String>,
) -> Result<Json<Value>, Problem> {
    let height = height.parse().map_err(|_| Problem::bad_request("height", "a height is a whole number"))?;
    let found = node.chain.store().block(height).map_err(|error| Problem::internal(&error))?;
    let block = found.ok_or_else(|| no_such("there is no such block yet"))?;
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let transactions: Vec<Value> = block
        .transactions
        .iter()
        .map(|bytes| match Transaction::from_bytes(bytes) {
            Ok(transaction) => json!({ "id": text(&transaction.id()), "transaction": transaction }),
            Err(_) => json!({ "bytes": text(bytes) }),
        })
        .collect();
    Ok(Json(json!({
        "height": height,
        "time": block.header.time,
        "digest": text(&block.header.digest()),
        "header": text(&block.header.to_bytes()),
        "certificate": block.certificate.as_deref().map(text),
        "state_height": block.header.state_height,
        "state_root": text(&block.header.state_root),
        "transactions": transactions,
    })))
}
