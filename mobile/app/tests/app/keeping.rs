//! Another PIN, a backup, a new phone, and the end of a wallet.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wallet_core::keys::KeyStoreError;

use crate::issuer::CODE;
use crate::phone::{PIN, Phone, issuer, offer_link, provider};

/// A phone with a card that was shown once.
async fn used(name: &str) -> Phone {
    let phone = Phone::open(name).await;
    let (issuer, _one) = issuer().await;
    let found = phone.good("look", json!({ "text": offer_link(&issuer.offer()) })).await;
    phone.good("accept", json!({ "id": found["id"], "code": CODE })).await;
    let (asking, _two) = provider(|_| ()).await;
    let found = phone.good("look", json!({ "text": asking.link() })).await;
    phone.good("share", json!({ "id": found["id"] })).await;
    phone
}

/// What comes back with a backup or a move: the history, and cards that are to be had again.
async fn came_back(phone: &Phone) {
    assert_eq!(phone.phase().await, "open");
    assert_eq!(phone.good("history", json!({})).await.as_array().unwrap().len(), 1);
    let cards = phone.good("cards", json!({})).await;
    assert_eq!((&cards[0]["state"], &cards[0]["copies"]), (&json!("get_again"), &json!(0)));
}

#[tokio::test]
async fn another_pin_opens_and_the_old_one_does_not() {
    let phone = Phone::open("change-pin").await;
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    assert_eq!(phone.refused("change_pin", change("000000", "864209")).await, "wrong_pin");
    assert_eq!(phone.refused("change_pin", change(PIN, "1")).await, "pin_length");
    phone.good("change_pin", change(PIN, "864209")).await;
    phone.good("lock", json!({})).await;
    assert_eq!(phone.refused("change_pin", change("864209", PIN)).await, "locked");
    assert_eq!(phone.refused("unlock", json!({ "pin": PIN })).await, "wrong_pin");
    phone.good("unlock", json!({ "pin": "864209" })).await;
}

#[tokio::test]
async fn a_backup_opens_with_its_words_and_no_others() {
    let old = used("backup-old").await;
    let words = old.good("make_phrase", json!({ "language": "en" })).await["words"].clone();
    assert_eq!(words.as_array().unwrap().len(), 12);
    let file = old.good("backup", json!({ "words": words })).await["base64"].clone();
    let others = old.good("make_phrase", json!({ "language": "en" })).await["words"].clone();
    let new = Phone::new("backup-new");
    let restore = |words: &Value, file: &Value| json!({ "base64": file, "words": words, "pin": PIN });
    assert_eq!(new.refused("restore", restore(&others, &file)).await, "backup_closed");
    assert_eq!(new.refused("restore", restore(&json!(["abandon"]), &file)).await, "phrase_length");
    assert_eq!(new.refused("restore", restore(&words, &json!("AAAA"))).await, "not_a_backup");
    assert_eq!(new.phase().await, "new");
    new.good("restore", restore(&words, &file)).await;
    came_back(&new).await;
    assert_eq!(new.refused("restore", restore(&words, &file)).await, "wallet_exists");
}

#[tokio::test]
async fn words_are_in_the_persons_language() {
    let phone = Phone::open("words").await;
    for (language, is_ascii) in [("en", true), ("zh", false)] {
        let words = phone.good("make_phrase", json!({ "language": language })).await;
        assert_eq!(words["words"][0].as_str().unwrap().is_ascii(), is_ascii, "{language}");
    }
}

