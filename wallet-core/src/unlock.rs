//! The PIN: opens the wallet on this device, and nothing anywhere else.
//!
//! The database has a random key. That key is kept wrapped, under what the key store makes of
//! Argon2id(PIN): a stolen file without the device, or the device without the PIN, opens nothing.
//!
//! Each change of the PIN gives the lock the next number, which the database knows: an older lock that somebody
//! puts back, with the PIN of that time, is refused.

use core::time::Duration;
use std::io;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use credential::encoding::{base64url, from_base64url};
use credential::time::UnixTime;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::durable;
use crate::keys::{KeyStore, KeyStoreError, Secret32};
use crate::random::Random;
use crate::store::newest::FIRST_LOCK;
use crate::tries::{Guess, TriesError};

/// Characters of a PIN, at least.
pub const MIN_PIN: usize = 6;
/// Characters of a PIN, at most.
pub const MAX_PIN: usize = 64;

const MAX_FILE: u64 = 4096;
/// Argon2id: memory in KiB, passes, lanes.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What a wrapped key is said to be; the version of this file's form is in it. The lock's number follows, where
/// it has one: the first locks had none.
const CONTEXT: &[u8] = b"symbolon wallet database key, 1";

/// A PIN as it was typed. Silent in `Debug`, wiped when dropped.
#[derive(Debug)]
pub struct Pin(SecretString);

/// A PIN too short or too long to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pin must have {MIN_PIN} to {MAX_PIN} characters")]
pub struct PinError;

impl Pin {
    /// A PIN of [`MIN_PIN`] to [`MAX_PIN`] characters.
    ///
    /// # Errors
    /// [`PinError`].
    pub fn new(text: String) -> Result<Self, PinError> {
        let characters = text.chars().count();
        let pin = Self(SecretString::from(text));
        if (MIN_PIN..=MAX_PIN).contains(&characters) { Ok(pin) } else { Err(PinError) }
    }
}

/// Why a wallet stays locked.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// There is no wallet here.
    #[error("there is no wallet here")]
    NoWallet,
    /// There is one already.
    #[error("there is a wallet here already")]
    Exists,
    /// The PIN is wrong; the next guess may be made after this wait.
    #[error("pin is wrong")]
    WrongPin(Duration),
    /// Too early for another guess.
    #[error("guess comes too early")]
    Tries(#[source] TriesError),
    /// The key store.
    #[error("key store does not answer")]
    Keys(#[source] KeyStoreError),
    /// The file with the wrapped key is no such file.
    #[error("wallet's lock is damaged")]
    Damaged,
    /// The file system.
    #[error("wallet's files cannot be read or written")]
    File(#[source] io::Error),
}

impl UnlockError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoWallet => "no_wallet",
            Self::Exists => "wallet_exists",
            Self::WrongPin(_) => "wrong_pin",
            Self::Tries(TriesError::Wait(_)) => "too_many_wrong_pins",
            Self::Tries(TriesError::ForGood) => "locked_for_good",
            Self::Tries(TriesError::File(_)) | Self::File(_) => "file",
            Self::Tries(TriesError::Keys(error)) | Self::Keys(error) => error.code(),
            Self::Damaged => "lock_damaged",
        }
    }

    /// How long the next guess has to wait, where that is the matter.
    pub const fn wait(&self) -> Option<Duration> {
        match self {
            Self::WrongPin(wait) | Self::Tries(TriesError::Wait(wait)) => Some(*wait),
            _ => None,
        }
    }
}

impl From<TriesError> for UnlockError {
    fn from(error: TriesError) -> Self {
        Self::Tries(error)
    }
}

/// The files that stand between a PIN and the database.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    wrapped: PathBuf,
    tries: PathBuf,
}

/// A lock that a right PIN opened. The guess counts as wrong until somebody says otherwise.
pub(crate) struct Opened {
    pub(crate) key: Secret32,
    pub(crate) number: u64,
    guess: Guess,
}

impl Opened {
    /// What was behind the lock is what belongs there: nothing is held against anyone any more.
    pub(crate) fn was_right(self, keys: &dyn KeyStore) -> Result<(), UnlockError> {
        Ok(self.guess.was_right(keys)?)
    }
}

#[derive(Serialize, Deserialize)]
struct Wrapped {
    #[serde(default)]
    number: u64,
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    nonce: String,
    key: String,
}

impl Lock {
    pub(crate) fn in_folder(home: &Path) -> Self {
        Self { wrapped: home.join("lock.json"), tries: home.join("tries.json") }
    }

    /// Whether there is a finished wallet: its wrapped key is the last thing that is written.
    pub(crate) fn exists(&self) -> bool {
        self.wrapped.exists()
    }

    /// Wraps the key of a new database.
    pub(crate) fn close(
        &self,
        key: &Secret32,
        pin: &Pin,
        keys: &dyn KeyStore,
        random: &Random,
        now: UnixTime,
    ) -> Result<(), UnlockError> {
        if self.exists() {
            return Err(UnlockError::Exists);
        }
        make_device_key(keys).map_err(UnlockError::Keys)?;
        let wrapped = Wrapped::new(FIRST_LOCK, key, pin, keys, random)?;
        Guess::start(&self.tries, keys, now)?;
        self.keep(&wrapped)
    }

