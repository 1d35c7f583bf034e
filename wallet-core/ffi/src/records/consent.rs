//! What a person decides on, and what came of it.

use wallet_core::view;

use super::history::Receipt;
use super::{Claim, Party, TextByLanguage, all, claim, party, texts};

/// What would be shared of one card.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CardConsent {
    /// The card.
    pub id: String,
    /// What it is called.
    pub title: TextByLanguage,
    /// Shared.
    pub shared: Vec<Claim>,
    /// Not shared, by name: the rest of the card.
    pub not_shared: Vec<TextByLanguage>,
    /// No unused copy is left: whoever saw this one before can tell that it is the same.
    pub reused: bool,
}

/// Something that sharing confirms, in the words of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Transaction {
    /// A payment.
    Payment {
        /// A decimal number, as `12.50`.
        amount: String,
        /// Three capital letters (ISO 4217).
        currency: String,
        /// To whom.
        payee: String,
        /// Into which account.
        account: Option<String>,
        /// What for.
        reference: Option<String>,
    },
    /// A text, which is signed: all of it is to be shown, line ends included.
    Text {
        /// What it is called.
        title: String,
        /// All of it.
        text: String,
    },
}

/// What a person decides on: who asks, why, and what leaves if they say yes.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Consent {
    /// Who asks.
    pub asks: Party,
    /// In whose hands the asking is, where that is another.
    pub through: Option<Party>,
    /// Where the answer goes.
    pub address: String,
    /// Why, in the register's words.
    pub purpose: TextByLanguage,
    /// For how many days it is kept.
    pub kept_days: Option<u32>,
    /// What would be shared, card by card: this and nothing else.
    pub cards: Vec<CardConsent>,
    /// What is confirmed, or signed, by sharing: to be shown whole.
    pub transactions: Vec<Transaction>,
    /// How old the register's proof of all this is, in seconds.
    pub proof_age_seconds: u64,
}

/// What came of sharing.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Shared {
    /// The entry of the history.
    pub entry: i64,
    /// Where the browser goes on, where it does.
    pub redirect_uri: Option<String>,
    /// What became of the receipt.
    pub receipt: Receipt,
}

pub(super) fn transaction(view: &view::TransactionView) -> Transaction {
    match view.clone() {
        view::TransactionView::Payment { amount, currency, payee, account, reference } => {
            Transaction::Payment { amount, currency, payee, account, reference }
        }
        view::TransactionView::Text { title, text } => Transaction::Text { title, text },
    }
}

impl From<&view::Consent> for Consent {
    fn from(consent: &view::Consent) -> Self {
        let card = |card: &view::CardConsent| CardConsent {
            id: card.id.clone(),
            title: texts(&card.title),
            shared: card.shared.iter().map(|asked| claim(&asked.claim)).collect(),
            not_shared: all(&card.not_shared),
            reused: card.reused,
        };
        Self {
            asks: party(&consent.asks),
            through: consent.through.as_ref().map(party),
            address: consent.address.clone(),
            purpose: texts(&consent.purpose),
            kept_days: consent.kept_days,
            cards: consent.cards.iter().map(card).collect(),
            transactions: consent.transactions.iter().map(transaction).collect(),
            proof_age_seconds: consent.proof_age_seconds,
        }
    }
}
