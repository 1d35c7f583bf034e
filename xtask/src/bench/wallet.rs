//! `cargo xtask bench wallet`: the bench of `wallet-core`, in the release profile.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::Row;
use crate::process::root;

/// What the table is about.
pub(crate) const TITLE: &str = "wallet, processor time of one core, release profile";

/// Measures.
///
/// # Errors
/// When the bench cannot be built or does not finish.
pub(crate) fn run() -> Result<Vec<Row>> {
    let output = Command::new("cargo")
        .args(["bench", "--quiet", "--package", "wallet-core", "--bench", "wallet"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    ensure!(output.status.success(), "the bench did not finish");
    let text = String::from_utf8(output.stdout)?;
    let rows = text.lines().filter(|line| line.starts_with('{')).map(serde_json::from_str);
    rows.collect::<Result<_, _>>().context("the bench prints something else than figures")
}
