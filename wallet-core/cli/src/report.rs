//! `wallet report`: to the agency that registers who may ask.

use serde_json::json;
use wallet_core::report::Why;

use crate::arguments::{self, Report};
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::words;

pub(crate) async fn run(home: &Home, report: Report) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let why = match report.why {
        arguments::Why::TooMuch => Why::TooMuch,
        arguments::Why::NotMe => Why::NotMe,
        arguments::Why::Feedback => Why::Feedback,
    };
    let reported = wallet.report(report.line, why, report.text).await;
    let reported = reported.map_err(|error| Refusal::for_people(error.code()))?;
    Ok(Output::new(words::reported(&reported), json!(reported)))
}
