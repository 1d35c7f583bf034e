//! Four validators on loopback addresses of their own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::http;
use crate::process::{Background, output, program};

/// Founders and their nodes' addresses.
pub(crate) const NODES: [(&str, &str); 4] = [
    ("digital", "127.0.0.11"),
    ("treasury", "127.0.0.12"),
    ("justice", "127.0.0.13"),
    ("archives", "127.0.0.14"),
];
/// The network's name.
pub(crate) const NAME: &str = "demo";

/// The validators.
pub(crate) struct Network {
    nodes: Vec<Background>,
    /// Where their files are.
    pub(crate) data: PathBuf,
}

impl Network {
    /// Makes keys and a genesis, and starts the nodes.
    pub(crate) fn found(data: &Path) -> Result<Self> {
        let node = program("registry-node");
        let mut validators = Vec::new();
        let mut founders = Vec::new();
        let mut peers = Vec::new();
        for (name, address) in NODES {
            let folder = data.join(name);
            std::fs::create_dir_all(&folder)?;
            let key = |kind: &str, file: &str| output(&node, &["key", kind, &path(&folder.join(file))], None);
            let (validator, transaction) =
                (key("validator", "validator.key")?, key("transaction", "transaction.jwk")?);
            peers.extend(["--validator".to_owned(), format!("{validator}@{address}:7101")]);
            validators.push(json!({ "member": name, "key": validator }));
            founders.push(founder(name, &transaction));
        }
        let genesis = json!({
            "network": NAME, "time": now_ms(), "parameters": parameters(&node)?,
            "validators": validators, "members": founders,
        });
        let genesis_file = data.join("genesis.json");
        std::fs::write(&genesis_file, serde_json::to_vec_pretty(&genesis)?)?;
        let checkpoint = output(&node, &["genesis", &path(&genesis_file)], None)?;
        std::fs::write(data.join("checkpoint.json"), checkpoint)?;
        let nodes = NODES.iter().map(|(name, address)| start(&node, data, name, address, &peers));
        Ok(Self { nodes: nodes.collect::<Result<_>>()?, data: data.to_owned() })
    }

    /// Waits until all four have the same height and root.
    pub(crate) fn wait_for_agreement(&self, patience: Duration) -> Result<(u64, String)> {
        let begun = Instant::now();
        loop {
            let states: Vec<Option<(u64, String)>> =
                NODES.iter().map(|(_, address)| state(address)).collect();
            if let Some(Some((height, root))) = states.first()
                && *height > 0
                && states.iter().all(|other| other.as_ref() == Some(&(*height, root.clone())))
            {
                return Ok((*height, root.clone()));
            }
            ensure!(begun.elapsed() < patience, "validators do not agree: {states:?}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Kills one as `kill -9` does.
    pub(crate) fn kill(&mut self, index: usize) -> Result<()> {
        self.nodes.get_mut(index).context("no such node")?.kill()
    }

    /// Starts one again.
    pub(crate) fn restart(&mut self, index: usize) -> Result<()> {
        self.nodes.get_mut(index).context("no such node")?.restart()
    }

    /// The processes' numbers.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u32> {
        self.nodes.iter().map(Background::id)
    }

    /// Leaves them running.
    pub(crate) fn leave(self) {
        self.nodes.into_iter().for_each(Background::leave);
    }
}

fn start(node: &Path, data: &Path, name: &str, address: &str, peers: &[String]) -> Result<Background> {
    let folder = data.join(name);
    let mut arguments = vec![
        "init".to_owned(),
        path(&folder),
        "--genesis".to_owned(),
        path(&data.join("genesis.json")),
        "--key".to_owned(),
        path(&folder.join("validator.key")),
        "--listen".to_owned(),
        format!("{address}:7100"),
        "--validator-listen".to_owned(),
        format!("{address}:7101"),
    ];
    arguments.extend_from_slice(peers);
    output(node, &arguments, None)?;
    let config = path(&folder.join("node.toml"));
    Background::start(
        node,
        &["run", "--config", &config],
        // Everybody here has one address, so its limit is everybody's.
        &[("RUST_LOG", "info,commonware=warn"), ("NODE__NODE__REQUESTS_PER_MINUTE", "1000000")],
        &folder.join("log"),
    )
}

fn founder(name: &str, transaction_key: &str) -> Value {
    let mut roles = vec!["governor", "validator"];
    if name == "digital" {
        roles.extend(["registrar", "steward"]);
    }
    let (en, zh) = match name {
        "digital" => ("Digital Government Office", "数字政府办公室"),
        "treasury" => ("Treasury", "财政部"),
        "justice" => ("Ministry of Justice", "司法部"),
        _ => ("National Archives", "国家档案馆"),
    };
    json!({ "id": name, "legal_name": { "en": en, "zh": zh }, "origins": [], "roles": roles,
            "transaction_key": transaction_key })
}

/// The usual parameters, with waits that fit a demo.
fn parameters(node: &Path) -> Result<Value> {
    let mut parameters: Value = serde_json::from_str(&output(node, &["parameters"], None)?)?;
    parameters["proposal_delay_ms"] = json!(500);
    parameters["freshness"]["login"] = json!({ "max_age_ms": 8_000, "grace_ms": 600_000 });
    parameters["freshness"]["check"] = json!({ "max_age_ms": 8_000, "grace_ms": 600_000 });
    Ok(parameters)
}

fn state(address: &str) -> Option<(u64, String)> {
    let status = http::get(&format!("http://{address}:7100/v1/status")).ok()?.success().ok()?;
    Some((status["height"].as_u64()?, status["state_root"].as_str()?.to_owned()))
}

/// The first node that answers.
pub(crate) fn any_node() -> Result<String> {
    for (_, address) in NODES {
        if state(address).is_some() {
            return Ok(format!("http://{address}:7100"));
        }
    }
    bail!("no node answers")
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A path as text.
pub(crate) fn path(path: &Path) -> String {
    path.display().to_string()
}
