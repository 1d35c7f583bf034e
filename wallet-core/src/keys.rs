//! Where private keys live: a port, for the phone's hardware, and a key store in software behind it.
//!
//! A wallet keeps handles, never keys. The device key never leaves its store; what is locked with it opens
//! on this device only.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use credential::key::{Algorithm, Signer, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::durable;
use crate::random::Random;

/// Bytes of a file with a number, at most.
const MAX_NUMBER: u64 = 20;
/// How the files beside the key's are called.
const GUESSES: &str = "guesses";
const RIGHT: &str = "right";
const STATE: &str = "state";
/// Locked while any of them is written, here or in another process. It stays where the rest goes: whoever removed it would
/// let two have it.
const TURN: &str = "lock";
/// Bytes of a key's handle, at most.
pub const MAX_HANDLE: usize = 256;
/// What card keys and token keys are derived for: a handle of one is no handle of the other.
const CARD: &str = "symbolon wallet card key";
const TOKEN: &str = "symbolon wallet token key";

/// 32 secret bytes: wiped when dropped, silent in `Debug`.
#[derive(Debug)]
pub struct Secret32(SecretBox<[u8; 32]>);

impl Secret32 {
    /// Takes the bytes in.
    pub fn new(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(SecretBox::new(Box::new(*bytes)))
    }

    /// The bytes, for the one call that needs them.
    pub fn expose_secret(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

/// The name under which a key store finds a key. It is not secret, and worthless without the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHandle(Vec<u8>);

impl KeyHandle {
    /// A handle that was kept.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why a key store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The store's file cannot be read or written.
    #[error("key store cannot be reached")]
    File(#[source] io::Error),
    /// There is a key store already.
    #[error("key store exists already")]
    Exists,
    /// The store's file is not one.
    #[error("key store is damaged")]
    Damaged,
    /// The handle leads to no key.
    #[error("no such key")]
    Unknown,
    /// The phone asked its owner to confirm, and they did not.
    #[error("owner did not confirm")]
    NotConfirmed,
    /// The phone lets nobody confirm for now: too many tries were wrong.
    #[error("phone lets nobody confirm for now")]
    ConfirmingLocked,
    /// There is no device key any more: the phone threw it away with its screen lock, or somebody emptied its key store.
    /// What was locked with it never opens again.
    #[error("device key is gone for good")]
    Gone,
    /// The phone has no hardware for keys.
    #[error("phone has no hardware for keys")]
    NoHardware,
    /// The phone's own parts failed.
    #[error("phone's key store failed")]
    Phone(#[source] Box<dyn core::error::Error + Send + Sync>),
}

impl KeyStoreError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File(_) | Self::Exists | Self::Damaged | Self::Unknown | Self::Phone(_) => "key_store",
            Self::NotConfirmed => "not_confirmed",
            Self::ConfirmingLocked => "confirming_locked",
            Self::Gone => "device_key_gone",
            Self::NoHardware => "no_key_hardware",
        }
    }
}

/// Keeps private keys and the device key. Hardware does this on phones.
pub trait KeyStore: Send + Sync {
    /// Makes the device key of a wallet that is being made, in the place of any other: what was locked with that never
    /// opens again. Nothing else makes one. Nobody guessed yet at what the new one locks: the wallet itself says so after
    /// this, with [`Self::keep_right_guess`].
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn make_device_key(&self) -> Result<(), KeyStoreError>;

    /// Mixes `input` with the device key: the same bytes each time, on this device only.
    ///
    /// # Errors
    /// [`KeyStoreError`]; [`KeyStoreError::Gone`] where there is no device key, so that no PIN seems wrong for it.
    fn mix(&self, input: &[u8; 32]) -> Result<Secret32, KeyStoreError>;

    /// How many guesses at the PIN were ever counted here. The number only grows: hardware sees to that, so
    /// that nobody gets guesses back by putting old files in place.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn guesses(&self) -> Result<u64, KeyStoreError>;

    /// Counts a guess, on disk before the call returns.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn count_guess(&self) -> Result<(), KeyStoreError>;

    /// The count of guesses at the last right one, as it was kept: those since then were wrong.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn right_guess(&self) -> Result<u64, KeyStoreError>;

    /// Keeps that guess number `guess` was right, on disk before the call returns: a lower number changes nothing. Nobody
    /// else may be able to say so: with it guesses are given back.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn keep_right_guess(&self, guess: u64) -> Result<(), KeyStoreError>;

    /// The number of the newest state of the wallet's store that was kept here: it only grows, so that nobody
    /// makes a used card unused, or an old PIN good again, by putting old files in place. `None` where the
    /// device has no place for such a number; then old files are not noticed.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn newest_state(&self) -> Result<Option<u64>, KeyStoreError> {
        Ok(None)
    }

