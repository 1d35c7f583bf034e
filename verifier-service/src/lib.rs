//! An OpenID provider whose login is a card shown from a wallet, and a verifier for relying parties' systems.
//!
//! To relying parties it is plain OpenID Connect (`/`) or FAPI 2.0 (`/fapi`). To wallets it is a verifier
//! that asks in a relying party's name, as its registered operator. A login ends only in the browser that
//! began it, and nothing is said about a person before every check of their card has held.

pub mod claims;
pub mod client;
pub mod config;
pub mod endpoints;
pub mod enrolment;
pub mod id_token;
pub mod login;
pub mod oauth;
pub mod reason;
pub mod receipts;
pub mod register;
pub mod service;
pub mod setup;
pub mod status;
pub mod store;
pub mod wallet;

use core::future::Future;
use std::sync::Arc;

use service_kit::serve::{self, Operations, ServeError};
use tokio::net::TcpListener;

use crate::service::Provider;

/// Serves the provider until `stop` is ready.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    listener: TcpListener,
    provider: Provider,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let keeper = tokio::spawn(provider.clone().keep_house());
    let readiness = provider.clone();
    let operations = Operations {
        metrics: provider.metrics().clone(),
        ready: Arc::new(move || readiness.ready()),
        clock: provider.clock.clone(),
    };
    let result = serve::serve(listener, provider.routes(), operations, stop).await;
    keeper.abort();
    result
}
