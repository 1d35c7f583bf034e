//! Serving: one listener, a graceful end, and the addresses that operators need.
//!
//! `/livez` says that the process runs, `/readyz` that it can do its work, `/metrics` gives figures.
//! SIGTERM (or Ctrl-C) stops accepting, lets requests in flight finish, and cuts what is left after a
//! while, so that a stream that never ends cannot hold the process up.

use std::future::{Future, IntoFuture as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::page;

/// How long requests in flight may take after the signal to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// The largest body that is read, unless a route says otherwise.
pub const MAX_BODY: usize = 256 * 1024;

/// Why serving could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not ours.
    #[error("cannot listen on the configured address")]
    Listen(#[source] std::io::Error),
    /// Plain HTTP is for loopback, or for behind a proxy that ends TLS.
    #[error("plain http is served on loopback only, unless `behind_proxy` is set")]
    NotLoopback,
    /// The listener failed.
    #[error("serving failed")]
    Serve(#[source] std::io::Error),
}

/// Says why the service cannot do its work now, if so. The text is shown to operators.
pub type Readiness = Arc<dyn Fn() -> Result<(), &'static str> + Send + Sync>;

/// What serving needs beside the routes.
#[derive(Clone)]
pub struct Operations {
    /// Figures of this process.
    pub metrics: Metrics,
    /// Whether the service can do its work.
    pub ready: Readiness,
    /// The clock, for latencies.
    pub clock: Clock,
}

/// Listens on `address`. An address that is not loopback needs `behind_proxy`.
pub async fn listen(address: SocketAddr, behind_proxy: bool) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() && !behind_proxy {
        return Err(ServeError::NotLoopback);
    }
    TcpListener::bind(address).await.map_err(ServeError::Listen)
}

/// Serves `routes` and the operators' addresses until `stop` is ready, then drains.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    operations: Operations,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let app = with_operations(routes, operations).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping");
        let _ = stopping.send(());
    });
    let cut = async move {
        // A sender that was dropped means that the server ended by itself.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        result = server.into_future() => result.map_err(ServeError::Serve),
        () = cut => {
            tracing::warn!("requests were cut after the time to drain");
            Ok(())
        }
    }
}

/// Ready when the process is asked to end: SIGTERM or Ctrl-C.
pub async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// The routes with the operators' addresses, a cap on bodies, figures, and headers that are always right.
pub fn with_operations(routes: Router, operations: Operations) -> Router {
    let ready = operations.ready.clone();
    let metrics = operations.metrics.clone();
    routes
        .route("/livez", get(|| async { "ok\n" }))
        .route(
            "/readyz",
            get(move || async move {
                match ready() {
                    Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
                    Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
                }
            }),
        )
        .route(
            "/metrics",
            get(move || async move {
                ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
                    .into_response()
            }),
        )
        .fallback(page::nothing)
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .layer(axum::middleware::from_fn_with_state(operations, measure))
}

async fn measure(State(operations): State<Operations>, request: Request, next: Next) -> Response {
    // The route's pattern, never the path: a path can hold an identifier.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let start = operations.clock.millis();
    let mut response = next.run(request).await;
    let status = response.status();
    let labels = [("method", method.as_str()), ("route", route.as_str()), ("status", status.as_str())];
    operations.metrics.count("http_requests_total", &labels);
    let milliseconds = u32::try_from(operations.clock.millis().saturating_sub(start)).unwrap_or(u32::MAX);
    operations.metrics.observe(
        "http_request_seconds",
        &[("route", route.as_str())],
        f64::from(milliseconds) / 1000.0,
    );
    tracing::debug!(method, route, status = status.as_u16(), milliseconds, "request");
    let headers = response.headers_mut();
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    response
}
