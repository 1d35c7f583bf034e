//! What a person decides on, and what they chose.

use credential::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::{Party, ShownClaim, Texts};

/// What a person decides on: who asks, why, what leaves as chosen, and what else could be chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Consent {
    /// Who asks.
    pub asks: Party,
    /// Since when the registry has them.
    pub asks_since: Option<UnixTime>,
    /// In whose hands the asking is, where that is another.
    pub through: Option<Party>,
    /// Where the answer goes; empty where it is shown on this screen, to whoever asks.
    pub address: String,
    /// Why, in the registry's words.
    pub purpose: Texts,
    /// For how many days it is kept.
    pub kept_days: Option<u32>,
    /// What would be shared as chosen, card by card: this and nothing else.
    pub cards: Vec<CardConsent>,
    /// What is wanted, and the ways to give it.
    pub needs: Vec<NeedConsent>,
    /// What is confirmed, or signed, by sharing.
    pub transactions: Vec<TransactionView>,
    /// What is chosen.
    pub choice: Choice,
    /// How old the registry's proof is, in seconds.
    pub proof_age_seconds: u64,
}

/// Something that sharing confirms, in the words of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TransactionView {
    /// A payment.
    Payment {
        /// A decimal number, as `12.50`.
        amount: String,
        /// Three capital letters (ISO 4217).
        currency: String,
        /// Who is paid.
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

/// What would be shared of one card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CardConsent {
    /// The part of the question that it answers.
    pub query: String,
    /// The card.
    pub id: String,
    /// What it is called.
    pub title: Texts,
    /// Shared.
    pub shared: Vec<AskedClaim>,
    /// Asked for and not shared: the person may add it.
    pub optional: Vec<AskedClaim>,
    /// Not shared, by name: the rest of the card.
    pub not_shared: Vec<Texts>,
    /// The other cards that could answer this part.
    pub instead: Vec<CardName>,
    /// Whether several cards may answer this part together.
    pub several: bool,
    /// No unused copy is left: whoever saw this one before can tell that it is the same.
    pub reused: bool,
}

/// What is shown to a counter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownAtCounter {
    /// The line in the history.
    pub entry: i64,
    /// The texts of QR codes, to be shown one after the other, again and again.
    pub frames: Vec<String>,
}

/// A claim that is asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AskedClaim {
    /// The claim.
    #[serde(flatten)]
    pub claim: ShownClaim,
    /// Whether this card cannot be shared without it.
    pub required: bool,
    /// Whether it is more than was asked for, and comes along because the card's issuer made it so.
    pub unasked: bool,
    /// The [`ChosenCard::way`] that turns it off where it is shared, on where it is not; none where nothing
    /// does. What else that changes, the consent says when it is drawn again.
    pub switch: Option<usize>,
}

/// A card by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CardName {
    /// The card.
    pub id: String,
    /// What it is called.
    pub title: Texts,
}

/// One thing that is wanted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeedConsent {
    /// Whether nothing can be shared without it.
    pub required: bool,
    /// The ways to give it, the preferred first. None where an optional thing cannot be given.
    pub options: Vec<NeedOption>,
}

/// One way to give what is wanted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NeedOption {
    /// The parts of the question that it answers.
    pub queries: Vec<String>,
    /// What the cards for them are called, in the same order.
    pub cards: Vec<Texts>,
}

/// What a person chose. Only what a [`Consent`] offers can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// For each of the consent's needs the way to give it, by its place; none where it is not given.
    pub options: Vec<Option<usize>>,
    /// The cards. A part without one takes the first that fits; one for a part that is not given is passed
    /// over.
    #[serde(default)]
    pub cards: Vec<ChosenCard>,
}

/// A card that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChosenCard {
    /// The part of the question that it answers.
    pub query: String,
    /// The card.
    pub card: String,
    /// Which of the ways to share it, as an [`AskedClaim::switch`] names it; none for the usual one, which
    /// shares the least.
    #[serde(default)]
    pub way: Option<usize>,
}

/// More was asked than is registered: there is nothing to share, and something to report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TooMuch {
    /// Who asks.
    pub asks: Party,
    /// In whose hands the asking is, where that is another.
    pub through: Option<Party>,
    /// Where the answer would have gone.
    pub address: String,
    /// Under which registered use.
    pub use_name: String,
    /// What that use is for, in the registry's words.
    pub purpose: Texts,
    /// What was too much, by name.
    pub claims: Vec<Texts>,
    /// The same, by path or type, as the request says it.
    pub paths: Vec<String>,
}
