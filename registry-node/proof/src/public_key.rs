//! Keys that members sign transactions and other things with: Ed25519 (strict) and P-256.

use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use serde::{Deserialize, Serialize};

/// Bytes of a signature by either kind of key.
pub const SIGNATURE: usize = 64;

/// A text or bytes that are no key of ours, or a signature that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Not `ed25519:` or `p256:` and base64url of a valid point.
    #[error("key is malformed")]
    Malformed,
    /// The signature does not hold.
    #[error("signature does not verify")]
    Signature,
}

/// A public key; written `ed25519:<base64url>` or `p256:<base64url of the compressed point>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PublicKey {
    /// 32 bytes.
    Ed25519([u8; 32]),
    /// 33 bytes of compressed SEC1.
    P256([u8; 33]),
}

impl PublicKey {
    /// An Ed25519 key; weak points are refused.
    ///
    /// # Errors
    /// [`PublicKeyError::Malformed`].
    pub fn ed25519(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| PublicKeyError::Malformed)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| PublicKeyError::Malformed)?;
        if key.is_weak() { Err(PublicKeyError::Malformed) } else { Ok(Self::Ed25519(bytes)) }
    }

    /// A P-256 key from SEC1 bytes, compressed or not.
    ///
    /// # Errors
    /// [`PublicKeyError::Malformed`].
    pub fn p256(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map_err(|_| PublicKeyError::Malformed)?;
        let point = key.to_sec1_point(true);
        point.as_bytes().try_into().map(Self::P256).map_err(|_| PublicKeyError::Malformed)
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(bytes) => bytes,
            Self::P256(bytes) => bytes,
        }
    }

    /// The two coordinates of a P-256 key, 32 bytes each; none for Ed25519.
    pub fn coordinates(&self) -> Option<([u8; 32], [u8; 32])> {
        let Self::P256(bytes) = self else { return None };
        let point = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?.to_sec1_point(false);
        let (x, y) = point.as_bytes().get(1..)?.split_at_checked(32)?;
        Some((x.try_into().ok()?, y.try_into().ok()?))
    }

    /// Holds `signature` (64 bytes) against `message`.
    ///
    /// # Errors
    /// [`PublicKeyError::Signature`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PublicKeyError> {
        self.check(message, signature).ok_or(PublicKeyError::Signature)
    }

    fn check(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        match self {
            Self::Ed25519(bytes) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).ok()?;
                key.verify_strict(message, &ed25519_dalek::Signature::from_slice(signature).ok()?).ok()
            }
            Self::P256(bytes) => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?;
                key.verify(message, &p256::ecdsa::Signature::from_slice(signature).ok()?).ok()
            }
        }
    }
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        let (kind, key) = text.split_once(':').ok_or(PublicKeyError::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(key).map_err(|_| PublicKeyError::Malformed)?;
        match (kind, bytes.len()) {
            ("ed25519", 32) => Self::ed25519(&bytes),
            ("p256", 33) => Self::p256(&bytes),
            _ => Err(PublicKeyError::Malformed),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Ed25519(_) => "ed25519",
            Self::P256(_) => "p256",
        };
        write!(f, "{kind}:{}", URL_SAFE_NO_PAD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = PublicKeyError;

    fn try_from(text: String) -> Result<Self, PublicKeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}
