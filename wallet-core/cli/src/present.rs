//! `wallet present`

use serde_json::json;
use wallet_core::present::{Asked, PresentError, Shared};
use wallet_core::wallet::Wallet;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{ask, inspect, words};

pub(crate) async fn run(home: &Home, request: &str, yes: bool) -> Result<Output, Refusal> {
    let link = inspect::text_of(request)?;
    let wallet = home.unlock()?;
    let asked = wallet.look_at_request(&link).await.map_err(|error| refuse(&error))?;
    decide(&wallet, &asked, yes).await?;
    let consent = json!(asked.consent());
    let shared = wallet.share(asked).await.map_err(|error| refuse(&error))?;
    let words = words::words();
    let mut text = words::fill(words.shared, &[words::receipt(shared.receipt)]);
    if let Some(back) = &shared.redirect_uri {
        text += &format!("\n{}", words::fill(words.go_on, &[back.as_str()]));
    }
    Ok(Output::new(text, of(&shared, &consent)))
}

/// Shows who asks for what, and waits for a yes or a no.
pub(crate) async fn decide(wallet: &Wallet, asked: &Asked, yes: bool) -> Result<(), Refusal> {
    if yes {
        return Ok(());
    }
    eprintln!("{}\n", words::consent(asked.consent()));
    let words = words::words();
    if ask::decide(words.share_question, words.share, words.dont)? {
        return Ok(());
    }
    // The other side may have gone; the answer is no either way.
    let _ = wallet.decline(asked).await;
    Err(Refusal::for_people("declined"))
}

pub(crate) fn refuse(error: &PresentError) -> Refusal {
    match error.too_much() {
        [] => Refusal::for_people(error.code()),
        paths => Refusal::too_much(paths),
    }
}

pub(crate) fn of(shared: &Shared, consent: &serde_json::Value) -> serde_json::Value {
    json!({
        "entry": shared.entry, "receipt": shared.receipt, "redirect_uri": shared.redirect_uri, "consent": consent,
    })
}
