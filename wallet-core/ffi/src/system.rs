//! The machine's clock and randomness: the one place of the bindings that asks for either.

use std::sync::Arc;

use credential::time::UnixTime;
use wallet_core::clock::Clock;
use wallet_core::random::Random;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> UnixTime {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
    }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

pub(crate) fn random() -> Random {
    Random::from_source(|| Box::new(rand_core::UnwrapErr(getrandom::SysRng)))
}
