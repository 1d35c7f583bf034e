//! Randomness: made once in `main.rs`, passed to whoever needs it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_core::CryptoRng;

/// A source of random number generators. Cheap to clone.
#[derive(Clone)]
pub struct Random(Arc<dyn Fn() -> Box<dyn CryptoRng + Send> + Send + Sync>);

impl Random {
    /// The operating system's generator. To be called in `main.rs` only.
    pub fn system() -> Self {
        Self(Arc::new(|| Box::new(rand_core::UnwrapErr(getrandom::SysRng))))
    }

    /// A source of the caller's own, for tests that must be exact.
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

    /// A text of 256 random bits that is safe in a URL: a token, a nonce, an identifier.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A code of `digits` decimal digits, each code equally likely. At most 18 digits.
    pub fn code(&self, digits: u32) -> String {
        let bound = 10_u64.pow(digits.min(18));
        let limit = u64::MAX - u64::MAX % bound;
        let mut rng = self.rng();
        loop {
            let draw = rng.next_u64();
            if draw < limit {
                return format!("{:0width$}", draw % bound, width = digits.min(18) as usize);
            }
        }
    }

    /// A number below `bound`, each equally likely.
    ///
    /// # Panics
    /// Never; a bound of 0 gives 0.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let limit = u64::MAX - u64::MAX % bound;
        let mut rng = self.rng();
        loop {
            let draw = rng.next_u64();
            if draw < limit {
                return draw % bound;
            }
        }
    }
}

impl core::fmt::Debug for Random {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_as_many_digits_as_asked_for() {
        let random = Random::system();
        for digits in [4, 6, 8] {
            let code = random.code(digits);
            assert_eq!(code.len(), digits as usize);
            assert!(code.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn tokens_differ_and_are_safe_in_a_url() {
        let random = Random::system();
        let (one, two) = (random.token(), random.token());
        assert_ne!(one, two);
        assert_eq!(one.len(), 43);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }
}
