//! `COSE_Sign1`: one signature (RFC 9052 section 4.2).

use crate::cbor::Item;
use crate::cbor::value::Value;
use crate::cose::{CoseError, Headers, NewHeaders, Parts, covered};
use crate::key::{Algorithm, PublicKey, SignError, Signer, VerifySignature};

/// The tag of a message that stands alone.
pub const TAG: u64 = 18;

const CONTEXT: &str = "Signature1";

/// A signed message as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign1 {
    headers: Headers,
    algorithm: Algorithm,
    payload: Option<Vec<u8>>,
    signature: Vec<u8>,
}

impl Sign1 {
    /// Reads a message within a larger structure: without a tag.
    ///
    /// # Errors
    /// [`CoseError`]; [`CoseError::Algorithm`] for one that is not in `allowed`.
    pub fn read(item: &Item<'_>, allowed: &[Algorithm]) -> Result<Self, CoseError> {
        let parts = Parts::read(item)?;
        let algorithm =
            Algorithm::from_cose_number(parts.headers.algorithm).map_err(|_| CoseError::Algorithm)?;
        if !allowed.contains(&algorithm) {
            return Err(CoseError::Algorithm);
        }
        Ok(Self {
            headers: parts.headers,
            algorithm,
            payload: parts.payload,
            signature: parts.proof.to_vec(),
        })
    }

    /// Reads a message that stands alone, of at most `max_len` bytes: with its tag.
    ///
    /// # Errors
    /// As [`Sign1::read`], and [`CoseError::Cbor`].
    pub fn parse_tagged(bytes: &[u8], max_len: usize, allowed: &[Algorithm]) -> Result<Self, CoseError> {
        let item = Item::parse(bytes, max_len).map_err(CoseError::Cbor)?;
        Self::read(item.tagged(TAG).ok_or(CoseError::Tag)?, allowed)
    }

    /// The headers, to find the key by.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The algorithm that it says to be signed by.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The payload before its signature holds: only to find the key by, or to show what arrived.
    pub fn dangerous_payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// Holds the signature over the payload within against `key`, and returns that payload.
    ///
    /// # Errors
    /// [`CoseError::Payload`] where it is detached, [`CoseError::Algorithm`], [`CoseError::Signature`].
    pub fn verify(
        &self,
        key: &PublicKey,
        external: &[u8],
        backend: &dyn VerifySignature,
    ) -> Result<&[u8], CoseError> {
        let payload = self.payload.as_deref().ok_or(CoseError::Payload)?;
        self.check(key, external, payload, backend)?;
        Ok(payload)
    }

    /// Holds the signature over a payload that is known already against `key`.
    ///
    /// # Errors
    /// [`CoseError::Payload`] where one came along, [`CoseError::Algorithm`], [`CoseError::Signature`].
    pub fn verify_detached(
        &self,
        key: &PublicKey,
        payload: &[u8],
        backend: &dyn VerifySignature,
    ) -> Result<(), CoseError> {
        if self.payload.is_some() {
            return Err(CoseError::Payload);
        }
        self.check(key, &[], payload, backend)
    }

    fn check(
        &self,
        key: &PublicKey,
        external: &[u8],
        payload: &[u8],
        backend: &dyn VerifySignature,
    ) -> Result<(), CoseError> {
        if self.algorithm != key.algorithm() {
            return Err(CoseError::Algorithm);
        }
        let message = covered(CONTEXT, &self.headers.protected, external, payload);
        backend.verify(key, &message, &self.signature).map_err(|_| CoseError::Signature)
    }
}

/// Signs `payload`, which the message holds.
///
/// # Errors
/// [`SignError`] where the key's home refuses.
pub fn sign(headers: &NewHeaders<'_>, payload: &[u8], signer: &dyn Signer) -> Result<Value, SignError> {
    sign_parts(headers, payload, payload.into(), signer)
}

/// Signs `payload`, which the message leaves out.
///
/// # Errors
/// [`SignError`] where the key's home refuses.
pub fn sign_detached(
    headers: &NewHeaders<'_>,
    payload: &[u8],
    signer: &dyn Signer,
) -> Result<Value, SignError> {
    sign_parts(headers, payload, Value::Null, signer)
}

fn sign_parts(
    headers: &NewHeaders<'_>,
    payload: &[u8],
    shown: Value,
    signer: &dyn Signer,
) -> Result<Value, SignError> {
    let protected = headers.protected(signer.public_key().algorithm().cose_number());
    let signature = signer.sign(&covered(CONTEXT, &protected, &[], payload))?;
    Ok(Value::Array(vec![protected.into(), headers.unprotected(), shown, signature.into()]))
}
