//! Status lists: a few bits per issued credential, which anyone may fetch.
//!
//! The issuer packs and signs a list; a verifier reads one entry from it. Fetching and caching live with
//! the caller, so everything here can be tested with bytes alone.
//!
//! Spec: Token Status List draft 20, sections 4, 5, 7 and 8.

pub mod aggregation;
pub mod cwt;
mod token;

use core::time::Duration;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::cbor::CborError;
use crate::cose::CoseError;
use crate::encoding::{base64url, from_base64url};
use crate::issuer::ReferenceError;
use crate::jws::{self, JwsError};
use crate::key::SignError;
use crate::sd_jwt::binding::MAX_CLOCK_SKEW;
use crate::time::UnixTime;

/// The `typ` of a status list token.
pub const TYPE: &str = "statuslist+jwt";
/// The media type that a token is served under, and anchored by.
pub const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// Bytes of an inflated list, at most: 16 million credentials at 2 bits, or 4 million at 8.
pub const MAX_LIST: usize = 4 << 20;

const LEVEL: Compression = Compression::new(6);

/// What a list says of one credential (section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 0: valid.
    Valid,
    /// 1: revoked for good.
    Invalid,
    /// 2: not valid for now.
    Suspended,
    /// Anything else, which the issuer's application defines; never to be taken for valid.
    Other(u8),
}

/// Why a list or its token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// Bits per entry are not 1, 2, 4 or 8.
    #[error("bits per entry are not 1, 2, 4 or 8")]
    Bits,
    /// Larger than [`MAX_LIST`].
    #[error("list is larger than allowed")]
    TooLarge,
    /// The list has no entry of this index.
    #[error("index lies outside the list")]
    Index,
    /// The value needs more bits than the list has.
    #[error("status does not fit the list")]
    Value,
    /// The token is malformed, of another type, or its signature does not hold.
    #[error("status list token is refused")]
    Jws(#[source] JwsError),
    /// The token in CBOR is malformed, of another type, or its signature does not hold.
    #[error("status list token is refused")]
    Cose(#[source] CoseError),
    /// The claims of a token in CBOR are not CBOR that may be read.
    #[error("status list claims are unacceptable cbor")]
    Cbor(#[source] CborError),
    /// The signer is not named.
    #[error("issuer reference is refused")]
    Issuer(#[source] ReferenceError),
    /// A required claim is missing or of the wrong kind.
    #[error("status list token lacks a required claim")]
    Claims,
    /// `sub` is not the address of this list.
    #[error("token is for another list")]
    Subject,
    /// `iat` or `nbf` lies ahead.
    #[error("token is from the future")]
    Future,
    /// `exp` has passed.
    #[error("token has expired")]
    Expired,
    /// `lst` is not one zlib stream, or its base64url.
    #[error("list is not a zlib stream")]
    Compression,
    /// An aggregation, or its address, is malformed or too large.
    #[error("aggregation of lists is malformed")]
    Aggregation,
    /// The signer failed.
    #[error("token could not be signed")]
    Sign(#[source] SignError),
}

impl Status {
    /// The status of a number.
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }

    /// The number of this status.
    pub const fn number(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::Other(number) => number,
        }
    }
}

/// A list of statuses, unpacked. Entry 0 is in the lowest bits of the first byte.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    bytes: Vec<u8>,
}

/// What a token says about its list.
#[derive(Clone, Copy, Debug)]
pub struct TokenClaims<'a> {
    /// `sub`: the address that the list is served at.
    pub uri: &'a str,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: Option<UnixTime>,
    /// `ttl`: how long a copy may be kept after it was fetched.
    pub ttl: Option<Duration>,
}

impl StatusList {
    /// A list of at least `entries` entries of `bits` bits, all valid; the last byte is filled up.
    ///
    /// # Errors
    /// [`StatusListError::Bits`] and [`StatusListError::TooLarge`].
    pub fn new(bits: u8, entries: u64) -> Result<Self, StatusListError> {
        let bits = check_bits(bits)?;
        let bytes = entries.div_ceil(u64::from(8 / bits));
        match usize::try_from(bytes) {
            Ok(bytes) if bytes <= MAX_LIST => Ok(Self { bits, bytes: vec![0; bytes] }),
            _ => Err(StatusListError::TooLarge),
        }
    }

    /// A list from its unpacked bytes, as an issuer keeps them.
    ///
    /// # Errors
    /// [`StatusListError::Bits`] and [`StatusListError::TooLarge`].
    pub fn from_bytes(bits: u8, bytes: Vec<u8>) -> Result<Self, StatusListError> {
        let bits = check_bits(bits)?;
        if bytes.len() > MAX_LIST { Err(StatusListError::TooLarge) } else { Ok(Self { bits, bytes }) }
    }

