//! Checking a mobile document that somebody else shows, against one key or against trust anchors, where its status
//! is not asked; or against the register, which knows its issuer, its type and its status list.
//!
//! Spec: ISO/IEC 18013-5 section 9.3, OpenID4VP 1.0 appendix B.2.

use credential::key::{PublicKey, RustCrypto};
use credential::mdoc::device::AgreementKey;
use credential::mdoc::hold::Held;
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession, Unverified, Verified};
use credential::time::UnixTime;
use credential::x509::Chain;

use crate::check::{CheckError, Register};

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

impl Register<'_> {
    /// Holds a document as its issuer sent it (`IssuerSigned`) against the register at `now`: with its issuer's key.
    ///
    /// # Errors
    /// [`CheckError`].
    pub async fn check_issued(&self, bytes: &[u8], now: UnixTime) -> Result<(Held, PublicKey), CheckError> {
        let held = Held::parse(bytes)?;
        let facts = self.facts(now).await?;
        let signed = Some(held.validity().signed);
        let issuer = facts.document_issuer(&held.issuer(), held.doc_type(), signed, now, &RustCrypto)?;
        held.verify_issued(&issuer.key, now, &RustCrypto)?;
        self.check_status(&facts, &issuer.member, held.status(), now).await?;
        Ok((held, issuer.key))
    }

    /// Holds a response (`DeviceResponse`) of one document against the register and the session at `now`: with its
    /// issuer's key.
    ///
    /// # Errors
    /// [`CheckError`].
    pub async fn check_shown(
        &self,
        bytes: &[u8],
        session: &Session<'_>,
        now: UnixTime,
    ) -> Result<(Verified, PublicKey), CheckError> {
        let document = DeviceResponse::parse(bytes)?.into_only_document()?;
        let facts = self.facts(now).await?;
        let (reference, signed) = (document.issuer(), Some(document.issued_at()));
        let issuer = facts.document_issuer(&reference, document.doc_type(), signed, now, &RustCrypto)?;
        let verified = document.verify(&issuer.key, &session.expected(now), &RustCrypto)?;
        self.check_status(&facts, &issuer.member, verified.status(), now).await?;
        Ok((verified, issuer.key))
    }
}

impl<'a> Session<'a> {
    const fn expected(&self, now: UnixTime) -> ExpectedSession<'a> {
        ExpectedSession { transcript: self.transcript, reader: self.reader, now }
    }
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
        Ok(document.verify(&key, &session.expected(now), &RustCrypto)?)
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