#[tokio::test]
async fn a_wallet_moves_to_a_new_phone_when_the_numbers_agree() {
    let (old, new) = (used("move-old").await, Phone::new("move-new"));
    let mine = new.good("begin_move_in", json!({})).await;
    let found = old.good("look", json!({ "text": mine["text"] })).await;
    assert_eq!(found["kind"], "move");
    assert!(
        !found.to_string().contains(mine["check"].as_str().unwrap()),
        "nobody reads the number off this phone"
    );
    assert_eq!(old.refused("move_out", json!({ "id": found["id"] })).await, "arguments_malformed");
    // A number that differs shows nothing, and may be typed again.
    let other = json!({ "id": found["id"], "check": "0000 0000 0000" });
    assert_eq!(old.refused("move_out", other).await, "check_differs");
    let film = old.good("move_out", json!({ "id": found["id"], "check": mine["check"] })).await;
    assert_eq!(new.refused("end_move_in", json!({ "pin": PIN })).await, "gone");
    let frames = film["frames"].as_array().unwrap();
    for frame in frames {
        let progress = new.good("look", json!({ "text": frame })).await;
        assert_eq!((&progress["kind"], &progress["of"]), (&json!("frames"), &json!(frames.len())));
    }
    // The film goes on for a while. What came is shown before it becomes a wallet.
    let progress = new.good("look", json!({ "text": frames[0] })).await;
    assert_eq!(progress["got"], progress["of"]);
    let (lines, cards) = (&progress["came"]["entries"], &progress["came"]["cards"]);
    assert_eq!((lines, cards.as_array().map(Vec::len)), (&json!(1), Some(1)));
    assert_eq!(film["left_out"], 0);
    new.good("end_move_in", json!({ "pin": PIN })).await;
    came_back(&new).await;
    let again = json!({ "id": found["id"], "check": mine["check"] });
    assert_eq!(old.refused("move_out", again).await, "gone");
}

#[tokio::test]
async fn a_film_for_another_phone_opens_on_none() {
    let (old, new, other) = (used("film-old").await, Phone::new("film-new"), Phone::new("film-other"));
    let mine = new.good("begin_move_in", json!({})).await;
    let found = old.good("look", json!({ "text": mine["text"] })).await;
    let film = old.good("move_out", json!({ "id": found["id"], "check": mine["check"] })).await;
    let frames = film["frames"].as_array().unwrap();
    assert_eq!(other.refused("look", json!({ "text": frames[0] })).await, "locked");
    // Another key: the randomness of these tests is the same on each phone.
    other.good("begin_move_in", json!({})).await;
    other.good("begin_move_in", json!({})).await;
    let (last, before) = frames.split_last().unwrap();
    for frame in before {
        other.good("look", json!({ "text": frame })).await;
    }
    assert_eq!(other.refused("look", json!({ "text": last })).await, "move_closed");
    assert_eq!(other.refused("end_move_in", json!({ "pin": PIN })).await, "gone");
    assert_eq!(other.phase().await, "new");
}

#[tokio::test]
async fn a_film_that_was_begun_and_left_makes_room_for_another() {
    let (old, new) = (used("room-old").await, Phone::new("room-new"));
    let mine = new.good("begin_move_in", json!({})).await;
    let film = || async {
        let found = old.good("look", json!({ "text": mine["text"] })).await;
        let film = old.good("move_out", json!({ "id": found["id"], "check": mine["check"] })).await;
        film["frames"].as_array().unwrap().clone()
    };
    let (first, second) = (film().await, film().await);
    new.good("look", json!({ "text": first[0] })).await;
    new.turn(10);
    assert_eq!(
        new.good("look", json!({ "text": first[1] })).await["got"],
        2,
        "the same one goes on after a pause"
    );
    assert_eq!(new.refused("look", json!({ "text": second[0] })).await, "frame_of_another");
    new.turn(10);
    for frame in &second {
        new.good("look", json!({ "text": frame })).await;
    }
    new.good("end_move_in", json!({ "pin": PIN })).await;
    came_back(&new).await;
}

#[tokio::test]
async fn a_move_that_was_begun_and_left_takes_no_counters_codes() {
    let phone = Phone::new("left");
    phone.good("begin_move_in", json!({})).await;
    phone.good("create", json!({ "pin": PIN })).await;
    let frame = wallet_core::frames::split(b"not a request").unwrap().remove(0);
    assert_eq!(phone.refused("look", json!({ "text": frame })).await, "message_malformed");
}

