//! `wallet present`

use serde_json::json;
use wallet_core::present::{Asked, PresentError, Shared};
use wallet_core::store::entries::ReceiptState;
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
    let mut text = format!("Shared. {}", receipt(shared.receipt));
    if let Some(back) = &shared.redirect_uri {
        text += &format!("\nGo on at: {back}");
    }
    Ok(Output::new(text, of(&shared, &consent)))
}

/// Shows who asks for what, and waits for a yes or a no.
pub(crate) async fn decide(wallet: &Wallet, asked: &Asked, yes: bool) -> Result<(), Refusal> {
    if yes {
        return Ok(());
    }
    eprintln!("{}", words::consent(asked.consent()));
    if ask::decide("Share this, or don't?", "share", "don't")? {
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

pub(crate) const fn receipt(state: ReceiptState) -> &'static str {
    match state {
        ReceiptState::Checked => "You have their receipt; it is in your history.",
        ReceiptState::Unchecked => "You have their receipt; its signature will be checked later.",
        ReceiptState::Missing => "They gave no receipt. Your history says so.",
        ReceiptState::Wrong => "Their receipt does not say what was shared. Your history says so.",
    }
}
