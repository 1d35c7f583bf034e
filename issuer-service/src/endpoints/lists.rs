//! `/status`, `/status/{list}` and `/types/{name}`: what anyone may fetch and keep for a while.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use service_kit::problem::Problem;

use crate::service::Issuer;

/// The published token of a status list.
pub async fn status(State(issuer): State<Issuer>, Path(list): Path<String>) -> Result<Response, Problem> {
    let found = issuer.store.published(&list).await.map_err(|error| Problem::internal(&error))?;
    let (token, _) = found.ok_or_else(Problem::not_found)?;
    Ok(open(credential::status_list::MEDIA_TYPE, "public, max-age=5", token))
}

/// The addresses of all lists, for whoever will be without the network (Token Status List section 9.3).
pub async fn all(State(issuer): State<Issuer>) -> Result<Response, Problem> {
    let names = issuer.store.published_lists().await.map_err(|error| Problem::internal(&error))?;
    let lists: Vec<String> = names.iter().map(|name| issuer.list_uri(name)).collect();
    Ok(open("application/json", "public, max-age=60", json!({ "status_lists": lists }).to_string()))
}

/// The metadata of a credential type: the bytes whose digest the registry knows.
pub async fn type_metadata(
    State(issuer): State<Issuer>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let card = issuer.card(&name).ok_or_else(Problem::not_found)?;
    Ok(open("application/json", "public, max-age=3600", card.metadata().to_owned()))
}

/// An answer that every origin may read.
fn open(media_type: &'static str, cache: &'static str, body: String) -> Response {
    let mut response =
        (StatusCode::OK, [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], body)
            .into_response();
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
