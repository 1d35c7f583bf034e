//! `wallet restore`

use std::path::{Path, PathBuf};

use serde_json::json;
use url::Url;
use wallet_core::backup::MAX_FILE;
use wallet_core::durable;
use wallet_core::restore::RestoreError;
use wallet_core::wallet::{self, Setup, Wallet};

use crate::arguments::Restore;
use crate::home::{self, Home};
use crate::init::read_checkpoint;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{phrase, ports, words};

pub(crate) fn run(home: &Home, arguments: Restore) -> Result<Output, Refusal> {
    check_free(home)?;
    let file =
        durable::read(&arguments.file, MAX_FILE as u64).map_err(|_| Refusal::for_people("no_backup_file"))?;
    let pinned = pinned(arguments.checkpoint.as_deref(), arguments.nodes)?;
    let phrase = phrase::for_restore(arguments.phrase_file.as_deref())?;
    let pin = home::pin(words::words().choose_pin)?;
    durable::make_folder(home.path()).map_err(|_| Refusal::for_people("file"))?;
    let ports = ports::make(&home.key_file()).map_err(|_| Refusal::for_people("key_store"))?;
    let wallet =
        Wallet::restore(home.path(), &file, &phrase, &pin, pinned, ports).map_err(|error| refuse(&error))?;
    finish(home, &wallet)
}

/// A new wallet never takes the place of one that is there.
pub(crate) fn check_free(home: &Home) -> Result<(), Refusal> {
    if wallet::exists(home.path()) { Err(Refusal::for_people("wallet_exists")) } else { Ok(()) }
}

/// What came back, in words.
pub(crate) fn finish(home: &Home, wallet: &Wallet) -> Result<Output, Refusal> {
    let refuse = |error: wallet_core::store::StoreError| Refusal::for_people(error.code());
    let cards = wallet.cards().map_err(refuse)?;
    let entries = wallet.history().map_err(refuse)?.len();
    let folder = home.path().display().to_string();
    let (count, lines_back) = (cards.len().to_string(), entries.to_string());
    let mut lines = vec![words::fill(words::words().restored, &[&folder, &count, &lines_back])];
    lines.extend(cards.iter().map(words::card));
    Ok(Output::new(lines.join("\n"), json!({ "home": folder, "cards": cards, "entries": entries })))
}

pub(crate) fn refuse(error: &RestoreError) -> Refusal {
    match error {
        RestoreError::Open(error) => home::refuse(error),
        other => Refusal::for_people(other.code()),
    }
}

/// Whom the new wallet believes, where the person says so.
fn pinned(checkpoint: Option<&Path>, nodes: Vec<Url>) -> Result<Option<Setup>, Refusal> {
    let checkpoint = checkpoint.map(PathBuf::from);
    checkpoint.map(|path| Ok(Setup { checkpoint: read_checkpoint(&path)?, nodes })).transpose()
}
