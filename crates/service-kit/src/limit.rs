//! Rate limits: a bucket of tokens for each caller, in memory, with a cap on the number of callers.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::clock::Clock;
use crate::problem::Problem;

/// Callers that are remembered; beyond it, those with full buckets are forgotten first.
const MAX_CALLERS: usize = 50_000;

/// How often something may be done.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many at once, after a pause.
    pub burst: u32,
    /// How many a minute, in the long run.
    pub per_minute: u32,
}

/// Counts what each caller does. Cheap to clone.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    rate: Rate,
    clock: Clock,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// Tokens in sixty-thousandths, so that refilling by the millisecond needs no fractions.
    level: u64,
    filled_at: u64,
}

const TOKEN: u64 = 60_000;

/// The caller must wait this many seconds.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("rate limit reached; try again in {0} s")]
pub struct Wait(pub u64);

impl Limiter {
    /// A limiter with nobody in it.
    pub fn new(rate: Rate, clock: Clock) -> Self {
        Self(Arc::new(Inner { rate, clock, buckets: Mutex::new(HashMap::new()) }))
    }

    /// Takes one token of this caller's, or says how long to wait.
    pub fn take(&self, caller: &str) -> Result<(), Wait> {
        let Inner { rate, clock, buckets } = &*self.0;
        let now = clock.millis();
        let full = u64::from(rate.burst) * TOKEN;
        let mut buckets = buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_CALLERS && !buckets.contains_key(caller) {
            buckets.retain(|_, bucket| bucket.level_at(now, *rate) < full);
            if buckets.len() >= MAX_CALLERS {
                return Err(Wait(1));
            }
        }
        let bucket = buckets.entry(caller.to_owned()).or_insert(Bucket { level: full, filled_at: now });
        bucket.level = bucket.level_at(now, *rate);
        bucket.filled_at = now;
        if bucket.level < TOKEN {
            let missing = (TOKEN - bucket.level).div_ceil(u64::from(rate.per_minute.max(1)));
            return Err(Wait(missing.div_ceil(1000)));
        }
        bucket.level -= TOKEN;
        Ok(())
    }
}

impl Bucket {
    fn level_at(self, now: u64, rate: Rate) -> u64 {
        let gained = now.saturating_sub(self.filled_at).saturating_mul(u64::from(rate.per_minute));
        self.level.saturating_add(gained).min(u64::from(rate.burst) * TOKEN)
    }
}

/// Middleware: one bucket for each address (each /64 in IPv6). Use with
/// `axum::middleware::from_fn_with_state(limiter, limit::by_address)`.
pub async fn by_address(State(limiter): State<Limiter>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    match limiter.take(&caller_name(peer)) {
        Ok(()) => next.run(request).await,
        Err(Wait(seconds)) => Problem::too_many(seconds).into_response(),
    }
}

fn caller_name(address: Option<IpAddr>) -> String {
    match address {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Hand;
    use credential::time::UnixTime;

    #[test]
    fn a_caller_waits_after_a_burst_and_others_do_not() {
        let hand = Hand::at(UnixTime::from_secs(1_000));
        let limiter = Limiter::new(Rate { burst: 2, per_minute: 6 }, Clock::by_hand(&hand));
        assert_eq!(limiter.take("a"), Ok(()));
        assert_eq!(limiter.take("a"), Ok(()));
        assert_eq!(limiter.take("a"), Err(Wait(10)));
        assert_eq!(limiter.take("b"), Ok(()));
        hand.advance(10);
        assert_eq!(limiter.take("a"), Ok(()));
        assert_eq!(limiter.take("a"), Err(Wait(10)));
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let name = |text: &str| caller_name(Some(text.parse().unwrap()));
        assert_eq!(name("2001:db8:1:2::3"), name("2001:db8:1:2:ffff::4"));
        assert_ne!(name("2001:db8:1:2::3"), name("2001:db8:1:3::3"));
    }
}
