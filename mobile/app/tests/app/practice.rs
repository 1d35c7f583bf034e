//! Practice: the same views, nothing behind them, and nothing of it in the real wallet.

use serde_json::json;

use crate::phone::{Phone, issuer, offer_link};

#[tokio::test]
async fn practising_works_without_a_wallet_and_leaves_none_behind() {
    let phone = Phone::new("practice");
    phone.good("practice", json!({ "on": true })).await;
    let state = phone.good("state", json!({})).await;
    assert_eq!((&state["phase"], &state["practice"]), (&json!("open"), &json!(true)));
    let found = phone.good("look", json!({ "text": "practice:bank" })).await;
    assert_eq!(found["consent"]["cards"][0]["shared"].as_array().unwrap().len(), 2);
    phone.good("share", json!({ "id": found["id"] })).await;
    assert_eq!(phone.refused("share", json!({ "id": found["id"] })).await, "gone");
    assert_eq!(phone.good("history", json!({})).await.as_array().unwrap().len(), 1);
    assert_eq!(phone.good("cards", json!({})).await[0]["unused_copies"], 9);
    phone.good("practice", json!({ "on": false })).await;
    assert_eq!(phone.phase().await, "new");
    assert!(!phone.home.exists());
    assert_eq!(phone.refused("history", json!({})).await, "locked");
}

#[tokio::test]
async fn the_practised_bank_that_asks_for_too_much_is_refused_as_a_real_one() {
    let phone = Phone::new("practice-much");
    phone.good("practice", json!({ "on": true })).await;
    let failure = phone.call("look", json!({ "text": "practice:too-much" })).await.unwrap_err();
    assert_eq!(
        (&failure["code"], &failure["party"]["member"]),
        (&json!("too_much"), &json!("practice-bank"))
    );
    assert_eq!(failure["claims"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn real_links_lead_nowhere_while_practising() {
    let phone = Phone::open("practice-real").await;
    let (issuer, server) = issuer().await;
    phone.good("practice", json!({ "on": true })).await;
    let offer = json!({ "text": offer_link(&issuer.offer()) });
    assert_eq!(phone.refused("look", offer.clone()).await, "practice_only");
    assert_eq!(phone.refused("unlock", json!({ "pin": "000000" })).await, "not_in_practice");
    assert_eq!(phone.refused("erase", json!({})).await, "not_in_practice");
    assert!(server.got().is_empty());
    phone.good("practice", json!({ "on": false })).await;
    assert_eq!(phone.good("cards", json!({})).await, json!([]));
    assert_eq!(phone.refused("look", json!({ "text": "practice:card" })).await, "link_scheme_unknown");
}

#[tokio::test]
async fn what_happens_in_practice_has_the_shape_of_the_real_thing() {
    let phone = Phone::open("practice-shape").await;
    let (issuer, _server) = issuer().await;
    let offer = phone.good("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    let cards = phone.good("accept", json!({ "id": offer["id"], "code": crate::issuer::CODE })).await;
    phone.good("practice", json!({ "on": true })).await;
    let practised = phone.good("look", json!({ "text": "practice:card" })).await;
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&practised["offer"]), names(&offer["offer"]));
    let accepted = phone.good("accept", json!({ "id": practised["id"] })).await;
    assert_eq!(names(&accepted[0]), names(&cards[0]));
    let deleted = json!({ "id": accepted[0]["id"] });
    phone.good("delete_card", deleted.clone()).await;
    assert_eq!(phone.refused("delete_card", deleted).await, "no_such_card");
    assert_eq!(phone.refused("look", json!({ "text": "practice:bank" })).await, "no_card");
}
