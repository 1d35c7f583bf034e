//! What becomes of cards that are here: thrown away, looked after, had again.

use serde_json::{Value, json};

use crate::issuer::{CODE, Issuer};
use crate::phone::{BACK, Phone, issuer, offer_link, provider};

/// Takes the card that an issuer offers, and gives its name.
async fn receive(phone: &Phone, issuer: &Issuer) -> Value {
    let found = phone.good("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    phone.good("accept", json!({ "id": found["id"], "code": CODE })).await[0]["id"].clone()
}

#[tokio::test]
async fn a_card_that_is_thrown_away_is_gone_and_its_office_is_told() {
    let phone = Phone::open("thrown-away").await;
    let (issuer, _server) = issuer().await;
    let id = receive(&phone, &issuer).await;
    assert_eq!(phone.refused("delete_card", json!({ "id": "another" })).await, "no_such_card");
    phone.good("delete_card", json!({ "id": id })).await;
    assert_eq!(phone.good("cards", json!({})).await, json!([]));
    assert_eq!(issuer.mood().told[1]["event"], "credential_deleted");
    assert_eq!(phone.refused("delete_card", json!({ "id": id })).await, "no_such_card");
    assert_eq!(phone.refused("card", json!({ "id": id })).await, "no_such_card");
}

#[tokio::test]
async fn a_card_is_thrown_away_without_the_network() {
    let phone = Phone::open("thrown-offline").await;
    let (issuer, server) = issuer().await;
    let id = receive(&phone, &issuer).await;
    drop(server);
    phone.good("delete_card", json!({ "id": id })).await;
    assert_eq!(phone.good("cards", json!({})).await, json!([]));
}

#[tokio::test]
async fn a_locked_wallet_throws_nothing_away() {
    let phone = Phone::open("thrown-locked").await;
    let (issuer, _server) = issuer().await;
    let id = receive(&phone, &issuer).await;
    phone.good("lock", json!({})).await;
    assert_eq!(phone.refused("delete_card", json!({ "id": id })).await, "locked");
    phone.good("unlock", json!({ "pin": crate::phone::PIN })).await;
    assert_eq!(phone.good("cards", json!({})).await[0]["id"], id);
}

#[tokio::test]
async fn a_card_is_had_again_by_signing_in_and_stays_the_same_card() {
    let phone = Phone::open("again").await;
    let (issuer, server) = issuer().await;
    let id = receive(&phone, &issuer).await;
    assert_eq!(phone.refused("get_again", json!({ "id": "another" })).await, "no_such_card");
    let found = phone.good("get_again", json!({ "id": id })).await;
    assert_eq!((&found["kind"], &found["offer"]["needs"]["kind"]), (&json!("offer"), &json!("sign_in")));
    assert_eq!(phone.refused("accept", json!({ "id": found["id"] })).await, "browser_needed");
    phone.good("begin_sign_in", json!({ "id": found["id"] })).await;
    let pushed = server.posted("/par").pop().unwrap();
    let state = pushed.split("state=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    let iss: String = url::form_urlencoded::byte_serialize(server.origin.as_bytes()).collect();
    let address = format!("{BACK}?code=c&state={state}&iss={iss}");
    let cards = phone.good("end_sign_in", json!({ "id": found["id"], "address": address })).await;
    assert_eq!((&cards[0]["id"], &cards[0]["unused_copies"]), (&id, &json!(3)));
    assert_eq!(phone.good("cards", json!({})).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_card_that_renews_itself_gets_fresh_copies_at_once_and_not_near_a_showing() {
    let phone = Phone::open("fresh").await;
    let (issuer, _one) = issuer().await;
    let id = receive(&phone, &issuer).await;
    let fresh = phone.good("renew_card", json!({ "id": id })).await;
    assert_eq!((&fresh[0]["id"], issuer.mood().told.len()), (&id, 2));
    let (asking, _two) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    phone.good("share", json!({ "id": found["id"] })).await;
    assert_eq!(phone.refused("renew_card", json!({ "id": id })).await, "just_shown");
    assert_eq!(issuer.mood().told.len(), 2);
}

#[tokio::test]
async fn a_card_whose_copies_were_renewed_while_the_person_read_is_shared_with_fresh_ones() {
    let phone = Phone::open("meanwhile").await;
    let (issuer, _one) = issuer().await;
    let id = receive(&phone, &issuer).await;
    let (asking, server) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    phone.good("renew_card", json!({ "id": id })).await;
    phone.good("share", json!({ "id": found["id"] })).await;
    assert_eq!(asking.open(&server.posted("/response")[0]).unwrap()["given_name"], "Maria");
    assert_eq!(phone.good("cards", json!({})).await[0]["unused_copies"], 2);
}
