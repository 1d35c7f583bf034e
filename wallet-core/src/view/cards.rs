//! Cards, and how it is with them.

use credential::time::UnixTime;
use serde::Serialize;

use super::{ShownClaim, Texts};

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
