//! One validator's engine: started once, it runs until the process ends.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use commonware_codec::DecodeExt as _;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::{marshal, simplex};
use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_cryptography::sha256::Digest;
use commonware_p2p::max_message_size;
use commonware_runtime::{Runner as _, Supervisor as _, tokio as runtime};
use commonware_utils::TryCollect as _;
use commonware_utils::ordered::Set;
use registry_proof::certificate::namespace;
use registry_proof::header::Header;
use registry_proof::name::NetworkId;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::block::Block;
use crate::chain::Chain;
use crate::network::{self, Place};
use crate::wiring::{self, Parts};

/// Transactions that wait to be passed on.
const OUTBOX: usize = 4_096;
/// Threads of the engine's own runtime.
const THREADS: usize = 2;

/// What an engine needs to start.
pub struct Config {
    /// The network.
    pub network: NetworkId,
    /// The first header.
    pub genesis: Header,
    /// This validator's Ed25519 seed.
    pub seed: Zeroizing<[u8; 32]>,
    /// Every validator's key, and where it listens; this one among them.
    pub validators: Vec<([u8; 32], SocketAddr)>,
    /// Where this validator listens.
    pub listen: SocketAddr,
    /// The engine's own folder.
    pub folder: PathBuf,
}

/// Why an engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A key that is none, or the same twice.
    #[error("validator keys are unusable")]
    Keys,
    /// The seed's key is not among the validators'.
    #[error("this node's key is not a validator's")]
    NotValidator,
    /// No thread.
    #[error("engine thread could not be started")]
    Thread(#[source] std::io::Error),
}

/// A running engine.
#[derive(Clone, Debug)]
pub struct Engine {
    outbox: mpsc::Sender<Vec<u8>>,
}

impl Engine {
    /// Starts the engine on a thread of its own. `ended` is called if it ever ends: the node should end too.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(
        config: Config,
        chain: Arc<dyn Chain>,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Self, StartError> {
        let key = PrivateKey::decode(Bytes::copy_from_slice(config.seed.as_slice()))
            .map_err(|_| StartError::Keys)?;
        let peers = peers(&config.validators)?;
        let set: Set<PublicKey> =
            peers.iter().map(|(key, _)| key.clone()).try_collect().map_err(|_| StartError::Keys)?;
        let scheme =
            Scheme::signer(&namespace(&config.network), set, key.clone()).ok_or(StartError::NotValidator)?;
        let (outbox, own_transactions) = mpsc::channel(OUTBOX);
        let work = move || {
            run(&config, key, &peers, scheme, chain, own_transactions);
            ended();
        };
        thread::Builder::new().name("engine".to_owned()).spawn(work).map_err(StartError::Thread)?;
        Ok(Self { outbox })
    }

    /// Passes a transaction on to the other validators. A full outbox drops it: our own turn will come.
    pub fn pass_on(&self, transaction: Vec<u8>) {
        if self.outbox.try_send(transaction).is_err() {
            tracing::warn!("too many transactions to pass on");
        }
    }
}

fn peers(validators: &[([u8; 32], SocketAddr)]) -> Result<Vec<(PublicKey, SocketAddr)>, StartError> {
    let peer = |(key, address): &([u8; 32], SocketAddr)| {
        Ok((PublicKey::decode(Bytes::copy_from_slice(key)).map_err(|_| StartError::Keys)?, *address))
    };
    validators.iter().map(peer).collect()
}

fn run(
    config: &Config,
    key: PrivateKey,
    peers: &[(PublicKey, SocketAddr)],
    scheme: Scheme,
    chain: Arc<dyn Chain>,
    own_transactions: mpsc::Receiver<Vec<u8>>,
) {
    let count = u32::try_from(peers.len()).unwrap_or(u32::MAX);
    let max_message = max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(count),
        marshal::max_payload_size::<Standard<Block>, Scheme>(count, &()),
    ]);
    let runner = runtime::Runner::new(
        runtime::Config::new()
            .with_worker_threads(THREADS)
            .with_tcp_nodelay(Some(true))
            .with_storage_directory(&config.folder),
    );
    runner.start(|context| async move {
        let place =
            Place { namespace: &namespace(&config.network), listen: config.listen, peers, max_message };
        let (oracle, channels) = network::join(&context, &key, &place);
        let me = network::public(&key);
        let genesis = config.genesis.clone();
        let parts = Parts { me, scheme, genesis, chain, oracle, channels, own_transactions };
        let engine = wiring::start(context.child("node"), parts).await;
        if let Err(error) = engine.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the consensus engine ended");
        }
    });
}
