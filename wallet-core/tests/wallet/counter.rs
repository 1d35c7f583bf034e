//! Showing at a counter, both ways and one way, with no network anywhere; and all that is refused there.

mod code;
mod fetch;
mod place;

use std::time::Duration;

use credential::jws;
use credential::sd_jwt::binding::Binding;
use credential::sd_jwt_vc::Held;
use openid4vc::vp::request::{UnverifiedRequest, WalletContext};
use openid4vc::vp::response::{Answer, Response};
use registry_proof::entry::{Entry, KeyState, Standing};
use registry_proof::key::{Key, Purpose};
use wallet_core::counter::CounterError;
use wallet_core::counter::ask::Question;
use wallet_core::counter::check::Seen;
use wallet_core::counter::envelope::{self, Kind};
use wallet_core::frames::{self, Collector, FrameError, Progress};
use wallet_core::store::entries::{Outcome, ReceiptState};

use crate::now;
use crate::world::{FixedRng, key};
use place::{Place, collect};

const HOUR: Duration = Duration::from_secs(3600);

/// The card that an answer shows, or the code of its refusal.
fn checked(result: Result<Vec<Seen>, CounterError>) -> Result<Seen, &'static str> {
    match result {
        Ok(mut cards) => Ok(cards.remove(0)),
        Err(error) => Err(error.code()),
    }
}

fn refused(result: Result<Vec<Seen>, CounterError>) -> &'static str {
    checked(result).expect_err("the answer was believed")
}

#[test]
fn what_was_asked_is_shown_and_believed_without_the_network() {
    let place = Place::new("both-ways");
    let question = place.ask(&["given_name"]).unwrap();
    let asked = place.home.wallet.look_at_counter(&collect(&question.frames().unwrap())).unwrap();
    let consent = asked.consent().clone();
    assert_eq!((consent.asks.member.as_str(), consent.address.as_str()), ("bank", ""));
    assert_eq!(consent.through, None);
    let shown = place.home.wallet.show_at_counter(asked).unwrap();
    let seen = checked(question.check(&collect(&shown.frames), &place.offline(), now())).unwrap();
    assert_eq!(
        (seen.issuer.member.as_str(), seen.claims["given_name"].as_str()),
        ("interior", Some("Maria"))
    );
    assert_eq!(seen.claims.len(), 1);
    assert_eq!((seen.status_age_seconds, seen.anywhere), (Some(0), false));
}

#[test]
fn the_history_says_that_there_can_be_no_receipt() {
    let place = Place::new("history");
    place.answer(&place.ask(&["given_name"]).unwrap());
    let line = &place.home.wallet.history().unwrap()[0];
    assert_eq!((line.outcome, line.receipt), (Outcome::Unknown, ReceiptState::WithoutNetwork));
    assert_eq!(line.asks.member, "bank");
    assert_eq!(place.home.wallet.cards().unwrap()[0].unused_copies, 1);
}

#[test]
fn a_question_that_was_kept_in_a_file_reads_its_answer() {
    let place = Place::new("kept");
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    let kept = Question::from_bytes(&question.dangerous_to_bytes()).unwrap();
    assert!(checked(kept.check(&answer, &place.offline(), now())).is_ok());
    for bad in [&b""[..], b"{}", b"[]", br#"{"request":"x","key":{}}"#] {
        assert!(Question::from_bytes(bad).is_err());
    }
}

#[test]
fn messages_are_few_codes() {
    let place = Place::new("few-codes");
    let question = place.ask(&["given_name"]).unwrap();
    let asked = place.home.wallet.look_at_counter(&collect(&question.frames().unwrap())).unwrap();
    let shown = place.home.wallet.show_at_counter(asked).unwrap();
    let (request, answer) = (question.frames().unwrap().len(), shown.frames.len());
    println!("{request} codes ask, {answer} answer");
    assert!(request <= 12 && answer <= 12, "{request} and {answer}");
}

#[test]
fn over_asking_is_refused_at_the_desk_before_anybody_scans() {
    let place = Place::new("desk-too-much");
    let error = place.ask(&["given_name", "birthdate"]).unwrap_err();
    assert_eq!((error.code(), error.too_much()), ("too_much", &["birthdate".to_owned()][..]));
}

#[test]
fn a_desk_that_asks_too_much_all_the_same_is_refused_by_the_phone() {
    let place = Place::new("too-much");
    let message = place.ask_anything(&["given_name", "birthdate"], |_| ());
    let error = place.home.wallet.look_at_counter(&message).err().unwrap();
    assert_eq!(error.too_much().unwrap().paths, ["birthdate"]);
}

