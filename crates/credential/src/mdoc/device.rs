//! Device authentication: the holder's key answers for the session, by a signature or by a MAC.
//!
//! Spec: ISO/IEC 18013-5 section 9.1.3.

use core::fmt;

use p256::elliptic_curve::Generate as _;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::cbor::Item;
use crate::cbor::value::Value;
use crate::cose::mac0::{self, Mac0, MacKey};
use crate::cose::sign1::{self, Sign1};
use crate::cose::{CoseError, NewHeaders};
use crate::key::{Algorithm, KeyError, PublicKey, SignError, Signer, VerifySignature};
use crate::mdoc::transcript::SessionTranscript;
use crate::mdoc::{ALGORITHMS, MdocError};

const MAC_KEY_INFO: &[u8] = b"EMacKey";

/// A P-256 key that agrees on MAC keys: a reader's for one session, or a device's own. Not `Clone`, wiped
/// when dropped, and silent in `Debug`.
pub struct AgreementKey(p256::SecretKey);

impl AgreementKey {
    /// A new key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(p256::SecretKey::generate_from_rng(rng))
    }

    /// A key from its 32 secret bytes.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for another length or a scalar out of range.
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != 32 {
            return Err(KeyError::Malformed);
        }
        p256::SecretKey::from_slice(bytes).map(Self).map_err(|_| KeyError::Malformed)
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        self.0.public_key().into()
    }

    /// The key `EMacKey` that this side and `other` share in a session (section 9.1.3.5).
    ///
    /// # Errors
    /// [`KeyError::Type`] where `other` is not on P-256.
    pub fn mac_key(&self, other: &PublicKey, transcript: &SessionTranscript) -> Result<MacKey, KeyError> {
        if other.algorithm() != Algorithm::Es256 {
            return Err(KeyError::Type);
        }
        let other = p256::PublicKey::from_sec1_bytes(&other.to_bytes()).map_err(|_| KeyError::Point)?;
        let shared = p256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), other.as_affine());
        let salt = Sha256::digest(Value::embedded(transcript.as_bytes().to_vec()).encode());
        let mut key = Zeroizing::new([0; 32]);
        let expanded = shared.extract::<Sha256>(Some(&salt)).expand(MAC_KEY_INFO, key.as_mut_slice());
        expanded.map_err(|_| KeyError::Malformed)?;
        Ok(MacKey::new(key))
    }
}

impl fmt::Debug for AgreementKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AgreementKey(secret)")
    }
}

/// How a device answers for a session.
pub enum DeviceProof<'a> {
    /// By a signature, which anyone can check later.
    Signature(&'a dyn Signer),
    /// By a MAC that only this reader can check.
    Mac {
        /// The device's own key.
        device: &'a AgreementKey,
        /// The reader's key for this session.
        reader: &'a PublicKey,
    },
}

impl DeviceProof<'_> {
    /// Whether this proof is one by `key`.
    pub(super) fn is_by(&self, key: &PublicKey) -> bool {
        match self {
            Self::Signature(signer) => signer.public_key() == key,
            Self::Mac { device, .. } => device.public_key() == *key,
        }
    }

    /// The member of `DeviceAuth`.
    pub(super) fn make(
        &self,
        transcript: &SessionTranscript,
        payload: &[u8],
    ) -> Result<(&'static str, Value), SignError> {
        match self {
            Self::Signature(signer) => {
                let signature = sign1::sign_detached(&NewHeaders::default(), payload, *signer)?;
                Ok(("deviceSignature", signature))
            }
            Self::Mac { device, reader } => {
                let key = device.mac_key(reader, transcript).map_err(|_| SignError)?;
                Ok(("deviceMac", mac0::make_detached(payload, &key)))
            }
        }
    }
}

/// `DeviceAuth` as it arrived.
#[derive(Clone, Debug)]
pub(super) enum DeviceAuth {
    Signature(Sign1),
    Mac(Mac0),
}

impl DeviceAuth {
    pub(super) fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        match (item.member("deviceSignature"), item.member("deviceMac")) {
            (Some(signature), None) => {
                Sign1::read(signature, ALGORITHMS).map(Self::Signature).map_err(MdocError::DeviceAuth)
            }
            (None, Some(mac)) => Mac0::read(mac).map(Self::Mac).map_err(MdocError::DeviceAuth),
            _ => Err(MdocError::DeviceAuthForm),
        }
    }

    /// Holds it against the device key that the issuer signed.
    pub(super) fn check(
        &self,
        device_key: &PublicKey,
        payload: &[u8],
        transcript: &SessionTranscript,
        reader: Option<&AgreementKey>,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        match self {
            Self::Signature(signature) => signature.verify_detached(device_key, payload, backend),
            Self::Mac(mac) => {
                let reader = reader.ok_or(MdocError::UnexpectedMac)?;
                let key = reader.mac_key(device_key, transcript).map_err(MdocError::MacKey)?;
                mac.verify_detached(&key, payload)
            }
        }
        .map_err(|error: CoseError| MdocError::DeviceAuth(error))
    }
}

/// `DeviceAuthenticationBytes`, with `namespaces` (`DeviceNameSpacesBytes`) as they are (section 9.1.3.4).
pub(super) fn authentication_bytes(
    transcript: &SessionTranscript,
    doc_type: &str,
    namespaces: &[u8],
) -> Vec<u8> {
    let authentication = Value::Array(vec![
        "DeviceAuthentication".into(),
        Value::Encoded(transcript.as_bytes().to_vec()),
        doc_type.into(),
        Value::Encoded(namespaces.to_vec()),
    ]);
    Value::embedded(authentication.encode()).encode()
}
