//! One certificate: what of it counts, and what it may do.
//!
//! Spec: RFC 5280 section 4.

use x509_cert::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode as _, Encode as _, Reader as _, SliceReader};
use x509_cert::ext::pkix::name::DirectoryString;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;

use crate::key::{Algorithm, KeyError, PublicKey, VerifySignature};
use crate::time::UnixTime;
use crate::x509::{MAX_CERTIFICATE, X509Error};

const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const POLICY_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.36");
const INHIBIT_ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.54");

/// A name without a single part, in DER: it would fit every other such name.
const EMPTY_NAME: [u8; 2] = [0x30, 0];

/// What we need of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) der: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
    signed_with: Algorithm,
    pub(super) key: PublicKey,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    pub(super) country: Option<String>,
    pub(super) not_before: UnixTime,
    pub(super) not_after: UnixTime,
    authority: Option<Authority>,
    pub(super) usage: Option<KeyUsage>,
    pub(super) purposes: Vec<ObjectIdentifier>,
    pub(super) authority_key: Option<Vec<u8>>,
}

/// `basicConstraints` that say CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Authority {
    depth: Option<u8>,
}

impl Parsed {
    pub(super) fn new(der: &[u8]) -> Result<Self, X509Error> {
        if der.len() > MAX_CERTIFICATE {
            return Err(X509Error::TooLarge);
        }
        let certificate = Certificate::from_der(der).map_err(|_| X509Error::Malformed)?;
        let body = certificate.tbs_certificate();
        if certificate.signature_algorithm() != body.signature() {
            return Err(X509Error::Malformed);
        }
        let signed_with = signature_algorithm(certificate.signature_algorithm().oid)?;
        let raw = certificate.signature().as_bytes().ok_or(X509Error::Malformed)?;
        let Extensions { authority, usage, purposes, authority_key } = read_extensions(&certificate)?;
        let seconds = |time: x509_cert::time::Time| UnixTime::from_secs(time.to_unix_duration().as_secs());
        Ok(Self {
            der: der.to_vec(),
            signed: signed_part(der)?,
            signature: fixed_signature(signed_with, raw)?,
            signed_with,
            key: read_key(&certificate)?,
            issuer: body.issuer().to_der().map_err(|_| X509Error::Malformed)?,
            subject: body.subject().to_der().map_err(|_| X509Error::Malformed)?,
            country: read_country(body.subject()),
            not_before: seconds(body.validity().not_before),
            not_after: seconds(body.validity().not_after),
            authority,
            usage,
            purposes,
            authority_key,
        })
    }

    pub(super) fn check_leaf(&self, now: UnixTime) -> Result<(), X509Error> {
        self.check_validity(now)?;
        if self.authority.is_some() {
            return Err(X509Error::LeafIsAuthority);
        }
        if self.issuer == self.subject {
            return Err(X509Error::LeafIsOwnIssuer);
        }
        self.check_usage(KeyUsages::DigitalSignature, X509Error::LeafUsage)
    }

    /// Whether this one may sign certificates with `below` more authorities between it and the leaf.
    pub(super) fn check_authority(&self, below: usize, now: UnixTime) -> Result<(), X509Error> {
        self.check_validity(now)?;
        let authority = self.authority.ok_or(X509Error::NotAnAuthority)?;
        self.check_usage(KeyUsages::KeyCertSign, X509Error::AuthorityUsage)?;
        let deep_enough = authority.depth.is_none_or(|depth| usize::from(depth) >= below);
        if deep_enough { Ok(()) } else { Err(X509Error::PathLength) }
    }

    /// A key whose usage is not said may be used for everything (RFC 5280 section 4.2.1.3).
    fn check_usage(&self, wanted: KeyUsages, error: X509Error) -> Result<(), X509Error> {
        if self.usage.is_none_or(|usage| usage.0.contains(wanted)) { Ok(()) } else { Err(error) }
    }

    /// Whether no authority may stand below this one.
    pub(super) fn signs_leaves_only(&self) -> bool {
        self.authority.is_some_and(|authority| authority.depth == Some(0))
    }

    fn check_validity(&self, now: UnixTime) -> Result<(), X509Error> {
        if now < self.not_before || now > self.not_after { Err(X509Error::Validity) } else { Ok(()) }
    }

    /// Whether this one says to be issued by `issuer`.
    pub(super) fn check_issued_by(&self, issuer: &Self) -> Result<(), X509Error> {
        let named = self.issuer == issuer.subject && self.issuer != EMPTY_NAME;
        if named { Ok(()) } else { Err(X509Error::Name) }
    }