#[test]
fn a_member_without_registration_cannot_ask() {
    let mut place = Place::new("unregistered");
    place.register.entries.retain(|key, _| !matches!(key, Key::Registration(..)));
    assert_eq!(place.ask(&["given_name"]).unwrap_err().code(), "not_registered");
    let message = place.ask_anything(&["given_name"], |_| ());
    let before = place.home.digest();
    let error = place.home.wallet.look_at_counter(&message).err().unwrap();
    assert_eq!(error.code(), "not_registered");
    assert_eq!(place.home.digest(), before);
}

#[test]
fn a_stopped_registration_and_a_suspended_member_are_refused() {
    let mut place = Place::new("stopped");
    let key = Key::Registration("bank".parse().unwrap(), "counter".parse().unwrap());
    let Some(Entry::Registration(found)) = place.register.entries.get_mut(&key) else { panic!() };
    found.standing = Standing::Suspended;
    let message = place.ask_anything(&["given_name"], |_| ());
    assert_eq!(place.home.wallet.look_at_counter(&message).err().unwrap().code(), "not_registered");

    let mut place = Place::new("suspended");
    let Some(Entry::Member(bank)) = place.register.entries.get_mut(&Key::Member("bank".parse().unwrap()))
    else {
        panic!()
    };
    bank.standing = Standing::Suspended;
    let message = place.ask_anything(&["given_name"], |_| ());
    assert_eq!(place.home.wallet.look_at_counter(&message).err().unwrap().code(), "suspended");
}

#[test]
fn a_request_by_another_key_than_the_registers_is_refused() {
    let mut place = Place::new("request-key");
    place.desk_key = key(99);
    let message = place.ask_anything(&["given_name"], |_| ());
    let error = place.home.wallet.look_at_counter(&message).err().unwrap();
    assert_eq!(error.code(), "invalid_signature");
}

#[test]
fn a_forged_proof_of_who_asks_is_refused() {
    let place = Place::new("forged-request");
    let message = place.ask_anything(&["given_name"], |place| place.register = place.register.forged());
    let error = place.home.wallet.look_at_counter(&message).err().unwrap();
    assert_eq!(error.code(), "registry_proof_invalid");
}

#[test]
fn a_proof_of_who_asks_that_is_more_than_a_day_old_is_refused() {
    let place = Place::new("old-request");
    let day_old = place.ask_anything(&["given_name"], |place| place.fetched_at = now().minus(24 * HOUR));
    assert!(place.home.wallet.look_at_counter(&day_old).is_ok());
    let older = place.ask_anything(&["given_name"], |place| place.fetched_at = now().minus(25 * HOUR));
    assert_eq!(place.home.wallet.look_at_counter(&older).err().unwrap().code(), "proof_too_old");
}

#[test]
fn a_request_that_has_run_out_is_not_answered() {
    let place = Place::new("expired");
    let message = place.ask_anything(&["given_name"], |place| place.asked_at = now().minus(HOUR / 2));
    assert_eq!(place.home.wallet.look_at_counter(&message).err().unwrap().code(), "request_expired");
}

#[test]
fn an_answer_is_noise_at_another_counter() {
    let place = Place::new("other-counter");
    let (question, other) = (place.ask(&["given_name"]).unwrap(), place.ask_again(&["given_name"]));
    let answer = place.answer(&question);
    assert_eq!(refused(other.check(&answer, &place.offline(), now())), "answer_not_decryptable");
}

#[test]
fn an_answer_to_another_nonce_is_refused_even_with_the_same_key() {
    let place = Place::new("nonce");
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    let other = place.with_another_nonce(&question);
    assert_eq!(refused(other.check(&answer, &place.offline(), now())), "key_binding_wrong_nonce");
}

#[test]
fn an_answer_that_is_shown_again_a_minute_later_is_refused() {
    let place = Place::new("later");
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    let kept = question.dangerous_to_bytes();
    let later = |seconds| now().plus(Duration::from_secs(seconds));
    let check = |at| Question::from_bytes(&kept).unwrap().check(&answer, &place.offline(), at);
    assert!(check(later(60)).is_ok());
    assert_eq!(refused(check(later(61))), "key_binding_too_old");
    assert_eq!(refused(check(later(300))), "request_expired");
}

