//! The signed form of a list in CBOR (sections 4.3 and 5.2), and its checks (section 8.3).
//!
//! Spec: Token Status List draft 20, RFC 8392 (claims).

use core::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::cbor::value::Value;
use crate::cbor::{Item, Kind};
use crate::cose::sign1::{Sign1, TAG, sign};
use crate::cose::{CertificatePlace, CoseError, NewHeaders};
use crate::issuer::{IssuerReference, KeyReference, MAX_REFERENCE, ReferenceError};
use crate::key::{Algorithm, PublicKey, Signer, VerifySignature};
use crate::status_list::aggregation::read_uri;
use crate::status_list::{Claims, StatusList, StatusListError, TokenClaims, VerifiedToken};
use crate::time::UnixTime;

/// The media type that a token is served under, and its `typ`.
pub const MEDIA_TYPE: &str = "application/statuslist+cwt";
/// Bytes of a token, at most. A status list of a million entries at 20 % needs 90,000.
pub const MAX_TOKEN: usize = 1 << 20;

const ALGORITHMS: &[Algorithm] = &[Algorithm::Es256, Algorithm::EdDsa];

const ISS: i64 = 1;
const SUB: i64 = 2;
const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;
const STATUS_LIST: i64 = 65533;
const TTL: i64 = 65534;

impl StatusList {
    /// A list from its CBOR form: `bits` and the zlib stream.
    ///
    /// # Errors
    /// [`StatusListError::Claims`] and those of [`StatusList::from_compressed`].
    pub fn from_cbor(item: &Item<'_>) -> Result<Self, StatusListError> {
        let bits = item.member("bits").and_then(Item::as_unsigned).ok_or(StatusListError::Claims)?;
        let packed = item.member("lst").and_then(Item::as_bytes).ok_or(StatusListError::Claims)?;
        Self::from_zlib(u8::try_from(bits).map_err(|_| StatusListError::Bits)?, packed)
    }

    /// Signs the list as a CWT: `COSE_Sign1` behind its tag.
    ///
    /// # Errors
    /// [`StatusListError::Sign`].
    pub fn to_cwt(
        &self,
        claims: &TokenClaims<'_>,
        key: &KeyReference,
        signer: &dyn Signer,
    ) -> Result<Vec<u8>, StatusListError> {
        let headers = NewHeaders { typ: Some(MEDIA_TYPE), ..key_headers(key) };
        let list = [("bits", u64::from(self.bits).into()), ("lst", self.to_zlib().into())];
        let exp = claims.expires_at.map(|end| (EXP, end.secs().into()));
        let ttl = claims.ttl.map(|ttl| (TTL, ttl.as_secs().into()));
        let payload = [(SUB, claims.uri.into()), (IAT, claims.issued_at.secs().into())]
            .into_iter()
            .chain(exp)
            .chain(ttl)
            .chain([(STATUS_LIST, Value::map(list))]);
        let signed = sign(&headers, &Value::map(payload).encode(), signer).map_err(StatusListError::Sign)?;
        Ok(Value::tag(TAG, signed).encode())
    }
}

fn key_headers(key: &KeyReference) -> NewHeaders<'_> {
    match key {
        KeyReference::X5c(chain) => NewHeaders { chain: Some(chain), ..NewHeaders::default() },
        KeyReference::Kid(kid) => NewHeaders { kid: Some(kid.as_bytes()), ..NewHeaders::default() },
    }
}

/// A token as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedCwt {
    message: Sign1,
    sha256: [u8; 32],
}

impl UnverifiedCwt {
    /// Reads a token.
    ///
    /// # Errors
    /// [`StatusListError::Cose`].
    pub fn parse(token: &[u8]) -> Result<Self, StatusListError> {
        let message = Sign1::parse_tagged(token, MAX_TOKEN, ALGORITHMS).map_err(StatusListError::Cose)?;
        Ok(Self { message, sha256: Sha256::digest(token).into() })
    }

