//! The PIN: opens the wallet on this device, and nothing anywhere else.
//!
//! The database has a random key. That key is kept wrapped, under what the key store makes of
//! Argon2id(PIN): a stolen file without the device, or the device without the PIN, opens nothing.

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
/// What a wrapped key is said to be; the version of this file's form is in it.
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
            Self::Tries(TriesError::File(_)) | Self::File(_) => "file",
            Self::Tries(TriesError::Keys(_)) | Self::Keys(_) => "key_store",
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

#[derive(Serialize, Deserialize)]
struct Wrapped {
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
        let (salt, nonce) = (random.bytes::<16>(), random.bytes::<12>());
        let mut wrapped = Wrapped {
            salt: base64url(salt),
            memory_kib: MEMORY,
            passes: PASSES,
            lanes: LANES,
            nonce: base64url(nonce),
            key: String::new(),
        };
        let cipher = wrapped.cipher(pin, keys)?;
        let payload = Payload { msg: key.expose_secret(), aad: CONTEXT };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| UnlockError::Damaged)?;
        wrapped.key = base64url(sealed);
        Guess::start(&self.tries, keys, now)?;
        let bytes = serde_json::to_vec_pretty(&wrapped).map_err(|_| UnlockError::Damaged)?;
        durable::replace(&self.wrapped, &bytes).map_err(UnlockError::File)
    }

    /// Unwraps the database's key. The guess counts before it is checked.
    pub(crate) fn open(
        &self,
        pin: &Pin,
        keys: &dyn KeyStore,
        now: UnixTime,
    ) -> Result<Secret32, UnlockError> {
        if !self.exists() {
            return Err(UnlockError::NoWallet);
        }
        let bytes = durable::read(&self.wrapped, MAX_FILE).map_err(UnlockError::File)?;
        let wrapped: Wrapped = serde_json::from_slice(&bytes).map_err(|_| UnlockError::Damaged)?;
        let guess = Guess::begin(&self.tries, keys, now)?;
        match wrapped.unwrap(pin, keys)? {
            Some(key) => {
                guess.was_right()?;
                Ok(key)
            }
            None => Err(UnlockError::WrongPin(guess.was_wrong())),
        }
    }
}

impl Wrapped {
    /// The database's key; none where the PIN or the device is another.
    fn unwrap(&self, pin: &Pin, keys: &dyn KeyStore) -> Result<Option<Secret32>, UnlockError> {
        let bytes = |text: &str| from_base64url(text).map_err(|_| UnlockError::Damaged);
        let nonce: [u8; 12] = bytes(&self.nonce)?.try_into().map_err(|_| UnlockError::Damaged)?;
        let sealed = bytes(&self.key)?;
        let payload = Payload { msg: &sealed, aad: CONTEXT };
        let Ok(key) = self.cipher(pin, keys)?.decrypt(&Nonce::from(nonce), payload) else { return Ok(None) };
        let key = Zeroizing::new(key);
        let key: [u8; 32] = key.as_slice().try_into().map_err(|_| UnlockError::Damaged)?;
        Ok(Some(Secret32::new(key)))
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

#[cfg(test)]
mod tests;
