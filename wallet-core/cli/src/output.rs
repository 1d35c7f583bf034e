//! What a command prints when it is done.

use std::io::Write as _;
use std::process::ExitCode;

use serde_json::Value;

/// The same news for people and for scripts.
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Output {
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json }
    }

    /// JSON either way.
    pub(crate) fn of_json(json: Value) -> Self {
        Self { text: serde_json::to_string_pretty(&json).unwrap_or_default(), json }
    }

    /// A reader that went away is no error.
    pub(crate) fn print(self, json: bool) -> ExitCode {
        let text = if json { self.json.to_string() } else { self.text };
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
        ExitCode::SUCCESS
    }
}
