//! The JSON serialisation of an SD-JWT, flattened or general, rewritten into the compact form.
//!
//! A key binding is made over the compact form, and one form means one set of checks: whatever comes as
//! JSON becomes the text that the same parts would have been. Of a general one, the first signature counts,
//! since the disclosures and the key binding stand there and nowhere else.
//!
//! Spec: RFC 9901 section 8, RFC 7515 section 7.2.

use serde_json::{Map, Value};

use crate::encoding::from_base64url;
use crate::json::{self, JsonError};
use crate::jws::{JwsError, MAX_HEADER};
use crate::sd_jwt::{MAX_DISCLOSURES, MAX_SD_JWT, SdJwtError};

/// Signatures in one general serialisation, at most: each costs the reader a look, and only one counts.
pub const MAX_SIGNATURES: usize = 8;

/// Why a JSON serialisation is refused before anything in it is read as a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFormError {
    /// Not an acceptable JSON object.
    #[error("json serialisation is not acceptable json")]
    Json(#[source] JsonError),
    /// A member is missing, of the wrong kind, or flattened and general are mixed.
    #[error("json serialisation lacks a member or mixes two forms")]
    Members,
    /// No signature, or more than [`MAX_SIGNATURES`].
    #[error("json serialisation has no signature or too many")]
    Signatures,
    /// A part holds a character that would make another part of it.
    #[error("part of the json serialisation is not base64url")]
    Part,
    /// A header parameter stands in the protected and the unprotected header.
    #[error("header parameter is both protected and unprotected")]
    RepeatedParameter,
    /// `disclosures` or `kb_jwt` stands with another signature than the first, or outside of the header, where
    /// early drafts had them.
    #[error("disclosures or key binding stand where they may not")]
    Misplaced,
}

/// The compact text of the SD-JWT in `bytes`.
pub(crate) fn to_compact(bytes: &[u8]) -> Result<String, SdJwtError> {
    let members = json::parse_object(bytes, MAX_SD_JWT).map_err(|error| match error {
        JsonError::TooLarge => SdJwtError::TooLarge,
        error => SdJwtError::JsonForm(JsonFormError::Json(error)),
    })?;
    let payload = text(&members, "payload")?;
    refuse_ours(&members)?;
    let signature = first_signature(&members)?;
    refuse_ours(signature)?;
    let (protected, signed) = (text(signature, "protected")?, text(signature, "signature")?);
    for part in [protected, payload, signed] {
        check_part(part)?;
    }
    let mut compact = format!("{protected}.{payload}.{signed}~");
    let Some(header) = unprotected(signature)? else { return Ok(compact) };
    check_disjoint(protected, header)?;
    for disclosure in disclosures(header)? {
        let disclosure = disclosure.as_str().ok_or(SdJwtError::JsonForm(JsonFormError::Members))?;
        check_part(disclosure)?;
        compact.push_str(disclosure);
        compact.push('~');
    }
    if header.contains_key("kb_jwt") {
        let binding = text(header, "kb_jwt")?;
        binding.split('.').try_for_each(check_part)?;
        compact.push_str(binding);
    }
    Ok(compact)
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<&'m str, SdJwtError> {
    members.get(name).and_then(Value::as_str).ok_or(SdJwtError::JsonForm(JsonFormError::Members))
}

/// The object that holds the signature which counts: the whole of a flattened one, the first of a general.
fn first_signature(members: &Map<String, Value>) -> Result<&Map<String, Value>, SdJwtError> {
    let Some(signatures) = members.get("signatures") else { return Ok(members) };
    if ["protected", "header", "signature"].iter().any(|name| members.contains_key(*name)) {
        return Err(SdJwtError::JsonForm(JsonFormError::Members));
    }
    let signatures = signatures.as_array().ok_or(SdJwtError::JsonForm(JsonFormError::Members))?;
    let (first, others) = match signatures.as_slice() {
        [first, others @ ..] if others.len() < MAX_SIGNATURES => (first, others),
        _ => return Err(SdJwtError::JsonForm(JsonFormError::Signatures)),
    };
    for other in others {
        let other = other.as_object().ok_or(SdJwtError::JsonForm(JsonFormError::Members))?;
        refuse_ours(other)?;
        unprotected(other)?.map_or(Ok(()), refuse_ours)?;
    }
    first.as_object().ok_or(SdJwtError::JsonForm(JsonFormError::Members))
}

/// Refuses what the first unprotected header alone may hold (RFC 9901 section 8.3).
fn refuse_ours(members: &Map<String, Value>) -> Result<(), SdJwtError> {
    let ours = ["disclosures", "kb_jwt"].iter().any(|name| members.contains_key(*name));
    if ours { Err(SdJwtError::JsonForm(JsonFormError::Misplaced)) } else { Ok(()) }
}

fn unprotected(signature: &Map<String, Value>) -> Result<Option<&Map<String, Value>>, SdJwtError> {
    let header = signature.get("header");
    header.map(|header| header.as_object().ok_or(SdJwtError::JsonForm(JsonFormError::Members))).transpose()
}

fn disclosures(header: &Map<String, Value>) -> Result<&[Value], SdJwtError> {
    match header.get("disclosures") {
        None => Ok(&[]),
        Some(Value::Array(texts)) if texts.len() <= MAX_DISCLOSURES => Ok(texts),
        Some(Value::Array(_)) => Err(SdJwtError::TooManyDisclosures),
        Some(_) => Err(SdJwtError::JsonForm(JsonFormError::Members)),
    }
}

/// A part with a dot or a tilde in it would change what the other parts are.
fn check_part(part: &str) -> Result<(), SdJwtError> {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !part.is_empty() && part.bytes().all(base64url) {
        Ok(())
    } else {
        Err(SdJwtError::JsonForm(JsonFormError::Part))
    }
}

/// Header parameters are in one header or the other, never in both (RFC 7515 section 4).
fn check_disjoint(protected: &str, header: &Map<String, Value>) -> Result<(), SdJwtError> {
    let part = |_| SdJwtError::JsonForm(JsonFormError::Part);
    let bytes = from_base64url(protected).map_err(part)?;
    let protected =
        json::parse_object(&bytes, MAX_HEADER).map_err(|error| SdJwtError::Jws(JwsError::Header(error)))?;
    if header.keys().any(|name| protected.contains_key(name)) {
        return Err(SdJwtError::JsonForm(JsonFormError::RepeatedParameter));
    }
    if header.contains_key("crit") {
        return Err(SdJwtError::Jws(JwsError::Critical));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
