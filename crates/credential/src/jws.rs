//! JSON Web Signatures in the compact form: one key, one signature, no surprises.
//!
//! Before its signature holds, a token shows its header and nothing else without saying `dangerous`. `alg`
//! must be one of ours, the key's own, and allowed for the use; `crit` is refused, since we understand no
//! extension; `typ` is what the caller expects (RFC 8725 section 3.11), and `cty` too: where a use names
//! none, a header that announces other content than claims is refused.
//!
//! Spec: RFC 7515, RFC 7519, RFC 8725.

use serde_json::{Map, Value};

use crate::encoding::{base64url, from_base64url};
use crate::json::{self, JsonError};
use crate::key::{Algorithm, PublicKey, SignError, Signer, VerifySignature};

/// Bytes of a compact token, at most. A status list of a million entries at 20 % needs 180,000.
pub const MAX_TOKEN: usize = 1 << 20;
/// Bytes of a decoded header, at most: four certificates of 8 KiB in base64 and room.
pub const MAX_HEADER: usize = 48 * 1024;

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than allowed.
    #[error("token is larger than allowed")]
    TooLarge,
    /// Not three parts of base64url.
    #[error("token is not a compact jws")]
    Form,
    /// The header is not an acceptable JSON object.
    #[error("token header is unacceptable json")]
    Header(#[source] JsonError),
    /// The payload is not an acceptable JSON object.
    #[error("token payload is unacceptable json")]
    Payload(#[source] JsonError),
    /// `alg` is missing, not allowed, or not the key's.
    #[error("algorithm is not allowed for this key")]
    Algorithm,
    /// `crit` names something, and we understand no extension.
    #[error("token has critical extensions")]
    Critical,
    /// `b64` is there: a payload that is not encoded (RFC 7797) is never accepted.
    #[error("token has an unencoded payload")]
    Unencoded,
    /// `typ` is not what was expected here.
    #[error("token is of another type")]
    Type,
    /// `cty` announces other content than was expected here, such as a token inside the token.
    #[error("token holds another type of content")]
    ContentType,
    /// The signature does not hold.
    #[error("signature does not verify")]
    Signature,
}

/// What a token must be to count for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// The media type that `typ` must name, without `application/`.
    pub typ: &'a str,
    /// The media type that `cty` may name; with none, `cty` must be absent.
    pub cty: Option<&'a str>,
    /// The algorithms that may have signed it.
    pub algorithms: &'a [Algorithm],
}

impl<'a> Use<'a> {
    /// Claims of the type `typ`, by any algorithm of ours.
    pub const fn of(typ: &'a str) -> Self {
        Self { typ, cty: None, algorithms: &Algorithm::ALL }
    }

    fn check(&self, header: &Header) -> Result<(), JwsError> {
        if !header.typ().is_some_and(|typ| is_media_type(typ, self.typ)) {
            return Err(JwsError::Type);
        }
        header.check_content(self.cty)?;
        if self.algorithms.contains(&header.algorithm) { Ok(()) } else { Err(JwsError::Algorithm) }
    }
}

/// Whether a header's `typ` or `cty` names `wanted`: without case, and with an `application/` prefix or
/// without (RFC 7515 section 4.1.9).
fn is_media_type(found: &str, wanted: &str) -> bool {
    found.strip_prefix("application/").unwrap_or(found).eq_ignore_ascii_case(wanted)
}

/// A protected header: readable before the signature is checked, so that a key can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    members: Map<String, Value>,
    algorithm: Algorithm,
}

impl Header {
    /// Its algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `typ`, where present.
    pub fn typ(&self) -> Option<&str> {
        self.text("typ")
    }

    /// `kid`, where present.
    pub fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// `jwk`, where present.
    pub fn jwk(&self) -> Option<&Value> {
        self.members.get("jwk")
    }

    /// `x5c`, where it is an array of texts.
    pub fn x5c(&self) -> Option<Vec<String>> {
        let items = self.members.get("x5c")?.as_array()?;
        items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// Every member as it came.
    pub const fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Holds `cty` against the media type that it may name; with none, it must be absent.
    ///
    /// # Errors
    /// [`JwsError::ContentType`].
    pub fn check_content(&self, wanted: Option<&str>) -> Result<(), JwsError> {
        let found = match self.members.get("cty") {
            None => return Ok(()),
            Some(found) => found.as_str(),
        };
        match (found, wanted) {
            (Some(found), Some(wanted)) if is_media_type(found, wanted) => Ok(()),
            _ => Err(JwsError::ContentType),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }
}

/// A token as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    header: Header,
    payload: Vec<u8>,
    signed: String,
    signature: Vec<u8>,
}

impl Unverified {
    /// Splits a compact token and reads its header.
    ///
    /// # Errors
    /// [`JwsError::TooLarge`], [`JwsError::Form`], [`JwsError::Header`], [`JwsError::Algorithm`],
    /// [`JwsError::Critical`] and [`JwsError::Unencoded`].
    pub fn parse(token: &str) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN {
            return Err(JwsError::TooLarge);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Form)?;
        if payload.contains('.') || signature.is_empty() {
            return Err(JwsError::Form);
        }
        let decode = |part: &str| from_base64url(part).map_err(|_| JwsError::Form);
        Ok(Self {
            header: parse_header(&decode(header)?)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
            signed: signed.to_owned(),
        })
    }

