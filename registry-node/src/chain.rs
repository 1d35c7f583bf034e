//! The chain as this node has it: the store, the pool, and who waits for what.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use registry_engine::chain::{Chain as EngineChain, ChainError, Progress};
use registry_ledger::apply::CheckedTx;
use registry_ledger::block::try_transaction;
use registry_ledger::reject::{ApplyError, Reject};
use registry_ledger::tree::prove;
use registry_proof::bundle::{ProofBundle, ProvenEntry};
use registry_proof::entry::{Entry, Parameters};
use registry_proof::header::Header;
use registry_proof::key::Key;
use registry_proof::time::Millis;
use service_kit::clock::Clock;
use tokio::sync::watch;

use crate::pool::{Added, Pool, PoolFull};
use crate::store::{AppliedTx, Certified, Committed, KeepError, Position, Store};

/// Rejections and roots that are remembered, at most.
const REMEMBERED: usize = 4_096;

/// Why a transaction was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A rule of the registry.
    #[error("transaction is rejected")]
    Reject(#[from] Reject),
    /// Too many wait.
    #[error("node is busy")]
    Full(#[from] PoolFull),
    /// The store.
    #[error("node's store failed")]
    Store(#[from] KeepError),
}

/// What is known of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing is final yet.
    Waiting,
    /// It was applied.
    Applied(AppliedTx),
    /// It was in a block and broke a rule there.
    Rejected(Reject),
}

struct Memory {
    pool: Pool,
    rejected: BTreeMap<[u8; 32], Reject>,
    roots: BTreeMap<u64, [u8; 32]>,
    position: Position,
    parameters: Parameters,
    snapshot: Option<(u64, std::sync::Arc<Vec<ProvenEntry>>)>,
}

/// The chain.
pub struct Chain {
    store: Store,
    clock: Clock,
    memory: Mutex<Memory>,
    progress: watch::Sender<Progress>,
}

impl Chain {
    /// The chain over an open store.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn new(store: Store, clock: Clock) -> Result<Self, KeepError> {
        let position = store.position()?;
        let provable = store.certified()?.map_or(0, |certified| certified.header.state_height);
        let parameters = read_parameters(&store, position.tip.version)?;
        let progress = Progress { applied: position.tip.height, changed: position.changed, provable };
        let memory = Memory {
            pool: Pool::default(),
            rejected: BTreeMap::new(),
            roots: BTreeMap::new(),
            position,
            parameters,
            snapshot: None,
        };
        let (progress, _) = watch::channel(progress);
        Ok(Self { store, clock, memory: Mutex::new(memory), progress })
    }

    /// The store.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Where the state stands.
    pub fn position(&self) -> Position {
        self.memory().position
    }

    /// How many transactions wait.
    pub fn waiting(&self) -> usize {
        self.memory().pool.len()
    }

    /// News of progress.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Takes a transaction in after asking whether it would apply now.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub fn submit(&self, tx: &CheckedTx) -> Result<Added, SubmitError> {
        let tip = self.position().tip;
        let now = self.clock_millis();
        self.store.read(|connection| match try_transaction(&Committed(connection), tip, now, tx) {
            Ok(()) => Ok(Ok(())),
            Err(ApplyError::Reject(reject)) => Ok(Err(reject)),
            Err(ApplyError::Store(error)) => Err(error.into()),
        })??;
        let mut memory = self.memory();
        // It was refused in an earlier block, and may be right by now.
        memory.rejected.remove(tx.id());
        Ok(memory.pool.add(tx)?)
    }

    /// What became of a transaction so far.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn fate(&self, id: &[u8; 32]) -> Result<Fate, KeepError> {
        if let Some(applied) = self.store.applied(id)? {
            return Ok(Fate::Applied(applied));
        }
        Ok(self.memory().rejected.get(id).map_or(Fate::Waiting, |reject| Fate::Rejected(*reject)))
    }

    /// A proof of what stands at `keys`, under the newest certified header; `None` before the first.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn bundle(&self, keys: &[Key]) -> Result<Option<ProofBundle>, KeepError> {
        let Some(certified) = self.store.certified()? else { return Ok(None) };
        let version = certified.version;
        let entries = self.store.read(|connection| {
            keys.iter()
                .map(|key| Ok(prove(&Committed(connection), version, key)?))
                .collect::<Result<Vec<_>, KeepError>>()
        })?;
        Ok(Some(envelope(&certified, entries)))
    }

    /// A proof of everything that stands, but for proposals and whose material is whose.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn snapshot(&self) -> Result<Option<ProofBundle>, KeepError> {
        let Some(certified) = self.store.certified()? else { return Ok(None) };
        let version = certified.version;
        let kept = self.memory().snapshot.clone().filter(|(of, _)| *of == version);
        let entries = match kept {
            Some((_, entries)) => entries,
            None => {
                let keys = self.store.keys(version)?;
                let entries: Vec<ProvenEntry> = self.store.read(|connection| {
                    let wanted = keys.iter().filter(|key| is_in_snapshot(key));
                    wanted
                        .map(|key| Ok(prove(&Committed(connection), version, key)?))
                        .collect::<Result<_, KeepError>>()
                })?;
                let entries = std::sync::Arc::new(entries);
                self.memory().snapshot = Some((version, entries.clone()));
                entries
            }
        };
        Ok(Some(envelope(&certified, entries.as_ref().clone())))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clock_millis(&self) -> Millis {
        Millis::new(self.clock.millis())
    }
}

