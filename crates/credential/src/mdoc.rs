//! Mobile documents (mdoc): credentials in CBOR, as ISO 18013-5 defines them for driving licences.
//!
//! Three roles, as with SD-JWT VC: an issuer makes one from an [`issue::Issuance`]; a wallet keeps it as
//! [`hold::Held`] and presents some elements; a verifier reads a [`verify::DeviceResponse`] of
//! [`verify::Unverified`] documents and, once every check holds, has a [`verify::Verified`] one.
//!
//! Digests and signatures go over bytes as received; nothing is encoded again before it is checked. Times are
//! the caller's.
//!
//! Spec: ISO/IEC 18013-5:2021 sections 8.3.2.1.2.2, 9.1.2, 9.1.3 and 9.3.1, OpenID4VP 1.0 appendix B.2.

pub mod device;
pub mod elements;
pub mod hold;
pub mod issue;
mod item;
mod namespaces;
pub mod security_object;
pub mod transcript;
pub mod verify;

use std::collections::BTreeMap;

use crate::cbor::value::Value;
use crate::cbor::{CborError, Item};
use crate::cose::sign1::Sign1;
use crate::cose::{CertificatePlace, CoseError};
use crate::key::{Algorithm, KeyError, PublicKey, VerifySignature};
use crate::time::UnixTime;
use crate::x509::Chain;

use elements::Elements;
use item::IssuerSignedItem;
use security_object::SecurityObject;

/// Bytes of a response or a credential, at most: some portraits, the largest things in them, and room.
pub const MAX_MDOC: usize = 1 << 20;
/// Documents in one response, at most: each costs two signatures to check.
pub const MAX_DOCUMENTS: usize = 8;
/// Signature algorithms of issuers and devices.
pub const ALGORITHMS: &[Algorithm] = &[Algorithm::Es256, Algorithm::EdDsa];

const DRIVING_LICENCE: &str = "org.iso.18013.5.1";
const ISSUING_COUNTRY: &str = "issuing_country";

