//! A running node: the chain, the engine beside it, and the HTTP side.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use registry_engine::run::{Config as EngineConfig, Engine, StartError};
use registry_ledger::genesis::Genesis;
use registry_proof::light::Checkpoint;
use registry_proof::name::NetworkId;
use registry_proof::public_key::PublicKey;
use service_kit::clock::Clock;
use service_kit::config::Loaded;
use service_kit::database::check_key;
use service_kit::limit::{Limiter, Rate, by_address};
use service_kit::page;
use service_kit::secret::{Secret, SecretError};

use crate::api;
use crate::chain::Chain;
use crate::config::Config;
use crate::explorer;
use crate::setup::{SetupError, read_genesis, read_seed, validator_public};
use crate::store::{KeepError, Store};

/// Why a node cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file.
    #[error("a file that the configuration names is unusable")]
    Setup(#[from] SetupError),
    /// The database's key.
    #[error("database key is unusable")]
    Secret(#[from] SecretError),
    /// The store.
    #[error("node's store is unusable")]
    Keep(#[from] KeepError),
    /// A validator of the genesis has no address in the configuration, or one too many has.
    #[error("validators of the configuration are not those of the genesis")]
    Validators,
    /// The key is no validator's.
    #[error("this node's key is not a validator's")]
    NotValidator,
}

/// A node, ready to run.
#[derive(Clone)]
pub struct Node {
    /// The chain.
    pub chain: Arc<Chain>,
    /// What was written down at the beginning.
    pub genesis: Arc<Genesis>,
    /// What everyone pins.
    pub checkpoint: Arc<Checkpoint>,
    /// The clock.
    pub clock: Clock,
    engine: Option<Engine>,
}

/// What starts the engine of a node.
pub struct Validator {
    config: EngineConfig,
}

impl Node {
    /// Reads every file that the configuration names, checks that they fit, opens the store.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn build(loaded: &Loaded<Config>, clock: Clock) -> Result<(Self, Validator), BuildError> {
        let Config { node, validators } = &loaded.config;
        let genesis = read_genesis(&loaded.resolve(&node.genesis))?;
        let seed = read_seed(&loaded.resolve(&node.key))?;
        let data = loaded.resolve(&node.data);
        std::fs::create_dir_all(&data).map_err(SetupError::File)?;
        let key = match &node.database_key {
            Some(file) => Some(check_key(Secret::read(&loaded.resolve(file))?).map_err(KeepError::Open)?),
            None => None,
        };
        let addresses = match_validators(&genesis, validators)?;
        let own = validator_public(&seed);
        if !genesis.validators.iter().any(|validator| validator.key == own) {
            return Err(BuildError::NotValidator);
        }
        let (store, founded) = Store::open(&data.join("state.db"), key, &genesis)?;
        let config = EngineConfig {
            network: genesis.network.clone(),
            genesis: founded.header.clone(),
            seed,
            validators: addresses,
            listen: node.validator_listen,
            folder: engine_folder(&data),
        };
        let node = Self {
            chain: Arc::new(Chain::new(store, clock.clone())?),
            genesis: Arc::new(genesis),
            checkpoint: Arc::new(founded.checkpoint),
            clock,
            engine: None,
        };
        Ok((node, Validator { config }))
    }

    /// Starts the engine. `ended` is called should it ever end.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(
        mut self,
        validator: Validator,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Self, StartError> {
        self.engine = Some(Engine::start(validator.config, self.chain.clone(), ended)?);
        Ok(self)
    }

    /// Passes a transaction on to the other validators.
    pub fn pass_on(&self, transaction: Vec<u8>) {
        if let Some(engine) = &self.engine {
            engine.pass_on(transaction);
        }
    }

    /// The network's name.
    pub fn network(&self) -> &NetworkId {
        &self.genesis.network
    }

    /// Every address of the node.
    pub fn routes(&self, requests_per_minute: u32) -> Router {
        let rate = Rate { burst: requests_per_minute.div_ceil(4), per_minute: requests_per_minute };
        let limiter = Limiter::new(rate, self.clock.clone());
        Router::new()
            .merge(api::routes())
            .merge(explorer::routes())
            .layer(axum::middleware::from_fn_with_state(limiter, by_address))
            .merge(page::routes())
            .with_state(self.clone())
    }
}

impl FromRef<Node> for Arc<Chain> {
    fn from_ref(node: &Node) -> Self {
        node.chain.clone()
    }
}

fn engine_folder(data: &std::path::Path) -> PathBuf {
    data.join("engine")
}

fn match_validators(
    genesis: &Genesis,
    peers: &[crate::config::Peer],
) -> Result<Vec<([u8; 32], std::net::SocketAddr)>, BuildError> {
    let address = |key: &PublicKey| peers.iter().find(|peer| peer.key == *key).map(|peer| peer.address);
    let known = |validator: &registry_proof::entry::Validator| {
        let key = registry_proof::header::validator_key(&validator.key)?;
        Some((key, address(&validator.key)?))
    };
    let found: Option<Vec<_>> = genesis.validators.iter().map(known).collect();
    found.filter(|found| found.len() == peers.len()).ok_or(BuildError::Validators)
}
