//! A node's configuration: a TOML file that `init` writes with comments.

use std::net::SocketAddr;
use std::path::PathBuf;

use registry_proof::public_key::PublicKey;
use serde::Deserialize;

/// Everything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// This node.
    pub node: Node,
    /// The other validators, and this one.
    pub validators: Vec<Peer>,
}

/// This node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// The genesis file.
    pub genesis: PathBuf,
    /// The validator's Ed25519 seed, 64 hexadecimal digits.
    pub key: PathBuf,
    /// The folder of the state and of the engine.
    pub data: PathBuf,
    /// Encrypts the state's database; 64 hexadecimal digits.
    pub database_key: Option<PathBuf>,
    /// Where the HTTP API listens.
    pub listen: SocketAddr,
    /// Where validators reach this one.
    pub validator_listen: SocketAddr,
    /// Whether a proxy in front ends TLS.
    #[serde(default)]
    pub behind_proxy: bool,
    /// Requests from one address in a minute.
    #[serde(default = "requests_per_minute")]
    pub requests_per_minute: u32,
}

const fn requests_per_minute() -> u32 {
    1_200
}

/// One validator's place in the network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its key.
    pub key: PublicKey,
    /// Where it is reached.
    pub address: SocketAddr,
}
