//! Plain HTTP to the demo's own processes on loopback.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use ureq::Agent;

/// An answer.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body, as JSON where it is JSON, as a string otherwise.
    pub(crate) body: Value,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// With status and body, for anything else.
    pub(crate) fn success(self) -> Result<Value> {
        if (200..300).contains(&self.status) {
            Ok(self.body)
        } else {
            bail!("status {}: {}", self.status, self.body)
        }
    }
}

fn agent(patience: Duration) -> Agent {
    Agent::config_builder().timeout_global(Some(patience)).http_status_as_error(false).build().into()
}

/// GET.
///
/// # Errors
/// When nothing answers.
pub(crate) fn get(url: &str) -> Result<Answer> {
    get_with(url, None)
}

/// GET with a bearer token.
///
/// # Errors
/// When nothing answers.
pub(crate) fn get_with(url: &str, token: Option<&str>) -> Result<Answer> {
    let mut request = agent(Duration::from_secs(10)).get(url).header("accept", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    read(request.call().with_context(|| format!("GET {url}"))?)
}

/// POST of JSON, with a bearer token where one is given.
///
/// # Errors
/// When nothing answers.
pub(crate) fn post(url: &str, token: Option<&str>, body: &Value) -> Result<Answer> {
    let mut request = agent(Duration::from_secs(40)).post(url).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    read(request.send(body.to_string()).with_context(|| format!("POST {url}"))?)
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer> {
    let text = response.body_mut().read_to_string()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer { status: response.status().as_u16(), body })
}
