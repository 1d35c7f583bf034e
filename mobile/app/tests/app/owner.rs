//! What a person is told of their own confirmation.

use serde_json::json;
use wallet_app::owner::Confirming;
use wallet_core::keys::KeyStoreError;

use crate::phone::Phone;

#[tokio::test]
async fn the_phone_says_whether_its_owner_confirms_also_before_there_is_a_wallet() {
    for (confirming, told) in [
        (Confirming::EachTime, "each_time"),
        (Confirming::NotBound, "not_bound"),
        (Confirming::NoLock, "no_lock"),
    ] {
        let mut phone = Phone::new(&format!("owner-{told}"));
        phone.app.confirmed_by(move || Ok(confirming));
        assert_eq!(phone.good("owner", json!({})).await, json!({ "confirming": told }));
    }
}

#[tokio::test]
async fn nobody_is_told_that_a_computer_asks_its_owner() {
    let phone = Phone::new("owner-unable");
    assert_eq!(phone.good("owner", json!({})).await, json!({"confirming": "unable"}));
}

#[tokio::test]
async fn a_phone_that_does_not_answer_is_a_failure_and_no_yes() {
    let mut phone = Phone::new("owner-silent");
    phone.app.confirmed_by(|| Err(KeyStoreError::NoHardware));
    assert_eq!(phone.refused("owner", json!({})).await, "no_key_hardware");
}

#[tokio::test]
async fn while_practising_it_is_the_true_phone_that_is_told_of() {
    let mut phone = Phone::new("owner-practice");
    phone.app.confirmed_by(|| Ok(Confirming::EachTime));
    phone.good("practice", json!({"on": true})).await;
    assert_eq!(phone.good("owner", json!({})).await, json!({"confirming": "each_time"}));
}
