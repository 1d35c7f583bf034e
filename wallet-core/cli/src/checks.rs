//! What was checked, and what came of it: for people a line each, for scripts an object each.

pub(crate) mod bitstring;
pub(crate) mod data_model;
pub(crate) mod mdoc;
pub(crate) mod sd_jwt;
pub(crate) mod status_list;
pub(crate) mod status_list_cwt;

use core::error::Error;

use serde_json::{Value, json};

use crate::rules::{self, Topic};
use crate::words;

/// One check of a token or file.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// Which of several documents it is of, from 1.
    document: Option<usize>,
    /// Where its rule stands.
    topic: Topic,
    pub(crate) outcome: Outcome,
}

/// What came of a check.
#[derive(Debug)]
pub(crate) enum Outcome {
    Holds,
    /// With the refusal's code and words.
    Fails(&'static str, String),
    /// With the reason.
    NotChecked(&'static str),
}

impl Check {
    pub(crate) const fn holds(name: &'static str) -> Self {
        Self { name, document: None, topic: Topic::Token, outcome: Outcome::Holds }
    }

    pub(crate) fn fails(name: &'static str, code: &'static str, error: &dyn Error) -> Self {
        Self { name, document: None, topic: Topic::Token, outcome: Outcome::Fails(code, in_words(error)) }
    }

    pub(crate) const fn not_checked(name: &'static str, why: &'static str) -> Self {
        Self { name, document: None, topic: Topic::Token, outcome: Outcome::NotChecked(why) }
    }

    /// A check that is done by reading or verifying something.
    pub(crate) fn of<T, E: Error>(
        name: &'static str,
        result: &Result<T, E>,
        code: impl Fn(&E) -> &'static str,
    ) -> Self {
        match result {
            Ok(_) => Self::holds(name),
            Err(error) => Self::fails(name, code(error), error),
        }
    }

    /// As one of the document of this number, where there are several.
    pub(crate) fn of_document(self, number: usize) -> Self {
        Self { document: Some(number), ..self }
    }

    /// Every one of `checks`, as about `topic`.
    pub(crate) fn about(topic: Topic, checks: Vec<Self>) -> Vec<Self> {
        checks.into_iter().map(|check| Self { topic, ..check }).collect()
    }

    /// Whether a card says where its status is kept, which is looked up elsewhere.
    pub(crate) fn status_reference(is_there: bool) -> Vec<Self> {
        const NAME: &str = "status reference";
        if is_there {
            vec![
                Self::holds(NAME),
                Self::not_checked("status", "no list is asked here; wallet status reads one"),
            ]
        } else {
            vec![Self::not_checked(NAME, "the credential has none")]
        }
    }

    /// The code of a check that fails.
    pub(crate) const fn code(&self) -> Option<&'static str> {
        match self.outcome {
            Outcome::Fails(code, _) => Some(code),
            Outcome::Holds | Outcome::NotChecked(_) => None,
        }
    }

    /// What is wrong, where it fails.
    pub(crate) fn in_words(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Fails(_, message) => Some(format!("{}: {message}", self.name)),
            Outcome::Holds | Outcome::NotChecked(_) => None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut json = self.outcome_to_json();
        if let Some(number) = self.document {
            json["document"] = number.into();
        }
        json
    }

    fn outcome_to_json(&self) -> Value {
        match &self.outcome {
            Outcome::Holds => json!({ "check": self.name, "outcome": "holds" }),
            Outcome::NotChecked(why) => json!({ "check": self.name, "outcome": "not_checked", "why": why }),
            Outcome::Fails(code, message) => {
                let rule = rules::of_code(code, self.topic);
                json!({
                    "check": self.name, "outcome": "fails", "code": code, "message": message,
                    "rule": rule.map(|rule| rule.says), "specification": rule.map(|rule| rule.specification),
                })
            }
        }
    }

    fn name_to_text(&self) -> String {
        let name = words::phrase(self.name);
        match self.document {
            Some(number) => words::fill(words::words().of_document, &[&number.to_string(), name]),
            None => name.to_owned(),
        }
    }

    /// A line, and another one with the rule where it fails. The library's own words are for those who read
    /// English; the rule says it to everybody.
    fn to_text(&self) -> String {
        let (words, name) = (words::words(), self.name_to_text());
        match &self.outcome {
            Outcome::Holds => format!("  {}  {name}\n", words.holds),
            Outcome::NotChecked(why) => {
                let why = words::fill(words.reason, &[&name, words::phrase(why)]);
                format!("  {}  {why}\n", words.not_checked)
            }
            Outcome::Fails(code, message) => {
                let failed =
                    if words::is_english() { words::fill(words.reason, &[&name, message]) } else { name };
                let rule = rules::of_code(code, self.topic)
                    .map(|rule| format!("               {}\n", rule.to_text(code, self.topic)));
                format!("  {}  {failed} ({code})\n{}", words.fails, rule.unwrap_or_default())
            }
        }
    }
}

/// The lines of all checks.
pub(crate) fn to_text(checks: &[Check]) -> String {
    checks.iter().map(Check::to_text).collect()
}

/// The objects of all checks.
pub(crate) fn to_json(checks: &[Check]) -> Value {
    checks.iter().map(Check::to_json).collect()
}

/// An error with its causes, none said twice.
pub(crate) fn in_words(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.ends_with(&words) {
            text += &format!(": {words}");
        }
        cause = error.source();
    }
    text
}
