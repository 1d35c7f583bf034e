//! What tests share: a random source that is none, one moment, folders of their own.

use std::path::{Path, PathBuf};

use credential::time::UnixTime;
use rand_core::{Infallible, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

use crate::random::Random;

/// The moment of every test.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// SHA-256 of a counter: the same bytes in every run.
struct FixedRng(u64);

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

/// Fixed randomness that differs from call to call.
pub(crate) fn random() -> Random {
    random_from(0)
}

/// As [`random`], another sequence for each seed.
pub(crate) fn random_from(seed: u64) -> Random {
    let calls = std::sync::atomic::AtomicU64::new(seed << 40);
    Random::from_source(move || {
        Box::new(FixedRng(calls.fetch_add(1 << 20, std::sync::atomic::Ordering::Relaxed)))
    })
}

/// A folder that is gone when the test is over.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wallet-core-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
