//! `wallet inspect`: says what something is, and what is wrong with it. Nothing is fetched, and nothing
//! that it shows has been believed.

mod bundle;
mod link;
mod picture;
mod token;

use std::io::Read as _;
use std::path::Path;

use credential::did::{self, SymbolonDid};
use credential::encoding::from_base64url;
use credential::json;
use registry_proof::bundle::{MAX_STAPLED, ProofBundle};
use registry_proof::light::Checkpoint;
use serde_json::{Value, json};
use wallet_core::durable;

use crate::output::Output;
use crate::ports;
use crate::refusal::Refusal;

/// Bytes of anything that is looked at.
const MAX_INPUT: u64 = 4 << 20;

/// What was found: its kind, what it says, and what is wrong with it.
pub(crate) struct Finding {
    what: &'static str,
    says: Value,
    wrong: Vec<String>,
}

impl Finding {
    fn new(what: &'static str, says: Value) -> Self {
        Self { what, says, wrong: Vec::new() }
    }

    /// Something of this kind that could not be read further.
    fn broken(what: &'static str, wrong: impl core::fmt::Display) -> Self {
        Self { what, says: Value::Null, wrong: vec![wrong.to_string()] }
    }

    fn but(mut self, wrong: impl Into<String>) -> Self {
        self.wrong.push(wrong.into());
        self
    }
}

pub(crate) fn run(anything: &str) -> Result<Output, Refusal> {
    let (finding, from_picture) = match read(anything)? {
        Input::Text(text) => (look(text.trim()), false),
        Input::Picture(text) => (look(text.trim()), true),
        Input::Bytes(bytes) => (bundle::look(&bytes), false),
    };
    let json = json!({
        "what": finding.what, "says": finding.says, "wrong": finding.wrong, "from_picture": from_picture,
    });
    let mut text = format!("This is {}", finding.what);
    text += if from_picture { ", read from a picture.\n" } else { ".\n" };
    if finding.says != Value::Null {
        text += &format!("{}\n", serde_json::to_string_pretty(&finding.says).unwrap_or_default());
    }
    text += &match finding.wrong.as_slice() {
        [] => "Nothing is wrong with its form. Nothing in it has been believed.".to_owned(),
        wrong => {
            format!("Wrong with it:\n{}", wrong.iter().map(|one| format!("  {one}\n")).collect::<String>())
        }
    };
    if finding.what == UNKNOWN {
        let next =
            "Give an offer, a request, a token, a DID, a proof, a checkpoint, or a picture of a QR code.";
        return Err(Refusal::new("not_recognised", "This is nothing that a wallet knows.", next));
    }
    Ok(Output::new(text, json))
}

/// The text behind what a person gave: itself, a file's, a picture's, or that of standard input.
pub(crate) fn text_of(anything: &str) -> Result<String, Refusal> {
    match read(anything)? {
        Input::Text(text) | Input::Picture(text) => Ok(text.trim().to_owned()),
        Input::Bytes(_) => {
            Err(Refusal::usage("not_a_link", "This is no link.", "Give a link or a picture of its QR code."))
        }
    }
}

enum Input {
    Text(String),
    /// A text that a QR code in a picture held.
    Picture(String),
    Bytes(Vec<u8>),
}

fn read(anything: &str) -> Result<Input, Refusal> {
    let path = Path::new(anything);
    let bytes = if anything == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(MAX_INPUT).read_to_end(&mut bytes);
        read.map(|_| bytes)
    } else if anything.len() < 1024 && path.is_file() {
        durable::read(path, MAX_INPUT)
    } else {
        return Ok(Input::Text(anything.to_owned()));
    };
    let bytes = bytes.map_err(|_| {
        Refusal::usage("file_unreadable", "The file cannot be read, or is too large.", "Name another file.")
    })?;
    if picture::is_picture(&bytes) {
        return picture::read_qr(&bytes).map(Input::Picture);
    }
    Ok(String::from_utf8(bytes).map_or_else(|error| Input::Bytes(error.into_bytes()), Input::Text))
}

const UNKNOWN: &str = "nothing known";

fn look(text: &str) -> Finding {
    if let Some(finding) = link::look(text) {
        return finding;
    }
    if text.starts_with("did:") {
        return look_at_did(text);
    }
    if text.starts_with('{') {
        return look_at_json(text);
    }
    if let Some(finding) = token::look(text, ports::now()) {
        return finding;
    }
    match from_base64url(text) {
        Ok(bytes) if bytes.len() > 64 => bundle::look(&bytes),
        _ => Finding::new(UNKNOWN, Value::Null),
    }
}

fn look_at_did(text: &str) -> Finding {
    if text.starts_with("did:symbolon:") {
        if let Ok((did, purpose, number)) = SymbolonDid::parse_key_id(text) {
            let says = json!({ "network": did.network(), "member": did.member(), "purpose": purpose, "number": number });
            return Finding::new("the name of an organisation's key in a register", says);
        }
        return match text.parse::<SymbolonDid>() {
            Ok(did) => {
                let says = json!({ "network": did.network(), "member": did.member() });
                Finding::new("the DID of an organisation in a register", says)
            }
            Err(error) => Finding::broken("a DID", error),
        };
    }
    match did::resolve(text) {
        Ok(key) => {
            let says = json!({ "jwk": key.to_jwk(), "thumbprint": key.thumbprint() });
            Finding::new("a DID that holds a key", says)
        }
        Err(error) => Finding::broken("a DID", error),
    }
}

fn look_at_json(text: &str) -> Finding {
    let value = match json::parse(text.as_bytes(), MAX_INPUT as usize) {
        Ok(value) => value,
        Err(error) => return Finding::broken("JSON", error),
    };
    if value.get("credential_issuer").is_some() && value.get("credential_configuration_ids").is_some() {
        return link::look_at_offer(&value);
    }
    if value.get("kty").is_some() {
        return token::look_at_jwk(&value);
    }
    if let Ok(checkpoint) = serde_json::from_value::<Checkpoint>(value.clone()) {
        let says = json!({
            "network": checkpoint.network, "epoch": checkpoint.epoch, "height": checkpoint.height,
            "validators": checkpoint.validators.len(), "time": checkpoint.time,
        });
        return Finding::new("a checkpoint of a register", says);
    }
    if let Ok(found) = serde_json::from_value::<ProofBundle>(value.clone()) {
        return bundle::look_at(&found, text.len() > MAX_STAPLED);
    }
    Finding::new("JSON of no kind that a wallet knows", value)
}
