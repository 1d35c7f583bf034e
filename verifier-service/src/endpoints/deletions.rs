//! For relying parties' own systems: which data people wish to have deleted, and that it is done.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};
use service_kit::problem::Problem;

use super::api::caller;
use crate::service::Provider;

pub(super) async fn list(
    State(provider): State<Provider>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let client = caller(&provider, &headers)?;
    let open = provider.store.open_wishes(client.member.to_string(), client.use_name.to_string()).await;
    Ok(Json(json!({ "deletions": open.map_err(|error| Problem::internal(&error))? })))
}

pub(super) async fn done(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let client = caller(&provider, &headers)?;
    let (member, use_name) = (client.member.to_string(), client.use_name.to_string());
    let done_at = provider.store.grant_wish(id.clone(), member, use_name, provider.clock.now()).await;
    let done_at = done_at.map_err(|error| Problem::internal(&error))?.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({ "id": id, "done_at": done_at })))
}