    /// A list from the base64url of its zlib stream.
    ///
    /// # Errors
    /// [`StatusListError::Bits`], [`StatusListError::TooLarge`], [`StatusListError::Compression`].
    pub fn from_compressed(bits: u8, text: &str) -> Result<Self, StatusListError> {
        let bits = check_bits(bits)?;
        let packed = from_base64url(text).map_err(|_| StatusListError::Compression)?;
        Self::from_zlib(bits, &packed)
    }

    /// A list from its zlib stream.
    ///
    /// # Errors
    /// As [`StatusList::from_compressed`].
    pub fn from_zlib(bits: u8, packed: &[u8]) -> Result<Self, StatusListError> {
        Ok(Self { bits: check_bits(bits)?, bytes: inflate(packed)? })
    }

    /// The base64url of the list's zlib stream.
    pub fn to_compressed(&self) -> String {
        base64url(self.to_zlib())
    }

    /// The list's zlib stream.
    pub fn to_zlib(&self) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), LEVEL);
        let packed = encoder.write_all(&self.bytes).and_then(|()| encoder.finish());
        packed.expect("a write to memory does not fail")
    }

    /// Bits per entry.
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    /// The unpacked bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many entries there are, those that fill the last byte included.
    pub fn entries(&self) -> u64 {
        self.bytes.len() as u64 * u64::from(8 / self.bits)
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::Index`].
    pub fn get(&self, index: u64) -> Result<Status, StatusListError> {
        let (byte, shift) = self.locate(index)?;
        Ok(Status::from_number((self.bytes[byte] >> shift) & self.mask()))
    }

    /// Changes the entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::Index`] and [`StatusListError::Value`].
    pub fn set(&mut self, index: u64, status: Status) -> Result<(), StatusListError> {
        let (byte, shift) = self.locate(index)?;
        let (number, mask) = (status.number(), self.mask());
        if number > mask {
            return Err(StatusListError::Value);
        }
        self.bytes[byte] = (self.bytes[byte] & !(mask << shift)) | (number << shift);
        Ok(())
    }

    /// The byte of an entry, and how far in it lies.
    fn locate(&self, index: u64) -> Result<(usize, u32), StatusListError> {
        let per_byte = u64::from(8 / self.bits);
        let byte = usize::try_from(index / per_byte).map_err(|_| StatusListError::Index)?;
        if byte >= self.bytes.len() {
            return Err(StatusListError::Index);
        }
        let place = u32::try_from(index % per_byte).map_err(|_| StatusListError::Index)?;
        Ok((byte, place * u32::from(self.bits)))
    }

    const fn mask(&self) -> u8 {
        u8::MAX >> (8 - self.bits)
    }
}

impl core::fmt::Debug for StatusList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StatusList({} entries of {} bits)", self.entries(), self.bits)
    }
}

/// A token as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedToken {
    jws: jws::Unverified,
    sha256: [u8; 32],
}

/// A list whose token holds.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    list: StatusList,
    issued_at: UnixTime,
    expires_at: Option<UnixTime>,
    ttl: Option<Duration>,
    aggregation_uri: Option<String>,
}

/// The claims beside the list, read from either form.
struct Claims<'a> {
    subject: &'a str,
    issued_at: UnixTime,
    not_before: Option<UnixTime>,
    expires_at: Option<UnixTime>,
    ttl: Option<Duration>,
}

impl Claims<'_> {
    /// Holds the claims against the list that was asked for, and the time (section 8.3).
    fn check(&self, uri: &str, now: UnixTime) -> Result<(), StatusListError> {
        if self.subject != uri {
            return Err(StatusListError::Subject);
        }
        if Some(self.issued_at).max(self.not_before).is_some_and(|start| start > now.plus(MAX_CLOCK_SKEW)) {
            return Err(StatusListError::Future);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(StatusListError::Expired);
        }
        Ok(())
    }
}

impl VerifiedToken {
    const fn new(list: StatusList, claims: &Claims<'_>, aggregation_uri: Option<String>) -> Self {
        let Claims { issued_at, expires_at, ttl, .. } = *claims;
        Self { list, issued_at, expires_at, ttl, aggregation_uri }
    }
}

fn check_bits(bits: u8) -> Result<u8, StatusListError> {
    if matches!(bits, 1 | 2 | 4 | 8) { Ok(bits) } else { Err(StatusListError::Bits) }
}

/// Inflates one whole zlib stream of at most [`MAX_LIST`] bytes with nothing behind it.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, StatusListError> {
    let mut decoder = flate2::bufread::ZlibDecoder::new(packed);
    let mut bytes = Vec::new();
    let limit = MAX_LIST as u64 + 1;
    decoder.by_ref().take(limit).read_to_end(&mut bytes).map_err(|_| StatusListError::Compression)?;
    if bytes.len() > MAX_LIST {
        return Err(StatusListError::TooLarge);
    }
    if decoder.total_in() != packed.len() as u64 {
        return Err(StatusListError::Compression);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
