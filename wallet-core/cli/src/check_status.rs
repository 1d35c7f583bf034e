//! `wallet status`

use credential::key::RustCrypto;
use credential::status_list::{Status as Value, UnverifiedToken};
use credential::time::UnixTime;
use serde_json::json;
use wallet_core::durable;

use crate::arguments::Status;
use crate::checks;
use crate::checks::status_list::Asked;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::verify::read_key;

const MAX_FILE: u64 = credential::jws::MAX_TOKEN as u64 + 2;

pub(crate) fn run(arguments: &Status) -> Result<Output, Refusal> {
    let key = read_key(&arguments.issuer_jwk)?;
    let bytes = durable::read(&arguments.token, MAX_FILE).map_err(|_| {
        Refusal::usage("token_unreadable", "The token file cannot be read.", "Name a file with one token.")
    })?;
    let text = core::str::from_utf8(&bytes)
        .map_err(|_| Refusal::new("token_malformed", "the file holds no token", "Do not rely on it."))?
        .trim();
    let (uri, at) = (arguments.uri.as_str(), UnixTime::from_secs(arguments.at));
    let asked = Asked { key: Some(&key), uri: Some(uri), index: Some(arguments.index), at };
    let checks = checks::status_list::of(text, &asked);
    let status = UnverifiedToken::parse(text)
        .and_then(|token| token.verify(&key, uri, at, &RustCrypto))
        .and_then(|token| token.list().get(arguments.index));
    match status {
        Ok(status) => {
            let json = json!({ "status": status.number(), "meaning": meaning(status) });
            Ok(Output::new(status.number().to_string(), json).with_checks(&checks))
        }
        Err(error) => Err(Refusal::technical(error.code(), &error).with_checks(checks)),
    }
}

const fn meaning(status: Value) -> &'static str {
    match status {
        Value::Valid => "valid",
        Value::Invalid => "invalid",
        Value::Suspended => "suspended",
        Value::Other(_) => "application_specific",
    }
}
