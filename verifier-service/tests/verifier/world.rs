//! A provider on a loopback port of its own, the register that it reads, and relying parties that it knows.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use credential::jwe::DecryptionKey;
use credential::key::{Algorithm, Signer as _, SigningKey};
use credential::sd_jwt_vc::{Issuance, StatusReference, every_claim};
use credential::status_list::Status;
use credential::time::UnixTime;
use registry_proof::entry::Role;
use registry_proof::key::Purpose;
use reqwest::{Client as Http, Response, StatusCode};
use serde_json::{Map, Value, json};
use service_kit::clock::{Clock, Hand};
use service_kit::random::Random;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use url::Url;
use verifier_service::config::Config;
use verifier_service::service::Provider;
use verifier_service::setup::{self, Answers};

use crate::node::Node;
use crate::register::{VCT, kid};
use crate::wallet::Wallet;

pub(crate) const SECRET: &str = "a secret of the tax office";
const START: UnixTime = UnixTime::from_secs(1_794_000_000);

pub(crate) struct World {
    pub(crate) origin: String,
    pub(crate) node: Node,
    pub(crate) hand: Hand,
    pub(crate) http: Http,
    pub(crate) parties: Vec<Party>,
    pub(crate) folder: PathBuf,
    clock: Clock,
    provider: Option<Provider>,
    task: Option<tokio::task::JoinHandle<()>>,
    process: Option<Child>,
}

/// A relying party with its keys.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) id: &'static str,
    /// Where its tier begins: nothing or `/fapi`.
    pub(crate) tier: &'static str,
    pub(crate) key: std::sync::Arc<SigningKey>,
    pub(crate) decryption: std::sync::Arc<DecryptionKey>,
    pub(crate) has_secret: bool,
}

/// A card that is about to be issued.
pub(crate) struct Card {
    pub(crate) issuer: &'static str,
    pub(crate) identifier: &'static str,
    pub(crate) issued_at: UnixTime,
    pub(crate) expires_at: UnixTime,
    pub(crate) status: Option<(String, u64)>,
}

impl World {
    /// A provider in this process, with a clock that the test moves.
    pub(crate) async fn new(name: &str) -> Self {
        Self::in_this_process(name, None).await
    }

    /// As [`World::new`]; people reach it at `url`, through a proxy that ends TLS.
    pub(crate) async fn behind(name: &str, url: &str) -> Self {
        Self::in_this_process(name, Some(url)).await
    }

    async fn in_this_process(name: &str, url: Option<&str>) -> Self {
        let hand = Hand::at(START);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = origin_of(&listener);
        let url = url.unwrap_or(&origin);
        let mut world = Self::set_up(name, &origin, url, hand.clone(), Clock::by_hand(&hand)).await;
        world.serve(listener);
        world.wait_until_ready().await;
        world
    }

