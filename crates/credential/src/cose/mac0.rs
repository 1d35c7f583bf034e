//! `COSE_Mac0` with HMAC 256/256: one shared key, which both sides know (RFC 9052 section 6.2).

use core::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::cbor::Item;
use crate::cbor::value::Value;
use crate::cose::{CoseError, Headers, NewHeaders, Parts, covered};

/// The tag of a message that stands alone.
pub const TAG: u64 = 17;

const CONTEXT: &str = "MAC0";
/// HMAC with SHA-256, not cut short (RFC 9053 section 3.1).
const HMAC_256_256: i64 = 5;

/// A shared key. Not `Clone`, wiped when dropped, and silent in `Debug`.
pub struct MacKey(Zeroizing<[u8; 32]>);

impl MacKey {
    /// A key of these bytes.
    pub const fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    fn over(&self, headers: &[u8], external: &[u8], payload: &[u8]) -> Hmac<Sha256> {
        let mut hmac =
            Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of any length");
        hmac.update(&covered(CONTEXT, headers, external, payload));
        hmac
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(secret)")
    }
}

/// A message with a MAC, as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mac0 {
    headers: Headers,
    payload: Option<Vec<u8>>,
    mac: Vec<u8>,
}

impl Mac0 {
    /// Reads a message within a larger structure: without a tag.
    ///
    /// # Errors
    /// [`CoseError`]; [`CoseError::Algorithm`] for another than HMAC 256/256.
    pub fn read(item: &Item<'_>) -> Result<Self, CoseError> {
        let parts = Parts::read(item)?;
        if parts.headers.algorithm != HMAC_256_256 {
            return Err(CoseError::Algorithm);
        }
        Ok(Self { headers: parts.headers, payload: parts.payload, mac: parts.proof.to_vec() })
    }

    /// Reads a message that stands alone, of at most `max_len` bytes: with its tag.
    ///
    /// # Errors
    /// As [`Mac0::read`], and [`CoseError::Cbor`].
    pub fn parse_tagged(bytes: &[u8], max_len: usize) -> Result<Self, CoseError> {
        let item = Item::parse(bytes, max_len).map_err(CoseError::Cbor)?;
        Self::read(item.tagged(TAG).ok_or(CoseError::Tag)?)
    }

    /// Holds the MAC over the payload within against `key`, and returns that payload.
    ///
    /// # Errors
    /// [`CoseError::Payload`] where it is detached, [`CoseError::Mac`].
    pub fn verify(&self, key: &MacKey, external: &[u8]) -> Result<&[u8], CoseError> {
        let payload = self.payload.as_deref().ok_or(CoseError::Payload)?;
        self.check(key, external, payload)?;
        Ok(payload)
    }

    /// Holds the MAC over a payload that is known already against `key`.
    ///
    /// # Errors
    /// [`CoseError::Payload`] where one came along, [`CoseError::Mac`].
    pub fn verify_detached(&self, key: &MacKey, payload: &[u8]) -> Result<(), CoseError> {
        if self.payload.is_some() {
            return Err(CoseError::Payload);
        }
        self.check(key, &[], payload)
    }

    /// The comparison takes the same time wherever the two differ, and asks for the whole length.
    fn check(&self, key: &MacKey, external: &[u8], payload: &[u8]) -> Result<(), CoseError> {
        let hmac = key.over(&self.headers.protected, external, payload);
        hmac.verify_slice(&self.mac).map_err(|_| CoseError::Mac)
    }
}

/// A MAC over `payload`, which the message leaves out.
pub fn make_detached(payload: &[u8], key: &MacKey) -> Value {
    let headers = NewHeaders::default();
    let protected = headers.protected(HMAC_256_256);
    let mac = key.over(&protected, &[], payload).finalize().into_bytes();
    Value::Array(vec![protected.into(), headers.unprotected(), Value::Null, mac.to_vec().into()])
}
