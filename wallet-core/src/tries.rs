//! Wrong PINs, counted in a file beside the database, so that a restart forgets none.
//!
//! A guess is counted before it is checked: whoever pulls the plug in between has used it up. From the
//! third wrong one on each costs a wait, which doubles. A file that is gone or damaged counts as three
//! wrong guesses made now.

use core::time::Duration;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use credential::time::UnixTime;
use serde::{Deserialize, Serialize};

use crate::durable;

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
    /// The count cannot be kept.
    #[error("count of wrong pins cannot be kept")]
    File(#[source] io::Error),
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Count {
    wrong: u32,
    last: UnixTime,
}

impl Count {
    /// How long after the last wrong guess the next may be made.
    fn wait(self) -> Duration {
        if self.wrong <= FREE {
            return Duration::ZERO;
        }
        let doubled = FIRST_WAIT.saturating_mul(1 << (self.wrong - FREE - 1).min(32));
        Duration::from_secs(doubled.min(LONGEST_WAIT))
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
    _lock: File,
}

impl Guess {
    /// Starts the count of a new wallet.
    pub(crate) fn start(path: &Path, now: UnixTime) -> Result<(), TriesError> {
        write(path, Count { wrong: 0, last: now })
    }

    /// Counts a guess as wrong, before it is made.
    pub(crate) fn begin(path: &Path, now: UnixTime) -> Result<Self, TriesError> {
        let lock = durable::private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(path.with_extension("lock"))
            .map_err(TriesError::File)?;
        lock.lock().map_err(TriesError::File)?;
        let count = match read(path) {
            Some(count) => count,
            None => {
                let count = Count { wrong: FREE + 1, last: now };
                write(path, count)?;
                count
            }
        };
        let left = count.left(now);
        if !left.is_zero() {
            return Err(TriesError::Wait(left));
        }
        write(path, Count { wrong: count.wrong.saturating_add(1), last: now })?;
        Ok(Self { path: path.to_owned(), now, _lock: lock })
    }

    /// The guess was right: nothing is held against anyone any more.
    pub(crate) fn was_right(self) -> Result<(), TriesError> {
        write(&self.path, Count { wrong: 0, last: self.now })
    }

    /// The guess was wrong: how long the next has to wait.
    pub(crate) fn was_wrong(self) -> Duration {
        read(&self.path).map_or(Duration::ZERO, Count::wait)
    }
}

fn read(path: &Path) -> Option<Count> {
    serde_json::from_slice(&durable::read(path, MAX_FILE).ok()?).ok()
}

fn write(path: &Path, count: Count) -> Result<(), TriesError> {
    let bytes = serde_json::to_vec(&count).map_err(|error| TriesError::File(error.into()))?;
    durable::replace(path, &bytes).map_err(TriesError::File)
}
