//! `wallet history`

use serde_json::json;
use wallet_core::store::StoreError;
use wallet_core::store::entries::Outcome;
use wallet_core::view::HistoryLine;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{present, words};

pub(crate) async fn run(home: &Home) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let refuse = |error: StoreError| Refusal::for_people(error.code());
    wallet.check_receipts().await.map_err(refuse)?;
    let lines = wallet.history().map_err(refuse)?;
    let text = if lines.is_empty() {
        "You have shown nothing to anyone.".to_owned()
    } else {
        lines.iter().map(line).collect::<Vec<_>>().join("\n\n")
    };
    Ok(Output::new(text, json!(lines)))
}

fn line(line: &HistoryLine) -> String {
    let through = line
        .through
        .as_ref()
        .map(|party| format!(", through {}", words::say(&party.name)))
        .unwrap_or_default();
    let outcome = match line.outcome {
        Outcome::Shared => "They have it.",
        Outcome::Refused => "They did not take it, but they may have seen it.",
        Outcome::Unknown => "It was sent; whether it arrived is not known.",
    };
    let shared: Vec<String> = line.shared.iter().map(words::say).collect();
    format!(
        "{}  {}{through}\n  Why: {}\n  What: {}\n  {outcome} {}",
        words::moment(line.at),
        words::say(&line.asks.name),
        words::say(&line.purpose),
        shared.join("; "),
        present::receipt(line.receipt)
    )
}
