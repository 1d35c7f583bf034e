//! `wallet list` and `wallet show`

use serde_json::json;
use wallet_core::store::StoreError;
use wallet_core::view::CardView;
use wallet_core::wallet::Wallet;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{renew, words};

/// The list, after what is due has been done: looking at one's cards is far from showing them.
pub(crate) async fn list(home: &Home) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let refuse = |error: StoreError| Refusal::for_people(error.code());
    let news = renew::do_what_is_due(&wallet).await.map_err(refuse)?;
    let cards = wallet.cards().map_err(refuse)?;
    let promised = wallet.promised().map_err(refuse)?;
    let lines = cards.iter().map(words::card).chain(promised.iter().map(words::promise));
    let text = match cards.is_empty() && promised.is_empty() {
        true => words::words().no_cards.to_owned(),
        false => lines.collect::<Vec<_>>().join("\n"),
    };
    Ok(Output::new(text, json!(cards)).with_aside(&news.to_text()))
}

pub(crate) fn show(home: &Home, card: &str) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let refuse = |error: StoreError| Refusal::for_people(error.code());
    let id = named(&wallet, card)?.id;
    let details = wallet.card(&id).map_err(refuse)?;
    let claims = details.claims.iter().map(|claim| words::claim(claim, "  "));
    let text = format!("{}\n{}", words::card(&details.card), claims.collect::<Vec<_>>().join("\n"));
    Ok(Output::new(text, json!(details)))
}

/// The one card of a name, or of the beginning of it.
pub(crate) fn named(wallet: &Wallet, card: &str) -> Result<CardView, Refusal> {
    let cards = wallet.cards().map_err(|error| Refusal::for_people(error.code()))?;
    let mut fitting = cards.into_iter().filter(|known| known.id == card || known.id.starts_with(card));
    match (fitting.next(), fitting.next()) {
        (Some(found), None) if !card.is_empty() => Ok(found),
        _ => Err(Refusal::for_people("no_such_card")),
    }
}
