//! `wallet change-pin`

use serde_json::json;
use wallet_core::unlock::Pin;
use wallet_core::wallet::Wallet;

use crate::home::{Home, pin, pin_from, refuse};
use crate::output::Output;
use crate::refusal::Refusal;
use crate::words;

pub(crate) fn run(home: &Home) -> Result<Output, Refusal> {
    let ports = home.ports()?;
    let words = words::words();
    let old: Pin = pin(words.pin)?;
    let new: Pin = pin_from("WALLET_NEW_PIN", words.choose_pin)?;
    Wallet::change_pin(home.path(), &old, &new, &ports).map_err(|error| refuse(&error))?;
    Ok(Output::new(words.pin_changed, json!({ "changed": true })))
}
