//! What a command prints when it refuses: what happened, what to do next, and a code.

use core::error::Error;
use core::time::Duration;
use std::io::Write as _;
use std::process::ExitCode;

use serde_json::json;

use crate::words;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: String,
    message: String,
    next: String,
    usage: bool,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: &str, next: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned(), next: next.to_owned(), usage: false }
    }

    /// Wrong usage: exit code 2.
    pub(crate) fn usage(code: &str, message: &str, next: &str) -> Self {
        Self { usage: true, ..Self::new(code, message, next) }
    }

    /// For people: the words of the code, or plain ones.
    pub(crate) fn for_people(code: &str) -> Self {
        let (message, next) = words::of_code(code);
        Self::new(code, message, next)
    }

    /// For those who look at tokens: the error in its own words, its causes behind it.
    pub(crate) fn technical(code: &str, error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.ends_with(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self::new(code, &message, "Do not rely on it.")
    }

    pub(crate) fn too_much(paths: &[String]) -> Self {
        let (message, next) = words::words().too_much;
        let paths: Vec<String> = paths.iter().map(|path| words::clean(&path.replace('_', " "))).collect();
        Self::new("too_much", &words::fill(message, &[&paths.join("; ")]), next)
    }

    pub(crate) fn wait(code: &str, wait: Duration) -> Self {
        let ((message, _), words) = (words::of_code(code), words::words());
        let next = if wait.is_zero() {
            words.try_again.to_owned()
        } else {
            words::fill(words.try_again_in, &[&wait.as_secs().to_string()])
        };
        Self::new(code, message, &next)
    }

    pub(crate) fn print(self, json: bool) -> ExitCode {
        let text = if json {
            json!({ "code": self.code, "message": self.message, "next": self.next }).to_string()
        } else {
            format!("{}\n{} ({})", self.message, self.next, self.code)
        };
        let _ = writeln!(std::io::stderr(), "{text}");
        ExitCode::from(if self.usage { 2 } else { 1 })
    }
}
