//! What was shared, its receipts, and what became of them.

use credential::claim_path::ClaimPath;
use credential::time::UnixTime;
use serde::Serialize;
use serde_json::Value;

use super::consent::TransactionView;
use super::{Party, Texts};
use crate::store::entries::{How, Outcome, ReceiptState};

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryLine {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: UnixTime,
    /// Who asked.
    pub asks: Party,
    /// In whose hands the asking was.
    pub through: Option<Party>,
    /// Why.
    pub purpose: Texts,
    /// How.
    pub how: How,
    /// What was shared, by name.
    pub shared: Vec<Texts>,
    /// For how many days it is kept.
    pub kept_days: Option<u32>,
    /// What was confirmed by it.
    pub transactions: Vec<TransactionView>,
    /// How it went.
    pub outcome: Outcome,
    /// What is known of the receipt.
    pub receipt: ReceiptState,
    /// How a wish to have it deleted stands, where there is one.
    pub deletion: Option<Deletion>,
    /// When the person reported it.
    pub reported_at: Option<UnixTime>,
}

/// How a wish to have something deleted stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Deletion {
    /// When it was asked.
    pub asked_at: UnixTime,
    /// When the other side said that it was done.
    pub done_at: Option<UnixTime>,
}

/// One line of the history with its receipt and everything that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceiptDetails {
    /// The line.
    #[serde(flatten)]
    pub line: HistoryLine,
    /// Where the answer went.
    pub address: String,
    /// What was shared of each card.
    pub cards: Vec<CardShared>,
    /// Until when it is kept, by what is registered.
    pub kept_until: Option<UnixTime>,
    /// The receipt as it came: a signed token.
    pub token: Option<String>,
    /// What the receipt says.
    pub says: Option<Value>,
    /// What was checked of it.
    pub checked: ReceiptChecks,
    /// Where it stands in the register's proof.
    pub proof: Option<ProofDetails>,
    /// Whether the other side can be asked to delete, or told that this was not the person.
    pub can_ask: bool,
}

/// What was shared of one card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CardShared {
    /// What it is called.
    pub title: Texts,
    /// Its type.
    pub vct: String,
    /// The claims.
    pub claims: Vec<NamedClaim>,
}

/// A claim without its value: the wallet keeps no second copy of what it said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedClaim {
    /// Which.
    pub path: ClaimPath,
    /// What it is called.
    pub name: Texts,
}

/// What "checked" means: each is yes or not yet known or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptChecks {
    /// The receipt is signed by the organisation that the answer went to, and says what was shared.
    pub signed: Option<bool>,
    /// It stands under the root of its period, and the register has that root.
    pub anchored: Option<bool>,
}

/// Where a receipt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofDetails {
    /// The period: when it began, as in `20261126T000000Z`.
    pub period: String,
    /// The root that the register has, base64url.
    pub root: String,
    /// When the register took it.
    pub anchored_at: UnixTime,
    /// The block under which that was proven.
    pub height: u64,
    /// When the wallet checked it.
    pub proven_at: UnixTime,
}

/// What became of proving one receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptCheck {
    /// The line.
    pub id: i64,
    /// What is known of its receipt now.
    pub receipt: ReceiptState,
    /// Why it was not proven, where an answer came that does not hold, or none.
    pub refused: Option<&'static str>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// Who was told.
    pub to: Option<Party>,
    /// For "this wasn't me": whether a session was still open and is ended.
    pub session_ended: Option<bool>,
    /// Why nobody was told, where the session was ended and the registrar could not be reached.
    pub refused: Option<&'static str>,
}
