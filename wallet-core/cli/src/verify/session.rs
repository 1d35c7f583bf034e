//! The session that the answer of a device must fit, as the command line names it.
//!
//! Spec: OpenID4VP 1.0 appendix B.2.6.

use std::path::Path;

use credential::cbor::Item;
use credential::encoding::from_base64url;
use credential::json;
use credential::mdoc::device::AgreementKey;
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::{MAX_MDOC, MdocError};
use serde_json::Value;
use wallet_core::durable;
use zeroize::Zeroizing;

use crate::arguments::{Session, Verify};
use crate::input::cbor_that;
use crate::refusal::Refusal;
use crate::verify::MAX_JWK;

impl Session {
    /// Whether anything of a session is named that only a device answers.
    pub(crate) const fn is_named(&self) -> bool {
        self.response_uri.is_some()
            || self.origin.is_some()
            || self.jwk_thumbprint.is_some()
            || self.transcript.is_some()
            || self.reader_jwk.is_some()
    }
}

/// The transcript, and the verifier's key for a MAC.
pub(super) fn read(verify: &Verify) -> Result<(SessionTranscript, Option<AgreementKey>), Refusal> {
    let session = &verify.session;
    let reader = session.reader_jwk.as_deref().map(read_reader_key).transpose()?;
    let thumbprint = session.jwk_thumbprint.as_deref().map(read_thumbprint).transpose()?;
    let transcript =
        match (&session.transcript, &session.response_uri, &session.origin, &verify.aud, &verify.nonce) {
            (Some(file), None, None, _, _) => read_transcript(file)?,
            (None, Some(uri), None, Some(client), Some(nonce)) => {
                SessionTranscript::openid4vp(client, nonce, thumbprint, uri)
            }
            (None, None, Some(origin), None, Some(nonce)) => {
                SessionTranscript::openid4vp_dc_api(origin, nonce, thumbprint)
            }
            _ => {
                return Err(Refusal::misused("session_missing"));
            }
        };
    Ok((transcript, reader))
}

fn read_thumbprint(text: &str) -> Result<[u8; 32], Refusal> {
    let bytes = from_base64url(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Refusal::misused("thumbprint_malformed"))
}

/// A transcript by itself, or within a byte string behind tag 24, as protocols pass it on.
fn read_transcript(file: &Path) -> Result<SessionTranscript, Refusal> {
    let unreadable = || Refusal::misused("transcript_unreadable");
    let bytes = durable::read(file, MAX_MDOC as u64).map_err(|_| unreadable())?;
    let refused = |error: MdocError| Refusal::technical(error.code(), &error);
    let cbor = cbor_that(&bytes, begins_as_transcript).unwrap_or(bytes);
    let item = Item::parse(&cbor, MAX_MDOC).map_err(|error| refused(MdocError::Cbor(error)))?;
    let inner = item.embedded().map_or_else(|| cbor.clone(), <[u8]>::to_vec);
    SessionTranscript::from_bytes(inner).map_err(refused)
}

/// An array of three, or a tag below 256.
fn begins_as_transcript(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(0x83 | 0xd8))
}

/// The secret scalar of a private JWK on P-256.
fn read_reader_key(file: &Path) -> Result<AgreementKey, Refusal> {
    let unreadable = || Refusal::misused("reader_key_unreadable");
    let bytes = Zeroizing::new(durable::read(file, MAX_JWK as u64).map_err(|_| unreadable())?);
    let jwk = json::parse(&bytes, MAX_JWK).map_err(|_| unreadable())?;
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("crv") != "P-256" {
        return Err(unreadable());
    }
    let secret = Zeroizing::new(from_base64url(text("d")).map_err(|_| unreadable())?);
    AgreementKey::from_secret_bytes(&secret).map_err(|_| unreadable())
}