impl EngineChain for Chain {
    fn now(&self) -> Millis {
        self.clock_millis()
    }

    fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    fn state_root(&self, height: u64) -> Result<Option<[u8; 32]>, ChainError> {
        if let Some(root) = self.memory().roots.get(&height) {
            return Ok(Some(*root));
        }
        if height > self.progress().applied {
            return Ok(None);
        }
        self.store.root(height).map_err(failed)
    }

    fn heartbeat(&self) -> Duration {
        Duration::from_millis(self.memory().parameters.heartbeat_ms)
    }

    fn pending(&self, taken: &BTreeSet<[u8; 32]>) -> Vec<Vec<u8>> {
        self.memory().pool.next(taken)
    }

    fn receive(&self, transaction: &[u8]) {
        let taken = CheckedTx::check(transaction).map_err(SubmitError::from).and_then(|tx| self.submit(&tx));
        if let Err(error) = taken {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a transaction from another node is left out"
            );
        }
    }

    fn apply(&self, header: &Header, transactions: &[Vec<u8>]) -> Result<(), ChainError> {
        let Some(applied) = self.store.apply(header, transactions).map_err(failed)? else { return Ok(()) };
        let writes_network = applied.commit.values.iter().any(|(key, _)| *key == Key::Network);
        let parameters = match writes_network {
            true => Some(read_parameters(&self.store, applied.tip.version).map_err(failed)?),
            false => None,
        };
        let changes = !applied.commit.values.is_empty();
        let mut memory = self.memory();
        memory.pool.forget(transactions, header.time);
        for outcome in &applied.outcomes {
            if let (Some(id), Err(reject)) = (outcome.id, &outcome.result)
                && *reject != Reject::Replayed
            {
                memory.rejected.insert(id, *reject);
            }
        }
        while memory.rejected.len() > REMEMBERED {
            memory.rejected.pop_first();
        }
        memory.roots.insert(applied.tip.height, applied.tip.root);
        while memory.roots.len() > REMEMBERED {
            memory.roots.pop_first();
        }
        memory.position.tip = applied.tip;
        if changes {
            memory.position.changed = applied.tip.height;
        }
        memory.parameters = parameters.unwrap_or_else(|| memory.parameters.clone());
        drop(memory);
        self.progress.send_modify(|progress| {
            progress.applied = applied.tip.height;
            if changes {
                progress.changed = applied.tip.height;
            }
        });
        Ok(())
    }

    fn certify(&self, header: &Header, certificate: &[u8]) -> Result<(), ChainError> {
        self.store.certify(header.height, certificate).map_err(failed)?;
        self.progress.send_modify(|progress| progress.provable = progress.provable.max(header.state_height));
        Ok(())
    }
}

fn failed(error: KeepError) -> ChainError {
    ChainError(Box::new(error))
}

fn envelope(certified: &Certified, entries: Vec<ProvenEntry>) -> ProofBundle {
    let header = certified.header.to_bytes().to_vec();
    ProofBundle { header, certificate: certified.certificate.clone(), entries }
}

/// What a wallet or verifier needs of the whole register.
const fn is_in_snapshot(key: &Key) -> bool {
    match key {
        Key::Network
        | Key::Member(_)
        | Key::MemberKey(..)
        | Key::Type(_)
        | Key::Accreditation(..)
        | Key::Registration(..)
        | Key::Status(..) => true,
        Key::Receipts(..) | Key::Proposal(_) | Key::Material(_) | Key::Origin(_) | Key::Tally(_) => false,
    }
}

fn read_parameters(store: &Store, version: u64) -> Result<Parameters, KeepError> {
    use registry_ledger::store::Store as _;
    store.read(|connection| {
        let bytes = Committed(connection).value(&Key::Network.hash(), version)?.ok_or(KeepError::Header)?;
        match Entry::from_bytes(&bytes) {
            Ok(Entry::Network(network)) => Ok(network.parameters),
            _ => Err(KeepError::Header),
        }
    })
}
