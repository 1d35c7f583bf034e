//! New, locked, open; and what locks a wallet.

use serde_json::json;

use crate::phone::{PIN, Phone};

#[tokio::test]
async fn a_phone_goes_from_new_to_open_to_locked_to_open() {
    let mut phone = Phone::new("phases");
    assert_eq!(phone.phase().await, "new");
    phone.good("create", json!({ "pin": PIN })).await;
    assert_eq!(phone.phase().await, "open");
    phone.good("lock", json!({})).await;
    assert_eq!(phone.phase().await, "locked");
    phone.good("unlock", json!({ "pin": PIN })).await;
    assert_eq!(phone.phase().await, "open");
    phone.restart();
    assert_eq!(phone.phase().await, "locked");
}

#[tokio::test]
async fn nothing_is_told_before_the_wallet_is_open() {
    let phone = Phone::new("closed");
    for _ in 0..2 {
        for (command, arguments) in [
            ("cards", json!({})),
            ("card", json!({ "id": "x" })),
            ("look", json!({ "text": "openid4vp://?client_id=a" })),
            ("accept", json!({ "id": "x" })),
            ("begin_sign_in", json!({ "id": "x" })),
            ("end_sign_in", json!({ "id": "x", "address": "y" })),
            ("refuse", json!({ "id": "x" })),
            ("share", json!({ "id": "x" })),
            ("decline", json!({ "id": "x" })),
            ("history", json!({})),
            ("check_receipts", json!({})),
        ] {
            assert_eq!(phone.refused(command, arguments).await, "locked", "{command}");
        }
        if phone.phase().await == "new" {
            phone.good("create", json!({ "pin": PIN })).await;
            phone.good("lock", json!({})).await;
        }
    }
}

#[tokio::test]
async fn a_wrong_pin_is_refused_and_from_the_third_on_costs_a_wait() {
    let phone = Phone::open("wrong-pin").await;
    phone.good("lock", json!({})).await;
    for _ in 0..2 {
        let failure = phone.call("unlock", json!({ "pin": "000000" })).await.unwrap_err();
        assert_eq!(failure, json!({ "code": "wrong_pin", "wait_seconds": 0 }));
    }
    let failure = phone.call("unlock", json!({ "pin": "000000" })).await.unwrap_err();
    assert_eq!(failure, json!({ "code": "wrong_pin", "wait_seconds": 30 }));
    assert_eq!(phone.good("state", json!({})).await["wait_seconds"], 30);
    assert_eq!(phone.refused("unlock", json!({ "pin": PIN })).await, "too_many_wrong_pins");
    phone.turn(29);
    assert_eq!(phone.good("state", json!({})).await["wait_seconds"], 1);
    assert_eq!(phone.refused("unlock", json!({ "pin": PIN })).await, "too_many_wrong_pins");
    phone.turn(1);
    phone.good("unlock", json!({ "pin": PIN })).await;
    assert_eq!(phone.good("state", json!({})).await["wait_seconds"], json!(null));
}

#[tokio::test]
async fn a_wallet_is_made_once_and_with_a_pin_that_is_long_enough() {
    let phone = Phone::new("once");
    assert_eq!(phone.refused("create", json!({ "pin": "12345" })).await, "pin_length");
    assert_eq!(phone.refused("unlock", json!({ "pin": PIN })).await, "no_wallet");
    assert_eq!(phone.phase().await, "new");
    phone.good("create", json!({ "pin": PIN })).await;
    assert_eq!(phone.refused("create", json!({ "pin": "999999" })).await, "wallet_exists");
    phone.good("lock", json!({})).await;
    assert_eq!(phone.refused("create", json!({ "pin": "999999" })).await, "wallet_exists");
    phone.good("unlock", json!({ "pin": PIN })).await;
}

#[tokio::test]
async fn a_wallet_locks_itself_after_its_time_in_the_background() {
    let phone = Phone::open("away").await;
    phone.good("away", json!({ "away": true })).await;
    phone.turn(59);
    assert_eq!(phone.phase().await, "open");
    // Saying so again does not begin anew.
    phone.good("away", json!({ "away": true })).await;
    phone.turn(1);
    assert_eq!(phone.refused("cards", json!({})).await, "locked");
    assert_eq!(phone.phase().await, "locked");
}

#[tokio::test]
async fn a_shell_that_only_watches_locks_it_too() {
    let phone = Phone::open("watched").await;
    phone.good("away", json!({ "away": true })).await;
    phone.app.lock_when_due();
    assert_eq!(phone.phase().await, "open");
    phone.turn(60);
    phone.app.lock_when_due();
    phone.turn(-60);
    assert_eq!(phone.phase().await, "locked");
}

#[tokio::test]
async fn coming_back_in_time_keeps_it_open_and_the_next_time_counts_anew() {
    let phone = Phone::open("back").await;
    phone.good("away", json!({ "away": true })).await;
    phone.turn(59);
    phone.good("away", json!({ "away": false })).await;
    phone.turn(1000);
    assert_eq!(phone.phase().await, "open");
    phone.good("away", json!({ "away": true })).await;
    phone.turn(59);
    assert_eq!(phone.phase().await, "open");
}

#[tokio::test]
async fn coming_back_too_late_does_not_keep_it_open() {
    let phone = Phone::open("late").await;
    phone.good("away", json!({ "away": true })).await;
    phone.turn(61);
    phone.good("away", json!({ "away": false })).await;
    assert_eq!(phone.phase().await, "locked");
}

#[tokio::test]
async fn a_clock_that_is_put_back_locks() {
    let phone = Phone::open("clock").await;
    phone.good("away", json!({ "away": true })).await;
    phone.turn(-1);
    assert_eq!(phone.phase().await, "locked");
}

#[tokio::test]
async fn settings_work_before_unlocking_and_outlive_the_app() {
    let mut phone = Phone::new("settings");
    phone.good("set", json!({ "name": "language", "value": "zh" })).await;
    phone.good("set", json!({ "name": "theme", "value": "dark" })).await;
    phone.good("set", json!({ "name": "lock_after", "value": 0 })).await;
    assert_eq!(phone.phase().await, "new");
    phone.restart();
    let settings = phone.good("state", json!({})).await["settings"].clone();
    assert_eq!(settings, json!({ "language": "zh", "theme": "dark", "text_scale": null, "lock_after": 0 }));
    for (name, value) in [("language", json!("xx")), ("lock_after", json!(99_999)), ("phase", json!("open"))]
    {
        let refused = phone.refused("set", json!({ "name": name, "value": value })).await;
        assert_eq!(refused, "arguments_malformed", "{name}");
    }
    // A lock time of nothing locks at once.
    phone.good("create", json!({ "pin": PIN })).await;
    phone.good("away", json!({ "away": true })).await;
    assert_eq!(phone.phase().await, "locked");
}
