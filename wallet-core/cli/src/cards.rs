//! `wallet list` and `wallet show`

use serde_json::json;

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
    let refuse = |error: wallet_core::store::StoreError| Refusal::for_people(error.code());
    let cards = wallet.cards().map_err(refuse)?;
    let mut fitting = cards.iter().filter(|known| known.id == card || known.id.starts_with(card));
    let id = match (fitting.next(), fitting.next()) {
        (Some(found), None) if !card.is_empty() => found.id.clone(),
        _ => return Err(Refusal::for_people("no_such_card")),
    };
    let details = wallet.card(&id).map_err(refuse)?;
    let claims = details.claims.iter().map(|claim| words::claim(claim, "  "));
    let text = format!("{}\n{}", words::card(&details.card), claims.collect::<Vec<_>>().join("\n"));
    Ok(Output::new(text, json!(details)))
}
