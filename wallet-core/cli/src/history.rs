//! `wallet history`

use serde_json::json;
use wallet_core::store::StoreError;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::words;

pub(crate) async fn run(home: &Home) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let refuse = |error: StoreError| Refusal::for_people(error.code());
    wallet.check_receipts().await.map_err(refuse)?;
    let lines = wallet.history().map_err(refuse)?;
    let text = if lines.is_empty() {
        words::words().nothing_shown.to_owned()
    } else {
        lines.iter().map(words::history).collect::<Vec<_>>().join("\n\n")
    };
    Ok(Output::new(text, json!(lines)))
}
