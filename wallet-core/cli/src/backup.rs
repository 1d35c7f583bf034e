//! `wallet backup`

use std::path::Path;

use serde_json::json;
use wallet_core::backup::{MAX_FILE, is_backup};
use wallet_core::durable;

use crate::arguments::Backup;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{phrase, words};

pub(crate) fn run(home: &Home, arguments: &Backup) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    check_place(&arguments.file)?;
    let phrase = phrase::for_backup(arguments.phrase_file.as_deref())?;
    let made = wallet.backup(&phrase).map_err(|error| Refusal::for_people(error.code()))?;
    durable::replace(&arguments.file, &made.file).map_err(|_| Refusal::for_people("file_not_written"))?;
    let file = arguments.file.display().to_string();
    let text = words::kept(words::words().backup_made, &file, &made.view);
    Ok(Output::new(text, json!({ "file": file, "backup": made.view })))
}

/// An older backup gives way to a newer one; no other file does.
fn check_place(file: &Path) -> Result<(), Refusal> {
    match durable::read(file, MAX_FILE as u64) {
        Ok(bytes) if is_backup(&bytes) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(Refusal::for_people("file_exists")),
    }
}