    /// The header, to find the key by.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload before its signature holds: only to find the key by, or to show what arrived.
    pub fn dangerous_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The claims before the signature holds: only to find the key by, or to show what arrived.
    ///
    /// # Errors
    /// [`JwsError::Payload`].
    pub fn dangerous_claims(&self) -> Result<Map<String, Value>, JwsError> {
        json::parse_object(&self.payload, MAX_TOKEN).map_err(JwsError::Payload)
    }

    /// Holds the token against `key` and the `typ` that belongs here, as [`Use::of`] takes it.
    ///
    /// # Errors
    /// As [`Unverified::verify_for`].
    pub fn verify(
        self,
        key: &PublicKey,
        typ: &str,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, JwsError> {
        self.verify_for(key, &Use::of(typ), backend)
    }

    /// Holds the token against `key` and the use that it is for.
    ///
    /// # Errors
    /// [`JwsError::Type`], [`JwsError::ContentType`], [`JwsError::Algorithm`], [`JwsError::Signature`],
    /// [`JwsError::Payload`].
    pub fn verify_for(
        self,
        key: &PublicKey,
        expected: &Use<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, JwsError> {
        expected.check(&self.header)?;
        self.verify_any_type(key, backend)
    }

    /// As [`Unverified::verify`], where a specification sets no `typ` (`private_key_jwt`), or the caller has
    /// held it against a [`Use`].
    ///
    /// # Errors
    /// [`JwsError::Algorithm`], [`JwsError::Signature`], [`JwsError::Payload`].
    pub fn verify_any_type(
        self,
        key: &PublicKey,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, JwsError> {
        self.check_signature(key, backend)?;
        let claims = self.dangerous_claims()?;
        Ok(Verified { header: self.header, claims })
    }

    /// Holds the signature against `key`, and nothing else.
    pub(crate) fn check_signature(
        &self,
        key: &PublicKey,
        backend: &dyn VerifySignature,
    ) -> Result<(), JwsError> {
        if self.header.algorithm != key.algorithm() {
            return Err(JwsError::Algorithm);
        }
        backend.verify(key, self.signed.as_bytes(), &self.signature).map_err(|_| JwsError::Signature)
    }
}

fn parse_header(bytes: &[u8]) -> Result<Header, JwsError> {
    let members = json::parse_object(bytes, MAX_HEADER).map_err(JwsError::Header)?;
    if members.contains_key("b64") {
        return Err(JwsError::Unencoded);
    }
    if members.contains_key("crit") {
        return Err(JwsError::Critical);
    }
    let name = members.get("alg").and_then(Value::as_str).ok_or(JwsError::Algorithm)?;
    let algorithm = Algorithm::from_name(name).map_err(|_| JwsError::Algorithm)?;
    Ok(Header { members, algorithm })
}

/// A token whose signature holds under the key that the caller chose.
#[derive(Clone, Debug)]
pub struct Verified {
    header: Header,
    claims: Map<String, Value>,
}

impl Verified {
    /// The header.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The claims.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The claims, taken out.
    pub fn into_claims(self) -> Map<String, Value> {
        self.claims
    }
}

/// Signs `claims` under `header`; `alg` is set from the key.
///
/// # Errors
/// [`SignError`] where the key's home refuses.
pub fn sign(
    mut header: Map<String, Value>,
    claims: &Map<String, Value>,
    signer: &dyn Signer,
) -> Result<String, SignError> {
    header.insert("alg".into(), signer.public_key().algorithm().name().into());
    let encode =
        |members: &Map<String, Value>| serde_json::to_vec(members).map(base64url).map_err(|_| SignError);
    let signed = format!("{}.{}", encode(&header)?, encode(claims)?);
    let signature = signer.sign(signed.as_bytes())?;
    Ok(format!("{signed}.{}", base64url(signature)))
}

#[cfg(test)]
mod tests;
