//! The screen's light, while a code is shown.

use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::phone::Phone;

#[tokio::test]
async fn the_screen_is_told_when_a_code_is_shown_and_when_it_is_gone() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let light = Arc::clone(&told);
    let mut phone = Phone::new("light");
    phone.app.lit_by(move |on| light.lock().unwrap().push(on));
    phone.good("bright", json!({"on": true})).await;
    phone.good("state", json!({})).await;
    phone.good("bright", json!({"on": false})).await;
    assert_eq!(*told.lock().unwrap(), [true, false]);
    assert_eq!(phone.refused("bright", json!({"on": 1})).await, "arguments_malformed");
}

#[tokio::test]
async fn a_screen_that_cannot_be_turned_up_is_no_failure() {
    let phone = Phone::new("no-light");
    phone.good("bright", json!({"on": true})).await;
}
