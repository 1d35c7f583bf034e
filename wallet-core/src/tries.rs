//! Wrong PINs, counted in a file beside the database, so that a restart forgets none.
//!
//! A guess is counted before it is checked: whoever pulls the plug in between has used it up. From the
//! third wrong one on each costs a wait, which doubles; after [`MAX_WRONG`] in a row the lock is shut for good.
//! A thief who can set the device's clock waits for nothing, so waits alone would let them try every PIN of six
//! digits in a day; a person who forgot theirs has their backup, and some days to remember.
//!
//! The key store counts guesses too. Those that the file does not know of count as wrong ones made now, so an
//! old file in the place of the new one gives no guess back, and no file at all is worse than the newest.

use core::time::Duration;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use credential::time::UnixTime;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::keys::{KeyStore, KeyStoreError};

/// Wrong guesses in a row that shut the lock for good: eight days of waiting for who guesses by accident, and a
/// chance of one in 50,000 at a PIN of six random digits.
pub const MAX_WRONG: u32 = 20;
/// Wrong guesses that cost no wait.
const FREE: u32 = 2;
/// The first wait.
const FIRST_WAIT: u64 = 30;
/// The longest wait.
const LONGEST_WAIT: u64 = 24 * 3600;
const MAX_FILE: u64 = 256;

/// Why a guess may not be made.
#[derive(Debug, thiserror::Error)]
pub enum TriesError {
    /// Too many wrong ones; wait so long.
    #[error("too many wrong pins, wait {} seconds", .0.as_secs())]
    Wait(Duration),
    /// Too many in a row: the PIN opens nothing any more.
    #[error("too many wrong pins, lock is shut for good")]
    ForGood,
    /// The count cannot be kept.
    #[error("count of wrong pins cannot be kept")]
    File(#[source] io::Error),
    /// The key store cannot count.
    #[error("key store does not count")]
    Keys(#[from] KeyStoreError),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Count {
    /// Wrong ones since the last right one.
    wrong: u32,
    /// When the last was made.
    last: UnixTime,
    /// The key store's count at that time.
    guesses: u64,
}

impl Count {
    /// Of a file that is not there: the key store knows of every guess, and three more are taken for granted.
    const fn lost(now: UnixTime) -> Self {
        Self { wrong: FREE + 1, last: now, guesses: 0 }
    }

    /// With the guesses that only the key store knows of.
    fn with_unknown(self, guesses: u64, now: UnixTime) -> Self {
        match u32::try_from(guesses.abs_diff(self.guesses)).unwrap_or(u32::MAX) {
            0 => self,
            unknown => Self { wrong: self.wrong.saturating_add(unknown), last: now, guesses },
        }
    }

    /// How long after the last wrong guess the next may be made.
    fn wait(self) -> Duration {
        if self.wrong <= FREE {
            return Duration::ZERO;
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << (self.wrong - FREE - 1).min(32));
        Duration::from_secs(doubled.min(LONGEST_WAIT))
    }

    fn may_guess(self, now: UnixTime) -> Result<(), TriesError> {
        let left = self.left(now);
        match (self.wrong >= MAX_WRONG, left.is_zero()) {
            (true, _) => Err(TriesError::ForGood),
            (false, false) => Err(TriesError::Wait(left)),
            (false, true) => Ok(()),
        }
    }

    /// A clock that was put back starts the wait anew.
    fn left(self, now: UnixTime) -> Duration {
        if now < self.last {
            return self.wait();
        }
        self.wait().saturating_sub(now.since(self.last))
    }
}

/// A guess that has been counted as wrong. Nobody else guesses while this one lives.
pub(crate) struct Guess {
    path: PathBuf,
    now: UnixTime,
    guesses: u64,
    _lock: File,
}

impl Guess {
    /// Starts the count of a new wallet.
    pub(crate) fn start(path: &Path, keys: &dyn KeyStore, now: UnixTime) -> Result<(), TriesError> {
        write(path, Count { wrong: 0, last: now, guesses: keys.guesses()? })
    }

    /// Counts a guess as wrong, before it is made.
    pub(crate) fn begin(path: &Path, keys: &dyn KeyStore, now: UnixTime) -> Result<Self, TriesError> {
        let lock = durable::private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(path.with_extension("lock"))
            .map_err(TriesError::File)?;
        lock.lock().map_err(TriesError::File)?;
        let guesses = keys.guesses()?;
        let kept = read(path);
        let count = kept.unwrap_or(Count::lost(now)).with_unknown(guesses, now);
        if kept.is_none_or(|kept| kept.guesses != guesses) {
            write(path, Count { guesses, ..count })?;
        }
        count.may_guess(now)?;
        keys.count_guess()?;
        let guesses = guesses.saturating_add(1);
        write(path, Count { wrong: count.wrong.saturating_add(1), last: now, guesses })?;
        Ok(Self { path: path.to_owned(), now, guesses, _lock: lock })
    }

    /// The guess was right: nothing is held against anyone any more.
    pub(crate) fn was_right(self) -> Result<(), TriesError> {
        write(&self.path, Count { wrong: 0, last: self.now, guesses: self.guesses })
    }

    /// The guess was wrong: how long the next has to wait.
    ///
    /// # Errors
    /// [`TriesError::ForGood`], where it was the last.
    pub(crate) fn was_wrong(self) -> Result<Duration, TriesError> {
        match read(&self.path) {
            Some(count) if count.wrong >= MAX_WRONG => Err(TriesError::ForGood),
            count => Ok(count.map_or(Duration::ZERO, Count::wait)),
        }
    }
}

fn read(path: &Path) -> Option<Count> {
    serde_json::from_slice(&durable::read(path, MAX_FILE).ok()?).ok()
}

fn write(path: &Path, count: Count) -> Result<(), TriesError> {
    let bytes = serde_json::to_vec(&count).map_err(|error| TriesError::File(error.into()))?;
    durable::replace(path, &bytes).map_err(TriesError::File)
}
