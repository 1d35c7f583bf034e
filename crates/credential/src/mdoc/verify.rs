//! The verifier's half.
//!
//! Spec: ISO/IEC 18013-5 sections 8.3.2.1.2.2, 9.1.3.4 and 9.3.1.

use crate::cbor::Item;
use crate::issuer::{IssuerReference, KeyReference};
use crate::key::{PublicKey, VerifySignature};
use crate::mdoc::device::{AgreementKey, DeviceAuth, authentication_bytes};
use crate::mdoc::elements::Elements;
use crate::mdoc::namespaces::read_device_signed;
use crate::mdoc::security_object::{VERSION, ValidityInfo};
use crate::mdoc::transcript::SessionTranscript;
use crate::mdoc::{IssuerCheck, IssuerSigned, MAX_DOCUMENTS, MAX_MDOC, MdocError};
use crate::sd_jwt_vc::StatusReference;
use crate::time::UnixTime;
use crate::x509::Chain;

/// The answer of a device: one or more documents, none of them believed.
#[derive(Clone, Debug)]
pub struct DeviceResponse {
    documents: Vec<Unverified>,
}

impl DeviceResponse {
    /// Reads a response. Errors that the device reports for single documents or elements are passed over:
    /// nobody signed them.
    ///
    /// # Errors
    /// [`MdocError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MdocError> {
        let response = Item::parse(bytes, MAX_MDOC).map_err(MdocError::Cbor)?;
        let version = response.member("version").and_then(Item::as_text).ok_or(MdocError::Form)?;
        if version != VERSION {
            return Err(MdocError::Version);
        }
        let status = response.member("status").and_then(Item::as_unsigned).ok_or(MdocError::Form)?;
        if status != 0 {
            return Err(MdocError::Status(status));
        }
        let documents = response.member("documents").ok_or(MdocError::NoDocument)?;
        let documents = documents.as_array().ok_or(MdocError::Form)?;
        if documents.is_empty() {
            return Err(MdocError::NoDocument);
        }
        if documents.len() > MAX_DOCUMENTS {
            return Err(MdocError::TooManyDocuments);
        }
        Ok(Self { documents: documents.iter().map(Unverified::read).collect::<Result<_, _>>()? })
    }

    /// The documents, in the order given.
    pub fn into_documents(self) -> Vec<Unverified> {
        self.documents
    }

    /// The document of a response that may hold only one (OpenID4VP 1.0 section 8.1 and
    /// appendix B.2.5).
    ///
    /// # Errors
    /// [`MdocError::TooManyDocuments`].
    pub fn into_only_document(mut self) -> Result<Unverified, MdocError> {
        match (self.documents.pop(), self.documents.is_empty()) {
            (Some(document), true) => Ok(document),
            (Some(_), false) => Err(MdocError::TooManyDocuments),
            (None, _) => Err(MdocError::NoDocument),
        }
    }
}

/// One check of the device's half of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceCheck {
    /// The type that it says to be of is the one that was signed.
    Type,
    /// The device's signature or MAC over the session.
    Authentication,
    /// What the device added is what its key may sign.
    Authorizations,
}

impl DeviceCheck {
    /// Every one of them, in their order.
    pub const ALL: [Self; 3] = [Self::Type, Self::Authentication, Self::Authorizations];
}

/// A document as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    doc_type: String,
    issuer_signed: IssuerSigned,
    device_namespaces: Vec<u8>,
    device_elements: Elements,
    device_auth: DeviceAuth,
}

/// What a verifier knows about the session that a document must answer.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedSession<'a> {
    /// The session.
    pub transcript: &'a SessionTranscript,
    /// This side's key for the session, where a MAC is accepted beside a signature.
    pub reader: Option<&'a AgreementKey>,
    /// The present.
    pub now: UnixTime,
}

