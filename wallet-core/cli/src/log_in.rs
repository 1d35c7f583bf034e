//! `wallet login`

use std::path::Path;

use serde_json::json;
use wallet_core::cookies::CookieJar;
use wallet_core::durable;
use wallet_core::log_in::{LogIn, LogInError, Step};

use crate::arguments::Login;
use crate::home::Home;
use crate::output::Output;
use crate::present;
use crate::refusal::Refusal;

const MAX_JAR: u64 = 1 << 20;

pub(crate) async fn run(home: &Home, login: Login) -> Result<Output, Refusal> {
    let jar = read_jar(login.jar.as_deref())?;
    let wallet = home.unlock()?;
    let mut browser = LogIn::new(&wallet, jar);
    let mut consent = None;
    let callback = match browser.open(&login.url).await.map_err(|error| refuse(&error))? {
        Step::Done(callback) => callback,
        Step::Asked(asked) => {
            present::decide(&wallet, &asked, !login.ask).await?;
            consent = Some(json!(asked.consent()));
            let shared = wallet.share(*asked).await.map_err(|error| present::refuse(&error))?;
            browser.go_on(&shared).await.map_err(|error| refuse(&error))?
        }
    };
    if login.print_callback {
        keep_jar(login.jar.as_deref(), &browser.into_jar())?;
        let json = json!({ "callback": callback, "sso": consent.is_none(), "consent": consent });
        return Ok(Output::new(callback.as_str(), json));
    }
    let landing = browser.finish(callback).await.map_err(|error| refuse(&error))?;
    keep_jar(login.jar.as_deref(), &browser.into_jar())?;
    let text = format!("{} {}", landing.status, landing.url);
    let json = json!({
        "url": landing.url, "status": landing.status, "body": landing.body, "sso": consent.is_none(), "consent": consent,
    });
    Ok(Output::new(text, json))
}

fn refuse(error: &LogInError) -> Refusal {
    match error {
        LogInError::Present(error) => present::refuse(error),
        other => Refusal::for_people(other.code()),
    }
}

fn read_jar(path: Option<&Path>) -> Result<CookieJar, Refusal> {
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(CookieJar::default()) };
    let refuse =
        || Refusal::usage("jar_unreadable", "The cookie file cannot be read.", "Name another, or delete it.");
    let bytes = durable::read(path, MAX_JAR).map_err(|_| refuse())?;
    serde_json::from_slice(&bytes).map_err(|_| refuse())
}

fn keep_jar(path: Option<&Path>, jar: &CookieJar) -> Result<(), Refusal> {
    let Some(path) = path else { return Ok(()) };
    let bytes = serde_json::to_vec(jar).unwrap_or_default();
    durable::replace(path, &bytes).map_err(|_| Refusal::for_people("file"))
}
