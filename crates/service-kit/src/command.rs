//! What the commands of every service have in common: how one is refused, and what a script learns of it.
//!
//! Exit 0 says done, 1 refused; a wrong use of a command exits with 2 before anything here runs.

use std::process::ExitCode;

use serde_json::json;

use crate::problem::with_causes;

/// A refusal: a code for programs, a sentence for people, and what to do next.
#[derive(Debug)]
pub struct Refusal {
    /// Stable.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub next: &'static str,
}

impl Refusal {
    /// Because of `error`, which is told with its causes.
    pub fn new(code: &'static str, error: &dyn std::error::Error, next: &'static str) -> Self {
        Self { code, message: with_causes(error), next }
    }

    /// The refusal as one line of JSON, or as a person reads it.
    fn text(&self, as_json: bool) -> String {
        let Self { code, message, next } = self;
        if as_json {
            json!({ "code": code, "message": message, "next": next }).to_string()
        } else {
            format!("{message} ({code})\n{next}")
        }
    }
}

/// How the process ends; a refusal is written to standard error first.
pub fn exit(outcome: Result<(), Refusal>, as_json: bool) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            eprintln!("{}", refusal.text(as_json));
            ExitCode::from(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::ServeError;

    fn refusal() -> Refusal {
        let cause = std::io::Error::other("address in use");
        Refusal::new("listen", &ServeError::Listen(cause), "Free the address.")
    }

    #[test]
    fn a_refusal_tells_people_what_happened_and_what_to_do() {
        let text = "cannot listen on the configured address: address in use (listen)\nFree the address.";
        assert_eq!(refusal().text(false), text);
    }

    #[test]
    fn a_refusal_tells_programs_its_code() {
        let told: serde_json::Value = serde_json::from_str(&refusal().text(true)).unwrap();
        let message = "cannot listen on the configured address: address in use";
        assert_eq!(told, json!({ "code": "listen", "message": message, "next": "Free the address." }));
    }
}
