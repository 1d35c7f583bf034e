//! The phases of a wallet on a phone: none yet, locked, open; and how it gets from one to another.

use core::time::Duration;
use std::sync::Arc;

use serde::Serialize;
use wallet_core::erase;
use wallet_core::keys::KeyStore;
use wallet_core::unlock::{Pin, UnlockError};
use wallet_core::wallet::{self, Ports, Wallet};

use crate::app::{App, Done, Keys};
use crate::command::{Away, ChangePin, Create, Unlock};
use crate::counter::Film;
use crate::failure::Failure;
use crate::settings::{Change, Settings};

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    New,
    Locked,
    Open,
}

/// What a screen needs to begin with.
#[derive(Serialize)]
pub(crate) struct State {
    phase: Phase,
    wait_seconds: Option<u64>,
    practice: bool,
    settings: Settings,
}

impl App {
    pub(crate) fn state(&self) -> State {
        let (now, exists) = (self.now(), wallet::exists(&self.place.home));
        let inner = self.inner();
        let practice = inner.practice.is_some();
        let phase = match (practice || inner.wallet.is_some(), exists) {
            (true, _) => Phase::Open,
            (false, true) => Phase::Locked,
            (false, false) => Phase::New,
        };
        let left = inner.wait_until.map(|until| until.since(now).as_secs()).filter(|left| *left > 0);
        State { phase, wait_seconds: left, practice, settings: inner.settings.clone() }
    }

    pub(crate) fn set(&self, change: Change) -> Result<Done, Failure> {
        let mut inner = self.inner();
        let settings = inner.settings.clone().with(change);
        settings.keep(&self.place.home).map_err(|_| Failure::new("file"))?;
        inner.settings = settings;
        Ok(Done {})
    }

    /// Makes the wallet of this phone.
    pub(crate) async fn create(&self, given: Create) -> Result<Done, Failure> {
        self.expect_no_wallet()?;
        let pin = given.pin.into_pin()?;
        let (home, setup) = (self.place.home.clone(), self.place.setup.clone());
        let ports = self.ports(KeyFile::Make)?;
        self.open(move || Wallet::init(&home, &pin, &setup, ports)).await
    }

    pub(crate) async fn unlock(&self, given: Unlock) -> Result<Done, Failure> {
        if self.inner().wallet.is_some() {
            return Ok(Done {});
        }
        if !wallet::exists(&self.place.home) {
            return Err(UnlockError::NoWallet.into());
        }
        let pin: Pin = given.pin.into_pin()?;
        let (home, pinned) = (self.place.home.clone(), self.place.setup.clone());
        let ports = self.ports(KeyFile::Open)?;
        self.open(move || Wallet::unlock(&home, &pin, Some(&pinned), ports)).await
    }

    /// Gives the wallet another PIN. A wrong old one counts as a guess, whether or not the wallet is open.
    pub(crate) async fn change_pin(&self, given: ChangePin) -> Result<Done, Failure> {
        self.wallet()?;
        let (old, new) = (given.old.into_pin()?, given.new.into_pin()?);
        let (home, ports) = (self.place.home.clone(), self.ports(KeyFile::Open)?);
        let changed =
            tokio::task::spawn_blocking(move || Wallet::change_pin(&home, &old, &new, &ports)).await;
        changed.map_err(|_| Failure::BROKEN)??;
        Ok(Done {})
    }

    /// Erases the wallet of this phone for good, open or not: who forgot the PIN has no other way on.
    pub(crate) async fn erase(&self) -> Result<Done, Failure> {
        self.lock();
        // What the wallet was doing by itself ends with its lock; then nothing writes into what goes.
        let _alone = self.upkeep.acquire().await.map_err(|_| Failure::BROKEN)?;
        let home = self.place.home.clone();
        // Where an interrupted erasing took the key already, there is a new one to take.
        let ports = self.ports(KeyFile::Open).or_else(|_| self.ports(KeyFile::Make))?;
        let erased = tokio::task::spawn_blocking(move || erase::erase(&home, &*ports.keys)).await;
        erased.map_err(|_| Failure::BROKEN)??;
        self.inner().wait_until = None;
        Ok(Done {})
    }

    /// A wallet is made where there is none.
    pub(crate) fn expect_no_wallet(&self) -> Result<(), Failure> {
        if wallet::exists(&self.place.home) { Err(UnlockError::Exists.into()) } else { Ok(()) }
    }

    /// Closes the wallet: what waits for an answer is forgotten with it. What is on its way to somebody still arrives.
    pub(crate) fn lock(&self) -> Done {
        let mut inner = self.inner();
        inner.wallet = None;
        inner.practice = None;
        inner.away_since = None;
        inner.pending.clear();
        inner.film = Film::default();
        inner.arrival = None;
        self.locks.notify_waiters();
        Done {}
    }

    /// The app went to the background, or came back.
    pub(crate) fn go(&self, given: Away) -> Done {
        let now = self.now();
        let mut inner = self.inner();
        inner.away_since = given.away.then(|| inner.away_since.unwrap_or(now));
        Done {}
    }

    /// Locks the wallet where the app has been in the background for too long. Every command does so first; a shell
    /// may call it now and then, so that an open wallet does not stay in memory.
    pub fn lock_when_due(&self) {
        let now = self.now();
        let due = {
            let inner = self.inner();
            let allowed = Duration::from_secs(inner.settings.lock_after.secs());
            // A clock that was put back says nothing about how long it was.
            inner.away_since.is_some_and(|since| now < since || now.since(since) >= allowed)
        };
        if due {
            self.lock();
        }
    }

    /// Opens the wallet on a thread of its own: stretching a PIN takes a while.
    pub(crate) async fn open<E: Into<Failure> + Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<Wallet, E> + Send + 'static,
    ) -> Result<Done, Failure> {
        let opened = tokio::task::spawn_blocking(work).await.map_err(|_| Failure::BROKEN)?;
        let now = self.now();
        let mut inner = self.inner();
        match opened {
            Ok(wallet) => {
                inner.wallet = Some(Arc::new(wallet));
                (inner.wait_until, inner.away_since, inner.arrival) = (None, None, None);
                Ok(Done {})
            }
            Err(error) => {
                let failure: Failure = error.into();
                inner.wait_until = failure.wait_seconds.map(|wait| now.plus(Duration::from_secs(wait)));
                Err(failure)
            }
        }
    }

    /// What the wallet runs on. Hardware is there or not; `file` is for a key store in a file.
    #[cfg_attr(
        any(target_os = "android", target_os = "ios"),
        expect(unused_variables, reason = "phones keep no keys in files")
    )]
    pub(crate) fn ports(&self, file: KeyFile) -> Result<Ports, Failure> {
        let (clock, random) = (Arc::clone(&self.place.clock), self.place.random.clone());
        let keys: Arc<dyn KeyStore> = match &self.place.keys {
            Keys::OfDevice(keys) => Arc::clone(keys),
            #[cfg(not(any(target_os = "android", target_os = "ios")))]
            Keys::InFile => {
                let store = crate::key_file::store(&self.place.home, file, random.clone());
                Arc::new(store.map_err(|error| Failure::new(error.code()))?)
            }
        };
        Ok(Ports { keys, clock, random })
    }
}

/// What is done with the file that keys are in.
pub(crate) enum KeyFile {
    Make,
    Open,
}
