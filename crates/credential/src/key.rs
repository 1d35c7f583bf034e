//! Keys and signatures: Ed25519 and P-256, and nothing else.
//!
//! A [`PublicKey`] can only be a point that its curve allows. Who signs and who verifies are values that
//! callers pass in: the portable back end is [`RustCrypto`], services bring a faster one.
//!
//! Spec: RFC 7517 and 7518 (JWK), RFC 8037 (Ed25519), RFC 7638 (thumbprints).

mod jwk;

use core::fmt;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::elliptic_curve::Generate as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// A signature algorithm that we allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256, signature as `r || s`.
    Es256,
    /// Ed25519, pure.
    EdDsa,
}

impl Algorithm {
    /// Every one of them.
    pub const ALL: [Self; 2] = [Self::Es256, Self::EdDsa];

    /// The JOSE name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of a JOSE `alg`; everything that we do not allow is refused, `none` first of all.
    ///
    /// # Errors
    /// [`KeyError::Algorithm`].
    pub fn from_name(name: &str) -> Result<Self, KeyError> {
        match name {
            "ES256" => Ok(Self::Es256),
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            _ => Err(KeyError::Algorithm),
        }
    }
}

/// Why something is not a key that we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither ES256 nor EdDSA.
    #[error("algorithm is not allowed")]
    Algorithm,
    /// Key type or curve is none of ours.
    #[error("key type is not allowed")]
    Type,
    /// A member is missing, of the wrong kind or of the wrong length.
    #[error("key is malformed")]
    Malformed,
    /// A public key came with its private part.
    #[error("public key carries its private part")]
    Private,
    /// `use` or `key_ops` keep the key from verifying signatures.
    #[error("key is for another purpose")]
    Purpose,
    /// The point is not on the curve, or of small order.
    #[error("key is not a valid point")]
    Point,
    /// The private key does not belong to the public one beside it.
    #[error("private and public key do not belong together")]
    Mismatch,
}

/// A signature that does not hold; which part failed is never said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct SignatureError;

/// A signer that could not sign: hardware that is away, or a person who said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signing failed")]
pub struct SignError;

/// Signs with one key, wherever that key lives.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// The signature over `message`: 64 bytes, `r || s` for ES256.
    ///
    /// # Errors
    /// [`SignError`] where the key's home refuses.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Verifies signatures.
pub trait VerifySignature: Send + Sync {
    /// Holds `signature` against `message` under `key`.
    ///
    /// # Errors
    /// [`SignatureError`] where it does not hold.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError>;
}

/// A public key: a valid point of P-256 or Ed25519.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Point);

#[derive(Clone, PartialEq, Eq)]
enum Point {
    P256(p256::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl PublicKey {
    /// What this key verifies.
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Point::P256(_) => Algorithm::Es256,
            Point::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// A key from its bytes: SEC1 (33 or 65 bytes) for P-256, 32 bytes for Ed25519.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] and [`KeyError::Point`].
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        match algorithm {
            Algorithm::Es256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                .map(|key| Self(Point::P256(key)))
                .map_err(|_| KeyError::Point),
            Algorithm::EdDsa => {
                let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Malformed)?;
                let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?;
                if key.is_weak() {
                    return Err(KeyError::Point);
                }
                Ok(Self(Point::Ed25519(key)))
            }
        }
    }

    /// The key's bytes: 65 bytes of SEC1, uncompressed, for P-256; 32 bytes for Ed25519.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Point::P256(key) => key.to_sec1_point(false).as_bytes().to_vec(),
            Point::Ed25519(key) => key.to_bytes().to_vec(),
        }
    }

    /// The 33 bytes of compressed SEC1 for P-256; 32 bytes for Ed25519.
    pub fn to_compressed_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Point::P256(key) => key.to_sec1_point(true).as_bytes().to_vec(),
            Point::Ed25519(key) => key.to_bytes().to_vec(),
        }
    }
}

impl From<p256::PublicKey> for PublicKey {
    fn from(key: p256::PublicKey) -> Self {
        Self(Point::P256(key.into()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", self.algorithm().name(), self.thumbprint())
    }
}

/// A private key in memory. Not `Clone`, wiped when dropped, and silent in `Debug`.
pub struct SigningKey {
    secret: Secret,
    public: PublicKey,
}

enum Secret {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl SigningKey {
    /// A new key.
    pub fn generate(algorithm: Algorithm, rng: &mut dyn CryptoRng) -> Self {
        Self::from_secret(match algorithm {
            Algorithm::Es256 => {
                Secret::P256(p256::ecdsa::SigningKey::from(p256::SecretKey::generate_from_rng(rng)))
            }
            Algorithm::EdDsa => {
                let mut seed = Zeroizing::new([0u8; 32]);
                rng.fill_bytes(seed.as_mut_slice());
                Secret::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
        })
    }

    fn from_secret(secret: Secret) -> Self {
        let public = PublicKey(match &secret {
            Secret::P256(key) => Point::P256(*key.verifying_key()),
            Secret::Ed25519(key) => Point::Ed25519(key.verifying_key()),
        });
        Self { secret, public }
    }

    /// A key from its 32 secret bytes.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for another length or a scalar out of range.
    pub fn from_secret_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != 32 {
            return Err(KeyError::Malformed);
        }
        Ok(Self::from_secret(match algorithm {
            Algorithm::Es256 => {
                Secret::P256(p256::ecdsa::SigningKey::from_slice(bytes).map_err(|_| KeyError::Malformed)?)
            }
            Algorithm::EdDsa => {
                Secret::Ed25519(ed25519_dalek::SigningKey::try_from(bytes).map_err(|_| KeyError::Malformed)?)
            }
        }))
    }

    /// The 32 secret bytes, for the one store that keeps them.
    pub fn dangerous_to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.secret {
            Secret::P256(key) => key.to_bytes().to_vec(),
            Secret::Ed25519(key) => key.to_bytes().to_vec(),
        })
    }

    /// A P-256 key from PKCS#8 PEM.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, KeyError> {
        p256::ecdsa::SigningKey::from_pkcs8_pem(pem)
            .map(|key| Self::from_secret(Secret::P256(key)))
            .map_err(|_| KeyError::Malformed)
    }

    /// A P-256 key as PKCS#8 PEM.
    ///
    /// # Errors
    /// [`KeyError::Type`] for an Ed25519 key.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        match &self.secret {
            Secret::P256(key) => key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Malformed),
            Secret::Ed25519(_) => Err(KeyError::Type),
        }
    }
}

impl Signer for SigningKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match &self.secret {
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(message).map_err(|_| SignError)?;
                Ok(signature.to_bytes().to_vec())
            }
            Secret::Ed25519(key) => Ok(key.try_sign(message).map_err(|_| SignError)?.to_bytes().to_vec()),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, secret)", self.public.algorithm().name())
    }
}

/// The portable back end: p256 and ed25519-dalek, Ed25519 by the strict rule.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl VerifySignature for RustCrypto {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match &key.0 {
            Point::P256(key) => {
                let signature = p256::ecdsa::Signature::from_slice(signature).map_err(|_| SignatureError)?;
                key.verify(message, &signature).map_err(|_| SignatureError)
            }
            Point::Ed25519(key) => {
                let signature =
                    ed25519_dalek::Signature::from_slice(signature).map_err(|_| SignatureError)?;
                key.verify_strict(message, &signature).map_err(|_| SignatureError)
            }
        }
    }
}

#[cfg(test)]
mod tests;
