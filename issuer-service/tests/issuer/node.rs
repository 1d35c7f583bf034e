//! A node of a register whose proofs are real, and which takes what issuers write.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use credential::key::SigningKey;
use credential::time::UnixTime;
use registry_proof::bundle::{MAX_BUNDLE, ProofBundle};
use registry_proof::entry::{Der, Entry, KeyMaterial, KeyState, MemberKey, Role, StatusAnchor};
use registry_proof::key::{Key, Purpose};
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Transaction};
use serde_json::{Value, json};
use service_kit::clock::{Clock, Hand};
use tokio::net::TcpListener;

use crate::register::Register;
use crate::world::{START, World};

#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) origin: String,
    pub(crate) hand: Hand,
    register: Arc<Mutex<Register>>,
}

impl Node {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let register = Arc::new(Mutex::new(Register::new(START)));
        let node = Self { origin, hand: Hand::at(START), register };
        let routes = Router::new()
            .route("/v1/head", get(proof))
            .route("/v1/snapshot", get(proof))
            .route("/v1/proofs", post(proof))
            .route("/v1/transactions", post(transaction))
            .with_state(node.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        node
    }

    pub(crate) fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap()
    }

    pub(crate) fn now(&self) -> UnixTime {
        Clock::by_hand(&self.hand).now()
    }

    /// Writes into the register what an issuer's enrolment says, and lets it issue all that it wants to.
    pub(crate) fn admit(&self, world: &World) {
        let mut register = self.register();
        register.add_member("interior", Role::Issuer, &world.origin);
        let jwk = std::fs::read(world.file("keys/transaction.jwk")).unwrap();
        let key = SigningKey::from_jwk(&serde_json::from_slice(&jwk).unwrap()).unwrap();
        register.add_key("interior", Purpose::Transaction, &key);
        let anchor = service_kit::certificates::read(&world.file("keys/authority.pem")).unwrap().remove(0);
        let material = KeyMaterial::Anchor(Der(anchor));
        let entry = MemberKey { material, state: KeyState::Active, since: Millis::default() };
        let place = Key::MemberKey("interior".parse().unwrap(), Purpose::Issuer, 0);
        register.entries.insert(place, Entry::MemberKey(entry));
        for card in world.issuer().cards() {
            register.add_accreditation_for("interior", card.card_type());
        }
    }

    /// Applies what a member signed, as the ledger does, as far as issuers write.
    fn apply(&self, transaction: &Transaction) -> Result<(), &'static str> {
        let (at, mut register) = (Millis::from_secs(self.now().secs()), self.register());
        let body = &transaction.body;
        let place = Key::MemberKey(body.member.clone(), Purpose::Transaction, body.key);
        let Some(Entry::MemberKey(key)) = register.entries.get(&place) else { return Err("unknown_member") };
        let KeyMaterial::Key(key) = &key.material else { panic!("a transaction key is no anchor") };
        transaction.check_signature(key).map_err(|_| "signature")?;
        let Action::AnchorStatus { uri, media_type, sequence, token_sha256 } = &body.action else {
            panic!("not what issuers write")
        };
        let place = Key::status(uri, media_type);
        if let Some(Entry::Status(known)) = register.entries.get(&place)
            && known.sequence >= *sequence
        {
            return Err("sequence");
        }
        let anchor = StatusAnchor {
            issuer: body.member.clone(),
            sequence: *sequence,
            token_sha256: *token_sha256,
            at,
        };
        register.entries.insert(place, Entry::Status(anchor));
        Ok(())
    }
}

async fn proof(State(node): State<Node>) -> Vec<u8> {
    node.register().bundle(node.now())
}

async fn transaction(
    State(node): State<Node>,
    body: Bytes,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let transaction = Transaction::from_bytes(&body).unwrap();
    if let Err(code) = node.apply(&transaction) {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "code": code }))));
    }
    let bundle = node.register().bundle(node.now());
    let proof = ProofBundle::from_cbor(&bundle, MAX_BUNDLE).unwrap();
    Ok(Json(json!({ "state": "applied", "height": 1, "proof": proof })))
}