impl Unverified {
    fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        let member = |name: &'static str| item.member(name).ok_or(MdocError::Form);
        let device_signed = member("deviceSigned")?;
        let namespaces = device_signed.member("nameSpaces").ok_or(MdocError::Form)?;
        let auth = device_signed.member("deviceAuth").ok_or(MdocError::DeviceAuthForm)?;
        Ok(Self {
            doc_type: member("docType")?.as_text().ok_or(MdocError::Form)?.to_owned(),
            issuer_signed: IssuerSigned::read(member("issuerSigned")?)?,
            device_namespaces: namespaces.raw().to_vec(),
            device_elements: read_device_signed(namespaces)?,
            device_auth: DeviceAuth::read(auth)?,
        })
    }

    /// The type that it says to be of.
    pub fn doc_type(&self) -> &str {
        &self.doc_type
    }

    /// The certificates that it says to be signed under; see [`Chain::verify_document_signer`].
    pub const fn chain(&self) -> &Chain {
        &self.issuer_signed.chain
    }

    /// Who says to have issued it.
    pub fn issuer(&self) -> IssuerReference {
        IssuerReference { iss: None, key: KeyReference::X5c(self.chain().clone()) }
    }

    /// When its issuer says to have signed it.
    pub const fn issued_at(&self) -> UnixTime {
        self.issuer_signed.object.validity.signed
    }

    /// Checks everything: the issuer's signature under `issuer_key`, digests, dates, type and the device's
    /// answer to the session. That `issuer_key` is an issuer's is for the caller to know, by the chain.
    ///
    /// # Errors
    /// [`MdocError`].
    pub fn verify(
        self,
        issuer_key: &PublicKey,
        expected: &ExpectedSession<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, MdocError> {
        self.issuer_signed.verify(issuer_key, expected.now, backend)?;
        DeviceCheck::ALL.into_iter().try_for_each(|check| self.check_shown(check, expected, backend))?;
        Ok(Verified::new(self))
    }

    /// One check of the issuer's half by itself: to explain, never to believe.
    ///
    /// # Errors
    /// [`MdocError`].
    pub fn check_issued(
        &self,
        check: IssuerCheck,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        self.issuer_signed.check(check, issuer_key, now, backend)
    }

    /// One check of the device's half by itself: to explain, never to believe.
    ///
    /// # Errors
    /// [`MdocError`].
    pub fn check_shown(
        &self,
        check: DeviceCheck,
        expected: &ExpectedSession<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        match check {
            DeviceCheck::Type if self.doc_type == self.issuer_signed.object.doc_type => Ok(()),
            DeviceCheck::Type => Err(MdocError::DocType),
            DeviceCheck::Authentication => self.check_authentication(expected, backend),
            DeviceCheck::Authorizations => self.check_authorizations(),
        }
    }

    /// What the device added, before anything holds: only to show what arrived.
    pub const fn dangerous_device_elements(&self) -> &Elements {
        &self.device_elements
    }

    /// Where its issuer says that the status is kept, before anything holds: only to show what arrived.
    pub const fn dangerous_status(&self) -> Option<&StatusReference> {
        self.issuer_signed.object.status.as_ref()
    }

    fn check_authentication(
        &self,
        expected: &ExpectedSession<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        let payload = authentication_bytes(expected.transcript, &self.doc_type, &self.device_namespaces);
        let (key, reader) = (&self.issuer_signed.object.device_key, expected.reader);
        self.device_auth.check(key, &payload, expected.transcript, reader, backend)
    }

    fn check_authorizations(&self) -> Result<(), MdocError> {
        let authorizations = &self.issuer_signed.object.authorizations;
        let mut elements = self.device_elements.iter();
        let allowed = elements.all(|(namespace, name, _)| authorizations.allow(namespace, name));
        if allowed { Ok(()) } else { Err(MdocError::NotAuthorised) }
    }
}

/// A document whose issuer's signature, digests, dates and device authentication hold.
#[derive(Clone, Debug)]
pub struct Verified {
    doc_type: String,
    elements: Elements,
    device_elements: Elements,
    device_key: PublicKey,
    validity: ValidityInfo,
    status: Option<StatusReference>,
}

impl Verified {
    fn new(document: Unverified) -> Self {
        Self {
            doc_type: document.doc_type,
            elements: document.issuer_signed.elements(),
            device_elements: document.device_elements,
            device_key: document.issuer_signed.object.device_key,
            validity: document.issuer_signed.object.validity,
            status: document.issuer_signed.object.status,
        }
    }

    /// The document type.
    pub fn doc_type(&self) -> &str {
        &self.doc_type
    }

    /// Every element that was shown and that the issuer signed.
    pub const fn elements(&self) -> &Elements {
        &self.elements
    }

    /// What the device added by itself, as its issuer authorised it to. The holder says so, not the issuer.
    pub const fn device_elements(&self) -> &Elements {
        &self.device_elements
    }

    /// The key that answered for the session.
    pub const fn device_key(&self) -> &PublicKey {
        &self.device_key
    }

    /// When it was signed and is valid.
    pub const fn validity(&self) -> &ValidityInfo {
        &self.validity
    }

    /// Where the status is kept: the last thing to ask.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.status.as_ref()
    }
}
