//! A holder shows, a verifier decides: the whole way, and everything that must not pass.

mod documents;
mod transactions;

use crate::vp::present::HeldCard;
use credential::claim_path::ClaimPath;
use credential::key::{RustCrypto, Signer as _, SigningKey};
use credential::sd_jwt_vc::Held;
use serde_json::json;

use super::*;
use crate::testing::{
    CLIENT, FixedRng, NOW, VCT, card, decryption_key, holder, issue_card, issuer, key, path, request,
    verifier, verifier_key,
};
use crate::vp::link::{AuthorizationLink, Method};
use crate::vp::present::{Chosen, PresentError};
use crate::vp::request::{Request, UnverifiedRequest, WalletContext};
use crate::vp::response::{Answer, Posted};
use crate::web_url::WebUrl;

#[derive(Debug, PartialEq)]
struct Distrust;

fn wallet_reads(content: &RequestContent) -> Request {
    let text = content.sign(&verifier_key(), &verifier()).unwrap();
    let context = WalletContext { wallet_nonce: None, now: NOW };
    let unverified = UnverifiedRequest::parse(&text, &CLIENT.parse().unwrap()).unwrap();
    unverified.verify(verifier().public_key(), &context, &RustCrypto).unwrap()
}

fn asked() -> [ClaimPath; 2] {
    [path(&["given_name"]), path(&["address", "locality"])]
}

fn show(content: &RequestContent, card: &Held, signer: &SigningKey) -> Response {
    let chosen = Chosen { query: "pid", card: HeldCard::SdJwtVc(card), disclose: &asked(), signer };
    wallet_reads(content).present(&[chosen], NOW).unwrap()
}

fn decide(
    content: &RequestContent,
    response: &Response,
    now: UnixTime,
) -> Result<Vec<Presented>, VerifyError<Distrust>> {
    let client_id = content.client_id.to_string();
    let trust = |claimed: &ClaimedIssuer<'_>| {
        assert_eq!(claimed.reference.iss.as_deref(), Some("https://issuer.example"));
        Ok(issuer().public_key().clone())
    };
    let expected = Expected::of(content, &client_id, now);
    expected.verify(response, trust, &RustCrypto).map(|all| all.into_values().flatten().collect())
}

fn code(result: Result<Vec<Presented>, VerifyError<Distrust>>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_card_is_asked_for_shown_and_believed() {
    let content = request();
    let link = AuthorizationLink {
        client_id: content.client_id.clone(),
        request_uri: WebUrl::parse("https://login.example/request/1").unwrap(),
        method: Method::Get,
    };
    let link = AuthorizationLink::parse(&link.to_string()).unwrap();
    assert_eq!(link.client_id, content.client_id);
    let request = wallet_reads(&content);
    let card = card();
    let candidate = crate::vp::dcql::Candidate {
        id: "card-1",
        format: &Format::SdJwtVc,
        vct: card.vct(),
        claims: card.claims(),
        authorities: &[],
    };
    let found = request.content().query.answer(&[candidate]).unwrap();
    let way = found.choices["pid"][0].ways[0];
    let disclose = &request.content().query.credentials()[0].disclosed()[way];
    let chosen = Chosen { query: "pid", card: HeldCard::SdJwtVc(&card), disclose, signer: &holder() };
    let response = request.present(&[chosen], NOW).unwrap();
    let body = Answer::Shown(response).to_form(&request, &mut FixedRng(5)).unwrap();

    let Answer::Shown(received) = Posted::parse(&body).unwrap().open(&content, &decryption_key()).unwrap()
    else {
        panic!("refused")
    };
    let presented = decide(&content, &received, NOW).unwrap();
    let claims = presented[0].claims();
    assert_eq!(claims["given_name"], "Ada");
    assert_eq!(claims["address"], json!({"locality": "London"}));
    assert!(!claims.contains_key("family_name"));
}

#[test]
fn a_distrusted_issuer_is_refused() {
    let content = request();
    let response = show(&content, &card(), &holder());
    let expected = Expected::of(&content, CLIENT, NOW);
    let refused = expected.verify(&response, |_| Err(Distrust), &RustCrypto).unwrap_err();
    assert_eq!(refused, VerifyError::Issuer(Distrust));
}

#[test]
fn a_signature_of_another_issuer_is_refused() {
    let content = request();
    let response = show(&content, &card(), &holder());
    let expected = Expected::of(&content, CLIENT, NOW);
    let other = |_: &ClaimedIssuer<'_>| Ok::<_, Distrust>(key(9).public_key().clone());
    assert_eq!(expected.verify(&response, other, &RustCrypto).unwrap_err().code(), "invalid_signature");
}

#[test]
fn an_answer_to_another_request_is_refused() {
    let response = show(&request(), &card(), &holder());
    let mut other = request();
    other.nonce = "another-nonce-another-nonce".into();
    assert_eq!(code(decide(&other, &response, NOW)), "key_binding_wrong_nonce");
    let expected =
        Expected { client_id: "decentralized_identifier:did:symbolon:demo:bank", ..expected(&other) };
    let trust = |_: &ClaimedIssuer<'_>| Ok::<_, Distrust>(issuer().public_key().clone());
    let refused = expected.verify(&response, trust, &RustCrypto).unwrap_err();
    assert_eq!(refused.code(), "key_binding_wrong_audience");
}

fn expected(content: &RequestContent) -> Expected<'_> {
    Expected::of(content, CLIENT, NOW)
}

