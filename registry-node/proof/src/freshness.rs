//! How old a proof may be.
//!
//! Each use has a greatest age. While the chain halts, a bounded grace keeps what was true: a proof may be
//! older than its use allows if the newest head that anyone has is old too, if the proof is not far behind
//! that head, and if the grace has not run out. Uses that accept new trust have no grace.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// What a proof is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// A wallet answers a request.
    Login,
    /// Somebody checks a credential.
    Check,
    /// A wallet accepts a new credential: new trust.
    Receive,
    /// A credential is asked for, shown and checked where neither side has the network.
    Counter,
}

/// The limits of one use, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freshness {
    /// The greatest age of a head while the chain moves.
    pub max_age_ms: u64,
    /// The greatest age while it halts; zero for none.
    pub grace_ms: u64,
}

/// How fresh a proof is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Within its use's greatest age.
    Fresh(Duration),
    /// Older, while the chain halts: say so wherever it counts.
    InGrace(Duration),
}

impl Age {
    /// The age itself.
    pub const fn duration(self) -> Duration {
        match self {
            Self::Fresh(age) | Self::InGrace(age) => age,
        }
    }
}

/// A proof that is too old for its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaleError {
    /// Its head's age, in the message too.
    #[error("proof is {} seconds old, more than its use allows", .0.as_secs())]
    Stale(Duration),
    /// It lies ahead of our clock by more than [`MAX_AHEAD_MS`].
    #[error("proof lies in the future")]
    Ahead,
}

/// Milliseconds that a head may lie ahead of our clock.
pub const MAX_AHEAD_MS: u64 = 30_000;

impl Freshness {
    /// Judges a proof whose head is of time `head`, when the newest head known is of time `newest`.
    ///
    /// # Errors
    /// [`StaleError`].
    pub fn judge(self, head: Millis, newest: Millis, now: Millis) -> Result<Age, StaleError> {
        if head > now.plus(MAX_AHEAD_MS) {
            return Err(StaleError::Ahead);
        }
        let (age, max_age) = (now.since(head), Duration::from_millis(self.max_age_ms));
        if age <= max_age {
            return Ok(Age::Fresh(age));
        }
        let halted = now.since(newest) > max_age;
        let near = newest.since(head) <= max_age;
        let in_grace = age <= Duration::from_millis(self.grace_ms);
        if halted && near && in_grace { Ok(Age::InGrace(age)) } else { Err(StaleError::Stale(age)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Freshness = Freshness { max_age_ms: 10_000, grace_ms: 100_000 };

    fn judge(head: u64, newest: u64, now: u64) -> Result<Age, StaleError> {
        LIMITS.judge(Millis::new(head), Millis::new(newest), Millis::new(now))
    }

    #[test]
    fn a_young_proof_is_fresh() {
        assert_eq!(judge(90_000, 99_000, 100_000), Ok(Age::Fresh(Duration::from_secs(10))));
    }

    #[test]
    fn an_old_proof_is_refused_while_the_chain_moves() {
        assert_eq!(judge(80_000, 99_000, 100_000), Err(StaleError::Stale(Duration::from_secs(20))));
    }

    #[test]
    fn grace_holds_while_the_chain_halts() {
        assert_eq!(judge(75_000, 80_000, 100_000), Ok(Age::InGrace(Duration::from_secs(25))));
    }

    #[test]
    fn grace_ends() {
        assert!(judge(80_000, 80_000, 180_001).is_err());
    }

    #[test]
    fn grace_does_not_cover_what_lay_behind_when_the_chain_halted() {
        assert!(judge(60_000, 80_000, 100_000).is_err());
    }

    #[test]
    fn without_grace_an_old_proof_is_refused_even_while_the_chain_halts() {
        let limits = Freshness { max_age_ms: 10_000, grace_ms: 0 };
        assert!(limits.judge(Millis::new(80_000), Millis::new(80_000), Millis::new(100_000)).is_err());
    }

    #[test]
    fn a_proof_from_the_future_is_refused() {
        assert_eq!(judge(131_000, 0, 100_000), Err(StaleError::Ahead));
    }
}
