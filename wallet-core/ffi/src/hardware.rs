//! The phone's hardware: keys that never leave it, and numbers that only grow.
//!
//! The app implements [`HardwareKeys`] in its own language, with what the system has: StrongBox or the processor's safe
//! part, the Secure Enclave. Nothing that comes back is believed before it was read. An exception in the app's code
//! arrives as [`HardwareError::Failed`].

use std::sync::Arc;

use credential::key::{Algorithm, PublicKey, SignError, Signer};
use p256::ecdsa::Signature;
use wallet_core::keys::{KeyHandle, KeyStore, KeyStoreError, MAX_HANDLE, Secret32};
use zeroize::Zeroizing;

/// Why the hardware did not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HardwareError {
    /// Its owner did not confirm, or broke it off.
    #[error("owner did not confirm")]
    NotConfirmed,
    /// It lets nobody confirm for now.
    #[error("nobody may confirm for now")]
    ConfirmingLocked,
    /// There is no device key any more.
    #[error("device key is gone for good")]
    Gone,
    /// There is no key of this handle.
    #[error("no such key")]
    Unknown,
    /// The phone has no hardware for keys.
    #[error("no hardware for keys")]
    NoHardware,
    /// Anything else.
    #[error("key store failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HardwareError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// What a key is for. A handle of one purpose leads to no key of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Purpose {
    /// Cards are bound to it.
    Card,
    /// Tokens of agencies are bound to it. It signs without anybody being there.
    Token,
}

/// A number that only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Counter {
    /// Guesses at the PIN.
    Guesses,
    /// The guess that was right last.
    Right,
    /// The newest state of the wallet's store.
    State,
}

/// A key that was made.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MadeKey {
    /// Its name: 1 to 256 bytes, worthless without the hardware.
    pub handle: Vec<u8>,
    /// Its point of P-256, uncompressed: 65 bytes.
    pub public_key: Vec<u8>,
}

/// Keys in the phone's hardware. The wallet calls it from threads of its own, and waits; [`HardwareKeys::mix`] may take as
/// long as the phone's owner does.
#[uniffi::export(rust, foreign)]
pub trait HardwareKeys: Send + Sync {
    /// Makes the device key of a wallet that is being made, in the place of any other.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn make_device_key(&self) -> Result<(), HardwareError>;

    /// Mixes 32 bytes with the device key (HMAC-SHA-256): the same 32 bytes each time, on this device only.
    ///
    /// # Errors
    /// [`HardwareError`]; [`HardwareError::Gone`] where there is no device key. Never make one here: the PIN would seem
    /// wrong for ever.
    fn mix(&self, input: Vec<u8>) -> Result<Vec<u8>, HardwareError>;

    /// A counter: zero where nothing was counted. It lies where no app can put it back.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn count(&self, counter: Counter) -> Result<u64, HardwareError>;

    /// Moves a counter forward, for good before it returns; a lower number changes nothing.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn advance(&self, counter: Counter, to: u64) -> Result<(), HardwareError>;

    /// Makes a P-256 key.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn make_key(&self, purpose: Purpose) -> Result<MadeKey, HardwareError>;

    /// The point of a key, as [`MadeKey::public_key`].
    ///
    /// # Errors
    /// [`HardwareError`].
    fn public_key(&self, purpose: Purpose, handle: Vec<u8>) -> Result<Vec<u8>, HardwareError>;

    /// Signs the SHA-256 digest of a message: ECDSA, in DER.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn sign(&self, purpose: Purpose, handle: Vec<u8>, message: Vec<u8>) -> Result<Vec<u8>, HardwareError>;

    /// Destroys a key whose card was thrown away or renewed. Nothing happens where there is none any more.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn destroy_key(&self, purpose: Purpose, handle: Vec<u8>) -> Result<(), HardwareError>;

    /// Destroys the device key and all others. Counters stay.
    ///
    /// # Errors
    /// [`HardwareError`].
    fn destroy_keys(&self) -> Result<(), HardwareError>;
}

/// The app's hardware as the wallet's key store.
pub(crate) struct AppKeys(pub(crate) Arc<dyn HardwareKeys>);

impl AppKeys {
    fn make(&self, purpose: Purpose) -> Result<KeyHandle, KeyStoreError> {
        let made = self.0.make_key(purpose)?;
        point(&made.public_key)?;
        if made.handle.is_empty() || made.handle.len() > MAX_HANDLE {
            return Err(strange());
        }
        Ok(KeyHandle::from_bytes(made.handle))
    }

