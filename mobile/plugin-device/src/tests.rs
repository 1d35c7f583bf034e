//! The wallet's key store over a phone that answers well, badly, and not at all.

use std::sync::Arc;

use credential::key::{Algorithm, VerifySignature as _};
use serde_json::{Value, json};
use wallet_core::keys::{KeyHandle, KeyStore, KeyStoreError};

use crate::attest::{Attestation, MAX_PARTS};
use crate::files::save;
use crate::keys::{Demand, DeviceKeys};
use crate::owner::{Guard, guard};
use crate::phone::{Command, Phone, Refusal};
use software::SoftwarePhone;

mod software;

/// A phone that always answers the same.
struct Parrot(Result<Value, Refusal>);

impl Phone for Parrot {
    fn ask(&self, _: Command, _: Value) -> Result<Value, Refusal> {
        self.0.clone()
    }
}

fn keys() -> (Arc<SoftwarePhone>, DeviceKeys) {
    let phone = Arc::new(SoftwarePhone::default());
    let keys = DeviceKeys::new(Arc::clone(&phone) as Arc<dyn Phone>, Demand::Any);
    (phone, keys)
}

fn parrot(answer: Result<Value, Refusal>) -> DeviceKeys {
    DeviceKeys::new(Arc::new(Parrot(answer)), Demand::Hardware)
}

fn handle(text: &str) -> KeyHandle {
    KeyHandle::from_bytes(text.as_bytes().to_vec())
}

/// What each method that can fail says of an answer.
fn every_method(answer: &Result<Value, Refusal>) -> Vec<KeyStoreError> {
    let keys = parrot(answer.clone());
    vec![
        keys.make_device_key().unwrap_err(),
        keys.mix(&[1; 32]).map(drop).unwrap_err(),
        keys.guesses().map(drop).unwrap_err(),
        keys.count_guess().unwrap_err(),
        keys.right_guess().map(drop).unwrap_err(),
        keys.keep_right_guess(1).unwrap_err(),
        keys.newest_state().map(drop).unwrap_err(),
        keys.keep_newest_state(1).unwrap_err(),
        keys.destroy().unwrap_err(),
        keys.make_card_key().map(drop).unwrap_err(),
        keys.card_key(&handle("a")).map(drop).unwrap_err(),
        keys.destroy_card_key(&handle("a")).unwrap_err(),
        keys.make_token_key().map(drop).unwrap_err(),
        keys.token_key(&handle("a")).map(drop).unwrap_err(),
        keys.destroy_token_key(&handle("a")).unwrap_err(),
        keys.attest(&[1; 32]).map(drop).unwrap_err(),
    ]
}

#[test]
fn the_same_input_mixes_to_the_same_bytes_until_another_device_key_is_made() {
    let (_, keys) = keys();
    keys.make_device_key().unwrap();
    let first = *keys.mix(&[7; 32]).unwrap().expose_secret();
    assert_eq!(*keys.mix(&[7; 32]).unwrap().expose_secret(), first);
    assert_ne!(*keys.mix(&[8; 32]).unwrap().expose_secret(), first);
    keys.make_device_key().unwrap();
    assert_ne!(*keys.mix(&[7; 32]).unwrap().expose_secret(), first);
}

#[test]
fn where_the_device_key_vanished_mixing_says_so_and_makes_no_other() {
    let (_, keys) = keys();
    assert!(matches!(keys.mix(&[7; 32]), Err(KeyStoreError::Gone)));
    keys.make_device_key().unwrap();
    keys.destroy().unwrap();
    for _ in 0..2 {
        assert!(matches!(keys.mix(&[7; 32]), Err(KeyStoreError::Gone)));
    }
}

#[test]
fn another_phone_mixes_to_other_bytes() {
    let (_, mine) = keys();
    let (_, other) = keys();
    mine.make_device_key().unwrap();
    other.make_device_key().unwrap();
    assert_ne!(mine.mix(&[7; 32]).unwrap().expose_secret(), other.mix(&[7; 32]).unwrap().expose_secret());
}

