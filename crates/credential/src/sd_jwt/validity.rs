//! When and for whom a token holds.
//!
//! Spec: RFC 9901 section 7.1 step 6 and section 9.7, RFC 7519 section 4.1.

use serde_json::{Map, Value};

use crate::sd_jwt::SdJwtError;
use crate::sd_jwt::binding::MAX_CLOCK_SKEW;
use crate::time::UnixTime;

/// Refuses `claims` that lack one of `names`: its holder may have held it back.
pub(crate) fn check_required(claims: &Map<String, Value>, names: &[&str]) -> Result<(), SdJwtError> {
    if names.iter().all(|name| claims.contains_key(*name)) { Ok(()) } else { Err(SdJwtError::MissingClaim) }
}

/// Holds `nbf`, `iat` and `exp`, where present, against `now`.
pub(crate) fn check_dates(claims: &Map<String, Value>, now: UnixTime) -> Result<(), SdJwtError> {
    let time = |name: &str| time_claim(claims, name);
    let (not_before, issued_at, expires_at) = (time("nbf")?, time("iat")?, time("exp")?);
    if not_before.max(issued_at).is_some_and(|start| start > now.plus(MAX_CLOCK_SKEW)) {
        return Err(SdJwtError::NotYetValid);
    }
    if expires_at.is_some_and(|end| end <= now) {
        return Err(SdJwtError::Expired);
    }
    Ok(())
}

/// Holds the issuer's `aud`, where present, against the name by which the verifier knows itself. One that
/// names itself by none is meant by no `aud`.
pub(crate) fn check_audience(claims: &Map<String, Value>, own: Option<&str>) -> Result<(), SdJwtError> {
    let meant = |value: &Value| own.is_some() && value.as_str() == own;
    let holds = match claims.get("aud") {
        None => true,
        Some(Value::Array(names)) => names.iter().any(meant),
        Some(name) => meant(name),
    };
    if holds { Ok(()) } else { Err(SdJwtError::Audience) }
}

/// A `NumericDate`; nothing where it is absent.
pub(crate) fn time_claim(claims: &Map<String, Value>, name: &str) -> Result<Option<UnixTime>, SdJwtError> {
    let read = |value| UnixTime::from_claim(value).ok_or(SdJwtError::TimeForm);
    claims.get(name).map(read).transpose()
}
