//! Bitstring status lists: what Token Status List does, by the opposite conventions.
//!
//! The list is GZIP behind a multibase prefix, entry 0 is the **left-most** bit of the first byte, and a list
//! must be long enough to hide in. Nothing here is shared with [`crate::status_list`], whose lists are zlib
//! and begin at the lowest bit, so that no list can be read in the other's order.
//!
//! Spec: Bitstring Status List 1.0 sections 2 and 3.

pub mod list;

use std::io::{Read as _, Write as _};

use flate2::write::GzEncoder;
use flate2::{Compression, bufread::GzDecoder};
use serde_json::{Map, Value};

use crate::encoding::{base64url, from_base64url};
use crate::vcdm::{Credential, VcdmError};

/// Entries of a list, at least, so that no reader can tell whose entry is asked for (sections 3.2 and 6.1).
pub const MIN_ENTRIES: u64 = 131_072;
/// Bytes of an inflated list, at most: 32 million credentials at one bit.
pub const MAX_LIST: usize = 4 << 20;
/// Status entries of one credential, at most: the specification knows four purposes.
pub const MAX_ENTRIES: usize = 8;
/// Characters of the address of a list, at most: what common servers bear.
pub const MAX_URL: usize = 2048;
/// The type of an entry.
pub const ENTRY_TYPE: &str = "BitstringStatusListEntry";

const LEVEL: Compression = Compression::new(6);

/// Why a list or an entry is refused. The names in parentheses are the specification's (section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BitstringError {
    /// An entry is malformed (`STATUS_VERIFICATION_ERROR`).
    #[error("status entry is malformed")]
    Entry,
    /// A credential has more entries than allowed.
    #[error("credential has more status entries than allowed")]
    TooManyEntries,
    /// `statusSize` is not 1, 2, 4 or 8: an entry never lies across two bytes here.
    #[error("status size is not 1, 2, 4 or 8")]
    Size,
    /// `statusListIndex` is not the text of a whole number (`STATUS_VERIFICATION_ERROR`).
    #[error("status index is not a whole number")]
    IndexForm,
    /// `statusMessage` does not explain each value of an entry of several bits.
    #[error("status messages do not fit the size")]
    Messages,
    /// The list's credential is malformed, or its signature does not hold (`STATUS_VERIFICATION_ERROR`).
    #[error("status list credential is refused")]
    Credential(#[source] VcdmError),
    /// The credential is no status list (`STATUS_VERIFICATION_ERROR`).
    #[error("credential is no status list")]
    Type,
    /// The list is another than the entry names (`STATUS_VERIFICATION_ERROR`).
    #[error("status list is another")]
    List,
    /// The list is for another purpose than the entry (`STATUS_VERIFICATION_ERROR`).
    #[error("status list is for another purpose")]
    Purpose,
    /// `ttl` is no positive number.
    #[error("time to live is malformed")]
    TimeToLive,
    /// `encodedList` is not multibase `u` (`STATUS_VERIFICATION_ERROR`).
    #[error("list is not in base64url multibase")]
    Encoding,
    /// `encodedList` is not one GZIP stream (`STATUS_VERIFICATION_ERROR`).
    #[error("list is not a gzip stream")]
    Compression,
    /// Larger than [`MAX_LIST`].
    #[error("list is larger than allowed")]
    TooLarge,
    /// Fewer entries than [`MIN_ENTRIES`] (`STATUS_LIST_LENGTH_ERROR`).
    #[error("list is too short to hide in")]
    TooShort,
    /// The list has no entry of this index (`RANGE_ERROR`).
    #[error("index lies outside the list")]
    Index,
    /// The value needs more bits than the entry has.
    #[error("status does not fit the entry")]
    Value,
}

/// Where the status of a credential stands (section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// `statusPurpose`: `revocation`, `suspension`, `refresh`, `message`, or the issuer's own.
    pub purpose: String,
    /// `statusListIndex`.
    pub index: u64,
    /// `statusSize`: bits of the entry.
    pub size: u8,
    /// `statusListCredential`: the address of the list.
    pub list: String,
}

