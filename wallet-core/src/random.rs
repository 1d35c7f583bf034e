//! Randomness, made once by whoever starts the wallet and passed in.

use core::fmt;
use std::sync::Arc;

use credential::encoding::base64url;
use rand_core::CryptoRng;

/// A source of random number generators. Cheap to clone.
#[derive(Clone)]
pub struct Random(Arc<dyn Fn() -> Box<dyn CryptoRng + Send> + Send + Sync>);

impl Random {
    /// A source; the operating system's everywhere but in tests.
    pub fn from_source(source: impl Fn() -> Box<dyn CryptoRng + Send> + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    /// A generator.
    pub fn rng(&self) -> Box<dyn CryptoRng + Send> {
        (self.0)()
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng().fill_bytes(&mut bytes);
        bytes
    }

    /// A number of at least `low` and below `high`; `low` where there is none. For times that nobody should be able to tell.
    pub fn between(&self, low: u64, high: u64) -> u64 {
        let width = high.saturating_sub(low).max(1);
        // 2^64 is so much more than any wait that the remainder's bias is nothing.
        low + u64::from_le_bytes(self.bytes()) % width
    }

    /// A text of 256 random bits that is safe in a URL: a state, a verifier, an identifier.
    pub fn token(&self) -> String {
        base64url(self.bytes::<32>())
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
