//! Wrong PINs, counted so that a restart forgets none.
//!
//! The key store counts: how many guesses there were, and how many at the last right one. A guess is counted before it
//! is checked: whoever pulls the plug in between has used it up. From the third wrong one on each costs a wait,
//! which doubles; after [`MAX_WRONG`] in a row the lock is shut for good. A thief who can set the device's clock
//! waits for nothing, so waits alone would let them try every PIN of six digits in a day; a person who forgot
//! theirs has their backup, and some days to remember. A new wallet starts without wrong ones.
//!
//! A file beside the database says when the newest guess was made. It is not believed further than it reaches: where it
//! is missing, or knows of another count than the key store, the newest guess was made now.

use core::time::Duration;
use std::fs::File;
use std::io;
use std::path::Path;

use credential::time::UnixTime;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::keys::{KeyStore, KeyStoreError};

/// Wrong guesses in a row that shut the lock for good: six days of waiting for who guesses by accident, and a
/// chance of one in 50,000 at a PIN of six random digits.
pub const MAX_WRONG: u64 = 20;
/// Wrong guesses that cost no wait.
const FREE: u64 = 2;
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
    /// The time of the newest guess cannot be kept.
    #[error("time of the newest guess cannot be kept")]
    File(#[source] io::Error),
    /// The key store cannot count.
    #[error("key store does not count")]
    Keys(#[from] KeyStoreError),
}

/// When a guess was made, and the key store's count after it.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Newest {
    last: UnixTime,
    guesses: u64,
}

/// A guess that has been counted as wrong. Nobody else guesses while this one lives.
pub(crate) struct Guess {
    guesses: u64,
    _lock: File,
}

impl Guess {
    /// Makes the file of a new wallet.
    pub(crate) fn start(path: &Path, keys: &dyn KeyStore, now: UnixTime) -> Result<(), TriesError> {
        write(path, Newest { last: now, guesses: keys.guesses()? })
    }

    /// Counts a guess as wrong, before it is made.
    pub(crate) fn begin(path: &Path, keys: &dyn KeyStore, now: UnixTime) -> Result<Self, TriesError> {
        let lock = durable::take_turn(&path.with_extension("lock")).map_err(TriesError::File)?;
        let guesses = keys.guesses()?;
        let kept = read(path).filter(|kept| kept.guesses == guesses);
        if kept.is_none() {
            write(path, Newest { last: now, guesses })?;
        }
        may_guess(wrong(keys)?, kept.map_or(now, |kept| kept.last), now)?;
        keys.count_guess()?;
        let guesses = keys.guesses()?;
        write(path, Newest { last: now, guesses })?;
        Ok(Self { guesses, _lock: lock })
    }

    /// The guess was right: nothing is held against anyone any more.
    pub(crate) fn was_right(self, keys: &dyn KeyStore) -> Result<(), TriesError> {
        Ok(keys.keep_right_guess(self.guesses)?)
    }

    /// The guess was wrong: how long the next has to wait.
    ///
    /// # Errors
    /// [`TriesError::ForGood`], where it was the last.
    pub(crate) fn was_wrong(self, keys: &dyn KeyStore) -> Result<Duration, TriesError> {
        match wrong(keys)? {
            wrong if wrong >= MAX_WRONG => Err(TriesError::ForGood),
            wrong => Ok(wait(wrong)),
        }
    }
}

/// Wrong guesses since the last right one. A key store that forgot some has a right one that lies ahead: no guess is
/// given back for that.
fn wrong(keys: &dyn KeyStore) -> Result<u64, KeyStoreError> {
    Ok(keys.guesses()?.abs_diff(keys.right_guess()?))
}

fn may_guess(wrong: u64, last: UnixTime, now: UnixTime) -> Result<(), TriesError> {
    // A clock that was put back starts the wait anew.
    let waited = if now < last { Duration::ZERO } else { now.since(last) };
    let left = wait(wrong).saturating_sub(waited);
    match (wrong >= MAX_WRONG, left.is_zero()) {
        (true, _) => Err(TriesError::ForGood),
        (false, false) => Err(TriesError::Wait(left)),
        (false, true) => Ok(()),
    }
}

/// How long after the last of so many wrong guesses the next may be made.
fn wait(wrong: u64) -> Duration {
    if wrong <= FREE {
        return Duration::ZERO;
    }
    let doubled = FIRST_WAIT.saturating_mul(1 << (wrong - FREE - 1).min(32));
    Duration::from_secs(doubled.min(LONGEST_WAIT))
}

fn read(path: &Path) -> Option<Newest> {
    serde_json::from_slice(&durable::read(path, MAX_FILE).ok()?).ok()
}

fn write(path: &Path, newest: Newest) -> Result<(), TriesError> {
    let bytes = serde_json::to_vec(&newest).map_err(|error| TriesError::File(error.into()))?;
    durable::replace(path, &bytes).map_err(TriesError::File)
}
