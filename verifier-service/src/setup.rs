//! `verifier-service init`: a commented configuration, keys and certificates in a folder of their own.

use std::path::{Path, PathBuf};

use credential::key::{Algorithm, SigningKey};
use credential::time::UnixTime;
use service_kit::certificates::{Authority, CertificateError, Subject};
use service_kit::random::Random;
use service_kit::secret::write_private;
use service_kit::signature::{KeyError, Rs256Signer};
use url::Url;

/// What `init` is told.
#[derive(Debug)]
pub struct Answers {
    /// The provider's address: an origin.
    pub url: Url,
    /// The legal name in English.
    pub name: String,
    /// The legal name in Chinese.
    pub name_zh: String,
    /// The member id in the register.
    pub member: String,
    /// Registry nodes.
    pub nodes: Vec<Url>,
    /// The registry's checkpoint file.
    pub checkpoint: PathBuf,
}

/// Why `init` did not finish.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The folder has a configuration already.
    #[error("folder has a configuration already")]
    Exists,
    /// The URL is not an origin that a service can listen for.
    #[error("url must be http(s)://host:port without a path")]
    Url,
    /// A name holds a character that a configuration line cannot.
    #[error("names must not contain quotes, backslashes or line breaks")]
    Name,
    /// A file could not be written.
    #[error("file could not be written")]
    Write(#[from] std::io::Error),
    /// Certificates could not be made.
    #[error("certificates could not be made")]
    Certificates(#[from] CertificateError),
    /// A key could not be made.
    #[error("key could not be made")]
    Key(#[from] KeyError),
    /// A key could not be written as PEM.
    #[error("key could not be encoded")]
    Encode(#[source] credential::key::KeyError),
}

/// Writes `verifier.toml` and `keys/` into `folder`.
///
/// # Errors
/// [`SetupError`].
pub fn init(folder: &Path, answers: &Answers, random: &Random, now: UnixTime) -> Result<PathBuf, SetupError> {
    let config = folder.join("verifier.toml");
    if config.exists() {
        return Err(SetupError::Exists);
    }
    let text = config_text(answers)?;
    let keys = folder.join("keys");
    std::fs::create_dir_all(&keys)?;
    std::fs::create_dir_all(folder.join("clients"))?;
    let subject = Subject { organization: &answers.name, country: None, origin: &answers.url };
    let authority = Authority::make(&subject, now)?;
    let request = authority.leaf(&subject, "Request Signing", now)?;
    write_private(&keys.join("authority.key.pem"), authority.key_pem.as_bytes())?;
    write_private(&keys.join("request.key.pem"), request.key_pem.as_bytes())?;
    std::fs::write(keys.join("authority.pem"), authority.pem)?;
    std::fs::write(keys.join("request.pem"), request.pem)?;
    let key = |algorithm| SigningKey::generate(algorithm, &mut *random.rng());
    let jwk = |key: &SigningKey| key.dangerous_to_jwk().to_string();
    write_private(&keys.join("transaction.jwk"), jwk(&key(Algorithm::EdDsa)).as_bytes())?;
    write_private(&keys.join("receipt.jwk"), jwk(&key(Algorithm::EdDsa)).as_bytes())?;
    let id_token = key(Algorithm::Es256).to_pkcs8_pem().map_err(SetupError::Encode)?;
    write_private(&keys.join("id-token.key.pem"), id_token.as_bytes())?;
    write_private(&keys.join("id-token-rsa.key.pem"), Rs256Signer::make_pkcs8_pem()?.as_bytes())?;
    write_private(&keys.join("subjects.secret"), random.token().as_bytes())?;
    write_private(&keys.join("api.token"), random.token().as_bytes())?;
    write_private(&keys.join("database.key"), hex::encode(random.bytes::<32>()).as_bytes())?;
    std::fs::write(&config, text)?;
    Ok(config)
}

fn config_text(answers: &Answers) -> Result<String, SetupError> {
    let Answers { url, name, name_zh, member, nodes, checkpoint } = answers;
    let texts = [name.as_str(), name_zh, member];
    if texts.iter().any(|text| text.is_empty() || text.contains(['"', '\\', '\n', '\r'])) {
        return Err(SetupError::Name);
    }
    let (host, port) =
        (url.host_str().ok_or(SetupError::Url)?, url.port_or_known_default().ok_or(SetupError::Url)?);
    if url.path() != "/" || url.query().is_some() || !matches!(url.scheme(), "http" | "https") {
        return Err(SetupError::Url);
    }
    let loopback = url.scheme() == "http";
    let listen = if loopback { format!("{host}:{port}") } else { format!("127.0.0.1:{port}") };
    let origin = url.origin().ascii_serialization();
    let nodes: Vec<String> = nodes.iter().map(|node| format!("\"{node}\"")).collect();
    Ok(format!(
        r#"# An OpenID provider over wallets. Paths start from this file's folder. Any value can be overridden in
# the environment: VERIFIER__SERVICE__LISTEN=127.0.0.1:7300

[service]
url = "{origin}"            # the issuer of the plain tier; the strict tier is at /fapi; never changes
listen = "{listen}"
behind_proxy = {behind_proxy}          # true when a proxy in front ends TLS
database = "verifier.db"
database_key = "keys/database.key"    # encrypts the database; leave out for none
clients = "clients"         # relying parties, one JSON file each; `add-client` checks and adds

[provider]
name = "{name}"
name_zh = "{name_zh}"
member = "{member}"

[keys]
chain = "keys/request.pem"  # what requests to wallets carry
key = "keys/request.key.pem"
anchor = "keys/authority.pem"   # what the register knows; keep keys/authority.key.pem off this machine
receipt = "keys/receipt.jwk"
id_token = "keys/id-token.key.pem"
id_token_rsa = "keys/id-token-rsa.key.pem"
subjects = "keys/subjects.secret"   # losing it changes every subject: back it up

[login]
vct = "urn:eudi:pid:xs:1"
identifier = "login_identifier"   # random, shown to operators only; subjects come from it
lifetime = 180              # seconds that a login page stays good
session_idle = 900          # seconds without use after which single sign-on ends

[registry]
nodes = [{nodes}]
checkpoint = "{checkpoint}"
transaction_key = "keys/transaction.jwk"
key_number = 0

[receipts]
every = 86400               # seconds whose receipts stand under one root in the register, which takes 40,000 roots in all

[[api_token]]
client_id = "bank"          # whose system this token is for
file = "keys/api.token"
"#,
        behind_proxy = !loopback,
        nodes = nodes.join(", "),
        checkpoint = checkpoint.display(),
    ))
}
