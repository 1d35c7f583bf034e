//! What operators do before a node runs: make keys, write down the genesis, write a configuration.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use registry_ledger::genesis::{Genesis, GenesisError, found};
use registry_proof::entry::Parameters;
use registry_proof::freshness::{Freshness, Use};
use registry_proof::light::Checkpoint;
use registry_proof::public_key::PublicKey;
use serde_json::{Value, json};
use service_kit::random::Random;
use service_kit::secret::write_private;
use zeroize::Zeroizing;

/// The largest genesis file.
const MAX_GENESIS: u64 = 4 * 1024 * 1024;

/// Why a file could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The folder or file exists already.
    #[error("file exists already")]
    Exists,
    /// A file.
    #[error("file could not be read or written")]
    File(#[from] std::io::Error),
    /// A seed that is not 64 hexadecimal digits.
    #[error("key file does not hold a seed of 64 hexadecimal digits")]
    Seed,
    /// A transaction key that is no private JWK.
    #[error("key file does not hold a private jwk")]
    Jwk,
    /// A genesis that is no JSON of its shape, or too large.
    #[error("genesis file is malformed")]
    Malformed(#[source] serde_json::Error),
    /// A genesis that breaks a rule.
    #[error("genesis is unusable")]
    Genesis(#[from] GenesisError),
}

/// Makes a validator's key and returns its public half.
///
/// # Errors
/// [`SetupError`].
pub fn make_validator_key(file: &Path, random: &Random) -> Result<PublicKey, SetupError> {
    refuse_existing(file)?;
    let seed = Zeroizing::new(random.bytes::<32>());
    write_private(file, hex::encode(*seed).as_bytes())?;
    Ok(validator_public(&seed))
}

/// Makes a member's transaction key (a private JWK) and returns its public half.
///
/// # Errors
/// [`SetupError`].
pub fn make_transaction_key(file: &Path, random: &Random) -> Result<PublicKey, SetupError> {
    refuse_existing(file)?;
    let key = SigningKey::from_bytes(&Zeroizing::new(random.bytes::<32>()));
    let (x, d) =
        (URL_SAFE_NO_PAD.encode(key.verifying_key()), Zeroizing::new(URL_SAFE_NO_PAD.encode(key.as_bytes())));
    let jwk = Zeroizing::new(json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "d": d.as_str() }).to_string());
    write_private(file, jwk.as_bytes())?;
    Ok(public(&key))
}

/// A validator's seed from its file.
///
/// # Errors
/// [`SetupError`].
pub fn read_seed(file: &Path) -> Result<Zeroizing<[u8; 32]>, SetupError> {
    let text = Zeroizing::new(std::fs::read_to_string(file)?);
    let mut seed = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(text.trim(), &mut *seed).map_err(|_| SetupError::Seed)?;
    Ok(seed)
}

/// A member's transaction key from its file: a private JWK of Ed25519 (RFC 8037 section 2).
///
/// # Errors
/// [`SetupError`].
pub fn read_transaction_key(file: &Path) -> Result<SigningKey, SetupError> {
    let text = Zeroizing::new(std::fs::read_to_string(file)?);
    let jwk: Value = serde_json::from_str(&text).map_err(|_| SetupError::Jwk)?;
    let member = |name: &str| jwk.get(name).and_then(Value::as_str).ok_or(SetupError::Jwk);
    if member("kty")? != "OKP" || member("crv")? != "Ed25519" {
        return Err(SetupError::Jwk);
    }
    let seed = Zeroizing::new(URL_SAFE_NO_PAD.decode(member("d")?).map_err(|_| SetupError::Jwk)?);
    let key = SigningKey::from_bytes(seed.as_slice().try_into().map_err(|_| SetupError::Jwk)?);
    if URL_SAFE_NO_PAD.encode(key.verifying_key()) == member("x")? { Ok(key) } else { Err(SetupError::Jwk) }
}

/// The public half of a validator's seed.
pub fn validator_public(seed: &[u8; 32]) -> PublicKey {
    public(&SigningKey::from_bytes(seed))
}