#[test]
fn the_audience_is_the_full_client_identifier() {
    let content = request();
    let response = show(&content, &card(), &holder());
    let expected = Expected { client_id: crate::testing::VERIFIER, ..expected(&content) };
    let trust = |_: &ClaimedIssuer<'_>| Ok::<_, Distrust>(issuer().public_key().clone());
    assert!(expected.verify(&response, trust, &RustCrypto).is_err());
}

#[test]
fn an_old_or_early_binding_is_refused() {
    let content = request();
    let response = show(&content, &card(), &holder());
    assert!(decide(&content, &response, NOW.plus(MAX_BINDING_AGE)).is_ok());
    let late = NOW.plus(MAX_BINDING_AGE + Duration::from_secs(1));
    assert_eq!(code(decide(&content, &response, late)), "key_binding_too_old");
    let early = NOW.minus(Duration::from_secs(61));
    assert!(decide(&content, &response, early).is_err());
}

#[test]
fn an_expired_card_is_refused() {
    let content = request();
    let response = show(&content, &card(), &holder());
    let later = NOW.plus(Duration::from_secs(86_400 + 61));
    assert!(decide(&content, &response, later).is_err());
}

/// The answer with its presentation changed.
fn changed(change: impl Fn(&str) -> String) -> Result<Vec<Presented>, VerifyError<Distrust>> {
    let content = request();
    let mut response = show(&content, &card(), &holder());
    let text = &mut response.vp_token.get_mut("pid").unwrap()[0];
    *text = change(text);
    decide(&content, &response, NOW)
}

#[test]
fn a_presentation_without_binding_is_refused() {
    let unbound = |text: &str| text[..=text.rfind('~').unwrap()].to_owned();
    assert_eq!(code(changed(unbound)), "key_binding_missing");
}

#[test]
fn a_presentation_with_a_disclosure_taken_out_is_refused() {
    let shortened = |text: &str| {
        let mut parts: Vec<_> = text.split('~').collect();
        parts.remove(1);
        parts.join("~")
    };
    assert!(changed(shortened).is_err());
}

#[test]
fn a_binding_by_another_key_is_refused() {
    let content = request();
    let stolen = issue_card(VCT, &holder());
    let thief = Held::parse(&issue_card(VCT, &key(8))).unwrap();
    let binding = show(&content, &thief, &key(8)).vp_token["pid"][0].clone();
    let binding = &binding[binding.rfind('~').unwrap() + 1..];
    let text = format!("{stolen}{binding}");
    let response = Response { vp_token: BTreeMap::from([("pid".into(), vec![text])]), register_proof: None };
    assert!(decide(&content, &response, NOW).is_err());
}

