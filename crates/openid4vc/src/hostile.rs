//! Texts that nobody well-meaning sends: cut off, changed in one place, or not text of ours at all. Every
//! parser must come back from them; a signed text that was changed must be refused.

use credential::key::{RustCrypto, Signer as _};

use crate::form::Form;
use crate::oauth::authorize::AuthorizationRequest;
use crate::oauth::client_assertion::{self, UnverifiedAssertion};
use crate::oauth::dpop;
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::oauth::token::{TokenRequest, TokenResponse};
use crate::testing::{CLIENT, FixedRng, NOW, decryption_key, holder, key, request, verifier, verifier_key};
use crate::vci::deferred::DeferredRequest;
use crate::vci::metadata::IssuerMetadata;
use crate::vci::notification::Notification;
use crate::vci::offer::{CredentialOffer, OfferLink};
use crate::vci::proof;
use crate::vci::request::CredentialRequest;
use crate::vci::response::CredentialResponse;
use crate::vp::dcql::Query;
use crate::vp::link::AuthorizationLink;
use crate::vp::request::{UnverifiedRequest, WalletContext};
use crate::vp::response::{Posted, Reply};

/// The text cut off at some places and with one character changed at others.
fn spoil(text: &str) -> Vec<String> {
    let step = (text.len() / 97).max(1);
    let mut spoiled = Vec::new();
    for at in (0..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at)) {
        spoiled.push(text[..at].to_owned());
        let old = &text[at..=at];
        let new = if old == "A" { "B" } else { "A" };
        spoiled.push(format!("{}{new}{}", &text[..at], &text[at + 1..]));
    }
    spoiled
}

/// Reads `text` by every parser there is; none may panic.
fn read_by_all(text: &str) {
    let bytes = text.as_bytes();
    let _ = (Form::parse(text, 10_000), AuthorizationLink::parse(text), OfferLink::parse(text));
    let _ =
        (CredentialOffer::parse(bytes), CredentialRequest::parse(bytes), CredentialResponse::parse(bytes));
    let _ = (DeferredRequest::parse(bytes), Notification::parse(bytes));
    let _ = (IssuerMetadata::parse(bytes, "x"), AuthorizationServerMetadata::parse(bytes, "x"));
    let _ = (TokenRequest::parse(text), TokenResponse::parse(bytes), AuthorizationRequest::parse(text));
    let _ = (Reply::parse(bytes), CredentialRequest::parse_encrypted(text, &decryption_key()));
    let _ = (UnverifiedAssertion::parse(text), UnverifiedRequest::parse(text, &CLIENT.parse().unwrap()));
    let _ = Posted::parse(text).map(|posted| posted.open(&request(), &decryption_key()));
    let _ = serde_json::from_slice(bytes).map(|value| Query::parse(&value));
}

#[test]
fn spoiled_messages_are_survived() {
    let links = [
        format!("openid4vp://?client_id={CLIENT}&request_uri=https%3A%2F%2Fa.example"),
        r#"openid-credential-offer://?credential_offer={"credential_issuer":"https://a.example"}"#.to_owned(),
    ];
    let messages = [
        request().query.as_json().to_string(),
        r#"{"credential_issuer":"x","credential_configurations_supported":{"a":{"format":"b"}}}"#.to_owned(),
        r#"{"credential_configuration_id":"a","proofs":{"jwt":["b"]}}"#.to_owned(),
        r#"{"credentials":[{"credential":"a"}],"notification_id":"n"}"#.to_owned(),
        r#"{"access_token":"a","token_type":"DPoP","authorization_details":[{"type":"x"}]}"#.to_owned(),
        "grant_type=authorization_code&code=c&code_verifier=v".to_owned(),
        "error=access_denied&state=s".to_owned(),
    ];
    for text in links.iter().chain(&messages) {
        read_by_all(text);
        spoil(text).iter().for_each(|text| read_by_all(text));
    }
}

#[test]
fn odd_texts_are_survived() {
    let deep = "[".repeat(100_000);
    for text in ["", ".", "..", "....", "~", "\u{0}", "\u{feff}{}", "null", "[]", "{}", "ü.ü.ü", &deep] {
        read_by_all(text);
    }
}

#[test]
fn a_changed_request_is_refused() {
    let text = request().sign(&verifier_key(), &verifier()).unwrap();
    let context = WalletContext { wallet_nonce: None, now: NOW };
    for spoiled in spoil(&text) {
        let read = UnverifiedRequest::parse(&spoiled, &CLIENT.parse().unwrap());
        let verified = read.and_then(|read| read.verify(verifier().public_key(), &context, &RustCrypto));
        assert!(verified.is_err());
    }
}

#[test]
fn changed_proofs_are_refused() {
    let target = dpop::Target { method: "POST", url: "https://a.example/", access_token: None, nonce: None };
    let text = dpop::make(&target, &holder(), NOW, &mut FixedRng(1)).unwrap();
    assert!(spoil(&text).iter().all(|text| dpop::verify(text, &target, NOW, &RustCrypto).is_err()));

    let expected = proof::Expected { issuer: "https://a.example", client_id: None, max_batch: 1, now: NOW };
    let text = proof::make(expected.issuer, "n", None, &holder(), NOW).unwrap();
    assert!(spoil(&text).into_iter().all(|text| expected.verify(&[text], &RustCrypto).is_err()));

    let text = client_assertion::make("c", "s", None, &key(5), NOW, &mut FixedRng(1)).unwrap();
    for spoiled in spoil(&text) {
        let read = UnverifiedAssertion::parse(&spoiled);
        assert!(read.and_then(|read| read.verify(key(5).public_key(), "s", NOW, &RustCrypto)).is_err());
    }
}
