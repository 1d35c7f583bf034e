//! `wallet list` and `wallet show`

use serde_json::json;
use wallet_core::wallet::Wallet;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::words;

pub(crate) fn list(home: &Home) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let cards = wallet.cards().map_err(|error| Refusal::for_people(error.code()))?;
    let text = if cards.is_empty() {
        words::words().no_cards.to_owned()
    } else {
        cards.iter().map(words::card).collect::<Vec<_>>().join("\n")
    };
    Ok(Output::new(text, json!(cards)))
}

pub(crate) fn show(home: &Home, card: &str) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let details = wallet.card(&find(&wallet, card)?).map_err(|error| Refusal::for_people(error.code()))?;
    let claims = details.claims.iter().map(|claim| words::claim(claim, "  "));
    let text = format!("{}\n{}", words::card(&details.card), claims.collect::<Vec<_>>().join("\n"));
    Ok(Output::new(text, json!(details)))
}

/// The one card whose name is `card`, or begins with it.
pub(crate) fn find(wallet: &Wallet, card: &str) -> Result<String, Refusal> {
    let cards = wallet.cards().map_err(|error| Refusal::for_people(error.code()))?;
    let mut fitting = cards.into_iter().filter(|known| known.id == card || known.id.starts_with(card));
    match (fitting.next(), fitting.next()) {
        (Some(found), None) if !card.is_empty() => Ok(found.id),
        _ => Err(Refusal::for_people("no_such_card")),
    }
}
