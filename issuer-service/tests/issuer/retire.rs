//! What becomes of the places of old copies: they say what they said, until nobody looks at their list.

use std::collections::BTreeSet;
use std::time::Duration;

use credential::sd_jwt_vc::Held;
use credential::status_list::Status;
use reqwest::StatusCode;
use serde_json::json;

use crate::issue::status_of;
use crate::renew::{first, renewed};
use crate::world::{Wallet, World, copies_of, new_key};

const DAY: u64 = 86_400;

#[tokio::test]
async fn copies_that_had_run_out_keep_their_places_when_their_card_is_revoked() {
    let world = World::configured("retire-places", "valid_days = 365", "valid_days = 2").await;
    let wallet = Wallet::new();
    let (offer, given) = first(&world, &wallet).await;
    let fetch = async |access: &str| {
        let request = world.request(&[new_key()], &world.nonce().await);
        let answer = world.credential(&wallet, access, request).await;
        copies_of(&answer.json().await.unwrap()).remove(0)
    };
    let old = fetch(&given.access).await;
    world.hand.advance(3 * DAY);
    let given = renewed(&world, &wallet, &given.refresh).await;
    let new = fetch(&given.access).await;
    let state = world.api_get(&format!("/api/offers/{offer}")).await;
    let path = format!("/api/credentials/{}/revoke", state["credential"].as_str().unwrap());
    assert_eq!(world.api(&path, json!({})).await.status(), StatusCode::OK);
    assert_eq!(status_of(&world, &new).await, Status::Invalid);
    assert_eq!(status_of(&world, &old).await, Status::Valid, "one place less that changes with the others");
}

#[tokio::test]
async fn a_list_is_signed_no_more_once_its_copies_have_all_run_out() {
    let small = [
        ("valid_days = 365", "valid_days = 2"),
        ("batch_size = 4", "batch_size = 100"),
        ("lists = 2", "lists = 1"),
        ("size = 131072", "size = 1024"),
    ];
    let world = World::configured_so("retire-list", &small).await;
    let wallet = Wallet::new();
    let mut lists = BTreeSet::new();
    let at = |days: u64| world.now().plus(Duration::from_secs(days * DAY));
    for _ in 0..4 {
        assert_eq!(world.store().retire_lists(at(100)).await.unwrap(), 0, "a list with room stays");
        let (_, given) = first(&world, &wallet).await;
        let keys: Vec<_> = (0..100).map(|_| new_key()).collect();
        let request = world.request(&keys, &world.nonce().await);
        let answer = world.credential(&wallet, &given.access, request).await;
        let copies = copies_of(&answer.json().await.unwrap());
        lists.extend(copies.iter().map(|copy| Held::parse(copy).unwrap().status().unwrap().uri.clone()));
    }
    assert_eq!(world.store().retire_lists(at(1)).await.unwrap(), 0, "copies are good still");
    assert_eq!(world.store().retire_lists(at(3)).await.unwrap(), 1);
    assert_eq!(lists.len(), 1);
    let there = world.http.get(lists.first().unwrap()).send().await.unwrap().status();
    assert_eq!(there, StatusCode::NOT_FOUND);
}
