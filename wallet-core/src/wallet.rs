//! An unlocked wallet: its store, its keys, its clock, and the register that it believes.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use credential::time::UnixTime;
use registry_client::facts::Facts;
use registry_client::registry::{ClientError, Registry};
use registry_proof::light::Checkpoint;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::clock::Clock;
use crate::durable;
use crate::held::Held;
use crate::http::{Http, HttpError, Reach};
use crate::keys::{KeyStore, Secret32};
use crate::provider::Provider;
use crate::random::Random;
use crate::store::cards::{Card, Copy};
use crate::store::{Store, StoreError};
use crate::unlock::{Lock, Opened, Pin, UnlockError};

const DATABASE: &str = "wallet.db";
/// Locked while a token is in hand, here or in another process. The system lets go of it when the process dies.
const TOKENS: &str = "tokens.lock";
/// Locked while a wallet is made, here or in another process: two at once would write into one database.
const MAKING: &str = "making.lock";
/// The database, and what SQLite keeps beside it.
pub(crate) const DATABASE_FILES: [&str; 3] = ["wallet.db", "wallet.db-wal", "wallet.db-shm"];
/// The name of the setting with the [`Setup`].
pub(crate) const SETUP: &str = "setup";

/// What a wallet runs on.
#[derive(Clone)]
pub struct Ports {
    /// Where keys live.
    pub keys: Arc<dyn KeyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Random,
}

/// Whom a wallet believes: pinned when it is set up, and anew by each release of its app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// The register's checkpoint.
    pub checkpoint: Checkpoint,
    /// Nodes that answer for it.
    pub nodes: Vec<Url>,
}

