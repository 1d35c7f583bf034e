//! The mobile security object: what an issuer signs, and with it every item by its digest.
//!
//! Spec: ISO/IEC 18013-5 section 9.1.2.4, Token Status List draft 20 section 6.3.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::der::DateTime;

use crate::cbor::value::Value;
use crate::cbor::{Item, Key};
use crate::key::PublicKey;
use crate::mdoc::namespaces::by_name;
use crate::mdoc::{MAX_MDOC, MdocError};
use crate::sd_jwt::binding::MAX_CLOCK_SKEW;
use crate::sd_jwt_vc::StatusReference;
use crate::time::UnixTime;

/// The version of responses and security objects.
pub(super) const VERSION: &str = "1.0";
/// The tag of a date and time as text.
const DATE_TIME: u64 = 0;
/// Digits of a fraction of a second, at most.
const MAX_FRACTION: usize = 9;

/// How items are digested (section 9.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn from_name(name: &str) -> Result<Self, MdocError> {
        match name {
            "SHA-256" => Ok(Self::Sha256),
            "SHA-384" => Ok(Self::Sha384),
            "SHA-512" => Ok(Self::Sha512),
            _ => Err(MdocError::DigestAlgorithm),
        }
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// When a document was signed and may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidityInfo {
    /// When it was signed.
    pub signed: UnixTime,
    /// From when on it is valid; not before it was signed.
    pub valid_from: UnixTime,
    /// Until when, that second included.
    pub valid_until: UnixTime,
    /// When its issuer expects to sign it anew.
    pub expected_update: Option<UnixTime>,
}

impl ValidityInfo {
    fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        let time = |name: &'static str| item.member(name).map(read_time).transpose();
        let required = |name: &'static str| time(name)?.ok_or(MdocError::SecurityObject);
        let validity = Self {
            signed: required("signed")?,
            valid_from: required("validFrom")?,
            valid_until: required("validUntil")?,
            expected_update: time("expectedUpdate")?,
        };
        if validity.is_in_order() { Ok(validity) } else { Err(MdocError::ValidityOrder) }
    }

    pub(super) fn is_in_order(&self) -> bool {
        self.signed <= self.valid_from && self.valid_from < self.valid_until
    }

    pub(super) fn check(&self, now: UnixTime) -> Result<(), MdocError> {
        if self.valid_from > now.plus(MAX_CLOCK_SKEW) {
            return Err(MdocError::NotYetValid);
        }
        if now > self.valid_until { Err(MdocError::Expired) } else { Ok(()) }
    }

    /// Nothing where a time lies beyond the year 9999.
    fn write(&self) -> Option<Value> {
        let mut members = vec![
            ("signed", write_time(self.signed)?),
            ("validFrom", write_time(self.valid_from)?),
            ("validUntil", write_time(self.valid_until)?),
        ];
        if let Some(update) = self.expected_update {
            members.push(("expectedUpdate", write_time(update)?));
        }
        Some(Value::map(members))
    }
}

/// Elements that the device may sign by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyAuthorizations {
    namespaces: BTreeSet<String>,
    elements: BTreeMap<String, BTreeSet<String>>,
}

impl KeyAuthorizations {
    /// A namespace that is authorised as a whole may not be named by its elements too.
    fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        item.as_map().ok_or(MdocError::KeyAuthorizations)?;
        let read = Self {
            namespaces: item.member("nameSpaces").map_or(Ok(BTreeSet::new()), read_names)?,
            elements: match item.member("dataElements") {
                None => BTreeMap::new(),
                Some(elements) => by_name(elements, MdocError::KeyAuthorizations, read_names)?,
            },
        };
        let doubled = read.elements.keys().any(|namespace| read.namespaces.contains(namespace));
        if doubled { Err(MdocError::KeyAuthorizations) } else { Ok(read) }
    }

    pub(super) fn allow(&self, namespace: &str, element: &str) -> bool {
        let named = self.elements.get(namespace).is_some_and(|elements| elements.contains(element));
        named || self.namespaces.contains(namespace)
    }
}

fn read_names(item: &Item<'_>) -> Result<BTreeSet<String>, MdocError> {
    let names = item.as_array().ok_or(MdocError::KeyAuthorizations)?.iter();
    let text = |name: &Item<'_>| name.as_text().map(str::to_owned).ok_or(MdocError::KeyAuthorizations);
    names.map(text).collect()
}

/// A security object, read.
#[derive(Clone, Debug)]
pub(super) struct SecurityObject {
    pub(super) doc_type: String,
    pub(super) digest_algorithm: DigestAlgorithm,
    pub(super) digests: BTreeMap<String, BTreeMap<u64, Vec<u8>>>,
    pub(super) device_key: PublicKey,
    pub(super) authorizations: KeyAuthorizations,
    pub(super) validity: ValidityInfo,
    pub(super) status: Option<StatusReference>,
}