    /// A provider that has not read the register since it started, and cannot.
    pub(crate) async fn without_register(name: &str) -> Self {
        let hand = Hand::at(START);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = origin_of(&listener);
        let mut world = Self::set_up(name, &origin, &origin, hand.clone(), Clock::by_hand(&hand)).await;
        let config = world.folder.join("verifier.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        assert!(text.contains(&world.node.origin));
        std::fs::write(&config, text.replace(&world.node.origin, "http://127.0.0.1:9")).unwrap();
        world.serve(listener);
        world
    }

    /// A provider in a process of its own, started by its command.
    pub(crate) async fn of_process(name: &str) -> Self {
        Self::of_process_with(name, "", "").await
    }

    /// As [`World::of_process`], with `to` in the place of `from` in the configuration.
    pub(crate) async fn of_process_with(name: &str, from: &str, to: &str) -> Self {
        let clock = Clock::system();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = origin_of(&listener);
        let mut world = Self::set_up(name, &origin, &origin, Hand::at(clock.now()), clock).await;
        drop(listener);
        world.configure(from, to);
        world.start().await;
        world
    }

    /// Everything but the provider itself, which listens at `origin` and is reached at `url`.
    async fn set_up(name: &str, origin: &str, url: &str, hand: Hand, clock: Clock) -> Self {
        let folder = std::env::temp_dir().join(format!("verifier-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let node = Node::start(clock.clone()).await;
        fill(&node, url, clock.now());
        let checkpoint = folder.join("checkpoint.json");
        let text = serde_json::to_vec(&node.register().checkpoint(clock.now())).unwrap();
        std::fs::write(&checkpoint, text).unwrap();
        let answers = Answers {
            url: Url::parse(url).unwrap(),
            name: "National Login".to_owned(),
            name_zh: "国家登录服务".to_owned(),
            member: "login".to_owned(),
            nodes: vec![Url::parse(&node.origin).unwrap()],
            checkpoint,
        };
        let config = setup::init(&folder, &answers, &Random::system(), clock.now()).unwrap();
        let anchor = service_kit::certificates::read(&folder.join("keys/authority.pem")).unwrap();
        node.register().add_anchor("login", Purpose::Request, anchor[0].clone());
        for (purpose, file) in [(Purpose::Receipt, "receipt.jwk"), (Purpose::Transaction, "transaction.jwk")]
        {
            let jwk = std::fs::read(folder.join("keys").join(file)).unwrap();
            let key = SigningKey::from_jwk(&serde_json::from_slice(&jwk).unwrap()).unwrap();
            node.register().add_key("login", purpose, key.public_key());
        }
        let text = std::fs::read_to_string(&config).unwrap();
        let text = text.replace("[service]", "[service]\nrequests_per_minute = 100000");
        let second = "[[api_token]]\nclient_id = \"tax\"\nfile = \"keys/tax.token\"\n";
        std::fs::write(&config, format!("{text}\n{second}")).unwrap();
        std::fs::write(folder.join("keys/tax.token"), Random::system().token()).unwrap();
        let parties = parties(&folder);
        Self {
            origin: origin.to_owned(),
            node,
            hand,
            http: client(),
            parties,
            folder,
            clock,
            provider: None,
            task: None,
            process: None,
        }
    }

    fn serve(&mut self, listener: TcpListener) {
        let loaded = service_kit::config::load::<Config>(
            &self.folder.join("verifier.toml"),
            "NO_SUCH_PREFIX",
            std::iter::empty(),
        )
        .unwrap();
        let provider = Provider::build(loaded, self.clock.clone(), Random::system()).unwrap();
        self.provider = Some(provider.clone());
        self.task = Some(tokio::spawn(async move {
            verifier_service::serve(listener, provider, std::future::pending()).await.unwrap();
        }));
    }

    /// Stops without a farewell and starts on the same database and port.
    pub(crate) async fn restart(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
        // A connection that was kept alive would lead to the provider that was stopped.
        self.http = client();
        let listener = TcpListener::bind(self.origin.trim_start_matches("http://")).await.unwrap();
        self.serve(listener);
        self.wait_until_ready().await;
    }

    /// Starts the process.
    pub(crate) async fn start(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verifier-service"));
        command.arg("run").arg("--config").arg(self.folder.join("verifier.toml"));
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        command.env("RUST_LOG", "debug").stdout(log.try_clone().unwrap()).stderr(Stdio::from(log));
        self.process = Some(command.spawn().unwrap());
        self.wait_until_ready().await;
    }

    /// Puts `to` in the place of `from` in the configuration; it counts from the next start on.
    pub(crate) fn configure(&self, from: &str, to: &str) {
        let config = self.folder.join("verifier.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        assert!(text.contains(from));
        std::fs::write(config, text.replacen(from, to, 1)).unwrap();
    }

    /// The provider, where it is in this process.
    pub(crate) fn provider(&self) -> &Provider {
        self.provider.as_ref().unwrap()
    }

    /// Where the process logs.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Kills the process with SIGKILL.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    async fn wait_until_ready(&self) {
        for _ in 0..400 {
            let answer = self.http.get(self.url("/readyz")).send().await;
            if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the provider did not become ready");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    pub(crate) fn party(&self, id: &str) -> Party {
        self.parties.iter().find(|party| party.id == id).unwrap().clone()
    }

    /// Changes what the provider's file says of a relying party.
    pub(crate) fn describe(&self, id: &str, change: impl FnOnce(&mut Map<String, Value>)) {
        let file = self.folder.join("clients").join(format!("{id}.json"));
        let mut description: Map<String, Value> =
            serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        change(&mut description);
        std::fs::write(&file, serde_json::to_vec(&description).unwrap()).unwrap();
    }

    /// What the provider would give somebody, as a digest.
    pub(crate) async fn digest(&self) -> [u8; 32] {
        self.provider().store().authority_digest().await.unwrap()
    }

    /// A year-long card of the ministry's, whose place in the list says valid.
    pub(crate) fn card(&self) -> Card {
        Card {
            issuer: "interior",
            identifier: "L1",
            issued_at: self.now().minus(Duration::from_secs(3600)),
            expires_at: self.now().plus(Duration::from_secs(86_400)),
            status: Some((self.node.list("1"), 7)),
        }
    }

    /// A wallet that holds this card.
    pub(crate) fn wallet_with(&self, card: Card) -> Wallet {
        let holder = new_key();
        let claims = json!({
            "given_name": "Maria", "family_name": "Okafor", "birthdate": "1987-04-12",
            "login_identifier": card.identifier,
        });
        let claims = object(claims);
        let issuance = Issuance {
            issuer: Some(format!("did:symbolon:demo:{}", card.issuer)),
            vct: VCT.to_owned(),
            issued_at: card.issued_at,
            expires_at: card.expires_at,
            not_before: None,
            holder: holder.public_key().clone(),
            status: card.status.map(|(uri, index)| StatusReference { uri, index }),
            disclosable: every_claim(&claims),
            claims,
            decoys: 0,
        };
        let register = self.node.register();
        let key = register.issuer_key(card.issuer);
        let text = issuance.issue(&kid(card.issuer), key, &mut *Random::system().rng()).unwrap();
        Wallet::new(text, holder)
    }

    pub(crate) fn wallet(&self) -> Wallet {
        self.wallet_with(self.card())
    }

    /// Publishes the ministry's list with this status at the card's place.
    pub(crate) fn set_status(&self, status: Status) {
        let uri = self.node.list("1");
        self.hand.advance(1);
        let now = self.now();
        self.node.register().publish("interior", &uri, 7, status, now);
    }

    /// The chain halts, and stays so for `seconds`.
    pub(crate) fn halt_for(&self, seconds: u64) {
        self.node.register().halted_at = Some(self.now());
        self.hand.advance(seconds);
    }

    /// Lets what the provider knows of the register become too old, so that it reads it anew.
    pub(crate) fn let_facts_age(&self) {
        self.hand.advance(crate::register::MAX_AGE + 1);
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

fn fill(node: &Node, origin: &str, now: UnixTime) {
    let mut register = node.register();
    register.add_member("login", Role::Operator, origin);
    for party in ["bank", "insurer", "tax", "library"] {
        register.add_member(party, Role::Verifier, "https://rp.example");
        register.register_use(party, &["login_identifier", "given_name", "family_name"]);
    }
    for issuer in ["interior", "stranger"] {
        register.add_issuer(issuer, new_key());
    }
    register.accredit("interior");
    for issuer in ["interior", "stranger"] {
        let uri = if issuer == "interior" { node.list("1") } else { node.list("2") };
        register.publish(issuer, &uri, 7, Status::Valid, now);
    }
}

fn parties(folder: &Path) -> Vec<Party> {
    let party = |id, tier, has_secret| Party {
        id,
        tier,
        key: new_key().into(),
        decryption: DecryptionKey::generate(&mut *Random::system().rng()).into(),
        has_secret,
    };
    let all = vec![
        party("bank", "/fapi", false),
        party("insurer", "/fapi", false),
        party("tax", "", true),
        party("library", "", false),
        party("vault", "", true),
    ];
    for party in &all {
        let text = serde_json::to_vec(&party.description()).unwrap();
        std::fs::write(folder.join("clients").join(format!("{}.json", party.id)), text).unwrap();
    }
    all
}

impl Party {
    fn description(&self) -> Value {
        let is_strict = !self.tier.is_empty();
        let mut signing = self.key.public_key().to_jwk();
        signing["use"] = "sig".into();
        signing["kid"] = "s".into();
        let mut keys = vec![signing];
        if is_strict {
            let mut encryption = self.decryption.public_jwk("e");
            encryption["use"] = "enc".into();
            keys.push(encryption);
        }
        let member = if self.id == "vault" { "bank" } else { self.id };
        let mut description = json!({
            "client_id": self.id, "name": { "en": format!("The <b>{}</b>", self.id) },
            "tier": if is_strict { "strict" } else { "plain" },
            "redirect_uris": [self.redirect_uri()],
            "post_logout_redirect_uris": [format!("https://{}.example/bye", self.id)],
            "auth": if self.has_secret { "client_secret_basic" } else { "private_key_jwt" },
            "member": member, "use": "login", "scopes": ["openid", "profile"],
            "sso": self.id != "tax", "cross_device": self.id != "vault",
            "id_token_alg": if self.has_secret { "RS256" } else { "ES256" },
        });
        if self.has_secret {
            description["secret_sha256"] = hex::encode(Sha256::digest(SECRET)).into();
        } else {
            description["jwks"] = json!({ "keys": keys });
        }
        description
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("https://{}.example/callback?from=login", self.id)
    }
}

fn client() -> Http {
    Http::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

fn origin_of(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) fn new_key() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut *Random::system().rng())
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// The refusal's status and code.
pub(crate) async fn refusal(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    let code = body["code"].as_str().or(body["error"].as_str()).unwrap_or_default();
    (status, code.to_owned())
}
