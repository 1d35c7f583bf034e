//! Answers on their way, and what is refused of them.

use credential::jwe;
use credential::jwe::ContentEncryption;
use credential::key::{RustCrypto, Signer as _};
use serde_json::json;

use super::*;
use crate::testing::{
    CLIENT, FixedRng, NOW, decryption_key, members, request, vectors, verifier, verifier_key,
};
use crate::vp::request::{UnverifiedRequest, WalletContext};

fn verified() -> Request {
    let text = request().sign(&verifier_key(), &verifier()).unwrap();
    let context = WalletContext { wallet_nonce: None, now: NOW };
    let unverified = UnverifiedRequest::parse(&text, &CLIENT.parse().unwrap()).unwrap();
    unverified.verify(verifier().public_key(), &context, &RustCrypto).unwrap()
}

fn shown() -> Answer {
    let vp_token = BTreeMap::from([("pid".to_owned(), vec!["a~b~c".to_owned()])]);
    Answer::Shown(Response { vp_token, register_proof: None })
}

fn open(body: &str) -> Result<Answer, ResponseError> {
    Posted::parse(body)?.open(&request(), &decryption_key())
}

/// A form that encrypts these members to the request's key.
fn encrypted(plaintext: Value) -> String {
    let recipient = request().client_metadata.encryption_key;
    let text = plaintext.to_string();
    let token = jwe::encrypt(
        &recipient,
        ContentEncryption::A256Gcm,
        members(json!({})),
        text.as_bytes(),
        &mut FixedRng(9),
    );
    form::write(&[("response", &token.unwrap())])
}

#[test]
fn answers_are_read_back() {
    for answer in [shown(), Answer::Refused(Refusal::AccessDenied)] {
        let body = answer.to_form(&verified(), &mut FixedRng(5)).unwrap();
        assert_eq!(open(&body), Ok(answer));
    }
    let plain = Refusal::InvalidRequest.to_plain_form(Some("state-state-state-state-1"));
    assert_eq!(open(&plain), Ok(Answer::Refused(Refusal::InvalidRequest)));
}

#[test]
fn an_answer_for_a_screen_is_the_token_alone_and_brings_the_registers_proof() {
    let Answer::Shown(mut response) = shown() else { panic!("nothing shown") };
    response.register_proof = Some(vec![1, 2, 3]);
    let answer = Answer::Shown(response);
    let token = answer.to_token(&verified(), &mut FixedRng(5)).unwrap();
    assert_eq!(Posted::Encrypted(token).open(&request(), &decryption_key()), Ok(answer));
}

#[test]
fn a_malformed_register_proof_is_refused() {
    for proof in [json!(1), json!("a b"), json!("A".repeat(MAX_PROOF * 2))] {
        let state = "state-state-state-state-1";
        let members = json!({"vp_token": {"pid": ["a"]}, "state": state, REGISTER_PROOF: proof});
        assert_eq!(open(&encrypted(members)), Err(ResponseError::Proof));
    }
}

