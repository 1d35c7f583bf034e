//! `wallet inspect`: says what something is, and what is wrong with it. Nothing is fetched, and nothing
//! that it shows has been believed.

pub(crate) mod bitstring;
mod bundle;
mod certificates;
mod cose;
mod data_model;
mod did;
mod did_document;
mod document;
mod history;
mod issuer;
mod jws;
mod kind;
mod link;
pub(crate) mod mdoc;
mod sd_jwt;
mod status_list;
mod type_metadata;

use core::error::Error;

use serde_json::{Value, json};

use crate::checks::{self, Check, in_words};
use crate::input::Input;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::signer::Signer;
use crate::words;

/// What was found: what it is, what it says, who signed it, and what was checked.
struct Finding {
    what: &'static str,
    says: Value,
    signer: Option<Signer>,
    checks: Vec<Check>,
    /// What is wrong with it besides the checks that fail.
    wrong: Vec<String>,
}

impl Finding {
    const fn new(what: &'static str, says: Value) -> Self {
        Self { what, says, signer: None, checks: Vec::new(), wrong: Vec::new() }
    }

    /// Something of this kind that could not be read further.
    fn broken(what: &'static str, error: &dyn Error) -> Self {
        Self::new(what, Value::Null).but(in_words(error))
    }

    fn but(mut self, wrong: impl Into<String>) -> Self {
        self.wrong.push(wrong.into());
        self
    }

    fn signed_by(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    fn with_checks(self, checks: Vec<Check>) -> Self {
        Self { checks, ..self }
    }

    /// Everything that is wrong, in words.
    fn all_wrong(&self) -> Vec<String> {
        let failed = self.checks.iter().filter_map(Check::in_words);
        failed.chain(self.wrong.iter().cloned()).collect()
    }

    fn to_json(&self, kind: &str, from_picture: bool) -> Value {
        json!({
            "kind": kind, "what": self.what, "says": self.says, "signer": self.signer.as_ref().map(Signer::to_json),
            "checks": checks::to_json(&self.checks), "wrong": self.all_wrong(), "from_picture": from_picture,
        })
    }

    fn to_text(&self, from_picture: bool) -> String {
        let words = words::words();
        let source = if from_picture { words.from_picture } else { "" };
        let mut lines = vec![words::fill(words.this_is, &[words::phrase(self.what), source])];
        if self.says != Value::Null {
            let said = serde_json::to_string_pretty(&self.says).unwrap_or_default();
            lines.extend(said.lines().map(words::clean));
        }
        if let Some(signer) = &self.signer {
            lines.push(words::fill(words.signed_by, &[&words::clean(signer.to_text())]));
        }
        if !self.checks.is_empty() {
            lines.push(format!("{}\n{}", words.checks, checks::to_text(&self.checks).trim_end()));
        }
        lines.extend(
            self.wrong.iter().map(|one| words::fill(words.wrong, &[&words::clean(words::phrase(one))])),
        );
        if self.all_wrong().is_empty() {
            lines.push(words.nothing_wrong.to_owned());
        }
        lines.join("\n")
    }
}

pub(crate) fn run(anything: &str) -> Result<Output, Refusal> {
    let (bytes, from_picture) = Input::read(anything)?.into_bytes();
    let Some((kind, finding)) = kind::look(&kind::Material::of(&bytes)) else {
        return Err(Refusal::for_people("not_recognised"));
    };
    Ok(Output::new(finding.to_text(from_picture), finding.to_json(kind, from_picture)))
}

/// The text behind what a person gave: itself, a file's, a picture's, or that of standard input.
pub(crate) fn text_of(anything: &str) -> Result<String, Refusal> {
    match Input::read(anything)? {
        Input::Text(text) | Input::Picture(text) => Ok(text.trim().to_owned()),
        Input::Bytes(_) => Err(Refusal::misused("not_a_link")),
    }
}
