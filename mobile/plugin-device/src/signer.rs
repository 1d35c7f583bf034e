//! A key in the phone's hardware that signs there.

use std::sync::Arc;

use credential::encoding::{base64url, from_base64url};
use credential::key::{PublicKey, SignError, Signer};
use p256::ecdsa::Signature;

use crate::keys::ask;
use crate::message::{Purpose, Sign, Signed};
use crate::phone::{Command, Phone};

/// A key, by its handle.
pub(crate) struct HardwareKey {
    phone: Arc<dyn Phone>,
    purpose: Purpose,
    handle: String,
    public: PublicKey,
}

impl HardwareKey {
    pub(crate) const fn new(
        phone: Arc<dyn Phone>,
        purpose: Purpose,
        handle: String,
        public: PublicKey,
    ) -> Self {
        Self { phone, purpose, handle, public }
    }
}

impl Signer for HardwareKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let message = Sign { purpose: self.purpose, handle: &self.handle, message: base64url(message) };
        let signed: Signed = ask(&*self.phone, Command::Sign, &message).map_err(|_| SignError)?;
        let der = from_base64url(&signed.signature).map_err(|_| SignError)?;
        let signature = Signature::from_der(&der).map_err(|_| SignError)?;
        Ok(signature.to_bytes().to_vec())
    }
}
