//! Four real node processes on loopback addresses of their own, with keys that are always the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ed25519_dalek::{Signer as _, SigningKey};
use registry_ledger::genesis::{Founder, Genesis, found};
use registry_proof::entry::{Parameters, Role, Texts, Validator};
use registry_proof::freshness::{Freshness, Use};
use registry_proof::light::Checkpoint;
use registry_proof::name::MemberId;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Body, Register, Transaction};
use serde_json::Value;

pub(crate) const NAME: &str = "golden";
pub(crate) const CBOR: &str = "application/cbor";
/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(20);

/// Four processes at a time are enough for one machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
static NONCE: AtomicU64 = AtomicU64::new(1);

pub(crate) fn id(name: &str) -> MemberId {
    name.parse().unwrap()
}

pub(crate) fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}

/// A key that is the same in every run.
pub(crate) fn key_of(name: &str) -> SigningKey {
    let mut seed = [7u8; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    SigningKey::from_bytes(&seed)
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::ed25519(key.verifying_key().as_bytes()).unwrap()
}

pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Millis::new(u64::try_from(since.as_millis()).unwrap())
}

/// Signs what `name` does, for a minute.
pub(crate) fn sign(name: &str, action: Action) -> Transaction {
    body(name, action).sign(|message| key_of(name).sign(message).to_bytes().to_vec())
}

pub(crate) fn body(name: &str, action: Action) -> Body {
    Body {
        network: NAME.parse().unwrap(),
        member: id(name),
        key: 0,
        nonce: u128::from(NONCE.fetch_add(1, Ordering::Relaxed)).to_be_bytes(),
        expires: now().plus(60_000),
        action,
    }
}

/// Puts a relying party's consent under its registration.
pub(crate) fn agreed(mut register: Register) -> Register {
    let message = register.consent_bytes(&NAME.parse().unwrap());
    register.consent.signature = key_of(register.member.as_str()).sign(&message).to_bytes().to_vec();
    register
}

/// Something that any member may write, as often as it likes.
pub(crate) fn receipts(name: &str, number: usize) -> Transaction {
    sign(name, Action::AnchorReceipts { period: format!("period-{number}"), root: [9; 32] })
}

fn genesis() -> Genesis {
    let founder = |name: &str, origin: Option<&str>, roles: &[Role]| Founder {
        id: id(name),
        legal_name: text(&format!("The {name} office")),
        origins: origin.map(str::to_owned).into_iter().collect(),
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        transaction_key: public(&key_of(name)),
    };
    let day = 24 * 3_600_000;
    let governor = [Role::Governor, Role::Validator];
    Genesis {
        network: NAME.parse().unwrap(),
        time: now(),
        parameters: Parameters {
            heartbeat_ms: 300,
            proposal_delay_ms: 300,
            proposal_life_ms: day,
            transaction_life_ms: 600_000,
            freshness: BTreeMap::from([
                (Use::Login, Freshness { max_age_ms: 60_000, grace_ms: day }),
                (Use::Check, Freshness { max_age_ms: 60_000, grace_ms: day }),
                (Use::Receive, Freshness { max_age_ms: 300_000, grace_ms: 0 }),
            ]),
        },
        validators: (1..=4u8)
            .map(|n| Validator { member: id(&format!("gov-{n}")), key: public(&validator(n)) })
            .collect(),
        members: vec![
            founder("gov-1", None, &[Role::Governor, Role::Validator, Role::Steward, Role::Registrar]),
            founder("gov-2", None, &governor),
            founder("gov-3", None, &governor),
            founder("gov-4", None, &governor),
            founder("interior", Some("https://interior.example"), &[Role::Issuer]),
            founder("login", Some("https://login.example"), &[Role::Operator]),
            crate::golden::closed(),
        ],
    }
}

/// Validators sign with seeds that the tests of `proof` know too.
fn validator(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

/// One node: a process, or where it will run.
pub(crate) struct Node {
    pub(crate) url: String,
    config: PathBuf,
    child: Option<Child>,
}

/// Four of them; the processes end with it.
pub(crate) struct Network {
    pub(crate) nodes: Vec<Node>,
    pub(crate) checkpoint: Checkpoint,
    _turn: MutexGuard<'static, ()>,
}

/// What a node answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }
}

impl Network {
    /// Four nodes that agree.
    pub(crate) fn start(name: &str) -> Self {
        let mut network = Self::prepare(name);
        for index in 0..4 {
            network.run(index);
        }
        network.wait_for_agreement();
        network
    }

