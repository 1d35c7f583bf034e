//! What was shared with whom, and what proves it.

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
        }
    }
}
