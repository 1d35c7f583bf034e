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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_numeric_date_is_cut_to_whole_seconds() {
        let read = |value: Value| UnixTime::from_claim(&value).map(UnixTime::secs);
        assert_eq!(read(json!(0)), Some(0));
        assert_eq!(read(json!(u64::MAX)), Some(u64::MAX));
        assert_eq!(read(json!(1.9)), Some(1));
        assert_eq!(read(json!(-0.0)), Some(0));
        assert_eq!(read(json!(8_999_999_999_999_999.0)), Some(8_999_999_999_999_999));
        for other in [json!(-1), json!(-0.5), json!(9e15), json!("1"), json!(null), json!([1])] {
            assert_eq!(read(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn time_stops_at_its_ends() {
        let (moment, span) = (UnixTime::from_secs(5), Duration::from_secs(3));
        assert_eq!((moment.plus(span), moment.minus(span)), (UnixTime::from_secs(8), UnixTime::from_secs(2)));
        assert_eq!(UnixTime::from_secs(2).minus(span), UnixTime::from_secs(0));
        assert_eq!(UnixTime::from_secs(u64::MAX - 2).plus(span), UnixTime::from_secs(u64::MAX));
        assert_eq!(moment.since(UnixTime::from_secs(2)), span);
        assert_eq!(moment.since(UnixTime::from_secs(6)), Duration::ZERO);
    }

    #[test]
    fn a_moment_is_written_in_seconds() {
        assert_eq!(UnixTime::from_secs(5).to_string(), "5");
    }
}