/// Why a wallet does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It stays locked.
    #[error("wallet stays locked")]
    Unlock(#[from] UnlockError),
    /// The store.
    #[error("wallet's store does not open")]
    Store(#[from] StoreError),
    /// The file system.
    #[error("wallet's folder cannot be used")]
    Folder(#[source] io::Error),
    /// HTTP could not be set up.
    #[error("http client could not be made")]
    Http(#[from] HttpError),
    /// The checkpoint or the nodes are unusable.
    #[error("checkpoint or nodes are unusable")]
    Registry(#[from] ClientError),
}

impl OpenError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unlock(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Folder(_) => "file",
            Self::Http(error) => error.code(),
            Self::Registry(error) => error.code(),
        }
    }
}

/// An unlocked wallet.
pub struct Wallet {
    pub(crate) store: Store,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Random,
    pub(crate) provider: Option<Provider>,
    pub(crate) http: Http,
    home: PathBuf,
    registry: Result<Registry, ClientError>,
}

/// Whether there is a wallet in this folder.
pub fn exists(home: &Path) -> bool {
    Lock::in_folder(home).exists()
}

impl Wallet {
    /// Makes a wallet in the folder `home`. What an interrupted attempt left behind is made anew.
    ///
    /// # Errors
    /// [`OpenError`]; [`UnlockError::Exists`] where there is one.
    pub fn init(home: &Path, pin: &Pin, setup: &Setup, ports: Ports) -> Result<Self, OpenError> {
        Registry::open(setup.nodes.clone(), &setup.checkpoint, None, ports.clock.now())?;
        Self::make(home, pin, ports, |store| store.keep_setting(SETUP, setup))
    }

    /// Makes a wallet that `fill` puts something into. There is none before all of it is there: the lock is the
    /// last thing that is written.
    pub(crate) fn make(
        home: &Path,
        pin: &Pin,
        ports: Ports,
        fill: impl FnOnce(&Store) -> Result<(), StoreError>,
    ) -> Result<Self, OpenError> {
        durable::make_folder(home).map_err(OpenError::Folder)?;
        let _turn = durable::take_turn(&home.join(MAKING)).map_err(OpenError::Folder)?;
        let lock = Lock::in_folder(home);
        if lock.exists() {
            return Err(UnlockError::Exists.into());
        }
        for file in DATABASE_FILES {
            durable::destroy(&home.join(file)).map_err(OpenError::Folder)?;
        }
        let key = Secret32::new(ports.random.bytes());
        let mut store = Store::open(&home.join(DATABASE), &key)?;
        store.start_numbers(Arc::clone(&ports.keys))?;
        fill(&store)?;
        lock.close(&key, pin, &*ports.keys, &ports.random, ports.clock.now())?;
        Self::with_store(home, store, ports)
    }

    /// Unlocks the wallet in the folder `home`. `pinned` is whom this app believes, where it says so itself: a later
    /// point of the wallet's own network takes the place of the one that it kept.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn unlock(home: &Path, pin: &Pin, pinned: Option<&Setup>, ports: Ports) -> Result<Self, OpenError> {
        let opened = Lock::in_folder(home).open(pin, &*ports.keys, ports.clock.now())?;
        let store = open_store(home, &opened, &ports)?;
        opened.was_right(&*ports.keys)?;
        if let Some(pinned) = pinned {
            keep_later(&store, pinned)?;
        }
        let wallet = Self::with_store(home, store, ports)?;
        wallet.destroy_unneeded_keys();
        Ok(wallet)
    }

    /// Gives the wallet in the folder `home` another PIN. Whatever is switched off in between, either the old one
    /// opens it or the new one; once this returns, the old one opens nothing, not even an old lock.
    ///
    /// # Errors
    /// [`OpenError`]; a wrong `old` counts as a guess.
    pub fn change_pin(home: &Path, old: &Pin, new: &Pin, ports: &Ports) -> Result<(), OpenError> {
        let lock = Lock::in_folder(home);
        let opened = lock.open(old, &*ports.keys, ports.clock.now())?;
        let store = open_store(home, &opened, ports)?;
        let number = lock.change(&opened, new, &*ports.keys, &ports.random)?;
        store.see_lock(number)?;
        Ok(opened.was_right(&*ports.keys)?)
    }

    fn with_store(home: &Path, store: Store, ports: Ports) -> Result<Self, OpenError> {
        let setup: Setup = store.setting(SETUP)?.ok_or(StoreError::Damaged)?;
        let kept = store.head()?;
        let http = Http::new(Reach::of(&setup.nodes))?;
        // A register that cannot be believed any more keeps nobody from looking at their cards.
        let registry = Registry::open(setup.nodes, &setup.checkpoint, kept, ports.clock.now());
        let Ports { keys, clock, random } = ports;
        Ok(Self { store, keys, clock, random, provider: None, http, home: home.to_owned(), registry })
    }

    /// The same wallet, for which its provider vouches where an issuer wants that.
    pub fn vouched_for(self, provider: Provider) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// The store.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The present.
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// The register that this wallet believes.
    ///
    /// # Errors
    /// [`ClientError`], where the pinned checkpoint is out of its trust period.
    pub fn registry(&self) -> Result<&Registry, ClientError> {
        self.registry.as_ref().map_err(Clone::clone)
    }

    /// The facts of a proof that came stapled.
    pub(crate) fn believe(&self, staple: &[u8]) -> Result<Facts, ClientError> {
        let registry = self.registry()?;
        let facts = registry.accept_bytes(staple)?;
        self.keep_head(registry);
        Ok(facts)
    }

    /// The facts of the whole register, fetched now: a node learns nothing from it. How old its word may be is for the
    /// caller to judge.
    pub(crate) async fn whole_register(&self) -> Result<Arc<Facts>, ClientError> {
        let registry = self.registry()?;
        registry.refresh(self.now()).await?;
        self.keep_head(registry);
        registry.facts().ok_or(ClientError::Unreachable)
    }

    /// A head that is not kept makes the next run believe less, not more, so this may fail quietly.
    pub(crate) fn keep_head(&self, registry: &Registry) {
        let head = registry.head();
        if self.store.head().ok().flatten() != Some(head) {
            let _ = self.store.keep_head(&head);
        }
    }

    /// Takes the tokens that cards renew themselves with in hand, alone, for as long as what this gives is kept.
    pub(crate) fn take_tokens(&self) -> Result<File, StoreError> {
        durable::take_turn_now(&self.home.join(TOKENS)).map_err(|_| StoreError::Taken)
    }

    /// A card with the copy that would be shown next. A copy that cannot be read counts as none.
    ///
    /// # Errors
    /// [`StoreError::NoCard`] where the card has no copy.
    pub(crate) fn in_hand(&self, card: Card) -> Result<InHand, StoreError> {
        let (copy, held) = self.store.next_readable_copy(&card)?;
        Ok(InHand { card, copy, held })
    }
}

/// A card, and the copy of it that would be shown next.
pub(crate) struct InHand {
    pub(crate) card: Card,
    pub(crate) copy: Copy,
    pub(crate) held: Held,
}

impl InHand {
    /// From when to when it is valid, where it ends.
    pub(crate) fn life(&self) -> Option<(UnixTime, UnixTime)> {
        let begin = self.held.issued_at().unwrap_or(self.card.received_at);
        self.held.expires_at().map(|end| (begin, end))
    }
}

impl core::fmt::Debug for Wallet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Wallet")
    }
}

/// Keeps whom the app pins, where that is a later point of the register that the wallet believes. Nothing else that is
/// pinned changes anything.
fn keep_later(store: &Store, pinned: &Setup) -> Result<(), StoreError> {
    let kept: Setup = store.setting(SETUP)?.ok_or(StoreError::Damaged)?;
    let is_same = pinned.checkpoint.network == kept.checkpoint.network;
    if is_same && pinned.checkpoint.height > kept.checkpoint.height {
        store.keep_setting(SETUP, pinned)?;
    }
    Ok(())
}

/// The store behind an opened lock, where both are the newest there were.
fn open_store(home: &Path, opened: &Opened, ports: &Ports) -> Result<Store, OpenError> {
    let mut store = Store::open(&home.join(DATABASE), &opened.key)?;
    store.check_numbers(opened.number, Arc::clone(&ports.keys))?;
    Ok(store)
}
