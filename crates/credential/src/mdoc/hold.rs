//! The holder's half: a document that is kept, and presentations of it.

use std::collections::BTreeSet;

use crate::cbor::Item;
use crate::cbor::value::Value;
use crate::issuer::{IssuerReference, KeyReference};
use crate::key::{PublicKey, SignError, VerifySignature};
use crate::mdoc::device::{DeviceProof, authentication_bytes};
use crate::mdoc::elements::Elements;
use crate::mdoc::security_object::{VERSION, ValidityInfo};
use crate::mdoc::transcript::SessionTranscript;
use crate::mdoc::{IssuerCheck, IssuerSigned, MAX_MDOC, MdocError};
use crate::sd_jwt_vc::StatusReference;
use crate::time::UnixTime;
use crate::x509::Chain;

/// Why a presentation cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentError {
    /// The document has no such element.
    #[error("document has no such element")]
    NoSuchElement,
    /// The signer is not the key that the document is bound to.
    #[error("signer is not the holder of this document")]
    WrongKey,
    /// The signer failed.
    #[error("presentation could not be signed")]
    Sign(#[source] SignError),
}

/// A document in its holder's hands, all its items beside it.
#[derive(Clone, Debug)]
pub struct Held {
    bytes: Vec<u8>,
    issuer_signed: IssuerSigned,
    elements: Elements,
}

impl Held {
    /// Reads what an issuer sent (`IssuerSigned`), or what was kept. Nothing is believed before
    /// [`Held::verify_issued`].
    ///
    /// # Errors
    /// [`MdocError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MdocError> {
        let item = Item::parse(bytes, MAX_MDOC).map_err(MdocError::Cbor)?;
        let issuer_signed = IssuerSigned::read(&item)?;
        Ok(Self { bytes: bytes.to_vec(), elements: issuer_signed.elements(), issuer_signed })
    }

    /// Checks the issuer's signature, the digests and the dates.
    ///
    /// # Errors
    /// [`MdocError`].
    pub fn verify_issued(
        &self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        self.issuer_signed.verify(issuer_key, now, backend)
    }

    /// One check of [`Held::verify_issued`] by itself: to explain, never to believe.
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

    /// The document as it came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The document type.
    pub fn doc_type(&self) -> &str {
        &self.issuer_signed.object.doc_type
    }

    /// The certificates that it is signed under.
    pub const fn chain(&self) -> &Chain {
        &self.issuer_signed.chain
    }

    /// Who says to have issued it.
    pub fn issuer(&self) -> IssuerReference {
        IssuerReference { iss: None, key: KeyReference::X5c(self.chain().clone()) }
    }

    /// Every element.
    pub const fn elements(&self) -> &Elements {
        &self.elements
    }

    /// The key that it is bound to.
    pub const fn device_key(&self) -> &PublicKey {
        &self.issuer_signed.object.device_key
    }

    /// When it was signed and is valid.
    pub const fn validity(&self) -> &ValidityInfo {
        &self.issuer_signed.object.validity
    }

    /// Where the status is kept.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.issuer_signed.object.status.as_ref()
    }

    /// The salts of its items: two documents that share one can be told to belong together.
    pub fn salts(&self) -> Vec<Vec<u8>> {
        let items = self.issuer_signed.namespaces.values().flatten();
        items.map(|item| item.salt.clone()).collect()
    }

    /// Shows the elements named by namespace and name, and no others, bound to the session.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(
        &self,
        disclose: &[(&str, &str)],
        transcript: &SessionTranscript,
        proof: &DeviceProof<'_>,
    ) -> Result<Vec<u8>, PresentError> {
        if !proof.is_by(self.device_key()) {
            return Err(PresentError::WrongKey);
        }
        if disclose.iter().any(|(namespace, name)| self.elements.get(namespace, name).is_none()) {
            return Err(PresentError::NoSuchElement);
        }
        let document = Value::map([
            ("docType", self.doc_type().into()),
            ("issuerSigned", self.show(&disclose.iter().copied().collect())),
            ("deviceSigned", self.prove(transcript, proof).map_err(PresentError::Sign)?),
        ]);
        let response = [
            ("version", VERSION.into()),
            ("documents", Value::Array(vec![document])),
            ("status", Value::Unsigned(0)),
        ];
        Ok(Value::map(response).encode())
    }

    fn show(&self, chosen: &BTreeSet<(&str, &str)>) -> Value {
        let mut namespaces = Vec::new();
        for (namespace, items) in &self.issuer_signed.namespaces {
            let shown = items.iter().filter(|item| chosen.contains(&(namespace, &item.identifier)));
            let shown: Vec<_> = shown.map(|item| Value::Encoded(item.raw.clone())).collect();
            if !shown.is_empty() {
                namespaces.push((namespace.as_str(), Value::Array(shown)));
            }
        }
        let auth = ("issuerAuth", Value::Encoded(self.issuer_signed.auth_raw.clone()));
        if namespaces.is_empty() {
            return Value::map([auth]);
        }
        Value::map([("nameSpaces", Value::map(namespaces)), auth])
    }

    fn prove(&self, transcript: &SessionTranscript, proof: &DeviceProof<'_>) -> Result<Value, SignError> {
        let namespaces = Value::embedded(Value::Map(Vec::new()).encode()).encode();
        let payload = authentication_bytes(transcript, self.doc_type(), &namespaces);
        let auth = proof.make(transcript, &payload)?;
        Ok(Value::map([("nameSpaces", Value::Encoded(namespaces)), ("deviceAuth", Value::map([auth]))]))
    }
}
