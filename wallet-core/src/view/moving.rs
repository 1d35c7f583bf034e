//! What leaves with a backup or a move, and what is lost when a wallet is erased.

use credential::time::UnixTime;
use serde::Serialize;

use super::Texts;

/// What is in a backup, or in a move to another phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupView {
    /// When it was made.
    pub made_at: UnixTime,
    /// The cards that can be had again, by name.
    pub cards: Vec<Texts>,
    /// Lines of history.
    pub entries: usize,
    /// Lines of history, the oldest, that did not fit.
    pub left_out: usize,
}

/// What a new phone shows to the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MoveInView {
    /// The text of the code to scan.
    pub text: String,
    /// The check number, in groups of four digits.
    pub check: String,
}

/// What is lost for good when a wallet is erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErasingView {
    /// Its cards, by name.
    pub cards: Vec<Texts>,
    /// Copies that were never shown: they cannot be moved or kept, only had again.
    pub unused_copies: u32,
    /// Lines of history.
    pub entries: usize,
}