#[test]
fn a_card_key_signs_and_its_signature_verifies() {
    let (_, keys) = keys();
    let key = keys.card_key(&keys.make_card_key().unwrap()).unwrap();
    let signature = key.sign(b"a request").unwrap();
    assert_eq!(signature.len(), 64);
    let verifier = credential::key::RustCrypto;
    verifier.verify(key.public_key(), b"a request", &signature).unwrap();
    verifier.verify(key.public_key(), b"another", &signature).unwrap_err();
    assert_eq!(key.public_key().algorithm(), Algorithm::Es256);
}

#[test]
fn a_handle_of_one_purpose_is_none_of_another() {
    let (_, keys) = keys();
    let (card, token) = (keys.make_card_key().unwrap(), keys.make_token_key().unwrap());
    assert!(matches!(keys.token_key(&card), Err(KeyStoreError::Unknown)));
    assert!(matches!(keys.card_key(&token), Err(KeyStoreError::Unknown)));
}

#[test]
fn a_key_is_destroyed_alone_and_as_often_as_anybody_likes() {
    let (_, keys) = keys();
    let [card, other, token] =
        [keys.make_card_key(), keys.make_card_key(), keys.make_token_key()].map(Result::unwrap);
    keys.destroy_card_key(&token).unwrap();
    for _ in 0..2 {
        keys.destroy_card_key(&card).unwrap();
    }
    assert!(matches!(keys.card_key(&card), Err(KeyStoreError::Unknown)));
    keys.card_key(&other).unwrap();
    keys.token_key(&token).unwrap();
}

#[test]
fn a_handle_that_no_phone_made_never_reaches_one() {
    let (phone, keys) = keys();
    let long = "a".repeat(257);
    for strange in ["", "../card", "a b", "symbolon.card.x", "a\0", "é", "\"}", &long] {
        assert!(matches!(keys.card_key(&handle(strange)), Err(KeyStoreError::Unknown)), "{strange}");
    }
    assert!(matches!(keys.card_key(&KeyHandle::from_bytes(vec![0xff; 8])), Err(KeyStoreError::Unknown)));
    assert_eq!(phone.asked(), 0);
}

#[test]
fn guesses_and_states_only_grow() {
    let (_, keys) = keys();
    assert_eq!((keys.guesses().unwrap(), keys.newest_state().unwrap()), (0, Some(0)));
    keys.count_guess().unwrap();
    keys.count_guess().unwrap();
    keys.keep_newest_state(9).unwrap();
    keys.keep_newest_state(3).unwrap();
    assert_eq!((keys.guesses().unwrap(), keys.newest_state().unwrap()), (2, Some(9)));
    keys.keep_right_guess(2).unwrap();
    keys.keep_right_guess(1).unwrap();
    assert_eq!(keys.right_guess().unwrap(), 2);
}

#[test]
fn a_guess_that_the_phone_did_not_count_may_not_be_made() {
    let forgetful = parrot(Ok(json!({"guesses": 4, "right": 4, "state": 0})));
    // It answers even the order to count with its counts, so that is refused for what it is.
    assert!(matches!(forgetful.count_guess(), Err(KeyStoreError::Phone(_))));
    let (phone, keys) = keys();
    phone.forget_to_count();
    assert!(matches!(keys.count_guess(), Err(KeyStoreError::Phone(_))));
}

#[test]
fn destroying_forgives_the_guesses_and_takes_every_key() {
    let (_, keys) = keys();
    let card = keys.make_card_key().unwrap();
    keys.count_guess().unwrap();
    keys.destroy().unwrap();
    assert_eq!((keys.guesses().unwrap(), keys.right_guess().unwrap()), (1, 1));
    assert!(matches!(keys.card_key(&card), Err(KeyStoreError::Unknown)));
    keys.destroy().unwrap();
}

