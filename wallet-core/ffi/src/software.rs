//! Keys in a file, for computers and tests. No phone's library has it.

use std::path::Path;
use std::sync::Arc;

use credential::key::Signer;
use p256::ecdsa::Signature;
use wallet_core::keys::{FileKeyStore, KeyHandle, KeyStore, KeyStoreError};

use crate::hardware::{Counter, HardwareError, HardwareKeys, MadeKey, Purpose};
use crate::system;

/// Keys in a file that only its owner may read, as [`HardwareKeys`]: a key store of an app's can pass calls on to it.
#[derive(uniffi::Object)]
pub struct SoftwareKeys(FileKeyStore);

#[uniffi::export]
impl SoftwareKeys {
    /// Opens the key store in a file, or makes one there.
    ///
    /// # Errors
    /// [`HardwareError::Failed`].
    #[uniffi::constructor]
    pub fn new(path: String) -> Result<Arc<Self>, HardwareError> {
        let (path, random) = (Path::new(&path), system::random());
        let store =
            if path.exists() { FileKeyStore::open(path, random) } else { FileKeyStore::create(path, random) };
        Ok(Arc::new(Self(store?)))
    }
}

impl SoftwareKeys {
    fn key(&self, purpose: Purpose, handle: Vec<u8>) -> Result<Box<dyn Signer>, HardwareError> {
        let handle = KeyHandle::from_bytes(handle);
        Ok(match purpose {
            Purpose::Card => self.0.card_key(&handle)?,
            Purpose::Token => self.0.token_key(&handle)?,
        })
    }
}

#[uniffi::export]
impl HardwareKeys for SoftwareKeys {
    fn make_device_key(&self) -> Result<(), HardwareError> {
        Ok(self.0.make_device_key()?)
    }

    fn mix(&self, input: Vec<u8>) -> Result<Vec<u8>, HardwareError> {
        let input: [u8; 32] = input.as_slice().try_into().map_err(|_| HardwareError::Failed)?;
        Ok(self.0.mix(&input)?.expose_secret().to_vec())
    }

    fn count(&self, counter: Counter) -> Result<u64, HardwareError> {
        Ok(match counter {
            Counter::Guesses => self.0.guesses()?,
            Counter::Right => self.0.right_guess()?,
            Counter::State => self.0.newest_state()?.unwrap_or(0),
        })
    }

    fn advance(&self, counter: Counter, to: u64) -> Result<(), HardwareError> {
        match counter {
            Counter::Guesses => {
                while self.0.guesses()? < to {
                    self.0.count_guess()?;
                }
            }
            Counter::Right => self.0.keep_right_guess(to)?,
            Counter::State => self.0.keep_newest_state(to)?,
        }
        Ok(())
    }

    fn make_key(&self, purpose: Purpose) -> Result<MadeKey, HardwareError> {
        let handle = match purpose {
            Purpose::Card => self.0.make_card_key()?,
            Purpose::Token => self.0.make_token_key()?,
        };
        let handle = handle.as_bytes().to_vec();
        let public_key = self.public_key(purpose, handle.clone())?;
        Ok(MadeKey { handle, public_key })
    }

    fn public_key(&self, purpose: Purpose, handle: Vec<u8>) -> Result<Vec<u8>, HardwareError> {
        Ok(self.key(purpose, handle)?.public_key().to_bytes())
    }

    fn sign(&self, purpose: Purpose, handle: Vec<u8>, message: Vec<u8>) -> Result<Vec<u8>, HardwareError> {
        let signature = self.key(purpose, handle)?.sign(&message).map_err(|_| HardwareError::Failed)?;
        let signature = Signature::from_slice(&signature).map_err(|_| HardwareError::Failed)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn destroy_key(&self, purpose: Purpose, handle: Vec<u8>) -> Result<(), HardwareError> {
        let handle = KeyHandle::from_bytes(handle);
        match purpose {
            Purpose::Card => self.0.destroy_card_key(&handle)?,
            Purpose::Token => self.0.destroy_token_key(&handle)?,
        }
        Ok(())
    }

    fn destroy_keys(&self) -> Result<(), HardwareError> {
        Ok(self.0.destroy()?)
    }
}

impl From<KeyStoreError> for HardwareError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::Unknown => Self::Unknown,
            _ => Self::Failed,
        }
    }
}