/// Why a document or response is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MdocError {
    /// Not CBOR that may be read.
    #[error("document is unacceptable cbor")]
    Cbor(#[source] CborError),
    /// A member is missing or of the wrong kind.
    #[error("document is malformed")]
    Form,
    /// The response is of another version than 1.0.
    #[error("response is of another version")]
    Version,
    /// The response says that something went wrong.
    #[error("response reports the status {0}")]
    Status(u64),
    /// The response has no document.
    #[error("response has no document")]
    NoDocument,
    /// More documents than [`MAX_DOCUMENTS`], or than the one that was asked for.
    #[error("response has more documents than allowed")]
    TooManyDocuments,
    /// An item is not well made.
    #[error("issuer-signed item is malformed")]
    Item,
    /// An item's salt has fewer than 16 bytes.
    #[error("salt of an item is too short")]
    Salt,
    /// Two items of one namespace name one digest.
    #[error("digest id is repeated")]
    RepeatedDigestId,
    /// Two items of one namespace name one element.
    #[error("element is repeated")]
    RepeatedElement,
    /// The issuer's signature is refused.
    #[error("issuer signature is refused")]
    IssuerAuth(#[source] CoseError),
    /// The mobile security object is not well made.
    #[error("security object is malformed")]
    SecurityObject,
    /// The mobile security object is of another version than 1.0.
    #[error("security object is of another version")]
    SecurityObjectVersion,
    /// Digests are made by an algorithm that is not allowed.
    #[error("digest algorithm is not allowed")]
    DigestAlgorithm,
    /// A digest is not as long as its algorithm makes it.
    #[error("digest has the wrong length")]
    DigestLength,
    /// The device key is none that we use.
    #[error("device key is unusable")]
    DeviceKey(#[source] KeyError),
    /// The key authorizations are malformed or contradict themselves.
    #[error("key authorizations are malformed")]
    KeyAuthorizations,
    /// A time is not a date and time in UTC.
    #[error("time is malformed")]
    TimeForm,
    /// Validity begins before the signature, or ends before it begins.
    #[error("validity is out of order")]
    ValidityOrder,
    /// `status` is malformed or of a kind that we cannot resolve.
    #[error("status reference is malformed")]
    StatusReference,
    /// The document says to be of another type than its issuer signed.
    #[error("document type is not the one that was signed")]
    DocType,
    /// The key that was given is not that of the certificate beside the signature.
    #[error("issuer key is not that of the certificate")]
    IssuerKey,
    /// An item has no digest in the security object.
    #[error("item has no digest")]
    MissingDigest,
    /// An item is not what its digest says.
    #[error("item does not match its digest")]
    WrongDigest,
    /// Not valid yet.
    #[error("document is not valid yet")]
    NotYetValid,
    /// No longer valid.
    #[error("document has expired")]
    Expired,
    /// Signed when the certificate was not valid.
    #[error("document was signed outside the validity of its certificate")]
    SignedOutsideCertificate,
    /// `issuing_country` is not the country of the certificate.
    #[error("issuing country is not that of the certificate")]
    IssuingCountry,
    /// The session transcript is not one.
    #[error("session transcript is malformed")]
    Transcript,
    /// Neither a device signature nor a device MAC, or both.
    #[error("device authentication is missing or doubled")]
    DeviceAuthForm,
    /// The device's signature or MAC is refused.
    #[error("device authentication is refused")]
    DeviceAuth(#[source] CoseError),
    /// A MAC came, and there is no reader key that it could be for.
    #[error("device mac is unexpected")]
    UnexpectedMac,
    /// A MAC came, and the device key can agree on no shared key.
    #[error("device key agrees on no mac key")]
    MacKey(#[source] KeyError),
    /// The device signed an element that its issuer did not authorise it to.
    #[error("device-signed element is not authorised")]
    NotAuthorised,
}

/// One check of the issuer's half of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerCheck {
    /// The key that is trusted is that of the certificate.
    Key,
    /// The signature over the security object.
    Signature,
    /// The digest of every item.
    Digests,
    /// The present lies within the validity.
    Dates,
    /// The certificate was valid when the document was signed.
    SigningTime,
    /// A driving licence's country is that of the certificate.
    Country,
}

impl IssuerCheck {
    /// Every one of them, in their order.
    pub const ALL: [Self; 6] =
        [Self::Key, Self::Signature, Self::Digests, Self::Dates, Self::SigningTime, Self::Country];
}

/// The issuer's half of a document: items, and the signature over their digests.
#[derive(Clone, Debug)]
struct IssuerSigned {
    namespaces: BTreeMap<String, Vec<IssuerSignedItem>>,
    auth: Sign1,
    auth_raw: Vec<u8>,
    chain: Chain,
    object: SecurityObject,
}

impl IssuerSigned {
    fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        let namespaces = match item.member("nameSpaces") {
            None => BTreeMap::new(),
            Some(namespaces) => namespaces::read_issuer_signed(namespaces)?,
        };
        let auth_item = item.member("issuerAuth").ok_or(MdocError::Form)?;
        let auth = Sign1::read(auth_item, ALGORITHMS).map_err(MdocError::IssuerAuth)?;
        let chain = auth.headers().chain(CertificatePlace::Unprotected).map_err(MdocError::IssuerAuth)?;
        let payload = auth.dangerous_payload().ok_or(MdocError::IssuerAuth(CoseError::Payload))?;
        let object = SecurityObject::parse(payload)?;
        Ok(Self { namespaces, auth_raw: auth_item.raw().to_vec(), auth, chain, object })
    }

    /// Issuer data authentication (ISO 18013-5 section 9.3.1), but for the chain, which is the caller's.
    fn verify(
        &self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        IssuerCheck::ALL.into_iter().try_for_each(|check| self.check(check, issuer_key, now, backend))
    }

    fn check(
        &self,
        check: IssuerCheck,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), MdocError> {
        let holds = |holds: bool, error: MdocError| if holds { Ok(()) } else { Err(error) };
        match check {
            IssuerCheck::Key => holds(issuer_key == self.chain.leaf_key(), MdocError::IssuerKey),
            IssuerCheck::Signature => {
                self.auth.verify(issuer_key, &[], backend).map(drop).map_err(MdocError::IssuerAuth)
            }
            IssuerCheck::Digests => self.check_digests(),
            IssuerCheck::Dates => self.object.validity.check(now),
            IssuerCheck::SigningTime => {
                let in_time = self.chain.leaf_is_valid_at(self.object.validity.signed);
                holds(in_time, MdocError::SignedOutsideCertificate)
            }
            IssuerCheck::Country => self.check_issuing_country(),
        }
    }

    fn check_digests(&self) -> Result<(), MdocError> {
        for (namespace, items) in &self.namespaces {
            for item in items {
                let expected =
                    self.object.digest(namespace, item.digest_id).ok_or(MdocError::MissingDigest)?;
                if self.object.digest_algorithm.digest(&item.raw) != expected {
                    return Err(MdocError::WrongDigest);
                }
            }
        }
        Ok(())
    }

    fn check_issuing_country(&self) -> Result<(), MdocError> {
        let items = self.namespaces.get(DRIVING_LICENCE).into_iter().flatten();
        let Some(country) = items.into_iter().find(|item| item.identifier == ISSUING_COUNTRY) else {
            return Ok(());
        };
        match &country.value {
            Value::Text(country) if self.chain.leaf_country() == Some(country) => Ok(()),
            _ => Err(MdocError::IssuingCountry),
        }
    }

    fn elements(&self) -> Elements {
        let mut elements = Elements::default();
        for (namespace, items) in &self.namespaces {
            for item in items {
                elements.insert(namespace, &item.identifier, item.value.clone());
            }
        }
        elements
    }
}

#[cfg(test)]
mod tests;
