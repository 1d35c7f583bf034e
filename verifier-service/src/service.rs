//! A running provider: its keys, its store, the register, and where it is reached.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use credential::issuer::KeyReference;
use credential::key::{Signer as _, SigningKey};
use credential::x509::Chain;
use openid4vc::vp::client_id::ClientId;
use openid4vc::web_url::WebUrl;
use registry_client::registry::{ClientError as RegistryError, Registry};
use registry_proof::light::Checkpoint;
use registry_proof::name::{MemberId, Vct};
use service_kit::certificates::{self, CertificateError};
use service_kit::clock::Clock;
use service_kit::config::Loaded;
use service_kit::database::{OpenError, check_key};
use service_kit::limit::{Limiter, Rate, by_address};
use service_kit::metrics::Metrics;
use service_kit::page;
use service_kit::random::Random;
use service_kit::secret::{Secret, SecretError};
use service_kit::signature::{Es256Signer, KeyError, Rs256Signer};
use tokio::sync::Mutex;
use url::Url;

use crate::client::{Clients, Tier};
use crate::config::{ApiToken, Config, Login, Receipts};
use crate::endpoints;
use crate::register::{Register, Writer};
use crate::status::StatusLists;
use crate::store::Store;

/// The longest period of receipts, in seconds: a month.
const LONGEST_PERIOD: u64 = 31 * 86_400;
/// The largest checkpoint file.
const MAX_CHECKPOINT: usize = 256 * 1024;

