//! Seconds since 1970, the only time that credentials carry (RFC 7519 `NumericDate`).

use core::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The moment `seconds` after 1970 began.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The moment of a `NumericDate` claim, fractions of a second cut off; nothing for anything else.
    pub fn from_claim(value: &Value) -> Option<Self> {
        if let Some(seconds) = value.as_u64() {
            return Some(Self(seconds));
        }
        let seconds = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked: in range and positive"
        )]
        (0.0..9e15).contains(&seconds).then_some(Self(seconds as u64))
    }

    /// Seconds since 1970 began.
    pub const fn secs(self) -> u64 {
        self.0
    }

    /// This moment and `span` more; stops at the end of time.
    pub const fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_secs()))
    }

    /// This moment and `span` less; stops at 1970.
    pub const fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.as_secs()))
    }

    /// How long ago `earlier` was; zero where it lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

impl core::fmt::Display for UnixTime {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}
