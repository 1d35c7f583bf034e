//! The entry points, by topic, and what they share.

pub(crate) mod certificates;
pub(crate) mod did;
pub(crate) mod documents;
pub(crate) mod jose;
pub(crate) mod json;
pub(crate) mod mdoc;
pub(crate) mod sd_jwt;
pub(crate) mod status_list;

use std::sync::LazyLock;

use credential::key::{Algorithm, PublicKey, SignError, SignatureError, Signer, SigningKey, VerifySignature};
use credential::time::UnixTime;

/// The moment of every check.
const NOW: UnixTime = UnixTime::from_secs(1_750_000_000);

/// Believes every signature, so that what lies behind a signature is reached.
struct Believing;

impl VerifySignature for Believing {
    fn verify(&self, _: &PublicKey, _: &[u8], _: &[u8]) -> Result<(), SignatureError> {
        Ok(())
    }
}

/// Signs with nothing.
struct Nothing(PublicKey);

impl Signer for Nothing {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(vec![0; 64])
    }
}

/// A key of this algorithm.
fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_secret_bytes(algorithm, &[1; 32]).expect("a scalar of either curve")
}

/// The public half of [`key`], made once.
fn public(algorithm: Algorithm) -> PublicKey {
    static KEYS: LazyLock<[PublicKey; 2]> = LazyLock::new(|| {
        [Algorithm::Es256, Algorithm::EdDsa].map(|algorithm| key(algorithm).public_key().clone())
    });
    KEYS[usize::from(algorithm == Algorithm::EdDsa)].clone()
}

/// Input as text; what is none is no text to a reader of text.
fn text(data: &[u8]) -> &str {
    core::str::from_utf8(data).unwrap_or_default()
}
