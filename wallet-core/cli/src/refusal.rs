//! What a command prints when it refuses: what happened, what to do next, and a code.

use core::error::Error;
use core::time::Duration;
use std::io::Write as _;
use std::process::ExitCode;

use serde_json::{Value, json};
use wallet_core::view::TooMuch;

use crate::checks::{self, Check, in_words};
use crate::rules::{self, Rule, Topic};
use crate::words;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: String,
    message: String,
    next: String,
    usage: bool,
    /// What a refused token is, so that the rule that it breaks is named.
    topic: Option<Topic>,
    checks: Vec<Check>,
    /// What a program may want to know of it.
    about: Option<Box<Value>>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: &str, next: &str) -> Self {
        let (code, message, next) = (code.to_owned(), message.to_owned(), next.to_owned());
        Self { code, message, next, usage: false, topic: None, checks: Vec::new(), about: None }
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

    /// For whoever asks or checks at a counter.
    pub(crate) fn at_counter(code: &str) -> Self {
        let (message, next) = words::of_counter_code(code);
        Self::new(code, message, next)
    }

    /// Wrong usage, in the words of the code.
    pub(crate) fn misused(code: &str) -> Self {
        Self { usage: true, ..Self::for_people(code) }
    }

    /// For those who look at tokens: the error in its own words, its causes behind it, and the rule. In other
    /// languages than English the rule stands for the library's words.
    pub(crate) fn technical(code: &str, error: &dyn Error) -> Self {
        Self::technical_about(Topic::Token, code, error)
    }

    /// As [`Refusal::technical`], where the rule may stand elsewhere than for a JWT.
    pub(crate) fn technical_about(topic: Topic, code: &str, error: &dyn Error) -> Self {
        let in_own_words = in_words(error);
        let rule = rules::of_code(code, topic);
        let said = rule.as_ref().filter(|_| !words::is_english());
        let message = said.map_or(in_own_words.as_str(), |rule| words::of_rule(code, topic, rule));
        Self { topic: Some(topic), ..Self::new(code, message, words::words().do_not_rely) }
    }

    /// With everything that was checked.
    pub(crate) fn with_checks(self, checks: Vec<Check>) -> Self {
        Self { checks, ..self }
    }

    /// More was asked than may be: by whom, and what.
    pub(crate) fn too_much(view: &TooMuch) -> Self {
        let (message, next) = words::words().too_much;
        let message = words::fill(message, &[&words::party(&view.asks), &words::list(&view.claims)]);
        Self { about: Some(Box::new(json!(view))), ..Self::new("too_much", &message, next) }
    }

    /// As [`Refusal::too_much`], for the counter that asks.
    pub(crate) fn too_much_asked(paths: &[String]) -> Self {
        let (message, next) = words::words().counter.too_much;
        let paths: Vec<String> = paths.iter().map(|path| words::clean(path)).collect();
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
        let text = if json { self.to_json().to_string() } else { self.to_text() };
        let _ = writeln!(std::io::stderr(), "{text}");
        ExitCode::from(if self.usage { 2 } else { 1 })
    }

    fn rule(&self) -> Option<(Rule, Topic)> {
        let topic = self.topic?;
        Some((rules::of_code(&self.code, topic)?, topic))
    }

    fn to_json(&self) -> Value {
        let mut json = json!({ "code": self.code, "message": self.message, "next": self.next });
        if let Some((rule, _)) = self.rule() {
            json["rule"] = rule.says.into();
            json["specification"] = rule.specification.into();
        }
        if let Some(about) = &self.about {
            json["about"] = (**about).clone();
        }
        if !self.checks.is_empty() {
            json["checks"] = checks::to_json(&self.checks);
        }
        json
    }

    fn to_text(&self) -> String {
        let rule = self.rule().map(|(rule, topic)| format!("{}\n", rule.to_text(&self.code, topic)));
        let (checks, rule) = (checks::to_text(&self.checks), rule.unwrap_or_default());
        format!("{checks}{}\n{rule}{} ({})", self.message, self.next, self.code)
    }
}
