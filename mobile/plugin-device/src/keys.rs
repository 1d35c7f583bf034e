//! The wallet's key store in the phone's hardware.
//!
//! | | Android | iOS |
//! |---|---|---|
//! | card and token keys | P-256 in StrongBox, else in the processor's own safe part | P-256 in the Secure Enclave |
//! | device key | HMAC key there; where the phone has a screen lock, each use takes its owner's finger, face or lock | a secret in the keychain of this device alone, behind the same |
//! | counters | names of keys in the system's key store | entries in the keychain of this device alone |
//!
//! **What that keeps.** No app and no copy of files has a private key. Who takes the app's files, or puts older ones back,
//! gets neither guesses nor used cards back: keys and counters lie outside of the app's files. A guess at the PIN takes
//! the phone, and its owner's confirmation.
//!
//! **What it does not.** Neither system gives apps a counter in hardware. Who rules the system itself (a rooted phone)
//! can put its key store's own database back, and the counters with it; the owner's confirmation still stands between
//! that thief and a guess. The device key of iOS passes through the app's memory while it is used. A phone without screen
//! lock has nothing to confirm with. Card keys sign without confirmation: cards come ten copies at a time and renew
//! themselves, so that the owner is asked once, when the wallet opens. A message to the phone's half, and the answer,
//! pass the memory of both languages before they are wiped here.
//!
//! Confirmation that was broken off has used up a guess.

use std::sync::Arc;

use credential::encoding::{base64url, from_base64url};
use credential::key::{Algorithm, PublicKey, Signer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wallet_core::keys::{KeyHandle, KeyStore, KeyStoreError, MAX_HANDLE, Secret32};
use zeroize::Zeroizing;

use crate::message::{
    Advance, Counter, Counts, Empty, Key, MakeDeviceKey, MakeKey, Mix, Mixed, NamedKey, Purpose, Strange,
};
use crate::phone::{Command, Phone};
use crate::signer::HardwareKey;

/// Which keys are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Keys in hardware alone.
    Hardware,
    /// Any key that the system keeps: an emulator has no hardware. No release says this.
    Any,
}

/// Keys in the phone's hardware. Its methods wait for the phone, and [`KeyStore::mix`] for its owner: they may not be
/// called from the thread that draws.
pub struct DeviceKeys {
    phone: Arc<dyn Phone>,
    demand: Demand,
}

impl DeviceKeys {
    /// The keys of a phone.
    pub const fn new(phone: Arc<dyn Phone>, demand: Demand) -> Self {
        Self { phone, demand }
    }

    /// The line to the phone.
    pub(crate) fn phone(&self) -> &dyn Phone {
        &*self.phone
    }

    fn in_hardware(&self) -> bool {
        self.demand == Demand::Hardware
    }

    fn counts(&self) -> Result<Counts, KeyStoreError> {
        ask(&*self.phone, Command::Counts, &Empty {})
    }

    fn advance(&self, counter: Counter, to: u64) -> Result<(), KeyStoreError> {
        tell(&*self.phone, Command::Advance, &Advance { counter, to })
    }

    fn make_key(&self, purpose: Purpose) -> Result<KeyHandle, KeyStoreError> {
        let hardware = self.in_hardware();
        let key: Key = ask(&*self.phone, Command::MakeKey, &MakeKey { purpose, hardware })?;
        point(&key)?;
        handle(key.handle.as_bytes()).map_err(|_| Strange)?;
        Ok(KeyHandle::from_bytes(key.handle.into_bytes()))
    }

    fn key(&self, purpose: Purpose, named: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        let handle = handle(named.as_bytes())?;
        let key: Key = ask(&*self.phone, Command::PublicKey, &NamedKey { purpose, handle })?;
        if key.handle != handle {
            return Err(Strange.into());
        }
        let public = point(&key)?;
        Ok(Box::new(HardwareKey::new(Arc::clone(&self.phone), purpose, key.handle, public)))
    }

    fn destroy_key(&self, purpose: Purpose, named: &KeyHandle) -> Result<(), KeyStoreError> {
        let handle = handle(named.as_bytes())?;
        tell(&*self.phone, Command::DestroyKey, &NamedKey { purpose, handle })
    }
}