    /// Whether it says so and is signed by it.
    pub(super) fn check_signed_by(
        &self,
        issuer: &Self,
        backend: &dyn VerifySignature,
    ) -> Result<(), X509Error> {
        self.check_issued_by(issuer)?;
        if self.signed_with != issuer.key.algorithm() {
            return Err(X509Error::Signature);
        }
        backend.verify(&issuer.key, &self.signed, &self.signature).map_err(|_| X509Error::Signature)
    }
}

/// The extensions that count.
#[derive(Default)]
struct Extensions {
    authority: Option<Authority>,
    usage: Option<KeyUsage>,
    purposes: Vec<ObjectIdentifier>,
    authority_key: Option<Vec<u8>>,
}

fn read_extensions(certificate: &Certificate) -> Result<Extensions, X509Error> {
    let mut found = Extensions::default();
    let mut seen = Vec::new();
    for extension in certificate.tbs_certificate().extensions().into_iter().flatten() {
        if seen.contains(&extension.extn_id) {
            return Err(X509Error::RepeatedExtension);
        }
        seen.push(extension.extn_id);
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            BASIC_CONSTRAINTS => {
                let constraints = BasicConstraints::from_der(value).map_err(|_| X509Error::Malformed)?;
                found.authority =
                    constraints.ca.then_some(Authority { depth: constraints.path_len_constraint });
            }
            KEY_USAGE => found.usage = Some(KeyUsage::from_der(value).map_err(|_| X509Error::Malformed)?),
            // What a chain is for is said by its anchor, unless a profile asks for a purpose.
            EXTENDED_KEY_USAGE => {
                found.purposes = ExtendedKeyUsage::from_der(value).map_err(|_| X509Error::Malformed)?.0;
            }
            AUTHORITY_KEY_IDENTIFIER if !extension.critical => {
                found.authority_key = read_authority_key(value)
            }
            // No names are matched.
            SUBJECT_ALT_NAME => {}
            NAME_CONSTRAINTS | POLICY_CONSTRAINTS | INHIBIT_ANY_POLICY => return Err(X509Error::Constrained),
            _ if extension.critical => return Err(X509Error::CriticalExtension),
            _ => {}
        }
    }
    Ok(found)
}

/// The identifier of the key above; what cannot be read names none, since no signature depends on it.
fn read_authority_key(value: &[u8]) -> Option<Vec<u8>> {
    let identifier = AuthorityKeyIdentifier::from_der(value).ok()?.key_identifier?;
    Some(identifier.as_bytes().to_vec())
}

/// The first country; one that is no text counts as none.
fn read_country(subject: &Name) -> Option<String> {
    let country = subject.by_oid::<DirectoryString>(COUNTRY).ok().flatten()?;
    Some(country.value().into_owned())
}

fn read_key(certificate: &Certificate) -> Result<PublicKey, X509Error> {
    let info = certificate.tbs_certificate().subject_public_key_info();
    let bytes = info.subject_public_key.as_bytes().ok_or(X509Error::Malformed)?;
    let algorithm = match info.algorithm.oid {
        EC_PUBLIC_KEY => {
            let parameters = info.algorithm.parameters.as_ref().ok_or(X509Error::Malformed)?;
            match parameters.decode_as::<ObjectIdentifier>() {
                Ok(P256_CURVE) => Algorithm::Es256,
                _ => return Err(X509Error::Key(KeyError::Type)),
            }
        }
        ED25519 => Algorithm::EdDsa,
        _ => return Err(X509Error::Key(KeyError::Type)),
    };
    PublicKey::from_bytes(algorithm, bytes).map_err(X509Error::Key)
}

fn signature_algorithm(oid: ObjectIdentifier) -> Result<Algorithm, X509Error> {
    match oid {
        ECDSA_WITH_SHA256 => Ok(Algorithm::Es256),
        ED25519 => Ok(Algorithm::EdDsa),
        _ => Err(X509Error::Algorithm),
    }
}

/// The bytes that were signed, as received: the first member of the outer sequence.
fn signed_part(der: &[u8]) -> Result<Vec<u8>, X509Error> {
    let mut reader = SliceReader::new(der).map_err(|_| X509Error::Malformed)?;
    reader
        .sequence(|inner| {
            let signed = inner.tlv_bytes()?.to_vec();
            inner.tlv_bytes()?;
            inner.tlv_bytes()?;
            Ok::<_, x509_cert::der::Error>(signed)
        })
        .map_err(|_| X509Error::Malformed)
}

/// X.509 carries ECDSA signatures in DER; everything here verifies `r || s`.
pub(super) fn fixed_signature(algorithm: Algorithm, raw: &[u8]) -> Result<Vec<u8>, X509Error> {
    match algorithm {
        Algorithm::EdDsa => Ok(raw.to_vec()),
        Algorithm::Es256 => p256::ecdsa::Signature::from_der(raw)
            .map(|signature| signature.to_bytes().to_vec())
            .map_err(|_| X509Error::Malformed),
    }
}
