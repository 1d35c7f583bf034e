//! Cards, and offers of cards.

use credential::time::UnixTime;
use wallet_core::view;

use super::{Claim, Party, TextByLanguage, all, claims, party, texts};

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
        Self { claims: claims(&details.claims), card: details.card.into() }
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
