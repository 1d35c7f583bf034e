//! The register, read through nodes that may be down or lie.
//!
//! One light client stands behind every answer: it never goes back, and what does not prove itself counts as
//! if the node were down. Whole snapshots are fetched, not single relying parties, so that a node does not
//! learn whom a phone is visiting.

use core::time::Duration;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use credential::time::UnixTime;
use registry_proof::bundle::{MAX_BUNDLE, MAX_STAPLED, ProofBundle};
use registry_proof::entry::{Entry, StatusAnchor};
use registry_proof::key::Key;
use registry_proof::light::{Checkpoint, Head, LightClient, ProofError, Proven};
use registry_proof::name::NetworkId;
use registry_proof::time::Millis;
use registry_proof::transaction::Transaction;
use url::Url;

use crate::confirm::shows;
use crate::facts::Facts;
use crate::fetch::{Fetch, State};

/// Bytes of a bundle that was asked for, at most.
const MAX_ASKED: usize = 1024 * 1024;
/// A head at most this old needs no second node's opinion, in milliseconds.
const YOUNG: u64 = 10_000;
/// Nodes, at most.
pub const MAX_NODES: usize = 16;

/// Why the register could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// No node's address, or too many.
    #[error("no usable registry node is configured")]
    Nodes,
    /// HTTP could not be set up.
    #[error("http client could not be made")]
    Http,
    /// No node answers.
    #[error("no registry node answers")]
    Unreachable,
    /// An answer that is too large, malformed, or not what was asked.
    #[error("registry node's answer is malformed")]
    Answer,
    /// An answer that does not prove itself.
    #[error("registry node's answer does not prove itself")]
    Proof(#[source] ProofError),
    /// An answer older than one that was seen already.
    #[error("registry node's answer is older than what is known")]
    Older,
    /// The registry refuses the transaction, with its stable code.
    #[error("registry refuses the transaction ({0})")]
    Rejected(String),
    /// The transaction waits: the chain halts. It may be sent again, unchanged; it is applied once.
    #[error("transaction waits: the registry is not deciding at the moment")]
    Waiting,
}

impl ClientError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Nodes => "no_nodes",
            Self::Http => "http",
            Self::Unreachable => "registry_unreachable",
            Self::Answer => "registry_answer_malformed",
            Self::Proof(ProofError::TrustPeriod) => "registry_too_old",
            Self::Proof(_) => "registry_proof_invalid",
            Self::Older => "registry_answer_old",
            Self::Rejected(_) => "registry_refused",
            Self::Waiting => "registry_waits",
        }
    }
}

const SNAPSHOT: &str = "/v1/snapshot";

/// What a node is asked to prove.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// What stands at these keys.
    Entries(&'a [Key]),
    /// Everything that a wallet needs.
    Snapshot,
}

/// The register.
#[derive(Clone, Debug)]
pub struct Registry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    nodes: Vec<Url>,
    /// The node that is asked first to write.
    first: AtomicUsize,
    fetch: Fetch,
    /// The height below which nothing is read: the client does not go back over a restart either.
    floor: u64,
    light: Mutex<LightClient>,
    facts: RwLock<Option<Arc<Facts>>>,
}