/// The public half, as the registry writes it.
pub fn public(key: &SigningKey) -> PublicKey {
    PublicKey::Ed25519(key.verifying_key().to_bytes())
}

/// A genesis from its file.
///
/// # Errors
/// [`SetupError`].
pub fn read_genesis(file: &Path) -> Result<Genesis, SetupError> {
    if std::fs::metadata(file)?.len() > MAX_GENESIS {
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "genesis is too large").into());
    }
    serde_json::from_slice(&std::fs::read(file)?).map_err(SetupError::Malformed)
}

/// What everyone pins of a genesis, and its digest as text.
///
/// # Errors
/// [`SetupError::Genesis`].
pub fn checkpoint(genesis: &Genesis) -> Result<(Checkpoint, String), SetupError> {
    let founded = found(genesis)?;
    Ok((founded.checkpoint.clone(), URL_SAFE_NO_PAD.encode(founded.checkpoint.digest)))
}

/// Parameters to begin with: a block a second, a day for what widens trust, a day's grace for logins.
pub fn parameters() -> Parameters {
    const MINUTE: u64 = 60_000;
    const DAY: u64 = 24 * 60 * MINUTE;
    Parameters {
        heartbeat_ms: 1_000,
        proposal_delay_ms: DAY,
        proposal_life_ms: 30 * DAY,
        transaction_life_ms: 10 * MINUTE,
        freshness: BTreeMap::from([
            (Use::Login, Freshness { max_age_ms: MINUTE, grace_ms: DAY }),
            (Use::Check, Freshness { max_age_ms: MINUTE, grace_ms: DAY }),
            (Use::Receive, Freshness { max_age_ms: 5 * MINUTE, grace_ms: 0 }),
            // Without the network nobody can tell a halt from silence: no grace.
            (Use::Counter, Freshness { max_age_ms: DAY, grace_ms: 0 }),
        ]),
    }
}

/// What `init` is told.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The genesis file, as the configuration shall name it.
    pub genesis: PathBuf,
    /// The validator's key file.
    pub key: PathBuf,
    /// Where the HTTP API listens.
    pub listen: SocketAddr,
    /// Where validators reach this one.
    pub validator_listen: SocketAddr,
    /// Every validator's key and address.
    pub validators: Vec<(PublicKey, SocketAddr)>,
}

/// Writes `node.toml` into `folder`.
///
/// # Errors
/// [`SetupError`].
pub fn init(folder: &Path, answers: &Answers, random: &Random) -> Result<PathBuf, SetupError> {
    let config = folder.join("node.toml");
    refuse_existing(&config)?;
    std::fs::create_dir_all(folder)?;
    write_private(&folder.join("database.key"), hex::encode(random.bytes::<32>()).as_bytes())?;
    std::fs::write(&config, config_text(answers))?;
    Ok(config)
}

fn config_text(answers: &Answers) -> String {
    let Answers { genesis, key, listen, validator_listen, validators } = answers;
    let mut text = format!(
        r#"# A registry node. Paths start from this file's folder. Any value can be overridden in the environment:
# NODE__NODE__LISTEN=127.0.0.1:7100

[node]
genesis = "{genesis}"        # the same file on every node; its digest is what everyone pins
key = "{key}"                # this validator's seed; never run it on two machines
data = "data"
database_key = "database.key"    # encrypts the state; leave out for none
listen = "{listen}"          # the HTTP API
validator_listen = "{validator_listen}"
behind_proxy = {behind_proxy}         # true when a proxy in front ends TLS

# Every validator's key and where it is reached, this one's too.
"#,
        genesis = genesis.display(),
        key = key.display(),
        behind_proxy = !listen.ip().is_loopback(),
    );
    for (key, address) in validators {
        text.push_str(&format!(
            "[[validators]]\nkey = \"{}\"\naddress = \"{address}\"\n\n",
            String::from(key.clone())
        ));
    }
    text
}

fn refuse_existing(file: &Path) -> Result<(), SetupError> {
    if file.exists() { Err(SetupError::Exists) } else { Ok(()) }
}
