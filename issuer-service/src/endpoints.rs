//! The HTTP face: one file for each endpoint or family of endpoints.

pub mod api;
pub mod api_credentials;
pub mod api_offers;
pub mod authorize;
pub mod credential;
pub mod feedback;
pub mod home;
pub mod lists;
pub mod metadata;
pub mod nonce;
pub mod oauth;
pub mod openapi;
pub mod par;
pub mod token;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use service_kit::limit;
use service_kit::page;

use crate::service::Issuer;

/// What an agency's own system sends is small.
const MAX_API_BODY: usize = 16 * 1024;
/// OAuth messages are small; key proofs of a batch are the largest thing that is read.
const MAX_OAUTH_BODY: usize = 32 * 1024;

/// Every route of the service.
pub fn routes(issuer: Issuer) -> Router {
    let api = Router::new()
        .route("/api/offers", post(api_offers::make))
        .route("/api/offers/{id}", get(api_offers::show))
        .route("/api/credentials/find", post(api_credentials::find))
        .route("/api/credentials/{id}", get(api_credentials::show))
        .route("/api/credentials/{id}/{change}", post(api_credentials::change))
        .route("/api/feedback", get(feedback::list))
        .layer(DefaultBodyLimit::max(MAX_API_BODY));
    let oauth = Router::new()
        .route("/par", post(par::push))
        .route("/authorize", get(authorize::open).post(authorize::sign_in))
        .route("/token", post(token::redeem))
        .layer(DefaultBodyLimit::max(MAX_OAUTH_BODY));
    let feedback = Router::new()
        .route("/feedback", post(feedback::send))
        .layer(DefaultBodyLimit::max(feedback::MAX_BODY))
        .layer(axum::middleware::from_fn_with_state(issuer.reports.clone(), limit::by_address));
    Router::new()
        .route("/", get(home::show))
        .route("/openapi.json", get(openapi::show))
        .route("/.well-known/openid-credential-issuer", get(metadata::issuer))
        .route("/.well-known/oauth-authorization-server", get(metadata::authorization_server))
        .route("/nonce", post(nonce::make))
        .route("/credential", post(credential::issue))
        .route("/status", get(lists::all))
        .route("/status/{list}", get(lists::status))
        .route("/types/{name}", get(lists::type_metadata))
        .merge(oauth)
        .merge(api)
        .merge(feedback)
        .merge(page::routes())
        .layer(axum::middleware::from_fn_with_state(issuer.by_address.clone(), limit::by_address))
        .with_state(issuer)
}