#[test]
fn cards_in_the_clear_are_refused() {
    let body = form::write(&[("vp_token", r#"{"pid":["a"]}"#), ("state", "state-state-state-state-1")]);
    assert_eq!(open(&body), Err(ResponseError::Unencrypted));
    assert_eq!(open(""), Err(ResponseError::Unencrypted));
}

#[test]
fn another_state_is_refused() {
    for answer in [json!({"vp_token": {"pid": ["a"]}}), json!({"vp_token": {"pid": ["a"]}, "state": "other"})]
    {
        assert_eq!(open(&encrypted(answer)), Err(ResponseError::State));
    }
    assert_eq!(open(&Refusal::AccessDenied.to_plain_form(None)), Err(ResponseError::State));
    assert_eq!(open(&Refusal::AccessDenied.to_plain_form(Some("other"))), Err(ResponseError::State));
}

#[test]
fn a_malformed_vp_token_is_refused() {
    let many: Vec<_> = (0..=MAX_PRESENTATIONS).map(|n| n.to_string()).collect();
    for (vp_token, error) in [
        (json!("a"), MessageError::Kind("vp_token")),
        (json!({}), MessageError::Empty("vp_token")),
        (json!({"pid": "a"}), MessageError::Kind("vp_token")),
        (json!({"pid": []}), MessageError::Empty("vp_token")),
        (json!({"pid": [{}]}), MessageError::Kind("vp_token")),
        (json!({"pid": many}), MessageError::TooLarge("vp_token")),
        (json!({"a": many[1..], "b": ["x"]}), MessageError::TooLarge("vp_token")),
    ] {
        let body = encrypted(json!({"vp_token": vp_token, "state": "state-state-state-state-1"}));
        assert_eq!(open(&body), Err(error.into()), "{vp_token}");
    }
    let none = encrypted(json!({"state": "state-state-state-state-1"}));
    assert_eq!(open(&none), Err(MessageError::Missing("vp_token").into()));
}

#[test]
fn an_answer_for_another_key_is_refused() {
    let body = shown().to_form(&verified(), &mut FixedRng(5)).unwrap();
    let other = DecryptionKey::generate(&mut FixedRng(77));
    let posted = Posted::parse(&body).unwrap();
    assert_eq!(posted.open(&request(), &other), Err(ResponseError::Jwe(JweError::Decrypt)));
    let mut request = request();
    request.client_metadata.encryption_key["kid"] = "other".into();
    assert_eq!(posted.open(&request, &decryption_key()), Err(ResponseError::OtherKey));
}

#[test]
fn a_body_out_of_bounds_is_refused() {
    let large = format!("response={}", "x".repeat(MAX_BODY));
    assert_eq!(open(&large), Err(ResponseError::Form(FormError::TooLarge)));
    assert_eq!(open("response=a&response=b"), Err(ResponseError::Form(FormError::Repeated)));
    assert_eq!(open("response=a"), Err(ResponseError::Jwe(JweError::Form)));
}

#[test]
fn an_unknown_error_is_still_a_refusal() {
    let answer = encrypted(json!({"error": "out_of_paper", "state": "state-state-state-state-1"}));
    assert_eq!(open(&answer), Ok(Answer::Refused(Refusal::Unrecognized)));
}

#[test]
fn a_reply_is_read_back_or_refused() {
    let reply = Reply {
        redirect_uri: Some(WebUrl::parse("https://bank.example/back?code=1").unwrap()),
        receipt: Some("a.b.c".into()),
    };
    assert_eq!(Reply::parse(reply.to_json().to_string().as_bytes()), Ok(reply));
    assert_eq!(Reply::parse(b"{\"else\":1}"), Ok(Reply::default()));
    let insecure = Reply::parse(br#"{"redirect_uri":"http://bank.example/"}"#);
    assert_eq!(insecure, Err(ResponseError::RedirectUri(WebUrlError::Insecure)));
    let fragment = Reply::parse(br#"{"redirect_uri":"https://bank.example/back#response_code=1"}"#).unwrap();
    assert_eq!(fragment.redirect_uri.unwrap().url().fragment(), Some("response_code=1"));
    let owned = Reply::parse(br#"{"redirect_uri":"https://me@bank.example/"}"#);
    assert_eq!(owned, Err(ResponseError::RedirectUri(WebUrlError::Decorated)));
    let script = Reply::parse(br#"{"redirect_uri":"javascript:alert(1)"}"#);
    assert_eq!(script, Err(ResponseError::RedirectUri(WebUrlError::Insecure)));
    assert_eq!(Reply::parse(br#"{"receipt":1}"#), Err(MessageError::Kind("receipt").into()));
    let large = json!({"receipt": "x".repeat(MAX_RECEIPT + 1)}).to_string();
    assert_eq!(Reply::parse(large.as_bytes()), Err(MessageError::TooLarge("receipt").into()));
    assert_eq!(Reply::parse(b"<html>"), Err(MessageError::Json.into()));
}

#[test]
fn the_response_of_the_specification_is_read() {
    let Some(folder) = vectors("openid4vp") else { return };
    let text = std::fs::read(folder.join("verified-vectors-1_0.json")).unwrap();
    let recorded: Value = serde_json::from_slice(&text).unwrap();
    let recorded = &recorded["jwe_direct_post_jwt"];
    let key = DecryptionKey::from_jwk(&recorded["private_jwk"]).unwrap();
    let mut request = request();
    request.state = None;
    request.client_metadata = crate::vp::request::ClientMetadata::for_key(&key, "ac");
    let posted = Posted::Encrypted(recorded["jwe"].as_str().unwrap().into());
    let Answer::Shown(response) = posted.open(&request, &key).unwrap() else { panic!("refused") };
    assert_eq!(response.vp_token["example_credential_id"], ["eyJhb...YMetA"]);
}