    /// Keeps `state` as the newest, where it is: a lower number changes nothing. Kept for good before the call
    /// returns.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn keep_newest_state(&self, state: u64) -> Result<(), KeyStoreError> {
        let _ = state;
        Ok(())
    }

    /// Destroys the device key: whatever was locked with it never opens again, so the guesses at it are forgiven.
    /// Nothing happens where there is none any more.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn destroy(&self) -> Result<(), KeyStoreError>;

    /// Makes an ES256 key that cards are bound to, and signs presentations and key proofs only.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn make_card_key(&self) -> Result<KeyHandle, KeyStoreError>;

    /// The key of a handle.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn card_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError>;

    /// Destroys a card's key. Nothing happens where there is none any more.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn destroy_card_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError>;

    /// Makes an ES256 key that tokens of issuers are bound to, and signs proofs of that (DPoP) only. Cards renew
    /// themselves with it: it signs without anybody being there.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn make_token_key(&self) -> Result<KeyHandle, KeyStoreError>;

    /// The token key of a handle.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn token_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError>;

    /// Destroys a token key. Nothing happens where there is none any more.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn destroy_token_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError>;
}

/// A key store in a file that only its owner may read: for computers, and until hardware takes over.
///
/// The file holds the device key alone. A card's key is derived from it and from its handle, 32 random
/// bytes that are kept in the encrypted store; whoever has one without the other has nothing.
///
/// The counts of guesses and the number of the newest state stand in files beside it: who puts those back too is
/// not noticed. That takes hardware.
///
/// Several processes may have the same store open: each number is read and written by one at a time.
pub struct FileKeyStore {
    device: Secret32,
    path: PathBuf,
    random: Random,
}

impl FileKeyStore {
    /// Makes a key store at `path`.
    ///
    /// # Errors
    /// [`KeyStoreError::Exists`], [`KeyStoreError::File`].
    pub fn create(path: &Path, random: Random) -> Result<Self, KeyStoreError> {
        let _turn = take_turn(path)?;
        let key = Zeroizing::new(random.bytes::<32>());
        durable::create(path, key.as_slice()).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeyStoreError::Exists,
            _ => KeyStoreError::File(error),
        })?;
        let store = Self { device: Secret32::new(*key), path: path.to_owned(), random };
        for name in [GUESSES, RIGHT, STATE] {
            store.keep_number(name, 0)?;
        }
        Ok(store)
    }

    /// Opens the key store at `path`.
    ///
    /// # Errors
    /// [`KeyStoreError::File`], [`KeyStoreError::Damaged`].
    pub fn open(path: &Path, random: Random) -> Result<Self, KeyStoreError> {
        let bytes = Zeroizing::new(durable::read(path, 32).map_err(KeyStoreError::File)?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| KeyStoreError::Damaged)?;
        Ok(Self { device: Secret32::new(key), path: path.to_owned(), random })
    }

    /// A number in a file beside the key's; zero where there is none.
    fn number(&self, name: &str) -> Result<u64, KeyStoreError> {
        match durable::read(&self.path.with_extension(name), MAX_NUMBER) {
            Ok(bytes) => {
                let text = core::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok());
                text.ok_or(KeyStoreError::Damaged)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(KeyStoreError::File(error)),
        }
    }

    /// Moves a number forward, while nobody else does: a lower one changes nothing.
    fn advance(&self, name: &str, next: impl FnOnce(u64) -> u64) -> Result<(), KeyStoreError> {
        let _turn = take_turn(&self.path)?;
        let number = self.number(name)?;
        let next = next(number);
        if next > number { self.keep_number(name, next) } else { Ok(()) }
    }

    /// For who has the turn.
    fn keep_number(&self, name: &str, number: u64) -> Result<(), KeyStoreError> {
        let path = self.path.with_extension(name);
        durable::replace(&path, number.to_string().as_bytes()).map_err(KeyStoreError::File)
    }

    fn make_key(&self, purpose: &str) -> KeyHandle {
        loop {
            let handle = KeyHandle(self.random.bytes::<32>().to_vec());
            // One in 2^32 digests is no P-256 scalar.
            if self.key(purpose, &handle).is_ok() {
                return handle;
            }
        }
    }

    fn key(&self, purpose: &str, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        if handle.0.len() > MAX_HANDLE {
            return Err(KeyStoreError::Unknown);
        }
        let secret = self.derive(purpose, &handle.0);
        let key = SigningKey::from_secret_bytes(Algorithm::Es256, secret.expose_secret());
        key.map(|key| Box::new(key) as Box<dyn Signer>).map_err(|_| KeyStoreError::Unknown)
    }

    /// The device key's keyed digest of `input`, apart for each `purpose`.
    fn derive(&self, purpose: &str, input: &[u8]) -> Secret32 {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(self.device.expose_secret()).expect("any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(input);
        Secret32::new(mac.finalize().into_bytes().into())
    }
}

impl KeyStore for FileKeyStore {
    fn guesses(&self) -> Result<u64, KeyStoreError> {
        self.number(GUESSES)
    }

