//! Journeys over the one call: receive, share, say no; and what a name of something looked at is good for.

use serde_json::{Value, json};

use crate::issuer::CODE;
use crate::phone::{BACK, PIN, Phone, issuer, offer_link, provider};
use crate::world::query;

/// Puts a card into the wallet, and gives its name.
async fn receive(phone: &Phone) -> Value {
    let (issuer, _server) = issuer().await;
    let found = phone.good("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    phone.good("accept", json!({ "id": found["id"], "code": CODE })).await[0]["id"].clone()
}

#[tokio::test]
async fn an_offer_is_looked_at_and_becomes_a_card() {
    let phone = Phone::open("receive").await;
    let (issuer, _server) = issuer().await;
    let found = phone.good("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    assert_eq!(found["kind"], "offer");
    assert_eq!(found["offer"]["issuer"]["member"], "interior");
    assert_eq!(found["offer"]["needs"], json!({ "kind": "code", "length": 6, "digits": true }));
    let id = &found["id"];
    assert_eq!(phone.good("cards", json!({})).await, json!([]));
    // A wrong code leaves the offer in place.
    assert_eq!(phone.refused("accept", json!({ "id": id })).await, "code_needed");
    assert_eq!(phone.refused("accept", json!({ "id": id, "code": "000000" })).await, "code_wrong");
    let cards = phone.good("accept", json!({ "id": id, "code": CODE })).await;
    assert_eq!((&cards[0]["copies"], &cards[0]["unused_copies"]), (&json!(3), &json!(3)));
    assert_eq!(phone.refused("accept", json!({ "id": id, "code": CODE })).await, "gone");
    let details = phone.good("card", json!({ "id": cards[0]["id"] })).await;
    assert!(details["claims"].as_array().unwrap().iter().any(|claim| claim["value"] == "Maria"));
    assert_eq!(phone.refused("card", json!({ "id": "another" })).await, "no_such_card");
}

#[tokio::test]
async fn a_request_is_looked_at_and_answered_once() {
    let phone = Phone::open("share").await;
    receive(&phone).await;
    let (asking, server) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    assert_eq!((&found["kind"], &found["consent"]["asks"]["member"]), (&json!("request"), &json!("bank")));
    assert!(server.posted("/response").is_empty());
    let shared = phone.good("share", json!({ "id": found["id"] })).await;
    assert_eq!(shared["redirect_uri"], format!("{}/done?response_code=r", asking.origin));
    assert_eq!(asking.open(&server.posted("/response")[0]).unwrap()["given_name"], "Maria");
    assert_eq!(phone.refused("share", json!({ "id": found["id"] })).await, "gone");
    assert_eq!(server.posted("/response").len(), 1);
    let history = phone.good("history", json!({})).await;
    assert_eq!((history.as_array().unwrap().len(), &history[0]["id"]), (1, &shared["entry"]));
}

#[tokio::test]
async fn of_two_who_press_share_at_once_one_shares() {
    let phone = Phone::open("twice").await;
    receive(&phone).await;
    let (asking, server) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    let share = || phone.call("share", json!({ "id": found["id"] }));
    let (one, other) = tokio::join!(share(), share());
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|good| **good).count(), 1);
    assert_eq!(server.posted("/response").len(), 1);
}

#[tokio::test]
async fn saying_no_tells_the_other_side_that_and_nothing_else() {
    let phone = Phone::open("decline").await;
    receive(&phone).await;
    let (asking, server) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    phone.good("decline", json!({ "id": found["id"] })).await;
    assert_eq!(asking.open(&server.posted("/response")[0]).unwrap_err(), "access_denied");
    assert_eq!(phone.refused("share", json!({ "id": found["id"] })).await, "gone");
    assert_eq!(phone.good("history", json!({})).await, json!([]));
}

#[tokio::test]
async fn over_asking_is_refused_and_says_what_was_too_much() {
    let phone = Phone::open("too-much").await;
    receive(&phone).await;
    let (asking, server) =
        provider(|asking| asking.content.query = query(&["given_name", "family_name"])).await;
    let failure = phone.call("look", json!({ "text": asking.link() })).await.unwrap_err();
    assert_eq!(failure["code"], "too_much");
    assert!(failure["claims"][0]["en"].as_str().unwrap().contains("family name"), "{failure}");
    assert_eq!(
        (&failure["party"]["member"], &failure["through"]["member"]),
        (&json!("bank"), &json!("login"))
    );
    assert!(server.posted("/response").is_empty());
    // It can be reported under its name, and nothing else can be done with that.
    let id = &failure["id"];
    assert_eq!(phone.refused("share", json!({ "id": id })).await, "gone");
    assert_eq!(phone.refused("accept", json!({ "id": id })).await, "gone");
    let report = |why: &str| json!({ "id": id, "why": why, "text": "" });
    assert_eq!(phone.refused("report", report("not_me")).await, "gone");
    assert_eq!(phone.refused("report", report("too_much")).await, "registry_unreachable");
    assert_eq!(phone.refused("report", report("too_much")).await, "registry_unreachable", "it stays");
    let other = json!({ "id": "another", "why": "too_much", "text": "" });
    assert_eq!(phone.refused("report", other).await, "gone");
}