#[test]
fn an_answer_signed_by_another_key_is_refused() {
    let place = Place::new("other-key");
    let question = place.ask(&["given_name"]).unwrap();
    let message = place.answer_with(&question, |request, held| {
        let content = request.content();
        let audience = content.client_id.to_string();
        let binding =
            Binding { audience: &audience, nonce: &content.nonce, issued_at: now(), transaction_data: &[] };
        let good = held.present(&[], &binding, &key(50)).unwrap();
        let (shown, bound) = good.rsplit_once('~').unwrap();
        let claims = jws::Unverified::parse(bound).unwrap().dangerous_claims().unwrap();
        let typ = serde_json::json!({"typ": "kb+jwt"}).as_object().unwrap().clone();
        format!("{shown}~{}", jws::sign(typ, &claims, &key(51)).unwrap())
    });
    let refusal = refused(question.check(&message, &place.offline(), now()));
    assert_eq!(refusal, "key_binding_invalid_signature");
}

#[test]
fn an_answer_without_a_key_binding_is_refused() {
    let place = Place::new("unbound");
    let question = place.ask(&["given_name"]).unwrap();
    let message = place.answer_with(&question, |_, held| held.as_str().to_owned());
    assert_eq!(refused(question.check(&message, &place.offline(), now())), "key_binding_missing");
}

#[test]
fn a_no_in_an_answer_is_a_no() {
    let place = Place::new("no");
    let question = place.ask(&["given_name"]).unwrap();
    let request = place.verified(&question);
    let no = Answer::Refused(openid4vc::vp::refusal::Refusal::AccessDenied);
    let token = no.to_token(&request, &mut FixedRng(1)).unwrap();
    let message = envelope::pack(Kind::Answer, &token).unwrap();
    assert_eq!(refused(question.check(&message, &place.offline(), now())), "person_declined");
}

#[test]
fn a_revoked_card_is_caught_by_new_lists_and_not_by_old_ones_whose_age_is_said() {
    let mut place = Place::new("revoked");
    let old = place.offline_at(now().minus(3 * HOUR));
    place.revoke();
    let (first, second) = (place.ask(&["given_name"]).unwrap(), place.ask_again(&["given_name"]));
    let (one, two) = (place.answer(&first), place.answer(&second));
    assert_eq!(refused(first.check(&one, &place.offline(), now())), "shown_card_revoked");
    let seen = checked(second.check(&two, &old, now())).unwrap();
    assert_eq!(seen.status_age_seconds, Some(3 * 3600));
}

#[test]
fn a_card_whose_list_was_not_fetched_is_refused() {
    let mut place = Place::new("no-list");
    place.lists.clear();
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    assert_eq!(refused(question.check(&answer, &place.offline(), now())), "status_list_not_fetched");
}

#[test]
fn a_list_that_is_not_the_registers_is_refused() {
    let mut place = Place::new("other-list");
    let good = place.lists.clone();
    place.revoke();
    place.lists = good;
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    assert_eq!(refused(question.check(&answer, &place.offline(), now())), "status_list_not_anchored");
}

#[test]
fn what_was_fetched_more_than_a_day_ago_checks_nothing() {
    let place = Place::new("old-bundle");
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    let old = place.offline_at(now().minus(25 * HOUR));
    assert_eq!(refused(question.check(&answer, &old, now())), "proof_too_old");
}

#[test]
fn what_was_fetched_from_other_validators_is_refused() {
    let place = Place::new("forged-bundle");
    let bundle = place.bundle_of(&place.register.forged(), now());
    let refusal = bundle.open(&place.register.checkpoint(), now()).unwrap_err();
    assert_eq!(refusal.code(), "registry_proof_invalid");
}

#[test]
fn a_forged_proof_in_an_answer_is_refused() {
    let place = Place::new("forged-answer");
    let question = place.ask(&["given_name"]).unwrap();
    place.keep_proof(place.register.forged().bundle(now()), now());
    let answer = place.answer(&question);
    let refusal = refused(question.check(&answer, &place.offline(), now()));
    assert_eq!(refusal, "registry_proof_invalid");
}

#[test]
fn an_issuer_that_was_admitted_after_the_fetch_is_believed_by_the_proof_that_the_answer_brings() {
    let mut place = Place::new("new-issuer");
    let right = Key::Accreditation("interior".parse().unwrap(), crate::register::VCT.parse().unwrap());
    let accreditation = place.register.entries.remove(&right).unwrap();
    let before = place.offline_at(now().minus(HOUR));
    place.register.entries.insert(right, accreditation);
    let (first, second) = (place.ask(&["given_name"]).unwrap(), place.ask_again(&["given_name"]));
    let answer = place.answer(&first);
    assert_eq!(refused(first.check(&answer, &before, now())), "not_accredited");
    place.keep_proof(place.register.bundle(now()), now());
    let answer = place.answer(&second);
    let seen = checked(second.check(&answer, &before, now())).unwrap();
    assert_eq!((seen.issuer_proof_age_seconds, seen.status_age_seconds), (0, Some(3600)));
}

