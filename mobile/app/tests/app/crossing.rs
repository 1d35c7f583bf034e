//! What crosses to a screen: in a played journey no result of any command holds a PIN, a key, a token, or a whole card.

use std::collections::BTreeSet;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::issuer::CODE;
use crate::phone::{PIN, Phone, issuer, offer_link, provider};
use crate::world::query;

/// Characters that keys and tokens are written in.
fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// As long as 128 bits are when they are written in base64url: no word of a person's is.
const AS_LONG_AS_A_SECRET: usize = 22;

/// Every text in a value; what stands under a name that screens need to point at things is left out.
fn texts(name: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(_) if name == "id" => {}
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(name, item, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push(name.clone());
            texts(name, value, found);
        }),
        _ => {}
    }
}

/// Why a result must not cross; nothing where it may.
fn wrong_with(result: &Value, secrets: &[String]) -> Option<String> {
    let whole = result.to_string();
    if let Some(secret) = secrets.iter().find(|secret| whole.contains(secret.as_str())) {
        return Some(format!("holds a secret of {} characters", secret.len()));
    }
    if whole.contains("eyJ") || whole.contains('~') {
        return Some("holds something signed, or a disclosure".to_owned());
    }
    let mut found = Vec::new();
    texts("", result, &mut found);
    let long = |text: &String| text.split(|c| !is_of_token(c)).any(|run| run.len() >= AS_LONG_AS_A_SECRET);
    found.into_iter().find(long).map(|text| format!("holds something as long as a secret: {text}"))
}

/// Every secret of the phone's that can be told from outside, in the forms in which it could be written.
fn secrets(phone: &Phone) -> Vec<String> {
    let key = std::fs::read(phone.home.join("device.key")).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![PIN.to_owned(), CODE.to_owned(), URL_SAFE_NO_PAD.encode(&key), STANDARD.encode(&key), hex]
}

#[tokio::test]
async fn no_result_of_a_played_journey_holds_a_secret_or_a_whole_card() {
    let phone = Phone::open("crossing").await;
    let (issuer, _one) = issuer().await;
    let (asking, _two) = provider(|_| ()).await;
    let (curious, _three) = provider(|asking| asking.content.query = query(&["family_name"])).await;
    let (secrets, played) = (secrets(&phone), Mutex::new(BTreeSet::new()));
    let play = async |command: &'static str, arguments: Value| {
        played.lock().unwrap().insert(command);
        let result = phone.call(command, arguments).await.unwrap_or_else(|failure| failure);
        assert_eq!(wrong_with(&result, &secrets), None, "{command}");
        result
    };
    play("state", json!({})).await;
    play("set", json!({ "name": "theme", "value": "dark" })).await;
    play("create", json!({ "pin": PIN })).await;
    assert_eq!(play("change_pin", json!({ "old": PIN, "new": "864209" })).await, json!({}));
    assert_eq!(play("change_pin", json!({ "old": "864209", "new": PIN })).await, json!({}));
    play("lock", json!({})).await;
    play("unlock", json!({ "pin": "000000" })).await;
    assert_eq!(play("unlock", json!({ "pin": PIN })).await, json!({}));
    play("away", json!({ "away": false })).await;
    let offer = play("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    play("begin_sign_in", json!({ "id": offer["id"] })).await;
    play("end_sign_in", json!({ "id": offer["id"], "address": "x" })).await;
    play("accept", json!({ "id": offer["id"], "code": "000000" })).await;
    let cards = play("accept", json!({ "id": offer["id"], "code": CODE })).await;
    assert_eq!(cards[0]["copies"], 3, "{offer} {cards}");
    play("cards", json!({})).await;
    let card = cards[0]["id"].clone();
    let details = play("card", json!({ "id": card })).await;
    assert!(details.to_string().contains("Maria"));
    phone.app.open_link(&asking.link());
    // What another app handed over comes back as it was.
    played.lock().unwrap().insert("opened");
    assert_eq!(phone.good("opened", json!({})).await, json!({ "text": asking.link() }));
    let request = play("look", json!({ "text": asking.link() })).await;
    play("choose", json!({ "id": request["id"], "choices": request["consent"]["choice"] })).await;
    let shared = play("share", json!({ "id": request["id"] })).await;
    assert!(shared["entry"].is_number(), "{shared}");
    let again = play("look", json!({ "text": asking.link() })).await;
    play("decline", json!({ "id": again["id"] })).await;
    play("refuse", json!({ "id": again["id"] })).await;
    play("look", json!({ "text": curious.link() })).await;
    play("read_picture", json!({ "png_base64": "" })).await;
    play("read_frame", json!({ "width": 1, "height": 1, "luma_base64": "AA==" })).await;
    let history = play("history", json!({})).await;
    play("entry", json!({ "id": history[0]["id"] })).await;
    play("check_receipts", json!({})).await;
    play("export_history", json!({})).await;
    play("ask_deletion", json!({ "id": history[0]["id"] })).await;
    play("report", json!({ "entry": history[0]["id"], "why": "not_me", "text": "no" })).await;
    play("feedback", json!({ "card": card, "text": "good" })).await;
    play("show_code", json!({ "card": card })).await;
    play("bright", json!({ "on": true })).await;
    play("owner", json!({})).await;
    play("save", json!({ "file_name": "history.json", "base64": "e30=" })).await;
    play("begin_move_in", json!({})).await;
    play("move_out", json!({ "id": "x", "check": "x" })).await;
    play("end_move_in", json!({ "pin": PIN })).await;
    // A phrase is shown to its owner, once; a backup is closed with it.
    played.lock().unwrap().extend(["make_phrase", "backup"]);
    let words = phone.good("make_phrase", json!({ "language": "en" })).await["words"].clone();
    let backup = phone.good("backup", json!({ "words": words })).await;
    let file = STANDARD.decode(backup["base64"].as_str().unwrap()).unwrap();
    for secret in secrets.iter().map(String::as_str).chain(["Maria", "eyJ"]) {
        assert!(!file.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
    play("restore", json!({ "base64": "", "words": ["abandon"], "pin": PIN })).await;
    for command in ["check_card", "renew_card", "get_again"] {
        play(command, json!({ "id": card })).await;
    }
    play("keep_up", json!({})).await;
    play("delete_card", json!({ "id": card })).await;
    play("practice", json!({ "on": true })).await;
    play("cards", json!({})).await;
    play("practice", json!({ "on": false })).await;
    play("erase", json!({})).await;
    assert_eq!(*played.lock().unwrap(), every_command());
}

/// Those of the screens' own list.
fn every_command() -> BTreeSet<&'static str> {
    let screens = include_str!("../../../src/ipc.ts");
    let listed = screens.split("export interface Commands {").nth(1).unwrap().split("\n}\n").next().unwrap();
    listed
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(": [").map(|(name, _)| name))
        .collect()
}

#[test]
fn the_search_finds_what_it_is_for() {
    let secrets = [PIN.to_owned()];
    for bad in [
        json!({ "text": "your pin is 135790" }),
        json!([{ "name": { "en": "eyJhbGciOiJFUzI1NiJ9" } }]),
        json!({ "claims": ["WyJzYWx0Il0~"] }),
        json!({ "nested": { "deep": ["A".repeat(43)] } }),
        json!({ "AAAAAAAAAAAAAAAAAAAAAAAAAAAA": 1 }),
    ] {
        assert!(wrong_with(&bad, &secrets).is_some(), "{bad}");
    }
    assert_eq!(
        wrong_with(&json!({ "id": "A".repeat(43), "name": "Maria Okafor, 1987-04-12" }), &secrets),
        None
    );
}
