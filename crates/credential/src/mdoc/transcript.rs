//! The session transcript: what both sides know about a session, so that an answer fits no other.
//!
//! Spec: ISO/IEC 18013-5 section 9.1.5.1, OpenID4VP 1.0 appendix B.2.6.

use sha2::{Digest as _, Sha256};

use crate::cbor::Item;
use crate::cbor::value::Value;
use crate::mdoc::{MAX_MDOC, MdocError};

/// A session transcript, encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTranscript(Vec<u8>);

impl SessionTranscript {
    /// That of an answer to `response_uri` (appendix B.2.6.1). `client_id` is the whole one, prefix included;
    /// `encryption_key` is the SHA-256 thumbprint (RFC 7638) of the verifier's key that the answer is
    /// encrypted to, if it is.
    pub fn openid4vp(
        client_id: &str,
        nonce: &str,
        encryption_key: Option<[u8; 32]>,
        response_uri: &str,
    ) -> Self {
        let info = [client_id.into(), nonce.into(), thumbprint(encryption_key), response_uri.into()];
        Self::of_handover("OpenID4VPHandover", info.to_vec())
    }

    /// That of an answer through the Digital Credentials API (appendix B.2.6.2). `origin` stands without the
    /// prefix `origin:`.
    pub fn openid4vp_dc_api(origin: &str, nonce: &str, encryption_key: Option<[u8; 32]>) -> Self {
        let info = [origin.into(), nonce.into(), thumbprint(encryption_key)];
        Self::of_handover("OpenID4VPDCAPIHandover", info.to_vec())
    }

    /// One that another protocol made: an array of device engagement, reader key and handover.
    ///
    /// # Errors
    /// [`MdocError::Transcript`].
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, MdocError> {
        let item = Item::parse(&bytes, MAX_MDOC).map_err(|_| MdocError::Transcript)?;
        match item.as_array() {
            Some([_, _, _]) => Ok(Self(bytes)),
            _ => Err(MdocError::Transcript),
        }
    }

    /// The encoding.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn of_handover(name: &str, info: Vec<Value>) -> Self {
        let hash = Sha256::digest(Value::Array(info).encode());
        let handover = Value::Array(vec![name.into(), hash.as_slice().into()]);
        Self(Value::Array(vec![Value::Null, Value::Null, handover]).encode())
    }
}

fn thumbprint(key: Option<[u8; 32]>) -> Value {
    key.map_or(Value::Null, |thumbprint| thumbprint.as_slice().into())
}