#[tokio::test]
async fn a_file_goes_where_the_phones_owner_says() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let mut phone = Phone::new("save");
    let file = json!({ "file_name": "symbolon-backup.bin", "base64": "AQID" });
    assert_eq!(phone.refused("save", file.clone()).await, "locked");
    phone.good("create", json!({ "pin": PIN })).await;
    assert_eq!(phone.good("save", file.clone()).await["saved"], Value::Null, "a screen offers it itself");
    phone.app.saved_by(move |name, bytes| {
        heard.lock().unwrap().push((name.to_owned(), bytes.to_vec()));
        match name {
            "full.json" => Err(KeyStoreError::Unknown),
            _ => Ok(name != "no.json"),
        }
    });
    assert_eq!(phone.good("save", file).await["saved"], true);
    assert_eq!(*told.lock().unwrap(), [("symbolon-backup.bin".to_owned(), vec![1, 2, 3])]);
    assert_eq!(phone.good("save", json!({ "file_name": "no.json", "base64": "" })).await["saved"], false);
    let full = json!({ "file_name": "full.json", "base64": "" });
    assert_eq!(phone.refused("save", full).await, "file_not_saved");
    for name in ["", "../x", "a/b", ".hidden", "a b", "a\u{202e}b", &"a".repeat(65)] {
        let strange = json!({ "file_name": name, "base64": "" });
        assert_eq!(phone.refused("save", strange).await, "arguments_malformed", "{name}");
    }
    assert_eq!(told.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn nothing_moves_in_where_a_wallet_is() {
    let phone = Phone::open("move-busy").await;
    assert_eq!(phone.refused("begin_move_in", json!({})).await, "wallet_exists");
    assert_eq!(phone.refused("end_move_in", json!({ "pin": PIN })).await, "wallet_exists");
    for (text, code) in [("symbolon-move:1:x", "move_link_malformed"), ("symbolon-move:9:x:y", "move_newer")]
    {
        assert_eq!(phone.refused("look", json!({ "text": text })).await, code);
    }
}

#[tokio::test]
async fn an_erased_wallet_is_gone_and_another_can_be_made() {
    let mut phone = used("erase").await;
    phone.good("lock", json!({})).await;
    phone.good("erase", json!({})).await;
    assert_eq!(phone.phase().await, "new");
    phone.restart();
    assert_eq!(phone.refused("unlock", json!({ "pin": PIN })).await, "no_wallet");
    phone.good("erase", json!({})).await;
    phone.good("create", json!({ "pin": "864209" })).await;
    assert_eq!(phone.good("cards", json!({})).await, json!([]));
    assert_eq!(phone.good("history", json!({})).await, json!([]));
}

#[tokio::test]
async fn what_is_no_code_of_a_film_is_refused() {
    let phone = Phone::open("film").await;
    let frame = wallet_core::frames::split(b"not a request").unwrap().remove(0);
    assert_eq!(phone.refused("look", json!({ "text": frame })).await, "message_malformed");
    let head = frame.split('/').next().unwrap();
    assert_eq!(phone.refused("look", json!({ "text": format!("{head}/nonsense") })).await, "no_frame");
}

#[tokio::test]
async fn a_film_that_was_left_does_not_stand_in_the_way_of_another() {
    let phone = Phone::open("film-left").await;
    let (one, other) = (vec![1; 900], vec![2; 900]);
    let film = |message: &[u8]| wallet_core::frames::split(message).unwrap().remove(0);
    phone.good("look", json!({ "text": film(&one) })).await;
    assert_eq!(phone.refused("look", json!({ "text": film(&other) })).await, "frame_of_another");
    phone.turn(10);
    assert_eq!(phone.good("look", json!({ "text": film(&other) })).await["got"], 1);
}
