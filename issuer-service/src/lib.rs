//! An agency's issuer: OpenID4VCI 1.0, status lists, offers.
//!
//! People come from the agency's file; an offer is made for one of them at a counter; a wallet takes it
//! up with a code that travelled another way and receives copies of a card, each with its own key, salts
//! and place in a status list. Lists are anchored in the registry before they are published.

pub mod attestation;
pub mod cards;
pub mod config;
pub mod copies;
pub mod digest;
pub mod documents;
pub mod endpoints;
pub mod enrolment;
pub mod identity;
pub mod offer_link;
pub mod persons;
pub mod proofs;
pub mod registry;
pub mod service;
pub mod setup;
pub mod status;
pub mod store;

use core::future::Future;
use std::sync::Arc;

use service_kit::serve::{self, Operations, ServeError};
use tokio::net::TcpListener;

use crate::service::Issuer;

/// Serves the issuer until `stop` is ready.
pub async fn serve(
    listener: TcpListener,
    issuer: Issuer,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let keeper = tokio::spawn(issuer.clone().keep_lists());
    let ready = issuer.clone();
    let operations = Operations {
        metrics: issuer.metrics().clone(),
        ready: Arc::new(move || ready.ready()),
        clock: issuer.clock.clone(),
    };
    let result = serve::serve(listener, endpoints::routes(issuer), operations, stop).await;
    keeper.abort();
    result
}
