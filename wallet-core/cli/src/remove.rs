//! `wallet remove`

use serde_json::json;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{ask, cards, words};

pub(crate) async fn run(home: &Home, card: &str, yes: bool) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let card = cards::named(&wallet, card)?;
    if !yes {
        let words = words::words();
        eprintln!("{}\n", words::card(&card));
        if !ask::decide(words.remove_question, words.remove, words.dont)? {
            return Err(Refusal::for_people("card_kept"));
        }
    }
    wallet.remove_card(&card.id).await.map_err(|error| Refusal::for_people(error.code()))?;
    Ok(Output::new(
        words::fill(words::words().removed, &[&words::say(&card.title)]),
        json!({ "removed": card.id }),
    ))
}
