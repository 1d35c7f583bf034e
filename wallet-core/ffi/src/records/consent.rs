//! What a person decides on, and what came of it.

use wallet_core::view;

use super::history::Receipt;
use super::{Claim, Party, TextByLanguage, all, claim, core_texts, party, texts};

/// A claim that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AskedClaim {
    /// The claim.
    pub claim: Claim,
    /// Whether the card cannot be shared without it.
    pub required: bool,
    /// Whether it is more than was asked for, and comes along because the card's issuer made it so.
    pub unasked: bool,
    /// The [`ChosenCard::way`] that turns it off where it is shared, on where it is not; none where nothing does.
    /// What else that changes, the next consent says.
    pub turned_by: Option<u32>,
}

/// A card by name.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CardName {
    /// The card.
    pub id: String,
    /// What it is called.
    pub title: TextByLanguage,
}

/// What would be shared of one card.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CardConsent {
    /// The part of the question that it answers.
    pub query: String,
    /// The card.
    pub id: String,
    /// What it is called.
    pub title: TextByLanguage,
    /// Shared.
    pub shared: Vec<AskedClaim>,
    /// Asked for and not shared: the person may add it.
    pub optional: Vec<AskedClaim>,
    /// Not shared, by name: the rest of the card.
    pub not_shared: Vec<TextByLanguage>,
    /// The other cards that could answer this part.
    pub instead: Vec<CardName>,
    /// Whether several cards may answer this part together.
    pub several: bool,
    /// No unused copy is left: whoever saw this one before can tell that it is the same.
    pub reused: bool,
}

/// One thing that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Wanted {
    /// Whether nothing can be shared without it.
    pub required: bool,
    /// The ways to give it, the preferred first. None where an optional thing cannot be given.
    pub options: Vec<WantedOption>,
}

/// One way to give what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct WantedOption {
    /// The parts of the question that it answers.
    pub queries: Vec<String>,
    /// What the cards for them are called, in the same order.
    pub cards: Vec<TextByLanguage>,
}

/// What a person chose. Only what a [`Consent`] offers can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Choice {
    /// For each of [`Consent::wanted`] the way to give it, by its place; none where it is not given.
    pub options: Vec<Option<u32>>,
    /// The cards. A part without one takes the first that fits.
    pub cards: Vec<ChosenCard>,
}

/// A card that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ChosenCard {
    /// The part of the question that it answers.
    pub query: String,
    /// The card.
    pub card: String,
    /// Which of the ways to share it, as [`AskedClaim::turned_by`] names it; none for the usual one, which shares
    /// the least.
    pub way: Option<u32>,
}

/// More was asked than is registered: there is nothing to share, and something to report.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AskedTooMuch {
    /// Who asks.
    pub asks: Party,
    /// In whose hands the asking is, where that is another.
    pub through: Option<Party>,
    /// Where the answer would have gone.
    pub address: String,
    /// Under which registered use.
    pub use_name: String,
    /// What that use is for, in the register's words.
    pub purpose: TextByLanguage,
    /// What was too much, by name.
    pub claims: Vec<TextByLanguage>,
    /// The same, as the request says it.
    pub paths: Vec<String>,
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
    /// Where the answer goes; empty where it is shown on this screen, to whoever asks.
    pub address: String,
    /// Why, in the register's words.
    pub purpose: TextByLanguage,
    /// For how many days it is kept.
    pub kept_days: Option<u32>,
    /// What would be shared, card by card: this and nothing else.
    pub cards: Vec<CardConsent>,
    /// What is wanted, and the ways to give it.
    pub wanted: Vec<Wanted>,
    /// What is chosen.
    pub choice: Choice,
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
        Self {
            asks: party(&consent.asks),
            through: consent.through.as_ref().map(party),
            address: consent.address.clone(),
            purpose: texts(&consent.purpose),
            kept_days: consent.kept_days,
            cards: consent.cards.iter().map(card).collect(),
            wanted: consent.needs.iter().map(wanted).collect(),
            choice: choice(&consent.choice),
            transactions: consent.transactions.iter().map(transaction).collect(),
            proof_age_seconds: consent.proof_age_seconds,
        }
    }
}

fn card(card: &view::CardConsent) -> CardConsent {
    let name = |card: &view::CardName| CardName { id: card.id.clone(), title: texts(&card.title) };
    CardConsent {
        query: card.query.clone(),
        id: card.id.clone(),
        title: texts(&card.title),
        shared: card.shared.iter().map(asked).collect(),
        optional: card.optional.iter().map(asked).collect(),
        not_shared: all(&card.not_shared),
        instead: card.instead.iter().map(name).collect(),
        several: card.several,
        reused: card.reused,
    }
}

fn asked(asked: &view::AskedClaim) -> AskedClaim {
    AskedClaim {
        claim: claim(&asked.claim),
        required: asked.required,
        unasked: asked.unasked,
        turned_by: asked.switch.map(place),
    }
}

fn wanted(need: &view::NeedConsent) -> Wanted {
    let option = |option: &view::NeedOption| WantedOption {
        queries: option.queries.clone(),
        cards: all(&option.cards),
    };
    Wanted { required: need.required, options: need.options.iter().map(option).collect() }
}

fn choice(choice: &view::Choice) -> Choice {
    let card = |chosen: &view::ChosenCard| ChosenCard {
        query: chosen.query.clone(),
        card: chosen.card.clone(),
        way: chosen.way.map(place),
    };
    Choice {
        options: choice.options.iter().map(|option| option.map(place)).collect(),
        cards: choice.cards.iter().map(card).collect(),
    }
}

/// Places are among what one request offers, a few hundred at most; one beyond 32 bits names nothing.
fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl From<Choice> for view::Choice {
    fn from(choice: Choice) -> Self {
        let place = |place: Option<u32>| place.map(|place| place as usize);
        let card = |chosen: ChosenCard| view::ChosenCard {
            query: chosen.query,
            card: chosen.card,
            way: place(chosen.way),
        };
        Self {
            options: choice.options.into_iter().map(place).collect(),
            cards: choice.cards.into_iter().map(card).collect(),
        }
    }
}

impl From<view::TooMuch> for AskedTooMuch {
    fn from(much: view::TooMuch) -> Self {
        Self {
            asks: party(&much.asks),
            through: much.through.as_ref().map(party),
            address: much.address,
            use_name: much.use_name,
            purpose: texts(&much.purpose),
            claims: all(&much.claims),
            paths: much.paths,
        }
    }
}

impl From<AskedTooMuch> for view::TooMuch {
    fn from(much: AskedTooMuch) -> Self {
        Self {
            asks: much.asks.into(),
            through: much.through.map(view::Party::from),
            address: much.address,
            use_name: much.use_name,
            purpose: core_texts(much.purpose),
            claims: much.claims.into_iter().map(core_texts).collect(),
            paths: much.paths,
        }
    }
}
