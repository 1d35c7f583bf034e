//! `/api/credentials`: what was issued to whom, and revoke, suspend, reinstate.
//!
//! Whose cards are looked for stands in the body: addresses end up in logs.
//!
//! A change is acknowledged when it is on the disk. The answer says whether it is published too: 200 when
//! the anchored list is out, 202 when it follows: with the next round, or once the registry is reachable.

use core::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use service_kit::problem::Problem;

use super::api::{self, Caller};
use crate::service::Issuer;
use crate::store::credentials::{Change, ChangeError};

/// How long a caller waits for the list to be published.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose credentials are listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    person: String,
}

/// Lists a person's credentials.
pub async fn find(
    State(issuer): State<Issuer>,
    _caller: Caller,
    api::Json(filter): api::Json<Filter>,
) -> Result<Response, Problem> {
    let found =
        issuer.store.credentials_of(&filter.person).await.map_err(|error| Problem::internal(&error))?;
    Ok(Json(json!({ "credentials": found })).into_response())
}

/// Shows one credential.
pub async fn show(
    State(issuer): State<Issuer>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let found = issuer.store.credential(&id).await.map_err(|error| Problem::internal(&error))?;
    Ok(Json(found.ok_or_else(Problem::not_found)?).into_response())
}

/// Revokes, suspends or reinstates one credential: all its copies at once.
pub async fn change(
    State(issuer): State<Issuer>,
    caller: Caller,
    Path((id, change)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.may_revoke()?;
    let change = match change.as_str() {
        "revoke" => Change::Revoke,
        "suspend" => Change::Suspend,
        "reinstate" => Change::Reinstate,
        _ => return Err(Problem::not_found()),
    };
    let (state, number) =
        issuer.store.change_credential(&id, change, issuer.clock.now()).await.map_err(refusal)?;
    tracing::info!(credential = id, state = state.state, "credential changed");
    issuer.metrics.count("credential_changes_total", &[("state", &state.state)]);
    let published =
        issuer.wait_for_publication(number, PATIENCE).await.map_err(|error| Problem::internal(&error))?;
    let status = if published { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(json!({ "id": state.id, "state": state.state, "published": published })))
        .into_response())
}

fn refusal(error: ChangeError) -> Problem {
    match error {
        ChangeError::Unknown => Problem::not_found(),
        ChangeError::Final => {
            Problem::new(StatusCode::CONFLICT, "revoked", "what is revoked stays revoked; issue a new card")
        }
        ChangeError::Database(error) => Problem::internal(&error),
    }
}