#[test]
fn an_issuer_whose_key_was_stolen_is_not_believed_for_an_older_proof_that_the_answer_brings() {
    let mut place = Place::new("stolen");
    place.keep_proof(place.register.bundle(now().minus(HOUR)), now().minus(HOUR));
    let issuer = Key::MemberKey("interior".parse().unwrap(), Purpose::Issuer, 0);
    let Some(Entry::MemberKey(found)) = place.register.entries.get_mut(&issuer) else { panic!() };
    found.state = KeyState::Compromised;
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    assert_eq!(refused(question.check(&answer, &place.offline(), now())), "key_compromised");
}

#[test]
fn frames_of_two_answers_make_neither() {
    let place = Place::new("mixed");
    let (first, second) = (place.ask(&["given_name"]).unwrap(), place.ask_again(&["given_name"]));
    let (one, two) = (place.answer_frames(&first), place.answer_frames(&second));
    let mut collector = Collector::new();
    for frame in one.iter().skip(1) {
        assert!(matches!(collector.take(frame), Ok(Progress::Part { .. })));
    }
    assert_eq!(collector.take(&two[0]), Err(FrameError::OtherMessage));
}

#[test]
fn a_truncated_or_changed_answer_is_refused() {
    let place = Place::new("truncated");
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    let kept = question.dangerous_to_bytes();
    for end in (0..answer.len()).step_by(97) {
        let question = Question::from_bytes(&kept).unwrap();
        assert!(question.check(&answer[..end], &place.offline(), now()).is_err(), "{end}");
    }
    for at in (0..answer.len()).step_by(97) {
        let mut changed = answer.clone();
        changed[at] ^= 1;
        let question = Question::from_bytes(&kept).unwrap();
        assert!(question.check(&changed, &place.offline(), now()).is_err(), "{at}");
    }
}

#[test]
fn an_answer_that_was_declined_leaves_no_trace() {
    let place = Place::new("declined");
    let before = place.home.digest();
    let question = place.ask(&["given_name"]).unwrap();
    place.home.wallet.look_at_counter(&collect(&question.frames().unwrap())).unwrap();
    assert_eq!(place.home.digest(), before);
}

#[test]
fn hostile_requests_are_refused_without_harm() {
    let place = Place::new("hostile");
    let deep = envelope::pack(Kind::Request, "YQ.YQ.YQ").unwrap();
    for message in [&b""[..], b"R", b"Rx", b"A", &[0xff; 60_000], &deep] {
        assert!(place.home.wallet.look_at_counter(message).is_err());
    }
    assert!(frames::split(&vec![0; frames::MAX_MESSAGE + 1]).is_err());
}

impl Place {
    /// An answer that this test makes itself, by what `present` makes of the request and a card.
    fn answer_with(
        &self,
        question: &Question,
        present: impl FnOnce(&openid4vc::vp::request::Request, &Held) -> String,
    ) -> Vec<u8> {
        let request = self.verified(question);
        let holder = credential::key::Signer::public_key(&key(50)).clone();
        let held = Held::parse(&self.issue(holder, 77)).unwrap();
        let vp_token = [("card".to_owned(), vec![present(&request, &held)])].into();
        let answer = Answer::Shown(Response { vp_token, register_proof: None });
        let token = answer.to_token(&request, &mut FixedRng(1)).unwrap();
        envelope::pack(Kind::Answer, &token).unwrap()
    }

    fn verified(&self, question: &Question) -> openid4vc::vp::request::Request {
        let text = envelope::open(Kind::Request, &collect(&question.frames().unwrap())).unwrap();
        let context = WalletContext { wallet_nonce: None, now: now() };
        let desk = credential::key::Signer::public_key(&self.desk_key).clone();
        let unverified = UnverifiedRequest::parse_shown(&text).unwrap();
        unverified.verify(&desk, &context, &credential::key::RustCrypto).unwrap()
    }
}

/// A document says not when its holder agreed, so that an old answer would look like a new one.
#[test]
fn a_mobile_document_is_not_believed_at_a_counter() {
    let mut place = Place::new("document");
    let question = place.ask_for_document();
    let answer = place.answer(&question);
    assert_eq!(refused(question.check(&answer, &place.offline(), now())), "format_not_checked");
}

#[test]
fn a_desk_asks_for_no_mobile_document() {
    let mut place = Place::new("document-unasked");
    place.ask_for_document();
    let asked = place.ask(&[crate::world::DOC_TYPE]).unwrap();
    let refused = place.home.wallet.look_at_counter(&collect(&asked.frames().unwrap())).err().unwrap();
    assert_eq!(refused.code(), "no_card", "the person has the document, and no card of that type");
}