#[test]
fn a_card_of_another_type_is_refused_before_anyone_is_asked() {
    let mut other = request();
    other.query = Query::for_card("pid", "other", &asked()).unwrap();
    let card = Held::parse(&issue_card("other", &holder())).unwrap();
    let response = show(&other, &card, &holder());
    let nobody = |_: &ClaimedIssuer<'_>| -> Result<PublicKey, Distrust> { panic!("asked") };
    let refused = expected(&request()).verify(&response, nobody, &RustCrypto).unwrap_err();
    assert_eq!(refused, VerifyError::Query(CheckError::Type));
}

#[test]
fn missing_claims_and_foreign_parts_are_refused() {
    let content = request();
    let request = wallet_reads(&content);
    let (card, holder) = (card(), holder());
    let some = [path(&["given_name"])];
    let chosen = Chosen { query: "pid", card: HeldCard::SdJwtVc(&card), disclose: &some, signer: &holder };
    let response = request.present(&[chosen], NOW).unwrap();
    assert_eq!(code(decide(&content, &response, NOW)), "answer_lacks_claims");
    let mut foreign = show(&content, &card, &holder);
    let presentation = foreign.vp_token.remove("pid").unwrap();
    foreign.vp_token.insert("other".into(), presentation);
    assert_eq!(code(decide(&content, &foreign, NOW)), "answer_not_asked_for");
    let mut twice = show(&content, &card, &holder);
    let again = twice.vp_token["pid"][0].clone();
    twice.vp_token.get_mut("pid").unwrap().push(again);
    assert_eq!(code(decide(&content, &twice, NOW)), "answer_count_wrong");
    let nothing = Response { vp_token: BTreeMap::new(), register_proof: None };
    assert_eq!(code(decide(&content, &nothing, NOW)), "answer_incomplete");
}

#[test]
fn a_format_that_cannot_be_verified_is_refused() {
    let mut content = request();
    let other = json!({"credentials": [{"id": "pid", "format": "jwt_vc_json", "meta": {}}]});
    content.query = Query::parse(&other).unwrap();
    let response =
        Response { vp_token: BTreeMap::from([("pid".into(), vec!["x".into()])]), register_proof: None };
    assert_eq!(decide(&content, &response, NOW).unwrap_err(), VerifyError::Format);
}

#[test]
fn a_wallet_shows_nothing_that_was_not_asked_for() {
    let request = wallet_reads(&request());
    let (card, holder) = (card(), holder());
    let present = |chosen: &[Chosen<'_>]| request.present(chosen, NOW).unwrap_err();
    let asked = asked();
    let good = Chosen { query: "pid", card: HeldCard::SdJwtVc(&card), disclose: &asked, signer: &holder };
    assert_eq!(present(&[]), PresentError::Nothing);
    assert_eq!(present(&[Chosen { query: "other", ..good }]), PresentError::UnknownId);
    assert_eq!(present(&[good, good]), PresentError::Count);
    for wide in [path(&["family_name"]), path(&["address"])] {
        assert_eq!(present(&[Chosen { disclose: &[wide], ..good }]), PresentError::TooMuch);
    }
    let other = Held::parse(&issue_card("other", &holder)).unwrap();
    assert_eq!(present(&[Chosen { card: HeldCard::SdJwtVc(&other), ..good }]), PresentError::Type);
    let stranger = key(8);
    assert_eq!(present(&[Chosen { signer: &stranger, ..good }]).code(), "presentation_failed");
}

#[test]
fn a_card_that_the_verifier_cannot_check_is_not_shown() {
    use credential::key::Algorithm;
    let holder = SigningKey::generate(Algorithm::EdDsa, &mut FixedRng(50));
    let card = Held::parse(&issue_card(VCT, &holder)).unwrap();
    let disclose = asked();
    let chosen =
        Chosen { query: "pid", card: HeldCard::SdJwtVc(&card), disclose: &disclose, signer: &holder };
    assert_eq!(wallet_reads(&request()).present(&[chosen], NOW), Err(PresentError::Algorithm));
}