/// Why a provider cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The address is not an origin, or one of plain http that others than this machine would use.
    #[error("service url must be an origin: https://host:port, or http on loopback")]
    Url,
    /// A secret's file.
    #[error("a secret's file is unusable")]
    Secret(#[from] SecretError),
    /// A key's file.
    #[error("a key's file is unusable")]
    Key(#[from] KeyError),
    /// A private JWK's file.
    #[error("a jwk file holds no private key")]
    Jwk,
    /// A certificate's file.
    #[error("a certificate's file is unusable")]
    Certificate(#[from] CertificateError),
    /// The certificates do not fit the key, or each other.
    #[error("certificates do not fit the key or each other")]
    Chain,
    /// A period of receipts of no length, or longer than a month.
    #[error("receipts.every must be 1 to 2678400 seconds")]
    Period,
    /// A name that the register cannot hold.
    #[error("member or card type is not a name that the register can hold")]
    Name,
    /// The checkpoint.
    #[error("checkpoint is unreadable or malformed")]
    Checkpoint,
    /// The register.
    #[error("register cannot be read with these settings")]
    Registry(#[from] RegistryError),
    /// The database.
    #[error("database could not be opened")]
    Open(#[from] OpenError),
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
    /// HTTP could not be set up.
    #[error("http client could not be made")]
    Http(#[from] reqwest::Error),
}

/// A provider; cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Parts>);

/// What a provider is made of.
pub struct Parts {
    pub(crate) origin: Url,
    pub(crate) name: String,
    pub(crate) name_zh: String,
    pub(crate) member: MemberId,
    pub(crate) vct: Vct,
    pub(crate) login: Login,
    pub(crate) clients: Clients,
    pub(crate) store: Store,
    pub(crate) register: Register,
    pub(crate) status: StatusLists,
    pub(crate) request_signer: Es256Signer,
    pub(crate) request_key: KeyReference,
    pub(crate) client_id: ClientId,
    pub(crate) anchor: Vec<u8>,
    pub(crate) receipt_key: SigningKey,
    pub(crate) es256: Es256Signer,
    pub(crate) rs256: Rs256Signer,
    pub(crate) subjects: Secret,
    pub(crate) tokens: Vec<(String, Secret)>,
    pub(crate) receipts: Receipts,
    pub(crate) rounds: Mutex<()>,
    pub(crate) metrics: Metrics,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) requests_per_minute: u32,
}

impl core::ops::Deref for Provider {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Provider {
    /// Reads every file that the configuration names, checks that they fit each other, opens the database.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn build(loaded: Loaded<Config>, clock: Clock, random: Random) -> Result<Self, BuildError> {
        let config = &loaded.config;
        let path = |file: &Path| loaded.resolve(file);
        let (request_signer, chain, anchor) = read_request_keys(&loaded, &clock)?;
        let database_key = match &config.service.database_key {
            Some(file) => Some(check_key(Secret::read(&path(file))?)?),
            None => None,
        };
        let store = Store::open(&path(&config.service.database), database_key)?;
        let member: MemberId = config.provider.member.parse().map_err(|_| BuildError::Name)?;
        let checkpoint = read_checkpoint(&path(&config.registry.checkpoint))?;
        let client = Registry::open(config.registry.nodes.clone(), &checkpoint, store.head()?, clock.now())?;
        let key = read_jwk(&path(&config.registry.transaction_key))?;
        let writer = Writer::new(key, config.registry.key_number);
        if !(1..=LONGEST_PERIOD).contains(&config.receipts.every) {
            return Err(BuildError::Period);
        }
        let parts = Parts {
            origin: origin(&config.service.url)?,
            name: config.provider.name.clone(),
            name_zh: config.provider.name_zh.clone(),
            vct: config.login.vct.parse().map_err(|_| BuildError::Name)?,
            clients: Clients::in_folder(path(&config.service.clients)),
            register: Register::new(client, member.clone(), writer),
            member,
            status: StatusLists::new()?,
            client_id: ClientId::X509Hash(chain.leaf_sha256()),
            request_key: KeyReference::X5c(chain),
            request_signer,
            anchor,
            receipt_key: read_jwk(&path(&config.keys.receipt))?,
            es256: Es256Signer::from_pkcs8_pem(&Secret::read(&path(&config.keys.id_token))?)?,
            rs256: Rs256Signer::from_pkcs8_pem(&Secret::read(&path(&config.keys.id_token_rsa))?)?,
            subjects: Secret::read(&path(&config.keys.subjects))?,
            tokens: read_tokens(&config.api_token, &loaded)?,
            requests_per_minute: config.service.requests_per_minute,
            receipts: config.receipts,
            rounds: Mutex::new(()),
            store,
            metrics: Metrics::default(),
            clock,
            random,
            login: loaded.config.login,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// The provider's origin, as text.
    pub fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// An address of the provider.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// The issuer identifier of a tier.
    pub fn issuer(&self, tier: Tier) -> String {
        match tier {
            Tier::Plain => self.origin(),
            Tier::Strict => self.link("/fapi"),
        }
    }

    /// Whether cookies are for https only.
    pub fn is_secure(&self) -> bool {
        self.origin.scheme() == "https"
    }

    /// Every address of the provider.
    pub fn routes(&self) -> Router {
        let rate = Rate { burst: self.requests_per_minute.div_ceil(4), per_minute: self.requests_per_minute };
        let limiter = Limiter::new(rate, self.clock.clone());
        Router::new()
            .merge(endpoints::routes(self))
            .layer(axum::middleware::from_fn_with_state(limiter, by_address))
            .merge(page::routes())
            .with_state(self.clone())
    }

    /// Reads the register and forgets what is over, until the process ends. To be spawned once.
    pub async fn keep_house(self) {
        let register = self.register.clone();
        let reading = register.keep_fresh(self.store.clone(), self.clock.clone());
        let forgetting = async {
            loop {
                if let Err(error) = self.store.forget_expired(self.login.session_idle, self.clock.now()).await
                {
                    tracing::error!(error = &error as &dyn std::error::Error, "nothing was forgotten");
                }
                tokio::time::sleep(core::time::Duration::from_secs(60)).await;
            }
        };
        tokio::join!(reading, forgetting, self.keep_receipts());
    }

    /// What it keeps.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Why the provider cannot log anybody in, if so.
    ///
    /// # Errors
    /// A text for operators.
    pub fn ready(&self) -> Result<(), &'static str> {
        match self.register.facts() {
            Some(_) => Ok(()),
            None => Err("the register has not been read yet"),
        }
    }
}

fn origin(url: &Url) -> Result<Url, BuildError> {
    let is_origin = url.path() == "/" && url.query().is_none();
    if is_origin && WebUrl::parse(url.as_str()).is_ok() { Ok(url.clone()) } else { Err(BuildError::Url) }
}

fn read_request_keys(
    loaded: &Loaded<Config>,
    clock: &Clock,
) -> Result<(Es256Signer, Chain, Vec<u8>), BuildError> {
    let keys = &loaded.config.keys;
    let signer = Es256Signer::from_pkcs8_pem(&Secret::read(&loaded.resolve(&keys.key))?)?;
    let chain = Chain::from_ders(&certificates::read(&loaded.resolve(&keys.chain))?)
        .map_err(|_| BuildError::Chain)?;
    let anchor =
        certificates::read(&loaded.resolve(&keys.anchor))?.into_iter().next().ok_or(BuildError::Chain)?;
    let holds = chain.verify(&[&anchor], clock.now(), &service_kit::signature::AwsLc).is_ok();
    if holds && chain.leaf_key() == signer.public_key() {
        Ok((signer, chain, anchor))
    } else {
        Err(BuildError::Chain)
    }
}

fn read_jwk(file: &Path) -> Result<SigningKey, BuildError> {
    let secret = Secret::read(file)?;
    let jwk = credential::json::parse(secret.expose().as_bytes(), 4096).map_err(|_| BuildError::Jwk)?;
    SigningKey::from_jwk(&jwk).map_err(|_| BuildError::Jwk)
}

fn read_checkpoint(file: &Path) -> Result<Checkpoint, BuildError> {
    let bytes = std::fs::read(file).map_err(|_| BuildError::Checkpoint)?;
    if bytes.len() > MAX_CHECKPOINT {
        return Err(BuildError::Checkpoint);
    }
    serde_json::from_slice(&bytes).map_err(|_| BuildError::Checkpoint)
}

fn read_tokens(tokens: &[ApiToken], loaded: &Loaded<Config>) -> Result<Vec<(String, Secret)>, BuildError> {
    let read = |token: &ApiToken| Ok((token.client_id.clone(), Secret::read(&loaded.resolve(&token.file))?));
    tokens.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_by_https_or_on_this_machine() {
        let accepted = |text: &str| origin(&Url::parse(text).unwrap()).is_ok();
        assert!(accepted("https://login.example") && accepted("http://127.0.0.1:7300"));
        for refused in
            ["http://login.example", "https://login.example/op", "https://a@login.example", "ftp://a"]
        {
            assert!(!accepted(refused), "{refused}");
        }
    }
}
