//! The code that is good for half a minute at any counter.

use std::time::Duration;

use wallet_core::counter::check::Seen;
use wallet_core::store::entries::{Outcome, ReceiptState};

use super::place::{Place, collect};
use crate::now;

fn place(name: &str) -> Place {
    let place = Place::new(&format!("code-{name}"));
    place.keep_card(2, &["age_over_18"]);
    place
}

fn code(place: &Place) -> Vec<u8> {
    collect(&place.home.wallet.show_code("with-code").unwrap().frames)
}

fn check(place: &Place, message: &[u8], after: u64) -> Result<Seen, &'static str> {
    let at = now().plus(Duration::from_secs(after));
    place.offline().check_code(message, at).map_err(|error| error.code())
}

#[test]
fn a_code_shows_what_its_type_fixed_and_says_that_it_may_have_been_shown_elsewhere() {
    let place = place("good");
    let shown = place.home.wallet.show_code("with-code").unwrap();
    assert_eq!((shown.seconds, shown.shared.len(), shown.reused), (30, 1, false));
    println!("{} codes", shown.frames.len());
    let seen = check(&place, &collect(&shown.frames), 0).unwrap();
    assert_eq!(seen.claims.into_iter().collect::<Vec<_>>(), [("age_over_18".to_owned(), true.into())]);
    assert!(seen.anywhere);
}

#[test]
fn a_code_is_good_for_half_a_minute() {
    let place = place("time");
    let code = code(&place);
    assert!(check(&place, &code, 30).is_ok());
    assert_eq!(check(&place, &code, 31).unwrap_err(), "key_binding_too_old");
}

#[test]
fn a_code_that_was_made_ahead_of_time_is_refused() {
    let place = place("ahead");
    let code = code(&place);
    let early = |seconds| {
        let at = now().minus(Duration::from_secs(seconds));
        place.offline_at(at).check_code(&code, at).map_err(|error| error.code())
    };
    assert!(early(5).is_ok());
    assert_eq!(early(6).unwrap_err(), "code_ahead");
    assert_eq!(early(61).unwrap_err(), "key_binding_from_the_future");
}

#[test]
fn each_code_uses_a_copy_up_and_the_history_names_nobody() {
    let place = place("copies");
    let reused: Vec<bool> =
        (0..3).map(|_| place.home.wallet.show_code("with-code").unwrap().reused).collect();
    assert_eq!(reused, [false, false, true]);
    let line = &place.home.wallet.history().unwrap()[0];
    assert_eq!((line.asks.member.as_str(), line.asks.name.pick("en")), ("", "Whoever read the code"));
    assert_eq!((line.outcome, line.receipt), (Outcome::Unknown, ReceiptState::WithoutNetwork));
}

#[test]
fn what_a_code_would_show_is_seen_before_a_copy_is_used_up() {
    let place = place("look");
    let before = place.home.digest();
    let claims = place.home.wallet.look_at_code("with-code").unwrap();
    assert_eq!((claims.len(), &claims[0].value), (1, &true.into()));
    assert_eq!(place.home.wallet.look_at_code("card").unwrap_err().code(), "no_code");
    assert_eq!(place.home.digest(), before);
}

#[test]
fn a_card_whose_type_says_nothing_of_codes_has_none() {
    let place = place("none");
    let before = place.home.digest();
    assert_eq!(place.home.wallet.show_code("card").unwrap_err().code(), "no_code");
    assert_eq!(place.home.wallet.show_code("nothing").unwrap_err().code(), "no_such_card");
    assert_eq!(place.home.digest(), before);
    let cards = place.home.wallet.cards().unwrap();
    let with_code: Vec<&str> =
        cards.iter().filter(|card| card.has_code).map(|card| card.id.as_str()).collect();
    assert_eq!(with_code, ["with-code"]);
}

#[test]
fn a_revoked_card_shows_no_good_code() {
    let mut place = place("revoked");
    place.revoke();
    assert_eq!(check(&place, &code(&place), 0).unwrap_err(), "shown_card_revoked");
}

#[test]
fn an_answer_is_no_code_and_a_code_no_answer() {
    let place = place("kinds");
    let question = place.ask(&["given_name"]).unwrap();
    let answer = place.answer(&question);
    assert_eq!(check(&place, &answer, 0).unwrap_err(), "message_of_another_kind");
    let refusal = question.check(&code(&place), &place.offline(), now()).unwrap_err();
    assert_eq!(refusal.code(), "message_of_another_kind");
}

#[test]
fn a_code_that_was_changed_is_refused() {
    let place = place("changed");
    let code = code(&place);
    for at in (0..code.len()).step_by(61) {
        let mut changed = code.clone();
        changed[at] ^= 1;
        assert!(check(&place, &changed, 0).is_err(), "{at}");
        assert!(check(&place, &code[..at], 0).is_err(), "{at}");
    }
}
