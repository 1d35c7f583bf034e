//! What becomes of cards that are here: thrown away, looked after, had again.

use serde_json::{Value, json};

use crate::issuer::{CODE, Issuer};
use crate::phone::{Phone, issuer, offer_link};

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