    fn count_guess(&self) -> Result<(), KeyStoreError> {
        self.advance(GUESSES, |guesses| guesses.saturating_add(1))
    }

    fn right_guess(&self) -> Result<u64, KeyStoreError> {
        self.number(RIGHT)
    }

    fn keep_right_guess(&self, guess: u64) -> Result<(), KeyStoreError> {
        self.advance(RIGHT, |_| guess)
    }

    fn newest_state(&self) -> Result<Option<u64>, KeyStoreError> {
        self.number(STATE).map(Some)
    }

    fn keep_newest_state(&self, state: u64) -> Result<(), KeyStoreError> {
        self.advance(STATE, |_| state)
    }

    fn destroy(&self) -> Result<(), KeyStoreError> {
        durable::destroy(&self.path).map_err(KeyStoreError::File)?;
        self.keep_right_guess(self.guesses()?)
    }

    /// The file was made with it, for one wallet. It stays for the next one too, where erasing was interrupted: who could
    /// put the old lock back, to guess on, could put the counts back as well.
    fn make_device_key(&self) -> Result<(), KeyStoreError> {
        Ok(())
    }

    fn mix(&self, input: &[u8; 32]) -> Result<Secret32, KeyStoreError> {
        Ok(self.derive("symbolon wallet unlock", input))
    }

    fn make_card_key(&self) -> Result<KeyHandle, KeyStoreError> {
        Ok(self.make_key(CARD))
    }

    fn card_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.key(CARD, handle)
    }

    /// Without its handle, which the database has forgotten, nobody derives it again.
    fn destroy_card_key(&self, _: &KeyHandle) -> Result<(), KeyStoreError> {
        Ok(())
    }

    fn make_token_key(&self) -> Result<KeyHandle, KeyStoreError> {
        Ok(self.make_key(TOKEN))
    }

    fn token_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.key(TOKEN, handle)
    }

    /// As [`Self::destroy_card_key`].
    fn destroy_token_key(&self, _: &KeyHandle) -> Result<(), KeyStoreError> {
        Ok(())
    }
}

/// The turn to write files of the key store at `path`.
fn take_turn(path: &Path) -> Result<File, KeyStoreError> {
    durable::take_turn(&path.with_extension(TURN)).map_err(KeyStoreError::File)
}

impl core::fmt::Debug for FileKeyStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("FileKeyStore(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Folder, random, random_from};

    const THREADS: u64 = 4;
    const ROUNDS: u64 = 16;

    /// Counts a guess, and keeps numbers that lie between those of the other threads.
    fn keep_numbers(path: &Path, thread: u64) {
        let keys = FileKeyStore::open(path, random()).unwrap();
        for round in 0..ROUNDS {
            let before = keys.guesses().unwrap();
            keys.count_guess().unwrap();
            assert!(keys.guesses().unwrap() > before);
            keys.keep_right_guess(round * THREADS + thread).unwrap();
            keys.keep_newest_state(1000 + round * THREADS + thread).unwrap();
        }
    }

    #[test]
    fn numbers_that_several_keep_at_once_are_all_right() {
        let folder = Folder::new("numbers-at-once");
        let path = folder.path().join("device.key");
        let keys = FileKeyStore::create(&path, random()).unwrap();
        std::thread::scope(|threads| {
            for thread in 0..THREADS {
                let path = &path;
                threads.spawn(move || keep_numbers(path, thread));
            }
        });
        assert_eq!(keys.guesses().unwrap(), THREADS * ROUNDS);
        assert_eq!(keys.right_guess().unwrap(), THREADS * ROUNDS - 1);
        assert_eq!(keys.newest_state().unwrap(), Some(1000 + THREADS * ROUNDS - 1));
    }

    #[test]
    fn of_two_who_make_a_key_store_at_once_one_has_it() {
        let folder = Folder::new("key-store-twice");
        let path = &folder.path().join("device.key");
        let make = |seed| FileKeyStore::create(path, random_from(seed));
        let made = std::thread::scope(|threads| {
            [1, 2].map(|seed| threads.spawn(move || make(seed))).map(|thread| thread.join().unwrap())
        });
        let [one, other] = made;
        let (has_it, has_not) = if one.is_ok() { (one, other) } else { (other, one) };
        assert!(matches!(has_not, Err(KeyStoreError::Exists)));
        let mix = |keys: &FileKeyStore| *keys.mix(&[7; 32]).unwrap().expose_secret();
        assert_eq!(mix(&has_it.unwrap()), mix(&FileKeyStore::open(path, random()).unwrap()));
    }

    #[test]
    fn no_number_goes_back() {
        let folder = Folder::new("numbers-forward");
        let keys = FileKeyStore::create(&folder.path().join("device.key"), random()).unwrap();
        for number in [9, 3] {
            keys.keep_right_guess(number).unwrap();
            keys.keep_newest_state(number).unwrap();
        }
        assert_eq!((keys.right_guess().unwrap(), keys.newest_state().unwrap()), (9, Some(9)));
    }
}