#[test]
fn each_reason_of_the_phone_arrives_as_its_own() {
    for (refusal, code) in [
        (Refusal::NotConfirmed, "not_confirmed"),
        (Refusal::ConfirmingLocked, "confirming_locked"),
        (Refusal::Gone, "device_key_gone"),
        (Refusal::Unknown, "key_store"),
        (Refusal::NoHardware, "no_key_hardware"),
        (Refusal::Failed, "key_store"),
    ] {
        for error in every_method(&Err(refusal.clone())) {
            assert_eq!(error.code(), code, "{refusal}");
        }
    }
}

#[test]
fn an_exception_becomes_an_error_and_its_text_stays_where_it_is() {
    for code in [None, Some(""), Some("java.lang.NullPointerException"), Some("NOT_CONFIRMED")] {
        assert_eq!(Refusal::from_code(code), Refusal::Failed);
    }
    for error in every_method(&Err(Refusal::Failed)) {
        assert!(matches!(error, KeyStoreError::Phone(_)));
        assert_eq!(format!("{error}"), "phone's key store failed");
    }
}

#[test]
fn codes_are_told_apart() {
    for (code, refusal) in [
        ("not_confirmed", Refusal::NotConfirmed),
        ("confirming_locked", Refusal::ConfirmingLocked),
        ("gone", Refusal::Gone),
        ("unknown", Refusal::Unknown),
        ("no_hardware", Refusal::NoHardware),
    ] {
        assert_eq!(Refusal::from_code(Some(code)), refusal);
    }
}

#[test]
fn an_answer_to_another_question_is_refused() {
    for strange in [
        json!([1]),
        json!("done"),
        json!(7),
        json!({"other": true}),
        json!({"guesses": -1, "right": 0, "state": 0}),
    ] {
        for error in every_method(&Ok(strange.clone())) {
            assert!(matches!(error, KeyStoreError::Phone(_)), "{strange}: {error:?}");
        }
    }
}

#[test]
fn a_mix_of_another_length_is_refused() {
    for output in ["", "AAAA", "not base64url!", &"A".repeat(44)] {
        let keys = parrot(Ok(json!({ "output": output })));
        assert!(matches!(keys.mix(&[1; 32]), Err(KeyStoreError::Phone(_))), "{output}");
    }
}

#[test]
fn a_point_that_is_on_no_curve_is_no_key() {
    let zeros = "A".repeat(87);
    for public in ["", "AAAA", zeros.as_str()] {
        let keys = parrot(Ok(json!({ "handle": "a", "public": public })));
        assert!(matches!(keys.make_card_key(), Err(KeyStoreError::Phone(_))));
        assert!(matches!(keys.card_key(&handle("a")), Err(KeyStoreError::Phone(_))));
    }
}

#[test]
fn a_key_under_another_handle_is_not_taken_for_the_one_that_was_asked_for() {
    let (_, keys) = keys();
    let made = keys.make_card_key().unwrap();
    let public = credential::encoding::base64url(keys.card_key(&made).unwrap().public_key().to_bytes());
    let other = parrot(Ok(json!({ "handle": "b", "public": public })));
    assert!(matches!(other.card_key(&handle("a")), Err(KeyStoreError::Phone(_))));
    let strange = parrot(Ok(json!({ "handle": "../b", "public": public })));
    assert!(matches!(strange.make_card_key(), Err(KeyStoreError::Phone(_))));
}

#[test]
fn a_signature_that_is_none_is_an_error() {
    let (phone, keys) = keys();
    let key = keys.card_key(&keys.make_card_key().unwrap()).unwrap();
    for broken in [json!({"signature": ""}), json!({"signature": "MAA"}), json!({}), Value::Null] {
        phone.answer_next(Ok(broken));
        key.sign(b"x").unwrap_err();
    }
    phone.answer_next(Err(Refusal::Unknown));
    key.sign(b"x").unwrap_err();
    key.sign(b"x").unwrap();
}

