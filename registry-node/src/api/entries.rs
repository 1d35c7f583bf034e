//! Entries with their proofs: one, some, or everything that a wallet needs.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use registry_proof::bundle::ProofBundle;
use registry_proof::entry::Entry;
use registry_proof::key::Key;
use registry_proof::name::MemberId;
use serde_json::{Value, json};
use service_kit::problem::Problem;

use super::{answer, before_the_first_proof, decode_entry, no_such, whole};
use crate::service::Node;
use crate::store::KeepError;

/// Entries asked for at once, at most.
const MAX_ASKED: usize = 64;

pub(super) async fn head(State(node): State<Node>, headers: HeaderMap) -> Result<Response, Problem> {
    prove(node, headers, Vec::new()).await
}

pub(super) async fn entry(
    State(node): State<Node>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = key.parse().map_err(|_| Problem::bad_request("key", "this is not a state key"))?;
    prove(node, headers, vec![key]).await
}

/// `["member/bank", "registration/bank/login"]`
pub(super) async fn proofs(
    State(node): State<Node>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let keys: Vec<Key> = serde_json::from_slice(&whole(body)?)
        .map_err(|_| Problem::bad_request("keys", "send a JSON array of state keys"))?;
    if keys.len() > MAX_ASKED {
        return Err(Problem::bad_request("too_many", "ask for 64 entries at most"));
    }
    prove(node, headers, keys).await
}

pub(super) async fn snapshot(State(node): State<Node>, headers: HeaderMap) -> Result<Response, Problem> {
    let bundle = read(node, |node| node.chain.snapshot()).await?;
    Ok(answer(&headers, &bundle))
}

pub(super) async fn members(State(node): State<Node>) -> Result<Json<Value>, Problem> {
    let bundle = read(node, |node| node.chain.snapshot()).await?;
    let members: Vec<Value> = bundle
        .entries
        .iter()
        .filter_map(|proven| match (&proven.key, decode_entry(proven)?) {
            (Key::Member(id), Entry::Member(member)) => Some(json!({ "id": id, "member": member })),
            _ => None,
        })
        .collect();
    Ok(Json(json!(members)))
}

pub(super) async fn member(State(node): State<Node>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let id: MemberId =
        id.parse().map_err(|_| Problem::bad_request("member", "this is not a member's name"))?;
    let bundle = read(node, |node| node.chain.snapshot()).await?;
    let own: Vec<(String, Entry)> = bundle
        .entries
        .iter()
        .filter(|proven| belongs_to(&proven.key, &id))
        .filter_map(|proven| Some((proven.key.to_string(), decode_entry(proven)?)))
        .collect();
    if own.is_empty() {
        return Err(no_such("there is no such member"));
    }
    Ok(Json(json!({ "id": id, "entries": own.into_iter().collect::<std::collections::BTreeMap<_, _>>() })))
}

async fn prove(node: Node, headers: HeaderMap, keys: Vec<Key>) -> Result<Response, Problem> {
    let bundle = read(node, move |node| node.chain.bundle(&keys)).await?;
    Ok(answer(&headers, &bundle))
}

/// Reads away from the asynchronous threads.
async fn read(
    node: Node,
    work: impl FnOnce(&Node) -> Result<Option<ProofBundle>, KeepError> + Send + 'static,
) -> Result<ProofBundle, Problem> {
    match tokio::task::spawn_blocking(move || work(&node)).await {
        Ok(found) => found.map_err(|error| Problem::internal(&error))?.ok_or_else(before_the_first_proof),
        Err(error) => Err(Problem::internal(&error)),
    }
}

fn belongs_to(key: &Key, id: &MemberId) -> bool {
    match key {
        Key::Member(member)
        | Key::MemberKey(member, _, _)
        | Key::Accreditation(member, _)
        | Key::Registration(member, _)
        | Key::Receipts(member, _)
        | Key::Tally(member) => member == id,
        Key::Network
        | Key::Type(_)
        | Key::Status(..)
        | Key::Proposal(_)
        | Key::Material(_)
        | Key::Origin(_) => false,
    }
}
