//! `wallet init`

use registry_proof::light::Checkpoint;
use serde_json::json;
use wallet_core::durable;
use wallet_core::wallet::{self, Setup, Wallet};

use crate::arguments::Init;
use crate::home::{Home, pin, refuse};
use crate::output::Output;
use crate::ports;
use crate::refusal::Refusal;
use crate::words;

/// Bytes of a checkpoint, at most.
pub(crate) const MAX_CHECKPOINT: u64 = 256 * 1024;

pub(crate) fn run(home: &Home, init: Init) -> Result<Output, Refusal> {
    if wallet::exists(home.path()) {
        return Err(Refusal::for_people("wallet_exists"));
    }
    let setup = Setup { checkpoint: read_checkpoint(&init.checkpoint)?, nodes: init.nodes };
    let pin = pin(words::words().choose_pin)?;
    durable::make_folder(home.path()).map_err(|_| Refusal::for_people("file"))?;
    let ports = ports::make(&home.key_file()).map_err(|_| Refusal::for_people("key_store"))?;
    Wallet::init(home.path(), &pin, &setup, ports).map_err(|error| refuse(&error))?;
    let folder = home.path().display().to_string();
    let network = setup.checkpoint.network.to_string();
    let text = words::fill(words::words().ready, &[&folder, &network]);
    Ok(Output::new(text, json!({ "home": folder, "network": setup.checkpoint.network })))
}

/// A checkpoint from its file.
pub(crate) fn read_checkpoint(path: &std::path::Path) -> Result<Checkpoint, Refusal> {
    let refuse = || {
        let next = "Get the checkpoint of your register, and name its file.";
        Refusal::usage("checkpoint_unreadable", "The checkpoint cannot be read.", next)
    };
    let bytes = durable::read(path, MAX_CHECKPOINT).map_err(|_| refuse())?;
    serde_json::from_slice(&bytes).map_err(|_| refuse())
}
