//! `wallet present`

use serde_json::json;
use wallet_core::present::{Asked, PresentError, Shared};
use wallet_core::store::entries::ReceiptState;
use wallet_core::view::Choice;
use wallet_core::wallet::Wallet;

use crate::arguments::Present;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{ask, codes, inspect, words};

pub(crate) async fn run(home: &Home, present: &Present) -> Result<Output, Refusal> {
    if present.counter {
        return run_counter(home, present).await;
    }
    let [request] = present.request.as_slice() else {
        let next = "Give one link, or a picture of its QR code.";
        return Err(Refusal::usage("one_request", "Requests are answered one at a time.", next));
    };
    let choice = present.choice.as_deref().map(read_choice).transpose()?;
    let link = inspect::text_of(request)?;
    let wallet = home.unlock()?;
    let mut asked = wallet.look_at_request(&link).await.map_err(|error| refuse(&error))?;
    if let Some(choice) = choice {
        wallet.choose(&mut asked, &choice).map_err(|error| refuse(&error))?;
    }
    decide(&wallet, &asked, present.yes).await?;
    let consent = json!(asked.consent());
    let shared = wallet.share(asked).await.map_err(|error| refuse(&error))?;
    let words = words::words();
    let mut text = words::fill(words.shared, &[words::receipt(shared.receipt)]);
    if let Some(back) = &shared.redirect_uri {
        text += &format!("\n{}", words::fill(words.go_on, &[back.as_str()]));
    }
    Ok(Output::new(text, of(&shared, &consent)))
}

/// Answers a counter that has no network, as this one needs none.
async fn run_counter(home: &Home, present: &Present) -> Result<Output, Refusal> {
    let choice = present.choice.as_deref().map(read_choice).transpose()?;
    let message = codes::collect(&present.request)?;
    let wallet = home.unlock()?;
    let mut asked = wallet.look_at_counter(&message).map_err(|error| refuse(&error))?;
    if let Some(choice) = choice {
        wallet.choose(&mut asked, &choice).map_err(|error| refuse(&error))?;
    }
    decide(&wallet, &asked, present.yes).await?;
    let consent = json!(asked.consent());
    let shown = wallet.show_at_counter(asked).map_err(|error| refuse(&error))?;
    let texts = codes::show(&shown.frames, &present.draw.out)?;
    let text = format!("{}\n{texts}", words::words().counter.show_frames);
    let says = json!({ "entry": shown.entry, "frames": shown.frames, "receipt": ReceiptState::WithoutNetwork,
                       "consent": consent });
    Ok(Output::new(text, says))
}

fn read_choice(text: &str) -> Result<Choice, Refusal> {
    serde_json::from_str(text).map_err(|_| {
        Refusal::usage(
            "choice_malformed",
            "The choice cannot be read.",
            "Write it as `consent.choice` shows it.",
        )
    })
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
        None => Refusal::for_people(error.code()),
        Some(view) => Refusal::too_much(view),
    }
}

pub(crate) fn of(shared: &Shared, consent: &serde_json::Value) -> serde_json::Value {
    json!({
        "entry": shared.entry, "receipt": shared.receipt, "redirect_uri": shared.redirect_uri, "consent": consent,
    })
}