impl StatusEntry {
    /// The entries of this kind that a credential has; others are passed over, and are the caller's to judge.
    ///
    /// # Errors
    /// [`BitstringError`]; one malformed entry refuses all.
    pub fn all_of(credential: &Credential) -> Result<Vec<Self>, BitstringError> {
        let statuses = match credential.members().get("credentialStatus") {
            None => &[],
            Some(Value::Array(all)) => all.as_slice(),
            Some(one) => core::slice::from_ref(one),
        };
        let ours: Vec<&Value> = statuses.iter().filter(|status| is_of_type(status, ENTRY_TYPE)).collect();
        if ours.len() > MAX_ENTRIES {
            return Err(BitstringError::TooManyEntries);
        }
        ours.into_iter().map(Self::read).collect()
    }

    fn read(status: &Value) -> Result<Self, BitstringError> {
        let members = status.as_object().ok_or(BitstringError::Entry)?;
        let text = |name: &str| members.get(name).and_then(Value::as_str).ok_or(BitstringError::Entry);
        let list = text("statusListCredential")?;
        if !list.starts_with("https://")
            || list.len() > MAX_URL
            || members.get("id").is_some_and(|id| id == list)
        {
            return Err(BitstringError::Entry);
        }
        let size = read_size(members)?;
        check_messages(members, size)?;
        Ok(Self {
            purpose: text("statusPurpose")?.to_owned(),
            index: read_index(members.get("statusListIndex"))?,
            size,
            list: list.to_owned(),
        })
    }
}

/// A list of statuses, unpacked. Entry 0 is in the highest bits of the first byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitstring {
    size: u8,
    bytes: Vec<u8>,
}

impl Bitstring {
    /// A list of at least `entries` entries of `size` bits, all 0, and of [`MIN_ENTRIES`] at least.
    ///
    /// # Errors
    /// [`BitstringError::Size`] and [`BitstringError::TooLarge`].
    pub fn new(size: u8, entries: u64) -> Result<Self, BitstringError> {
        let size = check_size(size)?;
        let bytes = entries.max(MIN_ENTRIES).div_ceil(u64::from(8 / size));
        match usize::try_from(bytes) {
            Ok(bytes) if bytes <= MAX_LIST => Ok(Self { size, bytes: vec![0; bytes] }),
            _ => Err(BitstringError::TooLarge),
        }
    }

    /// A list from its `encodedList`.
    ///
    /// # Errors
    /// [`BitstringError::Size`], [`BitstringError::Encoding`], [`BitstringError::Compression`],
    /// [`BitstringError::TooLarge`], [`BitstringError::TooShort`].
    pub fn from_encoded(size: u8, text: &str) -> Result<Self, BitstringError> {
        let size = check_size(size)?;
        let text = text.strip_prefix('u').ok_or(BitstringError::Encoding)?;
        let packed = from_base64url(text).map_err(|_| BitstringError::Encoding)?;
        let list = Self { size, bytes: inflate(&packed)? };
        if list.entries() < MIN_ENTRIES { Err(BitstringError::TooShort) } else { Ok(list) }
    }

