//! `wallet get-again`

use serde_json::json;

use crate::arguments::GetAgain;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::sign_in::{self, Person};
use crate::{ask, cards, receive, renew, words};

pub(crate) async fn run(home: &Home, arguments: GetAgain) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let card = cards::named(&wallet, &arguments.card)?;
    let offered = wallet.get_again(&card.id).await.map_err(receive::refuse)?;
    if !arguments.yes {
        eprintln!("{}\n", words::offer(offered.view()));
        let words = words::words();
        if !ask::decide(words.receive_question, words.receive, words.dont)? {
            return Err(Refusal::for_people("offer_declined"));
        }
    }
    let person = Person::of(arguments.person_number, arguments.code);
    let came = sign_in::run(&wallet, &offered, person.as_ref()).await.map_err(receive::refuse)?;
    let promised = wallet.promised().map_err(|error| Refusal::for_people(error.code()))?;
    let lines = came.iter().map(renew::fresh).chain(promised.iter().map(words::promise));
    let json = json!({ "cards": came, "promised": promised, "issuer": offered.view().issuer });
    Ok(Output::new(lines.collect::<Vec<_>>().join("\n"), json))
}
