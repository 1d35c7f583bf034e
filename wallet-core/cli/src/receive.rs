//! `wallet receive`

use serde_json::json;
use wallet_core::receive::ReceiveError;
use wallet_core::view::{CardView, Needs};

use crate::arguments::Receive;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::sign_in::{self, Person};
use crate::{ask, inspect, words};

pub(crate) async fn run(home: &Home, arguments: Receive) -> Result<Output, Refusal> {
    let text = inspect::text_of(&arguments.offer)?;
    let wallet = home.unlock()?;
    let offered = wallet.look_at_offer(&text).await.map_err(refuse)?;
    if !arguments.yes {
        eprintln!("{}\n", words::offer(offered.view()));
        let words = words::words();
        if !ask::decide(words.receive_question, words.receive, words.dont)? {
            return Err(Refusal::for_people("offer_declined"));
        }
    }
    let cards = match offered.view().needs {
        Needs::Nothing => wallet.receive(&offered, None).await,
        Needs::Code { .. } => {
            let code = arguments.code.or_else(|| ask::line(words::words().code));
            wallet.receive(&offered, code.as_deref()).await
        }
        Needs::SignIn => {
            let person = Person::of(arguments.person_number, arguments.code);
            sign_in::run(&wallet, &offered, person.as_ref()).await
        }
    };
    let cards = cards.map_err(refuse)?;
    let promised = wallet.promised().map_err(|error| refuse(error.into()))?;
    let json = json!({ "cards": cards, "promised": promised, "issuer": offered.view().issuer });
    let text = cards.iter().map(line).chain(promised.iter().map(words::promise));
    Ok(Output::new(text.collect::<Vec<_>>().join("\n"), json))
}

pub(crate) fn line(card: &CardView) -> String {
    let copies = card.copies.to_string();
    words::fill(
        words::words().new_card,
        &[&words::say(&card.title), &words::say(&card.issuer), &card.id, &copies],
    )
}

pub(crate) fn refuse(error: ReceiveError) -> Refusal {
    if let ReceiveError::JustShown(wait) = error {
        return Refusal::wait(error.code(), wait);
    }
    let (message, next) = words::of_offer_code(error.code());
    Refusal::new(error.code(), message, next)
}
