//! An issuer in this process on a loopback port of its own, and a wallet that speaks to it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use credential::encoding::base64url;
use credential::jws;
use credential::key::{Algorithm, Signer as _, SigningKey};
use credential::time::UnixTime;
use issuer_service::config::Config;
use issuer_service::service::Issuer;
use issuer_service::setup::{self, Answers};
use issuer_service::store::Store;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Map, Value, json};
use service_kit::clock::{Clock, Hand};
use service_kit::config::Loaded;
use service_kit::random::Random;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use url::Url;

use crate::node::Node;
use crate::register::Register;

pub(crate) const PERSON: &str = "XS-1987-0412-33";
pub(crate) const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const PEOPLE: &str = include_str!("../../examples/persons.csv");
pub(crate) const START: UnixTime = UnixTime::from_secs(1_794_000_000);

pub(crate) struct World {
    pub(crate) origin: String,
    issuer: Option<Issuer>,
    pub(crate) hand: Hand,
    pub(crate) http: Client,
    pub(crate) api_token: String,
    folder: PathBuf,
    task: Option<tokio::task::JoinHandle<()>>,
    process: Option<Child>,
}

#[derive(Clone)]
pub(crate) struct Offer {
    pub(crate) id: String,
    pub(crate) grant: String,
    pub(crate) code: String,
    /// What the QR code says.
    pub(crate) link: String,
}

impl World {
    /// An issuer in this process, with a clock that the test moves.
    pub(crate) async fn new(name: &str) -> Self {
        Self::configured(name, "", "").await
    }

    /// As [`Self::new`], with `to` for `from` in the configuration.
    pub(crate) async fn configured(name: &str, from: &str, to: &str) -> Self {
        Self::configured_so(name, &[(from, to)]).await
    }

    /// As [`Self::configured`], for several.
    pub(crate) async fn configured_so(name: &str, changes: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut world = Self::set_up(name, &listener, START);
        world.change(changes);
        let people = issuer_service::persons::read(PEOPLE.as_bytes()).unwrap();
        world.issuer = Some(build(&world.folder, &world.hand));
        world.store().save_persons(people, Random::system()).await.unwrap();
        world.serve(listener);
        world.wait_until_ready().await;
        world
    }

