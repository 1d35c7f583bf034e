//! A registry node and the issuers' web server in one, over HTTP: it serves proofs and status lists, and takes
//! roots over receipts.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use registry_proof::bundle::{MAX_BUNDLE, ProofBundle};
use registry_proof::transaction::Transaction;
use serde_json::{Value, json};
use service_kit::clock::Clock;
use tokio::net::TcpListener;

use crate::register::{Register, Writes};

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
            .route("/v1/transactions", post(transaction))
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

/// As a node answers; but for what the test told it to do instead.
async fn transaction(
    State(node): State<Node>,
    body: Bytes,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let silent = || Err((StatusCode::BAD_GATEWAY, Json(json!({}))));
    let transaction = Transaction::from_bytes(&body).unwrap();
    let (now, mut register) = (node.clock.now(), node.register());
    if register.writes == Writes::NeverArrive {
        return silent();
    }
    if let Err(code) = register.apply(&transaction, now) {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "code": code }))));
    }
    if register.writes == Writes::AreNotAnswered {
        return silent();
    }
    let (height, bundle) = (register.height(now), register.bundle(now));
    let proof = ProofBundle::from_cbor(&bundle, MAX_BUNDLE).unwrap();
    Ok(Json(json!({ "state": "applied", "height": height, "proof": proof })))
}

async fn list(State(node): State<Node>, Path(name): Path<String>) -> Result<String, StatusCode> {
    let register = node.register();
    if !register.lists_answer {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    register.published.get(&node.list(&name)).cloned().ok_or(StatusCode::NOT_FOUND)
}