impl KeyStore for DeviceKeys {
    fn make_device_key(&self) -> Result<(), KeyStoreError> {
        tell(&*self.phone, Command::MakeDeviceKey, &MakeDeviceKey { hardware: self.in_hardware() })
    }

    fn mix(&self, input: &[u8; 32]) -> Result<Secret32, KeyStoreError> {
        let message = Mix { input: base64url(input), hardware: self.in_hardware() };
        let mixed: Mixed = ask(&*self.phone, Command::Mix, &message)?;
        let output = Zeroizing::new(mixed.output);
        let output = Zeroizing::new(from_base64url(output.as_str()).map_err(|_| Strange)?);
        let output: [u8; 32] = output.as_slice().try_into().map_err(|_| Strange)?;
        Ok(Secret32::new(output))
    }

    fn guesses(&self) -> Result<u64, KeyStoreError> {
        Ok(self.counts()?.guesses)
    }

    fn count_guess(&self) -> Result<(), KeyStoreError> {
        let next = self.counts()?.guesses.checked_add(1).ok_or(KeyStoreError::Damaged)?;
        self.advance(Counter::Guesses, next)?;
        // A guess that the phone did not count is none that may be made.
        if self.counts()?.guesses < next { Err(Strange.into()) } else { Ok(()) }
    }

    fn right_guess(&self) -> Result<u64, KeyStoreError> {
        Ok(self.counts()?.right)
    }

    fn keep_right_guess(&self, guess: u64) -> Result<(), KeyStoreError> {
        self.advance(Counter::Right, guess)
    }

    fn newest_state(&self) -> Result<Option<u64>, KeyStoreError> {
        Ok(Some(self.counts()?.state))
    }

    fn keep_newest_state(&self, state: u64) -> Result<(), KeyStoreError> {
        self.advance(Counter::State, state)
    }

    fn destroy(&self) -> Result<(), KeyStoreError> {
        tell(&*self.phone, Command::Destroy, &Empty {})?;
        self.keep_right_guess(self.guesses()?)
    }

    fn make_card_key(&self) -> Result<KeyHandle, KeyStoreError> {
        self.make_key(Purpose::Card)
    }

    fn card_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.key(Purpose::Card, handle)
    }

    fn destroy_card_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError> {
        self.destroy_key(Purpose::Card, handle)
    }

    fn make_token_key(&self) -> Result<KeyHandle, KeyStoreError> {
        self.make_key(Purpose::Token)
    }

    fn token_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.key(Purpose::Token, handle)
    }

    fn destroy_token_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError> {
        self.destroy_key(Purpose::Token, handle)
    }
}

/// Asks, and reads what comes back.
pub(crate) fn ask<A: DeserializeOwned>(
    phone: &dyn Phone,
    command: Command,
    message: &impl Serialize,
) -> Result<A, KeyStoreError> {
    let message = serde_json::to_value(message).map_err(|_| Strange)?;
    let answer = phone.ask(command, message)?;
    serde_json::from_value(answer).map_err(|_| Strange.into())
}

/// Asks for what has no answer but that it is done.
pub(crate) fn tell(
    phone: &dyn Phone,
    command: Command,
    message: &impl Serialize,
) -> Result<(), KeyStoreError> {
    ask::<Option<Empty>>(phone, command, message).map(drop)
}

/// A handle as the phone's half makes them: base64url, so that it is a part of a name there and nothing else.
fn handle(bytes: &[u8]) -> Result<&str, KeyStoreError> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let text = core::str::from_utf8(bytes).map_err(|_| KeyStoreError::Unknown)?;
    let well_formed = !text.is_empty() && text.len() <= MAX_HANDLE && text.as_bytes().iter().all(plain);
    if well_formed { Ok(text) } else { Err(KeyStoreError::Unknown) }
}

fn point(key: &Key) -> Result<PublicKey, KeyStoreError> {
    let bytes = from_base64url(&key.public).map_err(|_| Strange)?;
    PublicKey::from_bytes(Algorithm::Es256, &bytes).map_err(|_| Strange.into())
}

impl core::fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DeviceKeys(in hardware)")
    }
}
