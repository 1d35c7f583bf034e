//! What a screen may see, as plain records. Nothing here is secret.
//!
//! They mirror [`wallet_core::view`]: times are seconds since 1970, values of claims are JSON, and a text is there in
//! each language that somebody wrote it in.

use std::collections::HashMap;

use credential::claim_path::{ClaimPath, PathElement};
use credential::time::UnixTime;
use wallet_core::store::entries::{Outcome, ReceiptState};
use wallet_core::view;

/// A text by language (BCP 47 tag).
pub type TextByLanguage = HashMap<String, String>;

/// An organisation, as the register proves it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Party {
    /// Its name in the register.
    pub member: String,
    /// Its legal name.
    pub name: TextByLanguage,
}

/// A claim with its value.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Claim {
    /// Where it stands: names; `*` for every element of a list, digits for one.
    pub path: Vec<String>,
    /// What it is called.
    pub name: TextByLanguage,
    /// What it says, as JSON.
    pub value: String,
}

/// How a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum CardState {
    /// It is good.
    Ready,
    /// It is good, and not for long.
    EndsSoon,
    /// Its office says that it is not good for now.
    Suspended,
    /// Its office took it back.
    Revoked,
    /// It was good when it was looked up last, which is long ago.
    NotChecked,
    /// It has run out, or has no copies: it can be had again from where it came.
    GetAgain,
}

/// A card in a list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Card {
    /// Its name in this wallet.
    pub id: String,
    /// What it is called.
    pub title: TextByLanguage,
    /// Who gave it.
    pub issuer: TextByLanguage,
    /// Seconds since 1970, where it ends.
    pub valid_until: Option<u64>,
    /// Copies that nobody saw yet.
    pub unused_copies: u32,
    /// Its state.
    pub state: CardState,
    /// Whether fresh copies come by themselves.
    pub renews_itself: bool,
}

/// A card, opened.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CardDetails {
    /// The card.
    pub card: Card,
    /// All that it says.
    pub claims: Vec<Claim>,
}

/// What receiving a card takes.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Needs {
    /// Nothing but a yes.
    Nothing,
    /// A code that came another way.
    Code {
        /// How long it is, where that is known.
        length: Option<u32>,
        /// Whether it has digits only.
        digits: bool,
    },
    /// Signing in on the issuer's page.
    SignIn,
}

/// What is offered.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct OfferView {
    /// By whom.
    pub issuer: Party,
    /// Where it comes from.
    pub address: String,
    /// What the cards are called.
    pub cards: Vec<TextByLanguage>,
    /// What receiving them takes.
    pub needs: Needs,
}

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

pub(crate) fn texts(texts: &view::Texts) -> TextByLanguage {
    texts.iter().map(|(tag, text)| (tag.to_owned(), text.to_owned())).collect()
}

fn all(many: &[view::Texts]) -> Vec<TextByLanguage> {
    many.iter().map(texts).collect()
}

pub(crate) fn party(party: &view::Party) -> Party {
    Party { member: party.member.clone(), name: texts(&party.name) }
}

fn claim(claim: &view::ShownClaim) -> Claim {
    Claim { path: path(&claim.path), name: texts(&claim.name), value: claim.value.to_string() }
}

fn path(path: &ClaimPath) -> Vec<String> {
    let step = |step: &PathElement| match step {
        PathElement::Name(name) => name.clone(),
        PathElement::Index(index) => index.to_string(),
        PathElement::All => "*".to_owned(),
    };
    path.steps().iter().map(step).collect()
}

fn transaction(view: &view::TransactionView) -> Transaction {
    match view.clone() {
        view::TransactionView::Payment { amount, currency, payee, account, reference } => {
            Transaction::Payment { amount, currency, payee, account, reference }
        }
        view::TransactionView::Text { title, text } => Transaction::Text { title, text },
    }
}

impl From<view::CardView> for Card {
    fn from(card: view::CardView) -> Self {
        Self {
            title: texts(&card.title),
            issuer: texts(&card.issuer),
            valid_until: card.valid_until.map(UnixTime::secs),
            unused_copies: card.unused_copies,
            state: state(card.state),
            renews_itself: card.renews_itself,
            id: card.id,
        }
    }
}

const fn state(state: view::CardState) -> CardState {
    match state {
        view::CardState::Ready => CardState::Ready,
        view::CardState::EndsSoon => CardState::EndsSoon,
        view::CardState::Suspended => CardState::Suspended,
        view::CardState::Revoked => CardState::Revoked,
        view::CardState::NotChecked => CardState::NotChecked,
        view::CardState::GetAgain => CardState::GetAgain,
    }
}

impl From<view::CardDetails> for CardDetails {
    fn from(details: view::CardDetails) -> Self {
        Self { claims: details.claims.iter().map(claim).collect(), card: details.card.into() }
    }
}

impl From<&view::OfferView> for OfferView {
    fn from(offer: &view::OfferView) -> Self {
        let needs = match offer.needs {
            view::Needs::Nothing => Needs::Nothing,
            view::Needs::Code { length, digits } => {
                Needs::Code { length: length.and_then(|length| u32::try_from(length).ok()), digits }
            }
            view::Needs::SignIn => Needs::SignIn,
        };
        Self { issuer: party(&offer.issuer), address: offer.address.clone(), cards: all(&offer.cards), needs }
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