    /// The `encodedList` of this list.
    pub fn to_encoded(&self) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), LEVEL);
        let packed = encoder.write_all(&self.bytes).and_then(|()| encoder.finish());
        format!("u{}", base64url(packed.expect("a write to memory does not fail")))
    }

    /// How many entries there are.
    pub fn entries(&self) -> u64 {
        self.bytes.len() as u64 * u64::from(8 / self.size)
    }

    /// The entry at `index`; 0 says that its purpose does not apply.
    ///
    /// # Errors
    /// [`BitstringError::Index`].
    pub fn get(&self, index: u64) -> Result<u8, BitstringError> {
        let (byte, shift) = self.locate(index)?;
        let byte = self.bytes.get(byte).ok_or(BitstringError::Index)?;
        Ok((byte >> shift) & self.mask())
    }

    /// Changes the entry at `index`.
    ///
    /// # Errors
    /// [`BitstringError::Index`] and [`BitstringError::Value`].
    pub fn set(&mut self, index: u64, value: u8) -> Result<(), BitstringError> {
        let ((byte, shift), mask) = (self.locate(index)?, self.mask());
        if value > mask {
            return Err(BitstringError::Value);
        }
        let byte = self.bytes.get_mut(byte).ok_or(BitstringError::Index)?;
        *byte = (*byte & !(mask << shift)) | (value << shift);
        Ok(())
    }

    /// The byte of an entry, and how far its lowest bit lies from the right.
    fn locate(&self, index: u64) -> Result<(usize, u32), BitstringError> {
        let per_byte = u64::from(8 / self.size);
        let byte = usize::try_from(index / per_byte).map_err(|_| BitstringError::Index)?;
        let from_right = u32::try_from(per_byte - 1 - index % per_byte).map_err(|_| BitstringError::Index)?;
        Ok((byte, from_right * u32::from(self.size)))
    }

    const fn mask(&self) -> u8 {
        u8::MAX >> (8 - self.size)
    }
}

impl core::fmt::Debug for Bitstring {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Bitstring({} entries of {} bits)", self.entries(), self.size)
    }
}

fn check_size(size: u8) -> Result<u8, BitstringError> {
    if matches!(size, 1 | 2 | 4 | 8) { Ok(size) } else { Err(BitstringError::Size) }
}

/// `statusSize`, by default 1.
fn read_size(members: &Map<String, Value>) -> Result<u8, BitstringError> {
    match members.get("statusSize") {
        None => Ok(1),
        Some(size) => {
            let size = size.as_u64().and_then(|size| u8::try_from(size).ok()).ok_or(BitstringError::Size)?;
            check_size(size)
        }
    }
}

/// A whole number as text, in one form only.
fn read_index(index: Option<&Value>) -> Result<u64, BitstringError> {
    let text = index.and_then(Value::as_str).ok_or(BitstringError::IndexForm)?;
    match text.parse::<u64>() {
        Ok(index) if index.to_string() == text => Ok(index),
        _ => Err(BitstringError::IndexForm),
    }
}

/// Several bits need a message for each value; a message needs its value in hexadecimal.
fn check_messages(members: &Map<String, Value>, size: u8) -> Result<(), BitstringError> {
    let Some(messages) = members.get("statusMessage") else {
        return if size == 1 { Ok(()) } else { Err(BitstringError::Messages) };
    };
    let messages = messages.as_array().ok_or(BitstringError::Messages)?;
    let is_message = |message: &Value| {
        let value = message.get("status").and_then(Value::as_str).and_then(|text| text.strip_prefix("0x"));
        value.is_some_and(|digits| u8::from_str_radix(digits, 16).is_ok())
            && message.get("message").is_some_and(Value::is_string)
    };
    let counted = messages.len() == 1_usize << size;
    if counted && messages.iter().all(is_message) { Ok(()) } else { Err(BitstringError::Messages) }
}

fn is_of_type(value: &Value, wanted: &str) -> bool {
    let kind = value.get("type");
    kind.is_some_and(|kind| {
        kind == wanted || kind.as_array().is_some_and(|all| all.iter().any(|one| one == wanted))
    })
}

/// Inflates one whole GZIP stream of at most [`MAX_LIST`] bytes with nothing behind it.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, BitstringError> {
    let mut decoder = GzDecoder::new(packed);
    let mut bytes = Vec::new();
    let limit = MAX_LIST as u64 + 1;
    decoder.by_ref().take(limit).read_to_end(&mut bytes).map_err(|_| BitstringError::Compression)?;
    if bytes.len() > MAX_LIST {
        return Err(BitstringError::TooLarge);
    }
    if decoder.into_inner().is_empty() { Ok(bytes) } else { Err(BitstringError::Compression) }
}

#[cfg(test)]
mod tests;
