//! Digests under which secrets of others are kept: never the code, always what it hashes to.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// SHA-256 of a token with 256 random bits: nothing to guess, so no key is needed.
pub fn of_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The key of this service's digests.
pub struct DigestKey(zeroize::Zeroizing<[u8; 32]>);

impl DigestKey {
    /// Wraps 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(zeroize::Zeroizing::new(bytes))
    }

    /// The digest of a short code, bound to what it is for: `context` keeps two offers with one code apart.
    pub fn of_code(&self, context: &str, code: &str) -> [u8; 32] {
        self.mac(&[b"code", context.as_bytes(), code.as_bytes()])
    }

    /// A code that proves that these bytes come from this service.
    pub fn of_nonce(&self, nonce: &[u8]) -> [u8; 32] {
        self.mac(&[b"nonce", nonce])
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("hmac takes a key of any length");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl core::fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DigestKey(redacted)")
    }
}
