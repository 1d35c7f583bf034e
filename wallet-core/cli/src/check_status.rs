//! `wallet status`: one entry of a status list.
//!
//! What the file holds says by its own type which list it is, and so in which order its bits stand: a token
//! status list begins at the lowest bit of a byte, a bitstring status list at the highest. None is ever read
//! in the other's order.

use core::error::Error;

use credential::bitstring::StatusEntry;
use credential::key::{PublicKey, RustCrypto};
use credential::status_list::cwt::UnverifiedCwt;
use credential::status_list::{Status as Value, StatusListError, UnverifiedToken};
use credential::time::UnixTime;
use serde_json::json;
use wallet_core::durable;

use crate::arguments::Status;
use crate::checks::status_list::Asked;
use crate::checks::{self, Check};
use crate::input::cbor_in;
use crate::inspect::bitstring::is_list;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::rules::Topic;
use crate::verify::read_key;

/// A token in hexadecimal has two characters to a byte.
const MAX_FILE: u64 = 2 * credential::jws::MAX_TOKEN as u64 + 2;

pub(crate) fn run(arguments: &Status) -> Result<Output, Refusal> {
    let key = read_key(&arguments.issuer_jwk)?;
    let bytes =
        durable::read(&arguments.token, MAX_FILE).map_err(|_| Refusal::misused("token_unreadable"))?;
    let text = core::str::from_utf8(&bytes).map(str::trim);
    match (text, cbor_in(&bytes)) {
        (Ok(text), _) if is_list(text) => in_bitstring(text, &key, arguments),
        (_, Some(cbor)) => in_cwt(&cbor, &key, arguments),
        (Ok(text), None) => in_jwt(text, &key, arguments),
        (Err(_), None) => Err(Refusal::for_people("not_recognised")),
    }
}

fn asked<'a>(key: &'a PublicKey, arguments: &'a Status) -> Asked<'a> {
    let (uri, index) = (Some(arguments.uri.as_str()), Some(arguments.index));
    Asked { key: Some(key), uri, index, at: UnixTime::from_secs(arguments.at) }
}

fn in_jwt(text: &str, key: &PublicKey, arguments: &Status) -> Result<Output, Refusal> {
    let asked = asked(key, arguments);
    let status = UnverifiedToken::parse(text)
        .and_then(|token| token.verify(key, &arguments.uri, asked.at, &RustCrypto))
        .and_then(|token| token.list().get(arguments.index));
    print(status, Topic::Token, checks::status_list::of(text, &asked))
}

fn in_cwt(cbor: &[u8], key: &PublicKey, arguments: &Status) -> Result<Output, Refusal> {
    let asked = asked(key, arguments);
    let status = UnverifiedCwt::parse(cbor)
        .and_then(|token| token.verify(key, &arguments.uri, asked.at, &RustCrypto))
        .and_then(|token| token.list().get(arguments.index));
    print(status, Topic::Cbor, checks::status_list_cwt::of(cbor, &asked))
}

fn print(
    status: Result<Value, StatusListError>,
    topic: Topic,
    checks: Vec<Check>,
) -> Result<Output, Refusal> {
    match status {
        Ok(status) => Ok(found(status.number(), meaning(status), &checks)),
        Err(error) => Err(refused(topic, error.code(), &error, checks)),
    }
}

fn in_bitstring(text: &str, key: &PublicKey, arguments: &Status) -> Result<Output, Refusal> {
    let entry = StatusEntry {
        purpose: arguments.purpose.clone(),
        index: arguments.index,
        size: arguments.size,
        list: arguments.uri.clone(),
    };
    let at = UnixTime::from_secs(arguments.at);
    let asked = checks::bitstring::Asked { key: Some(key), entry: Some(&entry), at };
    let checks = checks::bitstring::of(text, &asked);
    match checks::bitstring::look_up(text, key, &entry, at) {
        Ok(status) => Ok(found(status, meaning_for(&entry.purpose, status), &checks)),
        Err(error) => Err(refused(Topic::DataModel, error.code(), &error, checks)),
    }
}

fn found(status: u8, meaning: &str, checks: &[Check]) -> Output {
    Output::new(status.to_string(), json!({ "status": status, "meaning": meaning })).with_checks(checks)
}

fn refused(topic: Topic, code: &str, error: &dyn Error, checks: Vec<Check>) -> Refusal {
    Refusal::technical_about(topic, code, error).with_checks(checks)
}

const fn meaning(status: Value) -> &'static str {
    match status {
        Value::Valid => "valid",
        Value::Invalid => "invalid",
        Value::Suspended => "suspended",
        Value::Other(_) => "application_specific",
    }
}

/// A bitstring says one thing at a time: whether its purpose applies.
fn meaning_for(purpose: &str, status: u8) -> &'static str {
    match (purpose, status) {
        ("revocation" | "suspension", 0) => "valid",
        ("revocation", _) => "invalid",
        ("suspension", _) => "suspended",
        _ => "application_specific",
    }
}
