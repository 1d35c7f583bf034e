//! What a command prints when it is done.

use std::io::Write as _;
use std::process::ExitCode;

use serde_json::Value;

use crate::checks::{self, Check};

/// The same news for people and for scripts.
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) json: Value,
    /// What people read beside it, on stderr, so that the answer stays alone on stdout.
    aside: String,
}

impl Output {
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, aside: String::new() }
    }

    /// JSON either way.
    pub(crate) fn of_json(json: Value) -> Self {
        Self::new(serde_json::to_string_pretty(&json).unwrap_or_default(), json)
    }

    /// With something that people read beside it.
    pub(crate) fn beside(self, aside: &str) -> Self {
        Self { aside: aside.to_owned(), ..self }
    }

    pub(crate) fn with_checks(self, checks: &[Check]) -> Self {
        Self { aside: checks::to_text(checks), ..self }
    }

    /// With what people read beside it.
    pub(crate) fn with_aside(self, aside: &str) -> Self {
        Self { aside: aside.to_owned(), ..self }
    }

    /// A reader that went away is no error.
    pub(crate) fn print(self, json: bool) -> ExitCode {
        if !json && !self.aside.is_empty() {
            let _ = writeln!(std::io::stderr(), "{}", self.aside.trim_end());
        }
        let text = if json { self.json.to_string() } else { self.text };
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
        ExitCode::SUCCESS
    }
}
