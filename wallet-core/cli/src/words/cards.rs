//! Offers, cards, and what becomes of them, in words.

use wallet_core::view::{
    BackupView, CardState, CardView, OfferView, PromiseOutcome, PromiseView, RenewalOutcome, RenewalView,
};

use super::{clean, day, fill, list, moment, of_offer_code, party, say, words};

/// An offer, in words.
pub(crate) fn offer(offer: &OfferView) -> String {
    let words = words();
    [
        fill(words.who_offers, &[&party(&offer.issuer)]),
        fill(words.address, &[&clean(&offer.address)]),
        fill(words.offered, &[&list(&offer.cards)]),
    ]
    .join("\n")
}

/// A card on one line.
pub(crate) fn card(card: &CardView) -> String {
    let words = words();
    let until = card.valid_until.map(|end| fill(words.until, &[&day(end)]));
    let until = until.as_deref().unwrap_or(words.no_end);
    let (unused, all) = (card.unused_copies.to_string(), card.copies.to_string());
    let line = fill(words.card, &[&card.id, &say(&card.title), &say(&card.issuer), until, &unused, &all]);
    line + &ribbon(card)
}

/// What is to be said of a card that is not simply good.
fn ribbon(card: &CardView) -> String {
    let words = words();
    match card.state {
        CardState::Ready => String::new(),
        CardState::EndsSoon => words.ends_soon.to_owned(),
        CardState::Suspended => words.suspended.to_owned(),
        CardState::Revoked => words.revoked.to_owned(),
        CardState::NotChecked => {
            fill(words.not_checked_since, &[&card.checked_at.map(moment).unwrap_or_default()])
        }
        CardState::GetAgain => fill(words.get_again, &[&card.id]),
    }
}

/// How a renewal went.
pub(crate) fn renewal(renewal: &RenewalView) -> String {
    let (words, title) = (words(), say(&renewal.title));
    match &renewal.outcome {
        RenewalOutcome::Renewed => fill(words.renewed, &[&title]),
        RenewalOutcome::Promised => fill(words.renewed_later, &[&title]),
        RenewalOutcome::Later { code, at } => {
            fill(words.renewal_fails, &[&title, of_offer_code(code).0, &moment(*at), code])
        }
        RenewalOutcome::Over { code } => {
            fill(words.renewal_over, &[&title, of_offer_code(code).0, &renewal.card, code])
        }
    }
}

/// How it is with a card that was promised.
pub(crate) fn promise(promise: &PromiseView) -> String {
    let (words, title, issuer) = (words(), say(&promise.title), say(&promise.issuer));
    match &promise.outcome {
        PromiseOutcome::Waits { at } | PromiseOutcome::Later { at, .. } => {
            fill(words.promise_waits, &[&title, &issuer, &moment(*at)])
        }
        PromiseOutcome::Came { card } => fill(words.promise_came, &[&title, &issuer, &card.id]),
        PromiseOutcome::Over { code } => {
            fill(words.promise_over, &[&title, &issuer, of_offer_code(code).0, code])
        }
    }
}

/// What is in a backup, by the phrase for where it is.
pub(crate) fn kept(phrase: &str, place: &str, view: &BackupView) -> String {
    let (cards, entries) = (view.cards.len().to_string(), view.entries.to_string());
    fill(phrase, &[place, &cards, &entries]) + &left_out(view)
}

/// What did not fit, on a line of its own; nothing where all did.
pub(crate) fn left_out(view: &BackupView) -> String {
    match view.left_out {
        0 => String::new(),
        count => format!("\n{}", fill(words().left_out, &[&count.to_string()])),
    }
}
