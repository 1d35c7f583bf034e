//! `wallet show-code`

use serde_json::json;

use crate::arguments::ShowCode;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{cards, codes, words};

pub(crate) fn run(home: &Home, show: &ShowCode) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let card = cards::named(&wallet, &show.card)?.id;
    let code = wallet.show_code(&card).map_err(|error| Refusal::at_counter(error.code()))?;
    let texts = codes::show(&code.frames, &show.draw.out)?;
    let (words, seconds) = (words::words(), code.seconds.to_string());
    let mut lines = vec![words::fill(words.counter.anyone, &[&seconds])];
    lines.extend(code.shared.iter().map(|claim| words::claim(claim, "  ")));
    if code.reused {
        lines.push(words.reused.to_owned());
    }
    lines.push(words::fill(words.counter.show_code, &[&seconds]));
    lines.push(texts);
    Ok(Output::new(lines.join("\n"), json!(code)))
}
