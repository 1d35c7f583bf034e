//! `wallet status`

use credential::key::RustCrypto;
use credential::status_list::{Status as Value, StatusListError, UnverifiedToken};
use credential::time::UnixTime;
use serde_json::json;
use wallet_core::durable;

use crate::arguments::Status;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::verify::read_key;

const MAX_FILE: u64 = credential::jws::MAX_TOKEN as u64 + 2;

pub(crate) fn run(arguments: &Status) -> Result<Output, Refusal> {
    let key = read_key(&arguments.issuer_jwk)?;
    let bytes = durable::read(&arguments.token, MAX_FILE).map_err(|_| {
        Refusal::usage("token_unreadable", "The token file cannot be read.", "Name a file with one token.")
    })?;
    let refuse = |error: StatusListError| Refusal::technical(error.code(), &error);
    let text = core::str::from_utf8(&bytes)
        .map_err(|_| Refusal::new("token_malformed", "the file holds no token", "Do not rely on it."))?;
    let token = UnverifiedToken::parse(text.trim()).map_err(refuse)?;
    let at = UnixTime::from_secs(arguments.at);
    let token = token.verify(&key, &arguments.uri, at, &RustCrypto).map_err(refuse)?;
    let status = token.list().get(arguments.index).map_err(refuse)?;
    Ok(Output::new(
        status.number().to_string(),
        json!({ "status": status.number(), "meaning": meaning(status) }),
    ))
}

const fn meaning(status: Value) -> &'static str {
    match status {
        Value::Valid => "valid",
        Value::Invalid => "invalid",
        Value::Suspended => "suspended",
        Value::Other(_) => "application_specific",
    }
}