#[tokio::test]
async fn choices_that_were_not_offered_share_nothing() {
    let phone = Phone::open("choices").await;
    receive(&phone).await;
    let (asking, server) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    let with = |choices: Value| json!({ "id": found["id"], "choices": choices });
    assert_eq!(phone.refused("share", with(json!({ "given_name": false }))).await, "arguments_malformed");
    let other = json!({ "options": [0], "cards": [{ "query": "pid", "card": "another" }] });
    for choices in [json!({ "options": [] }), json!({ "options": [null] }), json!({ "options": [1] }), other]
    {
        assert_eq!(phone.refused("choose", with(choices.clone())).await, "choice_not_offered", "{choices}");
    }
    assert_eq!(phone.refused("share", with(json!({ "options": [null] }))).await, "choice_not_offered");
    assert!(server.posted("/response").is_empty());
}

#[tokio::test]
async fn what_is_chosen_is_drawn_anew_and_shared_once() {
    let phone = Phone::open("chosen").await;
    receive(&phone).await;
    let (asking, server) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    let consent = &found["consent"];
    assert_eq!(consent["choice"], json!({ "options": [0], "cards": [] }));
    let card = &consent["cards"][0];
    let choices =
        json!({ "options": [0], "cards": [{ "query": card["query"], "card": card["id"], "way": null }] });
    let given = json!({ "id": found["id"], "choices": choices });
    let drawn = phone.good("choose", given.clone()).await;
    assert_eq!((&drawn["choice"], &drawn["cards"]), (&choices, &consent["cards"]));
    phone.good("share", given.clone()).await;
    assert_eq!(server.posted("/response").len(), 1);
    assert_eq!(phone.refused("choose", given).await, "gone");
}

#[tokio::test]
async fn what_was_looked_at_is_gone_after_its_time_and_when_the_wallet_locks() {
    let phone = Phone::open("forgotten").await;
    let (issuer, _server) = issuer().await;
    let look = json!({ "text": offer_link(&issuer.offer()) });
    let found = phone.good("look", look.clone()).await;
    phone.turn(15 * 60);
    assert_eq!(phone.refused("accept", json!({ "id": found["id"], "code": CODE })).await, "gone");
    phone.turn(-15 * 60);
    let found = phone.good("look", look.clone()).await;
    phone.good("lock", json!({})).await;
    phone.good("unlock", json!({ "pin": PIN })).await;
    assert_eq!(phone.refused("accept", json!({ "id": found["id"], "code": CODE })).await, "gone");
    let found = phone.good("look", look).await;
    phone.good("refuse", json!({ "id": found["id"] })).await;
    assert_eq!(phone.refused("accept", json!({ "id": found["id"], "code": CODE })).await, "gone");
}

#[tokio::test]
async fn only_the_newest_few_are_kept() {
    let phone = Phone::open("few").await;
    let (issuer, _server) = issuer().await;
    let look = json!({ "text": offer_link(&issuer.offer()) });
    let first = phone.good("look", look.clone()).await;
    for _ in 0..8 {
        phone.good("look", look.clone()).await;
    }
    assert_eq!(phone.refused("refuse", json!({ "id": first["id"] })).await, "gone");
}

#[tokio::test]
async fn a_name_of_an_offer_answers_no_request() {
    let phone = Phone::open("kinds").await;
    receive(&phone).await;
    let (issuer, _one) = issuer().await;
    let offer = phone.good("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    assert_eq!(phone.refused("share", json!({ "id": offer["id"] })).await, "gone");
    let (asking, server) = provider(|_| ()).await;
    let request = phone.good("look", json!({ "text": asking.link() })).await;
    assert_eq!(phone.refused("accept", json!({ "id": request["id"] })).await, "gone");
    assert!(server.posted("/response").is_empty());
    // And neither is lost by it.
    phone.good("accept", json!({ "id": offer["id"], "code": CODE })).await;
    phone.good("share", json!({ "id": request["id"] })).await;
}

#[tokio::test]
async fn a_link_that_opens_the_app_is_checked_before_it_is_passed_on() {
    let phone = Phone::open("opened").await;
    let (asking, _server) = provider(|_| ()).await;
    assert_eq!(phone.good("opened", json!({})).await, json!({ "text": null }));
    phone.app.open_link(&asking.link());
    assert_eq!(phone.good("opened", json!({})).await, json!({ "text": asking.link() }));
    assert_eq!(phone.good("opened", json!({})).await, json!({ "text": null }));
    for (link, code) in [
        ("https://evil.example/", "link_scheme_unknown"),
        ("openid4vp://?client_id=x", "client_id_without_prefix"),
        ("javascript:alert(1)", "link_scheme_unknown"),
        (BACK, "link_scheme_unknown"),
        ("org.symbolon.wallet:/backwards?code=1", "link_scheme_unknown"),
    ] {
        phone.app.open_link(link);
        assert_eq!(phone.refused("opened", json!({})).await, code, "{link}");
    }
    phone.app.open_link(&format!("openid4vp://?x={}", "x".repeat(1 << 20)));
    assert_eq!(phone.refused("opened", json!({})).await, "link_malformed");
}

#[tokio::test]
async fn the_way_back_from_a_sign_in_is_passed_on_and_leads_nowhere_by_itself() {
    let phone = Phone::open("stray").await;
    let back = format!("{BACK}?code=x&state=y");
    phone.app.open_link(&back);
    assert_eq!(phone.good("opened", json!({})).await["text"], back);
    assert_eq!(phone.refused("look", json!({ "text": back })).await, "link_scheme_unknown");
    assert_eq!(phone.refused("end_sign_in", json!({ "id": "x", "address": back })).await, "gone");
}

#[tokio::test]
async fn a_page_is_named_and_not_called() {
    let phone = Phone::open("page").await;
    let found = phone.good("look", json!({ "text": "https://bank.example/login" })).await;
    assert_eq!(found, json!({ "kind": "page", "url": "https://bank.example/login" }));
}
