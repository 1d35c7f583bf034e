//! The time, as a port: the app's, the command's, and a test's own.

use credential::time::UnixTime;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> UnixTime;
}
