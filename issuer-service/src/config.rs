//! The configuration file: one agency, its service, its keys, its cards and its registry.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

/// Everything that `issuer-service run --config` reads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the service listens and what it is called.
    pub service: Service,
    /// The agency.
    pub agency: Agency,
    /// Keys and certificates.
    pub keys: Keys,
    /// The personal identity card.
    pub identity: Identity,
    /// Mobile documents, beside the identity card.
    #[serde(default)]
    pub document: Vec<Document>,
    /// Offers and codes.
    #[serde(default)]
    pub offers: Offers,
    /// Renewal of cards.
    #[serde(default)]
    pub renewal: Renewal,
    /// What is asked of wallets.
    #[serde(default)]
    pub attestation: Attestation,
    /// Status lists.
    #[serde(default)]
    pub status: Status,
    /// Tokens of the agency's own systems.
    #[serde(default)]
    pub api_token: Vec<ApiToken>,
    /// The registry. An agency that is not enrolled yet leaves it out: its cards are signed, its lists are
    /// served, nothing is anchored, and no wallet that trusts a registry believes it.
    pub registry: Option<Registry>,
}

/// `[service]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The credential issuer identifier: an origin without a path.
    pub url: Url,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Whether a proxy in front ends TLS; without one, plain HTTP is served on loopback only.
    #[serde(default)]
    pub behind_proxy: bool,
    /// The database file.
    pub database: PathBuf,
    /// A file of 64 hexadecimal digits that encrypts the database.
    pub database_key: Option<PathBuf>,
    /// Requests a minute from one address.
    #[serde(default = "requests_per_minute")]
    pub requests_per_minute: u32,
}

fn requests_per_minute() -> u32 {
    6000
}

/// `[agency]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// The legal name in English.
    pub name: String,
    /// The legal name in Chinese.
    pub name_zh: String,
    /// Two letters.
    pub country: String,
}

/// `[keys]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The leaf certificate that cards and lists carry, PEM; without the anchor.
    pub chain: PathBuf,
    /// The leaf's key, PKCS#8 PEM.
    pub key: PathBuf,
    /// The leaf certificate that mobile documents carry, PEM: one for documents alone, under the same authority.
    pub document_chain: Option<PathBuf>,
    /// That leaf's key, PKCS#8 PEM.
    pub document_key: Option<PathBuf>,
    /// The authority that the registry anchors, PEM.
    pub anchor: PathBuf,
}

/// `[identity]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The credential type.
    pub vct: String,
    /// The name under `/types/` and in offers.
    pub name: String,
    /// How long a card lasts, in days.
    pub valid_days: u64,
    /// How many copies a wallet may take at once.
    pub batch_size: usize,
}

/// `[[document]]`: a card in the format `mso_mdoc`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The name under `/types/` and in offers.
    pub name: String,
    /// The document type.
    pub doctype: String,
    /// What wallets show as its name, in English.
    pub title: String,
    /// And in Chinese.
    pub title_zh: String,
    /// How long a document lasts, in days.
    pub valid_days: u64,
    /// Its elements, by the namespace in which they stand.
    pub namespaces: BTreeMap<String, Vec<String>>,
}

/// `[offers]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Offers {
    /// How long an offer can be taken up, in seconds.
    pub lifetime: u64,
    /// Digits of the code that travels another way.
    pub code_digits: u32,
    /// Wrong codes after which an offer is locked.
    pub wrong_codes: u32,
}

impl Default for Offers {
    fn default() -> Self {
        Self { lifetime: 1800, code_digits: 6, wrong_codes: 5 }
    }
}

/// `[renewal]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Renewal {
    /// For how many days a wallet may stay away before its person has to sign in again.
    pub token_days: u64,
    /// For how many days after an offer was taken up its card renews itself.
    pub family_days: u64,
}

impl Default for Renewal {
    fn default() -> Self {
        Self { token_days: 180, family_days: 1825 }
    }
}

/// `[attestation]`
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attestation {
    /// Whether a wallet has to bring what its provider attests of it and of its keys. Providers are members of the
    /// registry.
    pub required: bool,
}

/// `[status]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Status {
    /// Lists that copies are spread over.
    pub lists: u32,
    /// Places in a list.
    pub size: u64,
    /// How long a signed list lasts, in seconds.
    pub lifetime: u64,
    /// How long others may keep it, in seconds.
    pub ttl: u64,
    /// Seconds between two rounds, at least. Copies whose states change in one round can be told to belong
    /// together, unless other cards change in it too: longer hides more, and lets a revocation wait.
    pub every: u64,
}

impl Default for Status {
    fn default() -> Self {
        Self { lists: 2, size: 131_072, lifetime: 86_400, ttl: 60, every: 0 }
    }
}

/// `[[api_token]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiToken {
    /// What the token may do.
    pub role: Role,
    /// The file that holds it.
    pub file: PathBuf,
}

/// What a bearer token may do.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Make offers.
    Counter,
    /// Revoke, suspend, reinstate.
    Revocation,
    /// Read what people report.
    Feedback,
    /// All of it.
    Agency,
}

/// `[registry]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// Nodes to ask and to write through.
    pub nodes: Vec<Url>,
    /// The checkpoint that proofs start from.
    pub checkpoint: PathBuf,
    /// The agency's member id.
    pub member: String,
    /// The key that signs registry transactions, a private JWK.
    pub transaction_key: PathBuf,
    /// Its number among the member's transaction keys.
    #[serde(default)]
    pub key_number: u32,
}