    /// Keys, genesis and configurations; nothing runs yet.
    pub(crate) fn prepare(name: &str) -> Self {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let genesis = genesis();
        let file = folder.join("genesis.json");
        std::fs::write(&file, serde_json::to_vec(&genesis).unwrap()).unwrap();
        let nodes = (1..=4u8).map(|number| init(&folder, &file, number)).collect();
        Self { nodes, checkpoint: found(&genesis).unwrap().checkpoint, _turn: turn }
    }

    /// Starts one, again or for the first time.
    pub(crate) fn run(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        let log = node.config.with_extension("log");
        let log = File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_registry-node"))
            .args(["run", "--config"])
            .arg(&node.config)
            .env("RUST_LOG", "warn,commonware=error")
            .env("NODE__NODE__REQUESTS_PER_MINUTE", "100000")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        node.child = Some(child);
    }

    /// Ends one as `kill -9` does.
    pub(crate) fn kill(&mut self, index: usize) {
        let mut child = self.nodes[index].child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits until all nodes have the same height, version and root, and can prove it; gives version and root.
    pub(crate) fn wait_for_agreement(&self) -> (u64, String) {
        wait_for("all nodes to agree", || {
            let states: Vec<_> = self.nodes.iter().map(Node::state).collect();
            let first = states[0].clone()?;
            let agree = first.0 > 0 && states.iter().all(|state| state.as_ref() == Some(&first));
            agree.then_some((first.1, first.2))
        })
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            if let Some(child) = &mut node.child {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

impl Node {
    /// The same node for another thread, which cannot kill it.
    pub(crate) fn elsewhere(&self) -> Self {
        Self { url: self.url.clone(), config: self.config.clone(), child: None }
    }

    /// Its configuration file.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// Height, version and root, where it answers and can prove them.
    pub(crate) fn state(&self) -> Option<(u64, u64, String)> {
        let status = self.try_get("/v1/status")?.json();
        if status["provable"] != true {
            return None;
        }
        let root = status["state_root"].as_str()?.to_owned();
        Some((status["height"].as_u64()?, status["version"].as_u64()?, root))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    pub(crate) fn get_cbor(&self, path: &str) -> Vec<u8> {
        let request = agent().get(format!("{}{path}", self.url)).header("accept", CBOR);
        read(request.call()).unwrap().bytes
    }

    pub(crate) fn try_get(&self, path: &str) -> Option<Answer> {
        read(agent().get(format!("{}{path}", self.url)).call())
    }

    pub(crate) fn post(&self, path: &str, media_type: &str, body: &[u8]) -> Option<Answer> {
        let request = agent().post(format!("{}{path}", self.url)).header("content-type", media_type);
        read(request.send(body))
    }

    pub(crate) fn post_for_cbor(&self, path: &str, body: &[u8]) -> Option<Vec<u8>> {
        let request = agent().post(format!("{}{path}", self.url)).header("content-type", "application/json");
        Some(read(request.header("accept", CBOR).send(body))?.bytes)
    }

    /// Submits a transaction; nothing where the node does not answer.
    pub(crate) fn submit(&self, transaction: &Transaction) -> Option<Answer> {
        self.post("/v1/transactions", CBOR, &transaction.to_bytes())
    }

    /// Submits one that must be applied, again while it waits, and gives its block.
    pub(crate) fn apply(&self, transaction: &Transaction) -> u64 {
        wait_for("a transaction to be applied", || {
            let answer = self.submit(transaction).unwrap();
            let told = answer.json();
            if told["state"] == "waiting" {
                return None;
            }
            assert_eq!(told["state"], "applied", "{} {told}", answer.status);
            told["height"].as_u64()
        })
    }
}

/// Waits until `look` finds something.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited too long for {what}");
        std::thread::sleep(LOOK);
    }
}

/// Addresses that no other run on this machine has at the moment.
fn address(number: u8, port: u16) -> SocketAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 64 + high % 64, low, number)), port)
}

fn init(folder: &Path, genesis: &Path, number: u8) -> Node {
    let folder = folder.join(number.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    let key = folder.join("validator.key");
    std::fs::write(&key, hex::encode([number; 32])).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-node"));
    command.arg("init").arg(&folder).arg("--genesis").arg(genesis).arg("--key").arg(&key);
    command.args(["--listen", &address(number, 7100).to_string()]);
    command.args(["--validator-listen", &address(number, 7101).to_string()]);
    for other in 1..=4 {
        command.args(["--validator", &format!("{}@{}", public(&validator(other)), address(other, 7101))]);
    }
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
    Node { url: format!("http://{}", address(number, 7100)), config: folder.join("node.toml"), child: None }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .build()
        .new_agent()
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut response = response.ok()?;
    let media_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().to_owned();
    let status = response.status().as_u16();
    let bytes = response.body_mut().read_to_vec().ok()?;
    Some(Answer { status, media_type, bytes })
}