impl Registry {
    /// The register behind `nodes`, believed from `checkpoint` and the head `kept` from an earlier run.
    ///
    /// # Errors
    /// [`ClientError::Nodes`], [`ClientError::Http`], [`ClientError::Proof`] for an unusable checkpoint, or where all that
    /// is trusted is older than the trust period.
    pub fn open(
        nodes: Vec<Url>,
        checkpoint: &Checkpoint,
        kept: Option<Head>,
        now: UnixTime,
    ) -> Result<Self, ClientError> {
        if nodes.is_empty() || nodes.len() > MAX_NODES {
            return Err(ClientError::Nodes);
        }
        let light = LightClient::new(checkpoint, kept, millis(now)).map_err(ClientError::Proof)?;
        let inner = Inner {
            nodes,
            first: AtomicUsize::new(0),
            fetch: Fetch::new()?,
            floor: light.head().height,
            light: Mutex::new(light),
            facts: RwLock::new(None),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.light().network().clone()
    }

    /// The newest head seen; kept over restarts, the client never goes back.
    pub fn head(&self) -> Head {
        self.light().head()
    }

    /// What the last [`Registry::refresh`] brought.
    pub fn facts(&self) -> Option<Arc<Facts>> {
        let facts = self.0.facts.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(Arc::new(facts.seen_from(self.head().time)))
    }

    /// Checks a proof that came stapled to a message. Its age is for [`Facts::judge`].
    ///
    /// # Errors
    /// [`ClientError::Proof`].
    pub fn accept(&self, bundle: &ProofBundle) -> Result<Facts, ClientError> {
        let proven = self.light().accept(bundle).map_err(ClientError::Proof)?;
        Ok(Facts::new(self.network(), proven, self.head().time))
    }

    /// Checks a stapled proof in its bytes.
    ///
    /// # Errors
    /// [`ClientError::Answer`] where they are no bundle, [`ClientError::Proof`].
    pub fn accept_bytes(&self, bytes: &[u8]) -> Result<Facts, ClientError> {
        self.accept(&ProofBundle::from_cbor(bytes, MAX_STAPLED).map_err(|_| ClientError::Answer)?)
    }

    /// Fetches the newest head, and the snapshot where the state has changed. With several nodes the
    /// youngest proven head counts.
    ///
    /// # Errors
    /// [`ClientError`]: what was known before stays known.
    pub async fn refresh(&self, now: UnixTime) -> Result<(), ClientError> {
        let mut refusal = ClientError::Unreachable;
        let mut found = None;
        for node in &self.0.nodes {
            match self.refresh_from(node).await {
                Ok(time) if time.plus(YOUNG) >= millis(now) => return Ok(()),
                Ok(time) => found = found.max(Some(time)),
                Err(error) => refusal = worse(refusal, error),
            }
        }
        if found.is_some() { Ok(()) } else { Err(refusal) }
    }

    /// Proves what stands at `keys`, all under one header: fit to be stapled.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn bundle(&self, keys: &[Key]) -> Result<ProofBundle, ClientError> {
        self.youngest(Wanted::Entries(keys)).await
    }

