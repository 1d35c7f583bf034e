//! The provider's configuration: a TOML file that `init` writes with comments.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

/// Everything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How it is reached.
    pub service: Service,
    /// Who runs it.
    pub provider: Provider,
    /// Its keys.
    pub keys: Keys,
    /// How people log in.
    pub login: Login,
    /// The register.
    pub registry: Registry,
    /// Receipts.
    #[serde(default)]
    pub receipts: Receipts,
    /// Bearer tokens of relying parties' systems.
    #[serde(default)]
    pub api_token: Vec<ApiToken>,
}

/// `[service]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The issuer identifier of the plain tier; an origin.
    pub url: Url,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whether a proxy in front ends TLS.
    #[serde(default)]
    pub behind_proxy: bool,
    /// The database file.
    pub database: PathBuf,
    /// Encrypts the database; 64 hexadecimal digits.
    pub database_key: Option<PathBuf>,
    /// Relying parties, one JSON file each.
    pub clients: PathBuf,
    /// Requests from one address in a minute.
    #[serde(default = "requests_per_minute")]
    pub requests_per_minute: u32,
}

const fn requests_per_minute() -> u32 {
    600
}

/// `[provider]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The legal name in English.
    pub name: String,
    /// The legal name in Chinese.
    pub name_zh: String,
    /// The member id in the register.
    pub member: String,
}

/// `[keys]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The certificate that requests carry, PEM; without the anchor.
    pub chain: PathBuf,
    /// Its key, PKCS#8 PEM.
    pub key: PathBuf,
    /// The authority that the register anchors, PEM.
    pub anchor: PathBuf,
    /// Signs receipts, a private JWK.
    pub receipt: PathBuf,
    /// Signs ID tokens by ES256, PKCS#8 PEM.
    pub id_token: PathBuf,
    /// Signs ID tokens by RS256, PKCS#8 PEM; for the plain tier.
    pub id_token_rsa: PathBuf,
    /// The secret that subjects are derived with; losing it changes every subject.
    pub subjects: PathBuf,
}

/// `[login]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The card that people log in with.
    pub vct: String,
    /// Its claim that subjects are derived from.
    pub identifier: String,
    /// Seconds that a login page stays good.
    #[serde(default = "lifetime")]
    pub lifetime: u64,
    /// Seconds without use after which single sign-on ends.
    #[serde(default = "idle")]
    pub session_idle: u64,
}

const fn lifetime() -> u64 {
    180
}

const fn idle() -> u64 {
    900
}

/// `[registry]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// Nodes to ask.
    pub nodes: Vec<Url>,
    /// The checkpoint that proofs start from.
    pub checkpoint: PathBuf,
    /// The key that signs the member's transactions, a private JWK; `enrolment` reads its public half.
    pub transaction_key: PathBuf,
    /// Its number among the member's transaction keys.
    #[serde(default)]
    pub key_number: u32,
}

/// `[receipts]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Receipts {
    /// Seconds whose receipts stand under one root.
    pub every: u64,
}

impl Default for Receipts {
    fn default() -> Self {
        Self { every: 86_400 }
    }
}

/// `[[api_token]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiToken {
    /// The relying party whose system this is.
    pub client_id: String,
    /// The file that holds the token.
    pub file: PathBuf,
}