    /// Who says to have signed it. Certificates count before `kid`, since they carry their own proof.
    ///
    /// # Errors
    /// [`StatusListError::Cose`], and [`StatusListError::Issuer`] where the token names nobody that can be
    /// looked up.
    pub fn issuer(&self) -> Result<IssuerReference, StatusListError> {
        Ok(IssuerReference { iss: self.iss()?, key: self.key()? })
    }

    fn key(&self) -> Result<KeyReference, StatusListError> {
        let headers = self.message.headers();
        if headers.has_certificates() {
            let chain = headers.chain(CertificatePlace::Either).map_err(StatusListError::Cose)?;
            return Ok(KeyReference::X5c(chain));
        }
        let kid = headers.kid().and_then(|kid| core::str::from_utf8(kid).ok());
        let kid = kid.filter(|kid| kid.len() <= MAX_REFERENCE);
        kid.map(|kid| KeyReference::Kid(kid.to_owned())).ok_or(StatusListError::Issuer(ReferenceError::Key))
    }

    fn iss(&self) -> Result<Option<String>, StatusListError> {
        let payload = self.message.dangerous_payload().ok_or(StatusListError::Cose(CoseError::Payload))?;
        let claims = Item::parse(payload, MAX_TOKEN).map_err(StatusListError::Cbor)?;
        match claims.member(ISS).map(Item::as_text) {
            None => Ok(None),
            Some(Some(iss)) if iss.len() <= MAX_REFERENCE => Ok(Some(iss.to_owned())),
            Some(_) => Err(StatusListError::Issuer(ReferenceError::Issuer)),
        }
    }

    /// SHA-256 of the token's bytes, as the registry anchors it.
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Checks the token as that of the list at `uri`.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn verify(
        self,
        issuer_key: &PublicKey,
        uri: &str,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<VerifiedToken, StatusListError> {
        if self.message.headers().typ() != Some(MEDIA_TYPE) {
            return Err(StatusListError::Cose(CoseError::Type));
        }
        let payload = self.message.verify(issuer_key, &[], backend).map_err(StatusListError::Cose)?;
        let claims = Item::parse(payload, MAX_TOKEN).map_err(StatusListError::Cbor)?;
        let read = read_claims(&claims)?;
        read.check(uri, now)?;
        let list = claims.member(STATUS_LIST).ok_or(StatusListError::Claims)?;
        Ok(VerifiedToken::new(StatusList::from_cbor(list)?, &read, read_aggregation_uri(list)?))
    }
}

fn read_claims<'a>(claims: &Item<'a>) -> Result<Claims<'a>, StatusListError> {
    let time = |label: i64| claims.member(label).map(read_time).transpose();
    let subject = claims.member(SUB).and_then(Item::as_text).ok_or(StatusListError::Claims)?;
    let read_ttl = |ttl: &Item<'_>| {
        let seconds = ttl.as_unsigned().filter(|ttl| *ttl > 0).ok_or(StatusListError::Claims)?;
        Ok(Duration::from_secs(seconds))
    };
    Ok(Claims {
        subject,
        issued_at: time(IAT)?.ok_or(StatusListError::Claims)?,
        not_before: time(NBF)?,
        expires_at: time(EXP)?,
        ttl: claims.member(TTL).map(read_ttl).transpose()?,
    })
}

fn read_aggregation_uri(list: &Item<'_>) -> Result<Option<String>, StatusListError> {
    let read = |uri: &Item<'_>| uri.as_text().and_then(read_uri).ok_or(StatusListError::Aggregation);
    list.member("aggregation_uri").map(read).transpose()
}

/// A `NumericDate`, which stands without its tag (RFC 8392 section 2).
fn read_time(item: &Item<'_>) -> Result<UnixTime, StatusListError> {
    let time = match item.kind() {
        Kind::Unsigned(seconds) => Some(UnixTime::from_secs(*seconds)),
        Kind::Float(seconds) => UnixTime::from_claim(&(*seconds).into()),
        _ => None,
    };
    time.ok_or(StatusListError::Claims)
}

#[cfg(test)]
mod tests;
