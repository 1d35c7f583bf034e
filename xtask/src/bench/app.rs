//! `cargo xtask bench app`: how large the app is as it is released, and how soon it shows its cards in WebKit's web view
//! under a screen of its own. What is driven there is the debug build, since a release believes no register of a test's;
//! a release is quicker.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::Row;
use crate::process::target;
use crate::{demo, devices};

/// What the table is about.
pub(crate) const TITLE: &str = "app, wall clock under Xvfb, debug build; size in the release profile";

/// What the journey in the web view writes down. Times in milliseconds, memory in bytes.
#[derive(Deserialize)]
struct Seen {
    keypad: f64,
    cards: f64,
    memory: f64,
}

/// Measures.
///
/// # Errors
/// When the app cannot be built, or its journey fails.
pub(crate) fn run() -> Result<Vec<Row>> {
    const MEGABYTE: f64 = 1e6;
    devices::install_to_show()?;
    let driven = devices::build_shell(false)?;
    demo::run_with(|| devices::drive(&driven))?;
    let seen = std::fs::read(target().join("first-cards.json")).context("the journey wrote no figures")?;
    let Seen { keypad, cards, memory } = serde_json::from_slice(&seen)?;
    #[allow(clippy::cast_precision_loss, reason = "no program is that large")]
    let size = std::fs::metadata(devices::build_shell(true)?)?.len() as f64;
    Ok(vec![
        Row::within("from start to keypad", keypad, "ms", None),
        Row::within("from PIN to first cards", cards, "ms", None),
        Row::within("from start to first cards, without the typing", keypad + cards, "ms", Some(1500.0)),
        Row::within("the released program, stripped", size / MEGABYTE, "MB", Some(15.0)),
        Row::within("memory with its web view; what is shared, in parts", memory / MEGABYTE, "MB", None),
    ])
}