    fn key(&self, purpose: Purpose, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        let handle = handle.as_bytes().to_vec();
        let public = point(&self.0.public_key(purpose, handle.clone())?)?;
        Ok(Box::new(AppKey { keys: Arc::clone(&self.0), purpose, handle, public }))
    }
}

impl KeyStore for AppKeys {
    fn make_device_key(&self) -> Result<(), KeyStoreError> {
        Ok(self.0.make_device_key()?)
    }

    fn mix(&self, input: &[u8; 32]) -> Result<Secret32, KeyStoreError> {
        let output = Zeroizing::new(self.0.mix(input.to_vec())?);
        let output: [u8; 32] = output.as_slice().try_into().map_err(|_| strange())?;
        Ok(Secret32::new(output))
    }

    fn guesses(&self) -> Result<u64, KeyStoreError> {
        Ok(self.0.count(Counter::Guesses)?)
    }

    fn count_guess(&self) -> Result<(), KeyStoreError> {
        let next = self.guesses()?.checked_add(1).ok_or(KeyStoreError::Damaged)?;
        self.0.advance(Counter::Guesses, next)?;
        // A guess that was not counted is none that may be made.
        if self.guesses()? < next { Err(strange()) } else { Ok(()) }
    }

    fn right_guess(&self) -> Result<u64, KeyStoreError> {
        Ok(self.0.count(Counter::Right)?)
    }

    fn keep_right_guess(&self, guess: u64) -> Result<(), KeyStoreError> {
        Ok(self.0.advance(Counter::Right, guess)?)
    }

    fn newest_state(&self) -> Result<Option<u64>, KeyStoreError> {
        Ok(Some(self.0.count(Counter::State)?))
    }

    fn keep_newest_state(&self, state: u64) -> Result<(), KeyStoreError> {
        Ok(self.0.advance(Counter::State, state)?)
    }

    fn destroy(&self) -> Result<(), KeyStoreError> {
        self.0.destroy_keys()?;
        self.keep_right_guess(self.guesses()?)
    }

    fn make_card_key(&self) -> Result<KeyHandle, KeyStoreError> {
        self.make(Purpose::Card)
    }

    fn card_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.key(Purpose::Card, handle)
    }

    fn destroy_card_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError> {
        Ok(self.0.destroy_key(Purpose::Card, handle.as_bytes().to_vec())?)
    }

    fn make_token_key(&self) -> Result<KeyHandle, KeyStoreError> {
        self.make(Purpose::Token)
    }

    fn token_key(&self, handle: &KeyHandle) -> Result<Box<dyn Signer>, KeyStoreError> {
        self.key(Purpose::Token, handle)
    }

    fn destroy_token_key(&self, handle: &KeyHandle) -> Result<(), KeyStoreError> {
        Ok(self.0.destroy_key(Purpose::Token, handle.as_bytes().to_vec())?)
    }
}

/// A key in the app's hardware.
struct AppKey {
    keys: Arc<dyn HardwareKeys>,
    purpose: Purpose,
    handle: Vec<u8>,
    public: PublicKey,
}

impl Signer for AppKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let der =
            self.keys.sign(self.purpose, self.handle.clone(), message.to_vec()).map_err(|_| SignError)?;
        let signature = Signature::from_der(&der).map_err(|_| SignError)?;
        Ok(signature.to_bytes().to_vec())
    }
}

fn point(bytes: &[u8]) -> Result<PublicKey, KeyStoreError> {
    PublicKey::from_bytes(Algorithm::Es256, bytes).map_err(|_| strange())
}

/// What came back is not what was asked for.
fn strange() -> KeyStoreError {
    KeyStoreError::from(HardwareError::Failed)
}

impl From<HardwareError> for KeyStoreError {
    fn from(error: HardwareError) -> Self {
        match error {
            HardwareError::NotConfirmed => Self::NotConfirmed,
            HardwareError::ConfirmingLocked => Self::ConfirmingLocked,
            HardwareError::Gone => Self::Gone,
            HardwareError::Unknown => Self::Unknown,
            HardwareError::NoHardware => Self::NoHardware,
            HardwareError::Failed => Self::Phone(Box::new(error)),
        }
    }
}
