//! The routes: screens, and the one call.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post};
use serde_json::json;
use wallet_app::app::App;

use crate::guard::{self, Guard, MAX_BODY};
use crate::screens::{self, Screens};

/// How often it is seen whether the wallet has to be locked.
const SEEN_EVERY: Duration = Duration::from_secs(15);

/// Everything that the bridge serves.
pub fn routes(app: Arc<App>, screens: Screens, guard: Guard) -> Router {
    let ipc = Router::new()
        .route("/ipc/{command}", post(call))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(app);
    Router::new()
        .fallback_service(get(screens::get).with_state(screens))
        .merge(ipc)
        .layer(axum::middleware::from_fn_with_state(guard, guard::watch))
}

async fn call(State(app): State<Arc<App>>, Path(command): Path<String>, body: Bytes) -> Response {
    let Ok(arguments) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "code": "arguments_malformed" }))).into_response();
    };
    match app.call(&command, arguments).await {
        Ok(answer) => Json(answer).into_response(),
        Err(failure) => (StatusCode::UNPROCESSABLE_ENTITY, Json(failure)).into_response(),
    }
}

/// Locks the wallet when its time has come, for as long as the bridge runs.
pub async fn keep_watch(app: Arc<App>) {
    let mut seen = tokio::time::interval(SEEN_EVERY);
    loop {
        seen.tick().await;
        app.lock_when_due();
    }
}
