//! `wallet erase`

use serde_json::json;
use wallet_core::erase::erase;
use wallet_core::wallet;

use crate::home::{Home, refuse};
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{ask, ports, words};

/// Says what it means, asks twice, and erases. The PIN is not asked: it may be what was forgotten.
pub(crate) fn run(home: &Home, yes: bool) -> Result<Output, Refusal> {
    if !wallet::exists(home.path()) {
        return Err(Refusal::for_people("no_wallet"));
    }
    let words = words::words();
    if !yes {
        eprintln!("{}\n", words.erase_means);
        for question in [words.erase_question, words.erase_sure] {
            if !ask::decide(question, words.erase, words.dont)? {
                return Err(Refusal::for_people("not_erased"));
            }
        }
    }
    // A key store that is damaged is no reason to keep the rest.
    let key_file = home.key_file();
    let ports = ports::open(&key_file).or_else(|_| ports::make(&key_file));
    let ports = ports.map_err(|_| Refusal::for_people("key_store"))?;
    erase(home.path(), &*ports.keys).map_err(|error| refuse(&error))?;
    Ok(Output::new(words.erased, json!({ "erased": true })))
}
