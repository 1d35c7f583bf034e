//! `issuer-service init`: a commented configuration, keys and certificates in a folder of their own.

use std::path::{Path, PathBuf};

use credential::key::{Algorithm, SigningKey};
use credential::time::UnixTime;
use service_kit::certificates::{Authority, CertificateError, Subject};
use service_kit::random::Random;
use service_kit::secret::write_private;
use url::Url;

/// What `init` is told.
#[derive(Debug)]
pub struct Answers {
    /// The credential issuer identifier.
    pub url: Url,
    /// The agency's legal name in English.
    pub name: String,
    /// The agency's legal name in Chinese.
    pub name_zh: String,
    /// Two letters.
    pub country: String,
    /// The credential type of the identity card.
    pub vct: String,
    /// The agency's member id in the registry.
    pub member: String,
    /// Registry nodes.
    pub nodes: Vec<Url>,
    /// The registry's checkpoint file.
    pub checkpoint: Option<PathBuf>,
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
}

/// Writes `issuer.toml` and `keys/` into `folder`.
pub fn init(folder: &Path, answers: &Answers, random: &Random, now: UnixTime) -> Result<PathBuf, SetupError> {
    let config = folder.join("issuer.toml");
    if config.exists() {
        return Err(SetupError::Exists);
    }
    let text = config_text(answers)?;
    let keys = folder.join("keys");
    std::fs::create_dir_all(&keys)?;

    let subject =
        Subject { organization: &answers.name, country: Some(&answers.country), origin: &answers.url };
    let authority = Authority::make(&subject, now)?;
    let card = authority.leaf(&subject, "Card Signing", now)?;
    let document = authority.document_signer(&subject, now)?;
    write_private(&keys.join("authority.key.pem"), authority.key_pem.as_bytes())?;
    write_private(&keys.join("card.key.pem"), card.key_pem.as_bytes())?;
    write_private(&keys.join("document.key.pem"), document.key_pem.as_bytes())?;
    std::fs::write(keys.join("authority.pem"), authority.pem)?;
    std::fs::write(keys.join("card.pem"), card.pem)?;
    std::fs::write(keys.join("document.pem"), document.pem)?;

    let transaction = SigningKey::generate(Algorithm::EdDsa, &mut *random.rng());
    write_private(&keys.join("transaction.jwk"), transaction.dangerous_to_jwk().to_string().as_bytes())?;
    write_private(&keys.join("api.token"), random.token().as_bytes())?;
    write_private(&keys.join("database.key"), hex::encode(random.bytes::<32>()).as_bytes())?;
    std::fs::write(&config, text)?;
    Ok(config)
}

fn config_text(answers: &Answers) -> Result<String, SetupError> {
    let Answers { url, name, name_zh, country, vct, member, nodes, checkpoint } = answers;
    let texts = [name.as_str(), name_zh, country, vct, member];
    if texts.iter().any(|text| text.is_empty() || text.contains(['"', '\\', '\n', '\r'])) {
        return Err(SetupError::Name);
    }
    let (host, port) =
        (url.host_str().ok_or(SetupError::Url)?, url.port_or_known_default().ok_or(SetupError::Url)?);
    if url.path() != "/" || url.query().is_some() || !matches!(url.scheme(), "http" | "https") {
        return Err(SetupError::Url);
    }
    let loopback = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(_)) | None => false,
    };
    let listen = if loopback { format!("{host}:{port}") } else { format!("127.0.0.1:{port}") };
    let origin = url.origin().ascii_serialization();
    let nodes: Vec<String> = nodes.iter().map(|node| format!("\"{node}\"")).collect();
    let nodes = nodes.join(", ");
    let checkpoint =
        checkpoint.as_ref().map_or_else(|| "checkpoint.json".to_owned(), |path| path.display().to_string());
    let comment = if nodes.is_empty() { "# " } else { "" };
    Ok(format!(
        r#"# An agency's issuer. Paths start from this file's folder. Any value can be overridden in the
# environment: ISSUER__SERVICE__LISTEN=127.0.0.1:7200

[service]
url = "{origin}"            # what wallets know the issuer by; never changes
listen = "{listen}"
behind_proxy = {behind_proxy}          # true when a proxy in front ends TLS
database = "issuer.db"
database_key = "keys/database.key"    # encrypts the database; leave out for none

[agency]
name = "{name}"
name_zh = "{name_zh}"
country = "{country}"

[keys]
chain = "keys/card.pem"     # signs cards and status lists
key = "keys/card.key.pem"
document_chain = "keys/document.pem"    # signs mobile documents and nothing else; without documents, leave out
document_key = "keys/document.key.pem"
anchor = "keys/authority.pem"   # what the registry knows; keep keys/authority.key.pem off this machine

[identity]
vct = "{vct}"
name = "personal-identity"
valid_days = 365
batch_size = 4              # copies that a wallet takes at once, each for one use

# The same card as a mobile document (mso_mdoc), which readers of ISO 18013-5 understand. Its type needs an
# accreditation of its own. There may be several, or none. Elements go by the names of the EUDI PID rulebook.
[[document]]
name = "personal-identity-document"
doctype = "eu.europa.ec.eudi.pid.1"
title = "Identity document"
title_zh = "身份证件"
valid_days = 365
[document.namespaces]
"eu.europa.ec.eudi.pid.1" = [
    "family_name", "given_name", "birth_date", "place_of_birth", "nationality", "sex",
    "resident_street", "resident_city", "resident_postal_code", "resident_state", "resident_country",
    "email_address", "personal_administrative_number",
    "issuing_authority", "issuing_country", "issuance_date", "expiry_date",
]

[offers]
lifetime = 1800             # seconds
code_digits = 6
wrong_codes = 5             # then the offer is locked

[renewal]
token_days = 180            # a wallet that stays away longer has its person sign in again
family_days = 1825          # so long after an offer its card renews itself

[attestation]
required = false            # true: only wallets that a wallet provider of the registry vouches for get cards

[status]
lists = 2                   # copies of a card are spread over them; all lists change together
size = 131072
lifetime = 86400            # seconds
ttl = 60
every = 0                   # seconds between two changes of the lists: more hides which copies are one card's, but a revocation waits

[[api_token]]
role = "agency"             # or "counter" (offers), "revocation", "feedback" (reports)
file = "keys/api.token"

{comment}[registry]
{comment}nodes = [{nodes}]
{comment}checkpoint = "{checkpoint}"
{comment}member = "{member}"
{comment}transaction_key = "keys/transaction.jwk"
{comment}key_number = 0
"#,
        behind_proxy = !loopback,
    ))
}