impl SecurityObject {
    /// Reads the payload of an issuer's signature: `MobileSecurityObjectBytes`.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, MdocError> {
        let wrapped = Item::parse(payload, MAX_MDOC).map_err(MdocError::Cbor)?;
        let embedded = wrapped.embedded().ok_or(MdocError::SecurityObject)?;
        let object = Item::parse(embedded, MAX_MDOC).map_err(MdocError::Cbor)?;
        let member = |name: &'static str| object.member(name).ok_or(MdocError::SecurityObject);
        let text = |name: &'static str| member(name)?.as_text().ok_or(MdocError::SecurityObject);
        if text("version")? != VERSION {
            return Err(MdocError::SecurityObjectVersion);
        }
        let digest_algorithm = DigestAlgorithm::from_name(text("digestAlgorithm")?)?;
        let (device_key, authorizations) = read_device_key(member("deviceKeyInfo")?)?;
        Ok(Self {
            doc_type: text("docType")?.to_owned(),
            digest_algorithm,
            digests: read_digests(member("valueDigests")?, digest_algorithm)?,
            device_key,
            authorizations,
            validity: ValidityInfo::read(member("validityInfo")?)?,
            status: object.member("status").map(read_status).transpose()?,
        })
    }

    pub(super) fn digest(&self, namespace: &str, id: u64) -> Option<&[u8]> {
        self.digests.get(namespace)?.get(&id).map(Vec::as_slice)
    }

    /// The payload to be signed; nothing where a time cannot be written.
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let digests = self.digests.iter().map(|(namespace, digests)| {
            let digests = digests.iter().map(|(id, digest)| (*id, digest.clone().into()));
            (namespace.as_str(), Value::map(digests))
        });
        let mut members = vec![
            ("version", VERSION.into()),
            ("digestAlgorithm", self.digest_algorithm.name().into()),
            ("valueDigests", Value::map(digests)),
            ("deviceKeyInfo", Value::map([("deviceKey", self.device_key.to_cose_key())])),
            ("docType", self.doc_type.as_str().into()),
            ("validityInfo", self.validity.write()?),
        ];
        if let Some(status) = &self.status {
            let list = [("idx", status.index.into()), ("uri", status.uri.as_str().into())];
            members.push(("status", Value::map([("status_list", Value::map(list))])));
        }
        Some(Value::embedded(Value::map(members).encode()).encode())
    }
}

fn read_digests(
    item: &Item<'_>,
    algorithm: DigestAlgorithm,
) -> Result<BTreeMap<String, BTreeMap<u64, Vec<u8>>>, MdocError> {
    let read = |(id, digest): (&Key<'_>, &Item<'_>)| {
        let Key::Unsigned(id) = id else { return Err(MdocError::SecurityObject) };
        let digest = digest.as_bytes().ok_or(MdocError::SecurityObject)?;
        if digest.len() != algorithm.length() {
            return Err(MdocError::DigestLength);
        }
        Ok((*id, digest.to_vec()))
    };
    by_name(item, MdocError::SecurityObject, |digests| {
        digests.as_map().ok_or(MdocError::SecurityObject)?.iter().map(read).collect()
    })
}

fn read_device_key(info: &Item<'_>) -> Result<(PublicKey, KeyAuthorizations), MdocError> {
    let key = info.member("deviceKey").ok_or(MdocError::SecurityObject)?;
    let key = PublicKey::from_cose_key(key).map_err(MdocError::DeviceKey)?;
    let authorizations = info.member("keyAuthorizations").map(KeyAuthorizations::read).transpose()?;
    Ok((key, authorizations.unwrap_or_default()))
}

/// A status that is no status list cannot be resolved here, so it is refused and not passed over.
fn read_status(status: &Item<'_>) -> Result<StatusReference, MdocError> {
    let list = status.member("status_list").ok_or(MdocError::StatusReference)?;
    let index = list.member("idx").and_then(Item::as_unsigned).ok_or(MdocError::StatusReference)?;
    let uri = list.member("uri").and_then(Item::as_text).ok_or(MdocError::StatusReference)?;
    Ok(StatusReference { uri: uri.to_owned(), index })
}

/// A `tdate` in UTC. Fractions of a second, which issuers may not write and some do, are cut off.
fn read_time(item: &Item<'_>) -> Result<UnixTime, MdocError> {
    let text = item.tagged(DATE_TIME).and_then(Item::as_text).ok_or(MdocError::TimeForm)?;
    let whole = match text.strip_suffix('Z').and_then(|text| text.split_once('.')) {
        None => text.to_owned(),
        Some((whole, fraction)) if is_fraction(fraction) => format!("{whole}Z"),
        Some(_) => return Err(MdocError::TimeForm),
    };
    let time: DateTime = whole.parse().map_err(|_| MdocError::TimeForm)?;
    Ok(UnixTime::from_secs(time.unix_duration().as_secs()))
}

fn is_fraction(digits: &str) -> bool {
    (1..=MAX_FRACTION).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn write_time(time: UnixTime) -> Option<Value> {
    let time = DateTime::from_unix_duration(Duration::from_secs(time.secs())).ok()?;
    Some(Value::tag(DATE_TIME, time.to_string().as_str()))
}
