//! Block time: milliseconds since 1970, as the validators agree on it.

use core::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment in whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(u64);

impl Millis {
    /// The end of time: a date that never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment `millis` after 1970 began.
    pub const fn new(millis: u64) -> Self {
        Self(millis)
    }

    /// The moment `seconds` after 1970 began.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970 began.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// This moment and `millis` more; stops at the end of time.
    pub const fn plus(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// How long ago `earlier` was; zero where it lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
