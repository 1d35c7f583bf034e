//! How the node is, and what everyone pins.

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use registry_engine::chain::Chain as _;
use registry_proof::certificate::quorum;
use serde_json::{Value, json};
use service_kit::problem::Problem;

use super::no_such;
use crate::service::Node;

pub(super) async fn status(State(node): State<Node>) -> Result<Json<Value>, Problem> {
    let (position, progress) = (node.chain.position(), node.chain.progress());
    let certified = node.chain.store().certified().map_err(|error| Problem::internal(&error))?;
    let proof = certified.map(|certified| {
        let time = certified.header.time;
        json!({
            "height": certified.header.height,
            "state_height": certified.header.state_height,
            "time": time,
            "age_ms": node.clock.millis().saturating_sub(time.get()),
        })
    });
    let validators = node.genesis.validators.len();
    Ok(Json(json!({
        "network": node.network(),
        "height": position.tip.height,
        "version": position.tip.version,
        "state_root": URL_SAFE_NO_PAD.encode(position.tip.root),
        "changed_at": position.changed,
        "provable": progress.provable >= position.changed,
        "proof": proof,
        "waiting_transactions": node.chain.waiting(),
        "validators": validators,
        "quorum": quorum(validators),
    })))
}

pub(super) async fn genesis(State(node): State<Node>) -> Json<Value> {
    Json(json!(node.genesis.as_ref()))
}

pub(super) async fn checkpoint(State(node): State<Node>) -> Json<Value> {
    Json(json!(node.checkpoint.as_ref()))
}

/// One epoch so far: its validators are the checkpoint's, and no hand-over stands behind them.
pub(super) async fn certificates(
    State(node): State<Node>,
    Path(epoch): Path<String>,
) -> Result<Json<Value>, Problem> {
    let epoch: u64 =
        epoch.parse().map_err(|_| Problem::bad_request("epoch", "an epoch is a whole number"))?;
    if epoch != node.checkpoint.epoch {
        return Err(no_such("there was no such epoch"));
    }
    Ok(Json(json!({ "epoch": epoch, "validators": node.checkpoint.validators, "hand_over": null })))
}

pub(super) async fn openapi() -> Json<Value> {
    let read = |summary: &str| json!({ "get": { "summary": summary, "responses": { "200": { "description": "found" } } } });
    let write = |summary: &str| {
        json!({ "post": { "summary": summary, "responses": {
        "200": { "description": "applied, with its proof" }, "202": { "description": "waits" },
        "422": { "description": "refused, with its code" } } } })
    };
    Json(json!({
        "openapi": "3.1.0",
        "info": { "title": "Symbolon registry node", "version": env!("CARGO_PKG_VERSION") },
        "paths": {
            "/v1/status": read("How the node is"),
            "/v1/genesis": read("What was written down at the beginning"),
            "/v1/checkpoint": read("What everyone pins"),
            "/v1/blocks/{height}": read("A block"),
            "/v1/head": read("The newest certified header"),
            "/v1/snapshot": read("Everything that stands, with proof"),
            "/v1/entries/{key}": read("One entry or its absence, with proof"),
            "/v1/proofs": write("Several entries under one header"),
            "/v1/members": read("Who takes part"),
            "/v1/members/{id}": read("One member with its keys"),
            "/v1/certificates/{epoch}": read("How validators changed"),
            "/1.0/identifiers/{did}": read("A member's DID document"),
            "/v1/transactions": write("A signed transaction; answers when its change is provable"),
            "/v1/transactions/{id}": read("What became of a transaction"),
            "/v1/events": read("New blocks, as server-sent events"),
        }
    }))
}
