//! The machine's clock and randomness: the one place of the app that asks for either.

use credential::time::UnixTime;
use wallet_core::clock::Clock;
use wallet_core::random::Random;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> UnixTime {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
    }
}

/// The operating system's randomness.
pub fn random() -> Random {
    Random::from_source(|| Box::new(rand_core::UnwrapErr(getrandom::SysRng)))
}
