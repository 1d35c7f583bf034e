//! What tests share: a random source that is none, keys that never change, and one moment.

use rand_core::{Infallible, TryCryptoRng, TryRng};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::jws;
use crate::key::{Algorithm, SigningKey};
use crate::time::UnixTime;

/// The moment of every test.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// SHA-256 of a counter: the same bytes in every run.
pub(crate) struct FixedRng(pub(crate) u64);

impl TryRng for FixedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for FixedRng {}

/// The issuer's key.
pub(crate) fn issuer() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut FixedRng(1000))
}

/// The holder's key.
pub(crate) fn holder() -> SigningKey {
    SigningKey::generate(Algorithm::EdDsa, &mut FixedRng(2000))
}

/// The members of an object.
pub(crate) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("not an object"),
    }
}

/// A token by `signer`.
pub(crate) fn signed(header: Value, payload: Value, signer: &SigningKey) -> String {
    jws::sign(members(header), &members(payload), signer).unwrap()
}

/// The vectors in `file` of the shared folder, or nothing where that is not here.
pub(crate) fn vectors(file: &str) -> Option<Value> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let folder = std::env::var_os("VECTORS_DIR").map_or_else(|| beside.into(), std::path::PathBuf::from);
    let bytes = std::fs::read(folder.join(file)).ok();
    assert!(bytes.is_some() || std::env::var("CI").as_deref() != Ok("true"), "{file} is missing");
    bytes.map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

/// Bytes from hexadecimal.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// A certificate that `signer` gave itself.
pub(crate) fn certificate(signer: &SigningKey) -> Vec<u8> {
    let pair = rcgen::KeyPair::from_pem(&signer.to_pkcs8_pem().unwrap()).unwrap();
    rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&pair).unwrap().der().to_vec()
}
