//! The ports of this program: the machine's clock, its randomness, keys in a file.

use std::path::Path;
use std::sync::Arc;

use credential::time::UnixTime;
use wallet_core::clock::Clock;
use wallet_core::keys::{FileKeyStore, KeyStoreError};
use wallet_core::random::Random;
use wallet_core::wallet::Ports;

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        now()
    }
}

/// The machine's time.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub(crate) fn now() -> UnixTime {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
}

/// The machine's randomness.
pub(crate) fn random() -> Random {
    Random::from_source(|| Box::new(rand_core::UnwrapErr(getrandom::SysRng)))
}

/// The ports of a new wallet: a key store that an interrupted attempt left behind is made anew.
pub(crate) fn make(key_file: &Path) -> Result<Ports, KeyStoreError> {
    match std::fs::remove_file(key_file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(KeyStoreError::File(error)),
        _ => Ok(ports(FileKeyStore::create(key_file, random())?)),
    }
}

/// The ports of a wallet that exists.
pub(crate) fn open(key_file: &Path) -> Result<Ports, KeyStoreError> {
    Ok(ports(FileKeyStore::open(key_file, random())?))
}

fn ports(keys: FileKeyStore) -> Ports {
    Ports { keys: Arc::new(keys), clock: Arc::new(SystemClock), random: random() }
}
