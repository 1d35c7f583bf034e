//! What was shared with whom, and what proves it.

use credential::time::UnixTime;
use wallet_core::store::entries::{Outcome, ReceiptState};
use wallet_core::view;

use super::consent::{Transaction, transaction};
use super::{Party, TextByLanguage, all, party, texts};

/// What is known of the receipt of something that was shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Receipt {
    /// None came.
    Missing,
    /// It is signed by whom it should be; its root is not anchored yet.
    Checked,
    /// It could not be checked yet.
    Unchecked,
    /// It says something else than was shared.
    Wrong,
    /// There is none for what was shown without the network.
    WithoutNetwork,
    /// It is proven under an anchored root.
    Anchored,
    /// The anchored root does not hold it: proof that it was left out.
    LeftOut,
    /// Its root should have been anchored by now.
    Late,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum How {
    /// It was answered, and whether the answer arrived is not known.
    Unknown,
    /// It was shared.
    Shared,
    /// The other side refused it.
    Refused,
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HistoryLine {
    /// The entry.
    pub id: i64,
    /// When, in seconds since 1970.
    pub at: u64,
    /// Who asked.
    pub asks: Party,
    /// In whose hands the asking was, where that was another.
    pub through: Option<Party>,
    /// Why.
    pub purpose: TextByLanguage,
    /// For how many days it is kept.
    pub kept_days: Option<u32>,
    /// What was confirmed, or signed, by it.
    pub transactions: Vec<Transaction>,
    /// What was shared, by name.
    pub shared: Vec<TextByLanguage>,
    /// What became of it.
    pub outcome: How,
    /// The receipt.
    pub receipt: Receipt,
    /// How a wish to have it deleted stands, where there is one.
    pub deletion: Option<Deletion>,
    /// When the person reported it, in seconds since 1970.
    pub reported_at: Option<u64>,
}

/// How a wish to have something deleted stands. Times are seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Deletion {
    /// When it was asked.
    pub asked_at: u64,
    /// When the other side said that it was done.
    pub done_at: Option<u64>,
}

/// One line of the history with its receipt.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptDetails {
    /// The line.
    pub line: HistoryLine,
    /// Where the answer went.
    pub address: String,
    /// Until when it is kept, by what is registered, in seconds since 1970.
    pub kept_until: Option<u64>,
    /// The receipt as it came: a signed token.
    pub token: Option<String>,
    /// Whether it is signed by whom the answer went to and says what was shared; none where that is not known yet.
    pub signed: Option<bool>,
    /// Whether it stands under a root that the register has; none where that is not known yet.
    pub anchored: Option<bool>,
    /// Whether the other side can be asked to delete, or told that this was not the person.
    pub can_ask: bool,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Reported {
    /// Who was told.
    pub to: Option<Party>,
    /// For [`crate::look_back::Why::NotMe`]: whether a session was still open and is ended.
    pub session_ended: Option<bool>,
    /// The code of why nobody was told, where the session was ended and nobody could be reached.
    pub refused: Option<String>,
}

pub(crate) const fn receipt(state: ReceiptState) -> Receipt {
    match state {
        ReceiptState::Missing => Receipt::Missing,
        ReceiptState::Checked => Receipt::Checked,
        ReceiptState::Unchecked => Receipt::Unchecked,
        ReceiptState::Wrong => Receipt::Wrong,
        ReceiptState::WithoutNetwork => Receipt::WithoutNetwork,
        ReceiptState::Anchored => Receipt::Anchored,
        ReceiptState::LeftOut => Receipt::LeftOut,
        ReceiptState::Late => Receipt::Late,
    }
}

impl From<view::HistoryLine> for HistoryLine {
    fn from(line: view::HistoryLine) -> Self {
        Self {
            id: line.id,
            at: line.at.secs(),
            asks: party(&line.asks),
            through: line.through.as_ref().map(party),
            purpose: texts(&line.purpose),
            kept_days: line.kept_days,
            transactions: line.transactions.iter().map(transaction).collect(),
            shared: all(&line.shared),
            outcome: match line.outcome {
                Outcome::Unknown => How::Unknown,
                Outcome::Shared => How::Shared,
                Outcome::Refused => How::Refused,
            },
            receipt: receipt(line.receipt),
            deletion: line.deletion.map(Deletion::from),
            reported_at: line.reported_at.map(UnixTime::secs),
        }
    }
}

impl From<view::Deletion> for Deletion {
    fn from(deletion: view::Deletion) -> Self {
        Self { asked_at: deletion.asked_at.secs(), done_at: deletion.done_at.map(UnixTime::secs) }
    }
}

impl From<view::ReceiptDetails> for ReceiptDetails {
    fn from(details: view::ReceiptDetails) -> Self {
        Self {
            address: details.address,
            kept_until: details.kept_until.map(UnixTime::secs),
            token: details.token,
            signed: details.checked.signed,
            anchored: details.checked.anchored,
            can_ask: details.can_ask,
            line: details.line.into(),
        }
    }
}

impl From<view::Reported> for Reported {
    fn from(reported: view::Reported) -> Self {
        Self {
            to: reported.to.as_ref().map(party),
            session_ended: reported.session_ended,
            refused: reported.refused.map(str::to_owned),
        }
    }
}
