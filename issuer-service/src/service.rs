//! The issuer: what its endpoints share, put together from the configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use credential::issuer::KeyReference;
use credential::key::Signer;
use credential::x509::{Chain, X509Error};
use service_kit::certificates::{self, CertificateError};
use service_kit::clock::Clock;
use service_kit::config::Loaded;
use service_kit::database::{OpenError, check_key};
use service_kit::language::Language;
use service_kit::limit::{Limiter, Rate};
use service_kit::metrics::Metrics;
use service_kit::random::Random;
use service_kit::secret::{Secret, SecretError};
use service_kit::signature::{AwsLc, Es256Signer, KeyError};
use tokio::sync::{Mutex, Notify};

use crate::config::{Agency, Attestation, Config, Offers, Renewal, Role, Status};
use crate::copies::DocumentSigner;
use crate::documents::{DocumentError, DocumentType};
use crate::identity::IdentityType;
use crate::registry::{Registry, RegistryError};
use crate::store::Store;

/// How often one person number or one offer may be tried, whatever the address: beside the count in the
/// store, which locks.
const TRIES: Rate = Rate { burst: 10, per_minute: 10 };

/// How often one address may report something.
const REPORTS: Rate = Rate { burst: 5, per_minute: 5 };

/// Why the service cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The URL has a path, a query or another scheme than http and https.
    #[error("service.url must be an origin without a path")]
    Url,
    /// A certificate file is missing or wrong.
    #[error("certificate is not usable")]
    Certificate(#[from] CertificateError),
    /// The chain breaks a rule.
    #[error("certificate chain is not acceptable")]
    Chain(#[source] X509Error),
    /// The chain does not lead to the anchor.
    #[error("certificate chain does not lead to the anchor")]
    Anchor(#[source] X509Error),
    /// The key file is wrong.
    #[error("signing key is not usable")]
    Key(#[from] KeyError),
    /// The key is not the leaf certificate's.
    #[error("signing key does not belong to the certificate")]
    KeyMismatch,
    /// A secret file is missing.
    #[error("secret file {0} is not usable")]
    Secret(PathBuf, #[source] SecretError),
    /// An API token is short enough to guess.
    #[error("api token in {0} has fewer than 32 characters")]
    ShortToken(PathBuf),
    /// A number lies outside of what makes sense.
    #[error("{0} is out of range")]
    Range(&'static str),
    /// The database cannot be opened.
    #[error("database is not usable")]
    Database(#[from] OpenError),
    /// Wallet providers are members of the registry, and there is none.
    #[error("attestation.required needs a registry, which knows wallet providers")]
    NoProviders,
    /// A document cannot be issued as configured.
    #[error("document is not usable as configured")]
    Document(#[from] DocumentError),
    /// There are documents, and nobody to sign them.
    #[error("documents need keys.document_chain and keys.document_key")]
    NoDocumentSigner,
    /// The certificate is none for signing documents under the anchor.
    #[error("certificate for documents does not lead to the anchor as one of a document signer")]
    DocumentSigner(#[source] X509Error),
    /// The registry's settings are wrong.
    #[error("registry settings are not usable")]
    Registry(#[from] RegistryError),
}

/// The issuer. Cheap to clone.
#[derive(Clone)]
pub struct Issuer(Arc<Parts>);

impl core::ops::Deref for Issuer {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the endpoints share.
pub struct Parts {
    pub(crate) url: url::Url,
    pub(crate) agency: Agency,
    pub(crate) identity: IdentityType,
    pub(crate) documents: Vec<DocumentType>,
    pub(crate) document_signer: Option<DocumentSigner>,
    pub(crate) batch_size: usize,
    pub(crate) offers: Offers,
    pub(crate) renewal: Renewal,
    pub(crate) attestation: Attestation,
    pub(crate) status: Status,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) key_reference: KeyReference,
    pub(crate) anchor: Vec<u8>,
    pub(crate) registry: Option<Registry>,
    pub(crate) api_tokens: Vec<(Role, Secret)>,
    pub(crate) tries: Limiter,
    pub(crate) by_address: Limiter,
    pub(crate) reports: Limiter,
    pub(crate) metrics: Metrics,
    pub(crate) rounds: Mutex<()>,
    pub(crate) publish_now: Notify,
    pub(crate) published: Notify,
    pub(crate) published_once: AtomicBool,
}

impl Issuer {
    /// Reads every file that the configuration names, checks that they fit each other, opens the database.
    pub fn build(loaded: Loaded<Config>, clock: Clock, random: Random) -> Result<Self, BuildError> {
        let url = origin(&loaded.config.service.url)?;
        check_numbers(&loaded.config)?;
        let (signer, chain, anchor) = read_keys(&loaded, &clock)?;
        let identity = &loaded.config.identity;
        let documents = DocumentType::read_all(&loaded.config.document, &[&identity.name, &identity.vct])?;
        let document_signer = read_document_signer(&loaded, &anchor, &clock)?;
        if !documents.is_empty() && document_signer.is_none() {
            return Err(BuildError::NoDocumentSigner);
        }
        let api_tokens = read_api_tokens(&loaded)?;
        let database_key = match &loaded.config.service.database_key {
            Some(path) => Some(check_key(read_secret(&loaded, path)?)?),
            None => None,
        };
        let settings = loaded.config.registry.as_ref();
        let registry = settings.map(|settings| Registry::open(settings, &loaded, &clock)).transpose()?;
        if loaded.config.attestation.required && registry.is_none() {
            return Err(BuildError::NoProviders);
        }
        let store = Store::open(&loaded.resolve(&loaded.config.service.database), database_key, &random)?;
        let per_minute = loaded.config.service.requests_per_minute;
        let config = loaded.config;
        Ok(Self(Arc::new(Parts {
            url,
            identity: IdentityType::new(&config.identity, &config.agency),
            documents,
            document_signer,
            agency: config.agency,
            batch_size: config.identity.batch_size,
            offers: config.offers,
            renewal: config.renewal,
            attestation: config.attestation,
            status: config.status,
            store,
            tries: Limiter::new(TRIES, clock.clone()),
            by_address: Limiter::new(Rate { burst: per_minute / 4 + 1, per_minute }, clock.clone()),
            reports: Limiter::new(REPORTS, clock.clone()),
            clock,
            random,
            signer: Arc::new(signer),
            key_reference: KeyReference::X5c(chain),
            anchor,
            registry,
            api_tokens,
            metrics: Metrics::default(),
            rounds: Mutex::new(()),
            publish_now: Notify::new(),
            published: Notify::new(),
            published_once: AtomicBool::new(false),
        })))
    }

    /// The credential issuer identifier: the origin without a slash at the end.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// An address of this service.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// The agency's name in the reader's language.
    pub fn agency_name(&self, language: Language) -> String {
        language.pick(&self.agency.name, &self.agency.name_zh).to_owned()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Figures of this process.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether cards can be issued: the status lists that they refer to are out.
    pub fn ready(&self) -> Result<(), &'static str> {
        if self.published_once.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err("status lists are not published yet")
        }
    }
}

fn origin(url: &url::Url) -> Result<url::Url, BuildError> {
    let plain =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.host().is_some();
    if plain && matches!(url.scheme(), "http" | "https") { Ok(url.clone()) } else { Err(BuildError::Url) }
}

fn check_numbers(config: &Config) -> Result<(), BuildError> {
    let checks = [
        ("identity.batch_size", (1..=100).contains(&config.identity.batch_size)),
        ("identity.valid_days", (1..=3650).contains(&config.identity.valid_days)),
        ("offers.lifetime", (60..=2_592_000).contains(&config.offers.lifetime)),
        ("offers.code_digits", (4..=12).contains(&config.offers.code_digits)),
        ("offers.wrong_codes", (1..=10).contains(&config.offers.wrong_codes)),
        ("renewal.token_days", (1..=3650).contains(&config.renewal.token_days)),
        ("renewal.family_days", (1..=3650).contains(&config.renewal.family_days)),
        ("status.lists", (1..=64).contains(&config.status.lists)),
        ("status.size", (1024..=4_194_304).contains(&config.status.size)),
        ("status.lifetime", (120..=2_592_000).contains(&config.status.lifetime)),
        ("status.ttl", config.status.ttl >= 1 && config.status.ttl <= config.status.lifetime),
        ("service.requests_per_minute", config.service.requests_per_minute >= 1),
    ];
    match checks.iter().find(|(_, holds)| !holds) {
        Some((name, _)) => Err(BuildError::Range(name)),
        None => Ok(()),
    }
}

fn read_secret(loaded: &Loaded<Config>, path: &std::path::Path) -> Result<Secret, BuildError> {
    Secret::read(&loaded.resolve(path)).map_err(|error| BuildError::Secret(path.to_owned(), error))
}

fn read_keys(loaded: &Loaded<Config>, clock: &Clock) -> Result<(Es256Signer, Chain, Vec<u8>), BuildError> {
    let keys = &loaded.config.keys;
    let signer = Es256Signer::from_pkcs8_pem(&read_secret(loaded, &keys.key)?)?;
    let x5c = certificates::read_x5c(&loaded.resolve(&keys.chain))?;
    let chain = Chain::from_x5c(&x5c).map_err(BuildError::Chain)?;
    let anchor = certificates::read(&loaded.resolve(&keys.anchor))?.remove(0);
    chain.verify(&[&anchor], clock.now(), &AwsLc).map_err(BuildError::Anchor)?;
    if chain.leaf_key() != signer.public_key() {
        return Err(BuildError::KeyMismatch);
    }
    Ok((signer, chain, anchor))
}

/// The document signer, held against all that a reader of documents holds it against.
fn read_document_signer(
    loaded: &Loaded<Config>,
    anchor: &[u8],
    clock: &Clock,
) -> Result<Option<DocumentSigner>, BuildError> {
    let keys = &loaded.config.keys;
    let (Some(chain), Some(key)) = (&keys.document_chain, &keys.document_key) else { return Ok(None) };
    let signer = Es256Signer::from_pkcs8_pem(&read_secret(loaded, key)?)?;
    let x5c = certificates::read_x5c(&loaded.resolve(chain))?;
    let chain = Chain::from_x5c(&x5c).map_err(BuildError::Chain)?;
    chain.verify_document_signer(&[anchor], clock.now(), &AwsLc).map_err(BuildError::DocumentSigner)?;
    if chain.leaf_key() != signer.public_key() {
        return Err(BuildError::KeyMismatch);
    }
    Ok(Some(DocumentSigner { chain, signer: Arc::new(signer) }))
}

fn read_api_tokens(loaded: &Loaded<Config>) -> Result<Vec<(Role, Secret)>, BuildError> {
    loaded
        .config
        .api_token
        .iter()
        .map(|token| {
            let secret = read_secret(loaded, &token.file)?;
            if secret.expose().len() < 32 {
                return Err(BuildError::ShortToken(token.file.clone()));
            }
            Ok((token.role, secret))
        })
        .collect()
}
