//! What a screen may see. Nothing here is secret, and nothing here can be shown to anyone else.

use std::collections::BTreeMap;

use credential::claim_path::{ClaimPath, PathElement};
use credential::time::UnixTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outside;
use crate::store::entries::{How, Outcome, ReceiptState};

/// A text by language (BCP 47 tag), whoever wrote it: nothing is in it that would not be seen as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<String, String>);

impl Texts {
    /// These texts, made [plain](outside::plain).
    pub fn new(texts: BTreeMap<String, String>) -> Self {
        Self(texts.into_iter().map(|(tag, text)| (outside::plain(&tag), outside::plain(&text))).collect())
    }

    /// One text, whatever the language.
    pub fn one(text: &str) -> Self {
        Self::new([("en".to_owned(), text.to_owned())].into())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each language's tag, and the text in it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// The text in `language`, else in English, else in any; empty where there is none.
    pub fn pick(&self, language: &str) -> &str {
        let in_language = |wanted: &str| {
            let fits = |tag: &str| tag == wanted || tag.split('-').next() == wanted.split('-').next();
            self.0.iter().find(|(tag, _)| fits(tag)).map(|(_, text)| text.as_str())
        };
        in_language(language)
            .or_else(|| in_language("en"))
            .or_else(|| self.0.values().next().map(String::as_str))
            .unwrap_or_default()
    }
}

/// An organisation, as the registry proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its name in the registry.
    pub member: String,
    /// Its legal name.
    pub name: Texts,
}

/// A claim with its value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownClaim {
    /// Which.
    pub path: ClaimPath,
    /// What it is called.
    pub name: Texts,
    /// What it says.
    pub value: Value,
}

impl ShownClaim {
    /// A claim, its path and value made [plain](outside::plain_value).
    pub fn new(path: &ClaimPath, name: Texts, value: &Value) -> Self {
        Self { path: outside::plain_path(path), name, value: outside::plain_value(value) }
    }
}

/// A card in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CardView {
    /// Its name in this wallet.
    pub id: String,
    /// What it is called.
    pub title: Texts,
    /// Its type.
    pub vct: String,
    /// Who gave it out.
    pub issuer: Texts,
    /// When it came.
    pub received_at: UnixTime,
    /// Until when it is valid.
    pub valid_until: Option<UnixTime>,
    /// How many copies there are.
    pub copies: u32,
    /// How many of them were never shown.
    pub unused_copies: u32,
    /// Its ground, `#rrggbb`.
    pub background: Option<String>,
    /// Its text, `#rrggbb`.
    pub text: Option<String>,
    /// Whether it can be shown as a code, at any counter.
    pub has_code: bool,
    /// How it is with it.
    pub state: CardState,
    /// When its status was looked up last, where it has one.
    pub checked_at: Option<UnixTime>,
    /// Whether it renews itself.
    pub renews_itself: bool,
}

/// How it is with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

/// What became of a renewal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RenewalView {
    /// The card.
    pub card: String,
    /// What it is called.
    pub title: Texts,
    /// How it went.
    pub outcome: RenewalOutcome,
}

/// How a renewal went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RenewalOutcome {
    /// The card has fresh copies.
    Renewed,
    /// Fresh copies come later.
    Promised,
    /// It did not go now, and is tried again.
    Later {
        /// Why.
        code: &'static str,
        /// When.
        at: UnixTime,
    },
    /// The card is renewed no more; it can be had again by signing in.
    Over {
        /// Why.
        code: &'static str,
    },
}

/// A card, or fresh copies of one, that its office promised for later.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PromiseView {
    /// Its number in this wallet.
    pub id: i64,
    /// What the card is called.
    pub title: Texts,
    /// Who gives it out.
    pub issuer: Texts,
    /// When it was promised.
    pub made_at: UnixTime,
    /// How it is with it.
    pub outcome: PromiseOutcome,
}

/// How it is with a promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PromiseOutcome {
    /// It is not ready yet; the wallet asks for it at that time.
    Waits {
        /// When.
        at: UnixTime,
    },
    /// It came.
    Came {
        /// The card.
        card: Box<CardView>,
    },
    /// It could not be asked for now.
    Later {
        /// Why.
        code: &'static str,
        /// When it is asked for again.
        at: UnixTime,
    },
    /// It will not come.
    Over {
        /// Why.
        code: &'static str,
    },
}

/// A card with what it says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CardDetails {
    /// The card.
    #[serde(flatten)]
    pub card: CardView,
    /// What it says.
    pub claims: Vec<ShownClaim>,
}

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

/// What somebody offers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfferView {
    /// Who offers.
    pub issuer: Party,
    /// Since when the registry has them.
    pub issuer_since: Option<UnixTime>,
    /// Its web address.
    pub address: String,
    /// The cards, by name.
    pub cards: Vec<Texts>,
    /// What the person has to bring.
    pub needs: Needs,
}

/// What receiving a card takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Needs {
    /// Nothing but a yes.
    Nothing,
    /// A code that came another way.
    Code {
        /// How long it is, where that is known.
        length: Option<usize>,
        /// Whether it has digits only.
        digits: bool,
    },
    /// Signing in on the issuer's page.
    SignIn,
}

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

/// A code that any counter can read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CodeView {
    /// The line in the history.
    pub entry: i64,
    /// The texts of QR codes, to be shown one after the other, again and again.
    pub frames: Vec<String>,
    /// How long it is good, in seconds.
    pub seconds: u64,
    /// What it shows.
    pub shared: Vec<ShownClaim>,
    /// No unused copy was left: whoever saw this one before can tell that it is the same.
    pub reused: bool,
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

/// A claim's name where nobody gave it one: its path, in words.
pub(crate) fn plain_name(path: &ClaimPath) -> Texts {
    let words = path.steps().iter().map(|step| match step {
        PathElement::Name(name) => name.replace('_', " "),
        PathElement::Index(index) => format!("{}", index + 1),
        PathElement::All => "each".to_owned(),
    });
    Texts::one(&words.collect::<Vec<_>>().join(", "))
}
