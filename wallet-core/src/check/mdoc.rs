//! Checking a mobile document that somebody else shows, against one key or against trust anchors. Its status
//! is not asked.
//!
//! Spec: ISO/IEC 18013-5 section 9.3, OpenID4VP 1.0 appendix B.2.

use credential::key::{PublicKey, RustCrypto};
use credential::mdoc::device::AgreementKey;
use credential::mdoc::hold::Held;
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession, Unverified, Verified};
use credential::time::UnixTime;
use credential::x509::Chain;

use crate::check::CheckError;

/// Whose signature counts.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// That of this key, which the document's own certificate must hold.
    Key(&'a PublicKey),
    /// That of a document signer under one of these authorities (DER).
    Anchors(&'a [Vec<u8>]),
}

/// The session that a response must answer.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// What both sides know about it.
    pub transcript: &'a SessionTranscript,
    /// The verifier's own key for it, where a MAC is accepted beside a signature.
    pub reader: Option<&'a AgreementKey>,
}

impl Trust<'_> {
    /// Holds a document as its issuer sent it (`IssuerSigned`) against this trust at `now`.
    ///
    /// # Errors
    /// [`CheckError::Chain`], [`CheckError::Mdoc`].
    pub fn check_issued(&self, bytes: &[u8], now: UnixTime) -> Result<Held, CheckError> {
        let held = Held::parse(bytes)?;
        let key = self.key(held.chain(), now)?;
        held.verify_issued(key, now, &RustCrypto)?;
        Ok(held)
    }

    /// Holds a response (`DeviceResponse`) of one document, as OpenID4VP has it, against this trust and the
    /// session at `now`.
    ///
    /// # Errors
    /// [`CheckError::Chain`], [`CheckError::Mdoc`].
    pub fn check_shown(
        &self,
        bytes: &[u8],
        session: &Session<'_>,
        now: UnixTime,
    ) -> Result<Verified, CheckError> {
        let document: Unverified = DeviceResponse::parse(bytes)?.into_only_document()?;
        let key = self.key(document.chain(), now)?.clone();
        let expected = ExpectedSession { transcript: session.transcript, reader: session.reader, now };
        Ok(document.verify(&key, &expected, &RustCrypto)?)
    }

    /// The key that the document's signature must hold under.
    ///
    /// # Errors
    /// [`CheckError::Chain`] where its certificates lead to no anchor.
    pub fn key<'k>(&'k self, chain: &'k Chain, now: UnixTime) -> Result<&'k PublicKey, CheckError> {
        match self {
            Self::Key(key) => Ok(key),
            Self::Anchors(anchors) => {
                let anchors: Vec<&[u8]> = anchors.iter().map(Vec::as_slice).collect();
                chain.verify_document_signer(&anchors, now, &RustCrypto)?;
                Ok(chain.leaf_key())
            }
        }
    }
}