    /// Why an issuer that is configured so does not start.
    pub(crate) async fn stopped(name: &str, prepare: impl FnOnce(&Self)) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let world = Self::set_up(name, &listener, START);
        prepare(&world);
        let built = Issuer::build(load(&world.folder), Clock::by_hand(&world.hand), Random::system());
        built.err().unwrap().to_string()
    }

    /// Puts `to` for `from` in the configuration.
    pub(crate) fn change(&self, changes: &[(&str, &str)]) {
        let config = self.folder.join("issuer.toml");
        let mut text = std::fs::read_to_string(&config).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from));
            text = text.replacen(from, to, 1);
        }
        std::fs::write(config, text).unwrap();
    }

    /// A file beside the configuration.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// An issuer whose wallets have to be attested by providers of `register`, behind a node that answers nothing else.
    /// It anchors no list, so it gives no card.
    pub(crate) async fn attested(name: &str, register: Register) -> Self {
        let node = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", node.local_addr().unwrap())).unwrap();
        let checkpoint = std::env::temp_dir().join(format!("checkpoint-{name}-{}", std::process::id()));
        std::fs::write(&checkpoint, serde_json::to_vec(&register.checkpoint()).unwrap()).unwrap();
        let bundle = register.bundle(START);
        let answer = move || core::future::ready(bundle.clone());
        let routes = axum::Router::new()
            .route("/v1/head", axum::routing::get(answer.clone()))
            .route("/v1/snapshot", axum::routing::get(answer));
        tokio::spawn(async move { axum::serve(node, routes).await.unwrap() });

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut world = Self::set_up_with(name, &listener, START, vec![url], Some(checkpoint.clone()));
        let config = world.folder.join("issuer.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(config, text.replacen("required = false", "required = true", 1)).unwrap();
        let people = issuer_service::persons::read(PEOPLE.as_bytes()).unwrap();
        world.issuer = Some(build(&world.folder, &world.hand));
        world.store().save_persons(people, Random::system()).await.unwrap();
        world.serve(listener);
        std::fs::remove_file(checkpoint).unwrap();
        world
    }

    /// An issuer that is a member of the node's register and anchors its lists there, after these changes of its
    /// configuration.
    pub(crate) async fn registered(name: &str, node: &Node, changes: &[(&str, &str)]) -> Self {
        let checkpoint = std::env::temp_dir().join(format!("checkpoint-{name}-{}", std::process::id()));
        std::fs::write(&checkpoint, serde_json::to_vec(&node.register().checkpoint()).unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nodes = vec![Url::parse(&node.origin).unwrap()];
        let mut world = Self::set_up_with(name, &listener, START, nodes, Some(checkpoint.clone()));
        world.hand = node.hand.clone();
        world.change(changes);
        world.issuer = Some(build(&world.folder, &world.hand));
        node.admit(&world);
        let people = issuer_service::persons::read(PEOPLE.as_bytes()).unwrap();
        world.store().save_persons(people, Random::system()).await.unwrap();
        world.serve(listener);
        world.wait_until_ready().await;
        std::fs::remove_file(checkpoint).unwrap();
        world
    }

    /// An issuer in a process of its own, started by its command.
    pub(crate) async fn of_process(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut world = Self::set_up(name, &listener, Clock::system().now());
        drop(listener);
        let people = world.folder.join("persons.csv");
        std::fs::write(&people, PEOPLE).unwrap();
        assert!(world.command("load-persons").arg(&people).status().unwrap().success());
        world.start().await;
        world
    }

    fn set_up(name: &str, listener: &TcpListener, now: UnixTime) -> Self {
        Self::set_up_with(name, listener, now, Vec::new(), None)
    }

    fn set_up_with(
        name: &str,
        listener: &TcpListener,
        now: UnixTime,
        nodes: Vec<Url>,
        checkpoint: Option<PathBuf>,
    ) -> Self {
        let folder = std::env::temp_dir().join(format!("issuer-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answers = Answers {
            url: Url::parse(&origin).unwrap(),
            name: "Ministry of the Interior".to_owned(),
            name_zh: "内政部".to_owned(),
            country: "XS".to_owned(),
            vct: "urn:eudi:pid:xs:1".to_owned(),
            member: "interior".to_owned(),
            nodes,
            checkpoint,
        };
        setup::init(&folder, &answers, &Random::system(), now).unwrap();
        Self {
            origin,
            issuer: None,
            hand: Hand::at(now),
            http: client(),
            api_token: std::fs::read_to_string(folder.join("keys/api.token")).unwrap(),
            folder,
            task: None,
            process: None,
        }
    }

    fn command(&self, action: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_issuer-service"));
        command.arg(action).arg("--config").arg(self.folder.join("issuer.toml"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Starts the process, which logs all that it can.
    pub(crate) async fn start(&mut self) {
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log")).unwrap();
        let mut command = self.command("run");
        command.env("RUST_LOG", "trace").stdout(log.try_clone().unwrap()).stderr(log);
        self.process = Some(command.spawn().unwrap());
        self.wait_until_ready().await;
    }

    /// All that the process has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// Gives another token of a role; it counts from the next start on.
    pub(crate) fn add_token(&self, role: &str) -> String {
        let token = Random::system().token();
        std::fs::write(self.folder.join(format!("keys/{role}.token")), &token).unwrap();
        let config = self.folder.join("issuer.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let more = format!("[[api_token]]\nrole = \"{role}\"\nfile = \"keys/{role}.token\"\n");
        std::fs::write(config, format!("{text}\n{more}")).unwrap();
        token
    }

    /// The process's number.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Kills the process with SIGKILL.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Stops without a farewell and starts on the same database and port.
    pub(crate) async fn restart(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
        // A connection that was kept alive would lead to the issuer that was stopped.
        self.http = client();
        let address = self.origin.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(address).await.unwrap();
        self.issuer = Some(build(&self.folder, &self.hand));
        self.serve(listener);
        self.wait_until_ready().await;
    }

    fn serve(&mut self, listener: TcpListener) {
        let issuer = self.issuer.clone().unwrap();
        self.task = Some(tokio::spawn(async move {
            issuer_service::serve(listener, issuer, std::future::pending()).await.unwrap();
        }));
    }

    async fn wait_until_ready(&self) {
        for _ in 0..400 {
            if self
                .http
                .get(self.url("/readyz"))
                .send()
                .await
                .is_ok_and(|answer| answer.status() == StatusCode::OK)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the issuer did not become ready");
    }

    pub(crate) fn issuer(&self) -> &Issuer {
        self.issuer.as_ref().unwrap()
    }

    pub(crate) fn store(&self) -> &Store {
        self.issuer().store()
    }

    /// Publishes what is due, as the issuer does every few seconds.
    pub(crate) async fn publish(&self) {
        self.issuer.as_ref().unwrap().publish_due().await.unwrap();
    }

    pub(crate) async fn digest(&self) -> String {
        self.store().state_digest().await.unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn now(&self) -> UnixTime {
        Clock::by_hand(&self.hand).now()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        self.http.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn api(&self, path: &str, body: Value) -> Response {
        self.http.post(self.url(path)).bearer_auth(&self.api_token).json(&body).send().await.unwrap()
    }

    pub(crate) async fn api_get(&self, path: &str) -> Value {
        let request = self.http.get(self.url(path)).bearer_auth(&self.api_token);
        request.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn offer(&self) -> Offer {
        self.offer_with(json!({})).await
    }

    pub(crate) async fn offer_with(&self, more: Value) -> Offer {
        let mut body = json!({ "type": "urn:eudi:pid:xs:1", "person": PERSON, "code": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.api("/api/offers", body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let answer: Value = answer.json().await.unwrap();
        let link = Url::parse(answer["offer_uri"].as_str().unwrap()).unwrap();
        let offer = link.query_pairs().find(|(name, _)| name == "credential_offer").unwrap().1.into_owned();
        let offer: Value = serde_json::from_str(&offer).unwrap();
        let grants = &offer["grants"];
        let grant = grants[PRE_AUTHORIZED]["pre-authorized_code"].as_str();
        let grant = grant.or(grants["authorization_code"]["issuer_state"].as_str()).unwrap();
        Offer {
            id: answer["id"].as_str().unwrap().to_owned(),
            grant: grant.to_owned(),
            code: answer["code"].as_str().unwrap().to_owned(),
            link: link.into(),
        }
    }

    pub(crate) async fn nonce(&self) -> String {
        let answer = self.http.post(self.url("/nonce")).send().await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.json::<Value>().await.unwrap()["c_nonce"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn token(&self, wallet: &Wallet, offer: &Offer, code: &str) -> Response {
        let proof = wallet.dpop(&self.url("/token"), None, self.now());
        self.token_with(offer, Some(code), &proof).await
    }

    pub(crate) async fn token_with(&self, offer: &Offer, code: Option<&str>, proof: &str) -> Response {
        let mut form = vec![("grant_type", PRE_AUTHORIZED), ("pre-authorized_code", offer.grant.as_str())];
        form.extend(code.map(|code| ("tx_code", code)));
        self.http.post(self.url("/token")).header("DPoP", proof).form(&form).send().await.unwrap()
    }

    pub(crate) async fn access_token(&self, wallet: &Wallet, offer: &Offer) -> String {
        access_token(self.token(wallet, offer, &offer.code).await).await
    }

    pub(crate) async fn credential(&self, wallet: &Wallet, token: &str, body: Value) -> Response {
        let proof = wallet.dpop(&self.url("/credential"), Some(token), self.now());
        self.credential_with(token, &proof, body).await
    }

    pub(crate) async fn credential_with(&self, token: &str, proof: &str, body: Value) -> Response {
        let request =
            self.http.post(self.url("/credential")).header("Authorization", format!("DPoP {token}"));
        request.header("DPoP", proof).json(&body).send().await.unwrap()
    }

    /// A request for one copy for each key.
    pub(crate) fn request(&self, keys: &[SigningKey], nonce: &str) -> Value {
        self.request_for("personal-identity", keys, nonce)
    }

    /// As [`Self::request`], of this card.
    pub(crate) fn request_for(&self, card: &str, keys: &[SigningKey], nonce: &str) -> Value {
        let proofs: Vec<String> =
            keys.iter().map(|key| key_proof(key, &self.origin, nonce, self.now())).collect();
        json!({ "credential_configuration_id": card, "proofs": { "jwt": proofs } })
    }

    /// Takes an offer up and gives the copies.
    pub(crate) async fn receive(&self, copies: usize) -> (Offer, Vec<String>) {
        let (offer, wallet) = (self.offer().await, Wallet::new());
        let token = self.access_token(&wallet, &offer).await;
        let keys: Vec<SigningKey> = (0..copies).map(|_| new_key()).collect();
        let answer = self.credential(&wallet, &token, self.request(&keys, &self.nonce().await)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        (offer, copies_of(&answer.json().await.unwrap()))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn build(folder: &std::path::Path, hand: &Hand) -> Issuer {
    Issuer::build(load(folder), Clock::by_hand(hand), Random::system()).unwrap()
}

fn load(folder: &std::path::Path) -> Loaded<Config> {
    service_kit::config::load(&folder.join("issuer.toml"), "NO_SUCH_PREFIX", std::iter::empty()).unwrap()
}

pub(crate) struct Wallet {
    pub(crate) key: SigningKey,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        Self { key: new_key() }
    }

    pub(crate) fn dpop(&self, url: &str, token: Option<&str>, now: UnixTime) -> String {
        let mut claims =
            object(json!({ "jti": Random::system().token(), "htm": "POST", "htu": url, "iat": now.secs() }));
        if let Some(token) = token {
            claims.insert("ath".to_owned(), json!(base64url(Sha256::digest(token.as_bytes()))));
        }
        let header = object(json!({ "typ": "dpop+jwt", "jwk": self.key.public_key().to_jwk() }));
        jws::sign(header, &claims, &self.key).unwrap()
    }
}

pub(crate) fn new_key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut *Random::system().rng())
}

pub(crate) fn key_proof(key: &SigningKey, audience: &str, nonce: &str, now: UnixTime) -> String {
    key_proof_signed_by(key, key, audience, nonce, now)
}

/// A key proof for `named` that `signer` signs.
pub(crate) fn key_proof_signed_by(
    named: &SigningKey,
    signer: &SigningKey,
    audience: &str,
    nonce: &str,
    now: UnixTime,
) -> String {
    let header = object(json!({ "typ": "openid4vci-proof+jwt", "jwk": named.public_key().to_jwk() }));
    let claims = object(json!({ "aud": audience, "iat": now.secs(), "nonce": nonce }));
    jws::sign(header, &claims, signer).unwrap()
}

pub(crate) fn copies_of(answer: &Value) -> Vec<String> {
    let copies = answer["credentials"].as_array().unwrap();
    copies.iter().map(|copy| copy["credential"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn access_token(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["token_type"], "DPoP");
    answer["access_token"].as_str().unwrap().to_owned()
}

/// The refusal's status and code.
pub(crate) async fn refusal(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let code = body["error"].as_str().or(body["code"].as_str()).unwrap_or_default();
    (status, code.to_owned())
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