    /// The whole register, to be kept as it came: for whoever will be without the network.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn snapshot(&self) -> Result<ProofBundle, ClientError> {
        self.youngest(Wanted::Snapshot).await
    }

    /// What the first node with a young head proves, else the one with the youngest.
    async fn youngest(&self, wanted: Wanted<'_>) -> Result<ProofBundle, ClientError> {
        let mut refusal = ClientError::Unreachable;
        let mut best: Option<(Millis, ProofBundle)> = None;
        for node in &self.0.nodes {
            match self.bundle_from(node, wanted).await {
                Ok((time, bundle)) => {
                    let is_young = self.head().time.since(time) <= Duration::from_millis(YOUNG);
                    if best.as_ref().is_none_or(|(known, _)| *known < time) {
                        best = Some((time, bundle));
                    }
                    if is_young {
                        break;
                    }
                }
                Err(error) => refusal = worse(refusal, error),
            }
        }
        best.map(|(_, bundle)| bundle).ok_or(refusal)
    }

    /// What stands at a status list's key, proven now.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status_anchor(
        &self,
        uri: &str,
        media_type: &str,
    ) -> Result<Option<StatusAnchor>, ClientError> {
        let key = Key::status(uri, media_type);
        let bundle = self.bundle(core::slice::from_ref(&key)).await?;
        let proven = self.light().accept(&bundle).map_err(ClientError::Proof)?;
        match proven.entries.get(&key) {
            Some(Some(Entry::Status(anchor))) => Ok(Some(anchor.clone())),
            Some(None) => Ok(None),
            _ => Err(ClientError::Answer),
        }
    }

    /// Submits a transaction and waits until its change is proven; gives the block's height.
    ///
    /// # Errors
    /// [`ClientError::Rejected`], [`ClientError::Waiting`] while the chain halts, or why no node took it.
    pub async fn submit(&self, transaction: &Transaction) -> Result<u64, ClientError> {
        let mut refusal = ClientError::Unreachable;
        let first = self.0.first.load(Ordering::Relaxed);
        for turn in 0..self.0.nodes.len() {
            let number = (first + turn) % self.0.nodes.len();
            match self.submit_to(&self.0.nodes[number], transaction).await {
                Ok(height) => return Ok(height),
                // Asking more nodes would take as long again; the next attempt begins with another.
                Err(ClientError::Waiting) => {
                    self.0.first.store(number + 1, Ordering::Relaxed);
                    return Err(ClientError::Waiting);
                }
                // A refusal cannot be proven: perhaps another node knows better.
                Err(error) => refusal = worse(refusal, error),
            }
        }
        Err(refusal)
    }

    /// Submits to one node and checks that its proof shows what the transaction does.
    async fn submit_to(&self, node: &Url, transaction: &Transaction) -> Result<u64, ClientError> {
        let answer = self.0.fetch.submit(node, transaction.to_bytes()).await?;
        if answer.state == State::Waiting {
            return Err(ClientError::Waiting);
        }
        let bundle = answer.proof.ok_or(ClientError::Answer)?;
        let proven = self.light().accept(&bundle).map_err(ClientError::Proof)?;
        if proven.header.state_height < answer.height || !shows(&proven, transaction) {
            return Err(ClientError::Answer);
        }
        Ok(answer.height)
    }

    /// The head of one node, and its snapshot where that is news.
    async fn refresh_from(&self, node: &Url) -> Result<Millis, ClientError> {
        let head = self.fetch_proven(node, "/v1/head", MAX_STAPLED).await?;
        let known = self.0.facts.read().unwrap_or_else(PoisonError::into_inner).clone();
        // After a restart, what the last run had seen; later, what this one knows.
        let floor = known.as_ref().map_or(self.0.floor, |known| known.height());
        if head.header.height < floor {
            return Err(ClientError::Older);
        }
        if let Some(known) = known.filter(|known| known.state_root() == head.header.state_root) {
            self.keep(known.under(&head.header));
            return Ok(head.header.time);
        }
        let snapshot = self.fetch_proven(node, SNAPSHOT, MAX_BUNDLE).await?;
        if snapshot.header.height < head.header.height {
            return Err(ClientError::Older);
        }
        let time = snapshot.header.time;
        self.keep(Facts::new(self.network(), snapshot, time));
        Ok(time)
    }

    async fn fetch_proven(&self, node: &Url, path: &str, max: usize) -> Result<Proven, ClientError> {
        let bytes = self.0.fetch.get(node, path, max).await?;
        let bundle = ProofBundle::from_cbor(&bytes, max).map_err(|_| ClientError::Answer)?;
        self.light().accept(&bundle).map_err(ClientError::Proof)
    }

    async fn bundle_from(
        &self,
        node: &Url,
        wanted: Wanted<'_>,
    ) -> Result<(Millis, ProofBundle), ClientError> {
        let (bytes, keys, max) = match wanted {
            Wanted::Entries(keys) => (self.0.fetch.proofs(node, keys, MAX_ASKED).await?, keys, MAX_ASKED),
            Wanted::Snapshot => {
                (self.0.fetch.get(node, SNAPSHOT, MAX_BUNDLE).await?, Default::default(), MAX_BUNDLE)
            }
        };
        let bundle = ProofBundle::from_cbor(&bytes, max).map_err(|_| ClientError::Answer)?;
        let proven = self.light().accept(&bundle).map_err(ClientError::Proof)?;
        if keys.iter().any(|key| !proven.entries.contains_key(key)) {
            return Err(ClientError::Answer);
        }
        Ok((proven.header.time, bundle))
    }

    /// Keeps newer facts; older ones are dropped.
    fn keep(&self, facts: Facts) {
        let mut kept = self.0.facts.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|known| known.height() <= facts.height()) {
            *kept = Some(Arc::new(facts));
        }
    }

    fn light(&self) -> MutexGuard<'_, LightClient> {
        self.0.light.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lie says more than silence.
fn worse(known: ClientError, new: ClientError) -> ClientError {
    if known == ClientError::Unreachable { new } else { known }
}

pub(crate) fn millis(time: UnixTime) -> Millis {
    Millis::from_secs(time.secs())
}
