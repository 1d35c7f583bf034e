//! The checks of a status list token in CBOR, each by itself. This explains and decides nothing.
//!
//! Spec: Token Status List draft 20 sections 5.2 and 8.3.

use credential::cbor::{CborError, Item};
use credential::cose::CoseError;
use credential::cose::sign1::Sign1;
use credential::key::{Algorithm, PublicKey, RustCrypto, SignatureError, VerifySignature};
use credential::status_list::cwt::{MAX_TOKEN, MEDIA_TYPE, UnverifiedCwt};
use credential::status_list::{StatusListError, VerifiedToken};
use credential::time::UnixTime;

use crate::checks::Check;
use crate::checks::sd_jwt::Taken;
use crate::checks::status_list::{Asked, claims_dates_and_list, subject};
use crate::rules::Topic;

/// `sub` of a CWT (RFC 8392 section 3.1.2).
const SUB: i64 = 2;

/// Every check of the token `bytes`.
pub(crate) fn of(bytes: &[u8], asked: &Asked<'_>) -> Vec<Check> {
    Check::about(Topic::Cbor, token(bytes, asked))
}

fn token(bytes: &[u8], asked: &Asked<'_>) -> Vec<Check> {
    let message = Sign1::parse_tagged(bytes, MAX_TOKEN, &Algorithm::ALL);
    let mut checks = vec![Check::of("form", &message, CoseError::code)];
    let Ok(message) = message else { return checks };
    let typ = if message.headers().typ() == Some(MEDIA_TYPE) { Ok(()) } else { Err(CoseError::Type) };
    checks.push(Check::of("type of token", &typ, CoseError::code));
    checks.push(signature(&message, asked.key));
    let claims = Item::parse(message.dangerous_payload().unwrap_or_default(), MAX_TOKEN);
    checks.push(Check::of("payload", &claims, CborError::code));
    let (Ok(claims), Ok(())) = (claims, typ) else { return checks };
    checks.push(subject(claims.member(SUB).and_then(Item::as_text), asked.uri));
    let found = dangerous_read(bytes, asked.at);
    checks.extend(claims_dates_and_list(&found));
    if let (Ok(found), Some(index)) = (&found, asked.index) {
        checks.push(Check::of("place in the list", &found.list().get(index), StatusListError::code));
    }
    checks
}

/// The signature of a message that holds its payload.
pub(crate) fn signature(message: &Sign1, key: Option<&PublicKey>) -> Check {
    const NAME: &str = "signature";
    match key {
        Some(key) => Check::of(NAME, &message.verify(key, &[], &RustCrypto), CoseError::code),
        None => Check::not_checked(NAME, "the signer's key is not in the token; give it, or a register"),
    }
}

/// The token as it would be if its signature held and it came from where it says.
pub(crate) fn dangerous_read(bytes: &[u8], at: UnixTime) -> Result<VerifiedToken, StatusListError> {
    let message = Sign1::parse_tagged(bytes, MAX_TOKEN, &Algorithm::ALL).map_err(StatusListError::Cose)?;
    let payload = message.dangerous_payload().ok_or(StatusListError::Cose(CoseError::Payload))?;
    let claims = Item::parse(payload, MAX_TOKEN).map_err(StatusListError::Cbor)?;
    let own = claims.member(SUB).and_then(Item::as_text).ok_or(StatusListError::Claims)?;
    UnverifiedCwt::parse(bytes)?.verify(&Taken::stand_in(message.algorithm()), own, at, &AsGiven)
}

/// Takes the only signature of a message as given, which is judged by itself.
struct AsGiven;

impl VerifySignature for AsGiven {
    fn verify(&self, _: &PublicKey, _: &[u8], _: &[u8]) -> Result<(), SignatureError> {
        Ok(())
    }
}
