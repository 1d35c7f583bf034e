//! The clock: made once in `main.rs`, passed to whoever needs the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use credential::time::UnixTime;

/// A source of the time, in milliseconds since 1970. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// The machine's clock. To be called in `main.rs` only.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes the clock")]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map(|since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
                .unwrap_or(0)
        }))
    }

    /// A clock that a test moves by hand.
    pub fn by_hand(hand: &Hand) -> Self {
        let hand = hand.clone();
        Self(Arc::new(move || hand.0.load(Ordering::SeqCst)))
    }

    /// The time now, in whole seconds.
    pub fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.millis() / 1000)
    }

    /// The time now, in milliseconds since 1970.
    pub fn millis(&self) -> u64 {
        (self.0)()
    }
}

impl core::fmt::Debug for Clock {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Clock")
    }
}

/// What moves a clock made by [`Clock::by_hand`].
#[derive(Clone, Debug)]
pub struct Hand(Arc<AtomicU64>);

impl Hand {
    /// A hand that points at `start`.
    pub fn at(start: UnixTime) -> Self {
        Self(Arc::new(AtomicU64::new(start.secs() * 1000)))
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}
