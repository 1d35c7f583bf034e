//! Keys in a file beside the wallet: on computers, for tests. On a phone this does not exist.

use std::io;
use std::path::Path;

use wallet_core::keys::{FileKeyStore, KeyStoreError};
use wallet_core::random::Random;

use crate::phase::KeyFile;

/// The key store's file, in the wallet's folder.
const KEY_FILE: &str = "device.key";

/// The key store of the wallet in the folder `home`.
///
/// # Errors
/// [`KeyStoreError::File`], [`KeyStoreError::Damaged`].
pub(crate) fn store(home: &Path, file: KeyFile, random: Random) -> Result<FileKeyStore, KeyStoreError> {
    let path = home.join(KEY_FILE);
    match file {
        KeyFile::Make => make(home, &path, random),
        KeyFile::Open => FileKeyStore::open(&path, random),
    }
}

/// One that an interrupted attempt left behind is made anew: no wallet was ever locked with it.
fn make(home: &Path, path: &Path, random: Random) -> Result<FileKeyStore, KeyStoreError> {
    wallet_core::durable::make_folder(home).map_err(KeyStoreError::File)?;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(KeyStoreError::File(error)),
        _ => FileKeyStore::create(path, random),
    }
}
