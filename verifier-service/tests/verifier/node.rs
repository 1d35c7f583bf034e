//! A registry node and the issuers' web server in one, over HTTP: it serves proofs and status lists.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use service_kit::clock::Clock;
use tokio::net::TcpListener;

use crate::register::Register;

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) origin: String,
    register: Arc<Mutex<Register>>,
    clock: Clock,
}

impl Node {
    pub(crate) async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let node = Self { origin, register: Arc::new(Mutex::new(Register::new())), clock };
        let routes = Router::new()
            .route("/v1/head", get(proof))
            .route("/v1/snapshot", get(proof))
            .route("/v1/proofs", post(proof))
            .route("/status/{list}", get(list))
            .with_state(node.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        node
    }

    pub(crate) fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap()
    }

    /// The address of a status list.
    pub(crate) fn list(&self, name: &str) -> String {
        format!("{}/status/{name}", self.origin)
    }
}

async fn proof(State(node): State<Node>) -> Vec<u8> {
    let now = node.clock.now();
    node.register().bundle(now)
}

async fn list(State(node): State<Node>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let register = node.register();
    if !register.lists_answer {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    register.published.get(&node.list(&name)).cloned().ok_or(StatusCode::NOT_FOUND)
}
