//! Status lists: a few bits per issued credential, which anyone may fetch.
//!
//! The issuer packs and signs a list; a verifier reads one entry from it. Fetching and caching live with
//! the caller, so everything here can be tested with bytes alone.
//!
//! Spec: Token Status List draft 20, sections 4, 5, 7 and 8.

use core::time::Duration;

use crate::issuer::{IssuerReference, KeyReference, ReferenceError};
use crate::jws::JwsError;
use crate::key::{PublicKey, SignError, Signer, VerifySignature};
use crate::time::UnixTime;

/// The `typ` of a status list token.
pub const TYPE: &str = "statuslist+jwt";
/// The media type that a token is served under, and anchored by.
pub const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// Bytes of an inflated list, at most: 16 million credentials at 2 bits, or 4 million at 8.
pub const MAX_LIST: usize = 4 << 20;

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
    /// The signer is not named.
    #[error("issuer reference is refused")]
    Issuer(#[source] ReferenceError),
    /// A required claim is missing or of the wrong kind.
    #[error("status list token lacks a required claim")]
    Claims,
    /// `sub` is not the address of this list.
    #[error("token is for another list")]
    Subject,
    /// `iat` lies ahead.
    #[error("token is from the future")]
    Future,
    /// `exp` has passed.
    #[error("token has expired")]
    Expired,
    /// `lst` is not base64url of one zlib stream.
    #[error("list is not a zlib stream")]
    Compression,
    /// The signer failed.
    #[error("token could not be signed")]
    Sign(#[source] SignError),
}

/// A list of statuses, unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {}

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
    /// A list of `entries` entries of `bits` bits, all valid.
    ///
    /// # Errors
    /// [`StatusListError::Bits`] and [`StatusListError::TooLarge`].
    pub fn new(_bits: u8, _entries: u64) -> Result<Self, StatusListError> {
        todo!()
    }

    /// Bits per entry.
    pub fn bits(&self) -> u8 {
        todo!()
    }

    /// How many entries there are, those that fill the last byte included.
    pub fn entries(&self) -> u64 {
        todo!()
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::Index`].
    pub fn get(&self, _index: u64) -> Result<Status, StatusListError> {
        todo!()
    }

    /// Changes the entry at `index`.
    ///
    /// # Errors
    /// [`StatusListError::Index`] and [`StatusListError::Value`].
    pub fn set(&mut self, _index: u64, _status: Status) -> Result<(), StatusListError> {
        todo!()
    }

    /// Signs the list.
    ///
    /// # Errors
    /// [`StatusListError::Sign`].
    pub fn to_token(
        &self,
        _claims: &TokenClaims<'_>,
        _key: &KeyReference,
        _signer: &dyn Signer,
    ) -> Result<String, StatusListError> {
        todo!()
    }
}

/// A token as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedToken {}

/// A list whose token holds.
#[derive(Clone, Debug)]
pub struct VerifiedToken {}

impl UnverifiedToken {
    /// Reads a token.
    ///
    /// # Errors
    /// [`StatusListError::Jws`] and [`StatusListError::Issuer`].
    pub fn parse(_token: &str) -> Result<Self, StatusListError> {
        todo!()
    }

    /// Who says to have signed it.
    pub fn issuer(&self) -> &IssuerReference {
        todo!()
    }

    /// SHA-256 of the token's bytes, as the registry anchors it.
    pub fn sha256(&self) -> [u8; 32] {
        todo!()
    }

    /// Checks the token as that of the list at `uri`.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn verify(
        self,
        _issuer_key: &PublicKey,
        _uri: &str,
        _now: UnixTime,
        _backend: &dyn VerifySignature,
    ) -> Result<VerifiedToken, StatusListError> {
        todo!()
    }
}

impl VerifiedToken {
    /// The list.
    pub fn list(&self) -> &StatusList {
        todo!()
    }

    /// `iat`.
    pub fn issued_at(&self) -> UnixTime {
        todo!()
    }

    /// `exp`.
    pub fn expires_at(&self) -> Option<UnixTime> {
        todo!()
    }

    /// `ttl`.
    pub fn ttl(&self) -> Option<Duration> {
        todo!()
    }
}
