//! The checks of a status list token, each by itself. This explains and decides nothing.
//!
//! Spec: Token Status List draft 20 sections 5.1 and 8.3.

use credential::jws::{self, JwsError};
use credential::key::PublicKey;
use credential::status_list::{StatusListError, TYPE, UnverifiedToken, VerifiedToken};
use credential::time::UnixTime;
use serde_json::Value;

use crate::checks::Check;
use crate::checks::sd_jwt::{Taken, signature};

/// What a token is held against.
pub(crate) struct Asked<'a> {
    /// The issuer's key, where it is known.
    pub(crate) key: Option<&'a PublicKey>,
    /// The address of the list, where it is known.
    pub(crate) uri: Option<&'a str>,
    /// The place in it that is looked at, if any.
    pub(crate) index: Option<u64>,
    pub(crate) at: UnixTime,
}

/// Every check of the token `text`.
pub(crate) fn of(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    let token = jws::Unverified::parse(text);
    let mut checks = vec![Check::of("form", &token, JwsError::code)];
    let Ok(token) = token else { return checks };
    let typ = if token.header().typ() == Some(TYPE) { Ok(()) } else { Err(JwsError::Type) };
    checks.push(Check::of("type of token", &typ, JwsError::code));
    checks.push(signature(text, asked.key));
    let claims = token.dangerous_claims();
    checks.push(Check::of("payload", &claims, JwsError::code));
    let (Ok(claims), Ok(())) = (claims, typ) else { return checks };
    checks.push(subject(claims.get("sub").and_then(Value::as_str), asked.uri));
    let found = dangerous_read(text, asked.at);
    checks.extend(claims_dates_and_list(&found));
    if let (Ok(found), Some(index)) = (&found, asked.index) {
        checks.push(Check::of("place in the list", &found.list().get(index), StatusListError::code));
    }
    checks
}

/// The token as it would be if its signature held and it came from where it says.
pub(crate) fn dangerous_read(text: &str, at: UnixTime) -> Result<VerifiedToken, StatusListError> {
    let token = jws::Unverified::parse(text).map_err(StatusListError::Jws)?;
    let claims = token.dangerous_claims().map_err(StatusListError::Jws)?;
    let own = claims.get("sub").and_then(Value::as_str).ok_or(StatusListError::Claims)?;
    let key = Taken::stand_in(token.header().algorithm());
    UnverifiedToken::parse(text)?.verify(&key, own, at, &Taken::of(text))
}

pub(super) fn subject(subject: Option<&str>, uri: Option<&str>) -> Check {
    const NAME: &str = "address";
    let wrong = |error: &StatusListError| Check::fails(NAME, error.code(), error);
    match (subject, uri) {
        (None, _) => wrong(&StatusListError::Claims),
        (Some(_), None) => Check::not_checked(NAME, "where the token came from is not known"),
        (Some(subject), Some(uri)) if subject == uri => Check::holds(NAME),
        (Some(_), Some(_)) => wrong(&StatusListError::Subject),
    }
}

pub(super) fn claims_dates_and_list(found: &Result<VerifiedToken, StatusListError>) -> Vec<Check> {
    const CLAIMS: &str = "claims";
    const DATES: &str = "dates";
    const LIST: &str = "list";
    let unread = |name| Check::not_checked(name, "what comes before it does not hold");
    match found {
        Ok(_) => [CLAIMS, DATES, LIST].map(Check::holds).into(),
        Err(error @ (StatusListError::Future | StatusListError::Expired)) => {
            vec![Check::holds(CLAIMS), Check::fails(DATES, error.code(), error), unread(LIST)]
        }
        Err(error @ (StatusListError::Bits | StatusListError::TooLarge | StatusListError::Compression)) => {
            vec![Check::holds(CLAIMS), Check::holds(DATES), Check::fails(LIST, error.code(), error)]
        }
        Err(error) => vec![Check::fails(CLAIMS, error.code(), error), unread(DATES), unread(LIST)],
    }
}