    /// Unwraps the database's key. The guess counts before it is checked.
    pub(crate) fn open(&self, pin: &Pin, keys: &dyn KeyStore, now: UnixTime) -> Result<Opened, UnlockError> {
        if !self.exists() {
            return Err(UnlockError::NoWallet);
        }
        let bytes = durable::read(&self.wrapped, MAX_FILE).map_err(UnlockError::File)?;
        let wrapped: Wrapped = serde_json::from_slice(&bytes).map_err(|_| UnlockError::Damaged)?;
        let guess = Guess::begin(&self.tries, keys, now)?;
        match wrapped.unwrap(pin, keys)? {
            Some(key) => Ok(Opened { key, number: wrapped.number, guess }),
            None => Err(UnlockError::WrongPin(guess.was_wrong(keys)?)),
        }
    }

    /// Puts a lock with another PIN in the place of the one that `opened` came from: the number of the new one.
    pub(crate) fn change(
        &self,
        opened: &Opened,
        pin: &Pin,
        keys: &dyn KeyStore,
        random: &Random,
    ) -> Result<u64, UnlockError> {
        let number = opened.number.checked_add(1).ok_or(UnlockError::Damaged)?;
        self.keep(&Wrapped::new(number, &opened.key, pin, keys, random)?)?;
        Ok(number)
    }

    /// Throws the lock away: without it there is no wallet.
    pub(crate) fn destroy(&self) -> Result<(), UnlockError> {
        durable::destroy(&self.wrapped)
            .and_then(|()| durable::destroy(&self.tries))
            .map_err(UnlockError::File)
    }

    fn keep(&self, wrapped: &Wrapped) -> Result<(), UnlockError> {
        let bytes = serde_json::to_vec_pretty(wrapped).map_err(|_| UnlockError::Damaged)?;
        durable::replace(&self.wrapped, &bytes).map_err(UnlockError::File)
    }
}

impl Wrapped {
    fn new(
        number: u64,
        key: &Secret32,
        pin: &Pin,
        keys: &dyn KeyStore,
        random: &Random,
    ) -> Result<Self, UnlockError> {
        let nonce = random.bytes::<12>();
        let mut wrapped = Self {
            number,
            salt: base64url(random.bytes::<16>()),
            memory_kib: MEMORY,
            passes: PASSES,
            lanes: LANES,
            nonce: base64url(nonce),
            key: String::new(),
        };
        let payload = Payload { msg: key.expose_secret(), aad: &wrapped.context() };
        let sealed = wrapped.cipher(pin, keys)?.encrypt(&Nonce::from(nonce), payload);
        wrapped.key = base64url(sealed.map_err(|_| UnlockError::Damaged)?);
        Ok(wrapped)
    }

    /// The database's key; none where the PIN or the device is another.
    fn unwrap(&self, pin: &Pin, keys: &dyn KeyStore) -> Result<Option<Secret32>, UnlockError> {
        let bytes = |text: &str| from_base64url(text).map_err(|_| UnlockError::Damaged);
        let nonce: [u8; 12] = bytes(&self.nonce)?.try_into().map_err(|_| UnlockError::Damaged)?;
        let sealed = bytes(&self.key)?;
        let payload = Payload { msg: &sealed, aad: &self.context() };
        let Ok(key) = self.cipher(pin, keys)?.decrypt(&Nonce::from(nonce), payload) else { return Ok(None) };
        let key = Zeroizing::new(key);
        let key: [u8; 32] = key.as_slice().try_into().map_err(|_| UnlockError::Damaged)?;
        Ok(Some(Secret32::new(key)))
    }

    fn context(&self) -> Vec<u8> {
        match self.number {
            0 => CONTEXT.to_vec(),
            number => [CONTEXT, &number.to_be_bytes()].concat(),
        }
    }

    /// What locks: Argon2id of the PIN, mixed with the device key.
    fn cipher(&self, pin: &Pin, keys: &dyn KeyStore) -> Result<Aes256Gcm, UnlockError> {
        let modest = self.memory_kib <= 4 * MEMORY && self.passes <= 4 * PASSES && self.lanes <= 4;
        let parameters = Params::new(self.memory_kib, self.passes, self.lanes, Some(32));
        let (true, Ok(parameters)) = (modest, parameters) else { return Err(UnlockError::Damaged) };
        let salt = from_base64url(&self.salt).map_err(|_| UnlockError::Damaged)?;
        let mut stretched = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(pin.0.expose_secret().as_bytes(), &salt, stretched.as_mut_slice())
            .map_err(|_| UnlockError::Damaged)?;
        let mixed = keys.mix(&stretched).map_err(UnlockError::Keys)?;
        Ok(Aes256Gcm::new(mixed.expose_secret().into()))
    }
}

/// Makes the device key of a new wallet, at which nobody guessed yet. A phone's key store still counts wrong guesses at a
/// wallet that is gone, where the app was thrown away with it or erasing was interrupted: they are no debt of the new one.
/// Who kept the old lock gets no guess back by that, since it needs the old device key.
fn make_device_key(keys: &dyn KeyStore) -> Result<(), KeyStoreError> {
    keys.make_device_key()?;
    keys.keep_right_guess(keys.guesses()?)
}

#[cfg(test)]
mod tests;