#[test]
fn a_release_takes_keys_in_hardware_alone() {
    let phone = Arc::new(SoftwarePhone::default());
    let keys = DeviceKeys::new(Arc::clone(&phone) as Arc<dyn Phone>, Demand::Hardware);
    assert!(matches!(keys.make_card_key(), Err(KeyStoreError::NoHardware)));
    assert!(matches!(keys.make_token_key(), Err(KeyStoreError::NoHardware)));
    assert!(matches!(keys.make_device_key(), Err(KeyStoreError::NoHardware)));
    assert!(matches!(keys.mix(&[1; 32]), Err(KeyStoreError::NoHardware)));
}

#[test]
fn an_attestation_is_taken_within_its_limits() {
    let attest = |answer: Value| parrot(Ok(answer)).attest(&[3; 32]);
    let chain = Attestation::KeyChain(vec![vec![1, 2, 3], vec![4, 5, 6]]);
    assert_eq!(attest(json!({"chain": ["AQID", "BAUG"]})).unwrap(), chain);
    assert_eq!(attest(json!({"app_attest": "AQID"})).unwrap(), Attestation::AppAttest(vec![1, 2, 3]));
    let large = "AAAA".repeat(6000);
    for answer in [
        json!({"chain": []}),
        json!({"chain": vec!["AQID"; MAX_PARTS + 1]}),
        json!({"chain": ["AQID", ""]}),
        json!({"chain": [large]}),
        json!({"app_attest": "?"}),
        json!({"chain": ["AQID"], "app_attest": "AQID"}),
    ] {
        attest(answer).map(drop).unwrap_err();
    }
}

#[test]
fn what_guards_the_device_key_is_told_as_the_phone_says_it() {
    let told = |answer: Value| guard(&Parrot(Ok(answer)));
    assert_eq!(told(json!({"confirms": true, "lock": true})).unwrap(), Guard::Owner);
    assert_eq!(told(json!({"confirms": false, "lock": true})).unwrap(), Guard::NobodyYet);
    assert_eq!(told(json!({"confirms": false, "lock": false})).unwrap(), Guard::Nobody);
    for strange in [Value::Null, json!({}), json!({"confirms": 1, "lock": true}), json!({"confirms": true})] {
        told(strange).unwrap_err();
    }
    assert!(matches!(guard(&Parrot(Err(Refusal::Gone))), Err(KeyStoreError::Gone)));
}

#[test]
fn a_file_is_saved_where_the_owner_says_so_and_only_then() {
    let phone = SoftwarePhone::default();
    assert!(save(&phone, "a.bin", b"content").unwrap());
    assert!(!save(&phone, "b.bin", b"content").unwrap());
    for strange in [Value::Null, json!({}), json!({"saved": 1}), json!({"saved": true, "where": "x"})] {
        save(&Parrot(Ok(strange)), "a.bin", b"").unwrap_err();
    }
    assert!(matches!(save(&Parrot(Err(Refusal::Failed)), "a.bin", b""), Err(KeyStoreError::Phone(_))));
}

/// What each side calls its commands: a name that one of them lacks would fail on a phone alone.
#[test]
fn kotlin_and_swift_have_every_command() {
    let kotlin = include_str!("../android/src/main/java/org/symbolon/device/DevicePlugin.kt");
    let swift = include_str!("../ios/Sources/DevicePlugin.swift");
    let source = include_str!("phone.rs");
    let names: Vec<&str> = source
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split_once("\",").map(|(name, _)| name))
        .collect();
    assert!(names.len() > 12 && names.contains(&Command::SaveFile.name()), "{names:?}");
    for name in names {
        assert!(kotlin.contains(&format!("@Command\n    fun {name}(invoke: Invoke)")), "{name} in Kotlin");
        assert!(swift.contains(&format!("@objc func {name}(_ invoke: Invoke)")), "{name} in Swift");
    }
}

#[test]
fn nothing_secret_is_in_debug_output() {
    let (_, keys) = keys();
    keys.make_device_key().unwrap();
    assert_eq!(format!("{keys:?}"), "DeviceKeys(in hardware)");
    assert!(format!("{:?}", keys.mix(&[7; 32]).unwrap()).contains("REDACTED"));
}
