//! Token Status List.

use credential::cbor::Item;
use credential::cose::CoseError;
use credential::cose::sign1::Sign1;
use credential::key::{Algorithm, PublicKey, RustCrypto};
use credential::status_list::aggregation::Aggregation;
use credential::status_list::cwt::UnverifiedCwt;
use credential::status_list::{StatusList, StatusListError, UnverifiedToken};
use credential::time::UnixTime;
use serde_json::Value;

use crate::{hex, items, load, load_text, text};

#[test]
fn the_lists_of_the_draft_are_read_entry_by_entry() {
    let Some(vectors) = load("token-status-list/vectors.json") else { return };
    let mut lists = 0;
    for vector in items(&vectors).iter().filter(|vector| vector["json"].is_object()) {
        let bits = u8::try_from(vector["bits"].as_u64().expect("bits")).expect("few bits");
        let list = StatusList::from_compressed(bits, text(&vector["json"], "lst")).expect("a list");
        if let Some(statuses) = vector["statuses"].as_object() {
            for (index, status) in statuses {
                let index: u64 = index.parse().expect("an index");
                assert_eq!(
                    u64::from(list.get(index).expect("an entry").number()),
                    status.as_u64().expect("a status")
                );
            }
        }
        for (index, status) in (0..).zip(vector["all_statuses"].as_array().into_iter().flatten()) {
            assert_eq!(
                u64::from(list.get(index).expect("an entry").number()),
                status.as_u64().expect("a status")
            );
        }
        if let Some(capacity) = vector["capacity"].as_u64() {
            assert_eq!(list.entries(), capacity);
            assert_eq!(list.get(capacity), Err(StatusListError::Index));
        }
        let again = StatusList::from_compressed(bits, &list.to_compressed());
        assert_eq!(again.as_ref(), Ok(&list));
        lists += 1;
    }
    assert_eq!(lists, 6);
}

#[test]
fn the_token_of_the_draft_verifies_and_expires() {
    let Some(vectors) = load("token-status-list/vectors.json") else { return };
    let vector = items(&vectors).iter().find(|vector| vector["jwt"].is_string()).expect("a token");
    let key = PublicKey::from_jwk(&vector["public_jwk"]).expect("a key");
    let check = |uri: &str, now: u64| {
        let token = UnverifiedToken::parse(text(vector, "jwt")).expect("a token");
        token.verify(&key, uri, UnixTime::from_secs(now), &RustCrypto)
    };
    let uri = "https://example.com/statuslists/1";
    let verified = check(uri, 1_686_920_171).expect("it verifies");
    assert_eq!(verified.ttl().map(|ttl| ttl.as_secs()), Some(43200));
    assert_eq!(verified.list().get(0).map(credential::status_list::Status::number), Ok(1));
    assert!(matches!(
        check("https://example.com/statuslists/2", 1_686_920_171),
        Err(StatusListError::Subject)
    ));
    assert!(matches!(check(uri, 2_291_720_170), Err(StatusListError::Expired)));
    assert!(matches!(check(uri, 1_600_000_000), Err(StatusListError::Future)));
}

/// The list of this name, from its JSON form.
fn list_in_json(vectors: &Value, name: &str) -> StatusList {
    let vector = items(vectors).iter().find(|vector| vector["name"] == name).expect("a list");
    let bits = u8::try_from(vector["bits"].as_u64().expect("bits")).expect("few bits");
    StatusList::from_compressed(bits, text(&vector["json"], "lst")).expect("a list")
}

#[test]
fn the_lists_in_cbor_are_those_in_json() {
    let Some(vectors) = load("token-status-list/vectors.json") else { return };
    let mut read = 0;
    for vector in items(&vectors).iter().filter(|vector| vector["cbor_hex"].is_string()) {
        let digits = text(vector, "cbor_hex").lines().last().expect("digits, in one entry behind prose");
        let bytes = hex(digits);
        let list = StatusList::from_cbor(&Item::parse(&bytes, 10_000).expect("cbor")).expect("a list");
        let name = match text(vector, "name") {
            "4.3 cbor bits=1" => "4.2 bits=1",
            name => name,
        };
        assert_eq!(list, list_in_json(&vectors, name), "{name}");
        read += 1;
    }
    assert_eq!(read, 5);
}

#[test]
fn the_token_of_the_draft_in_cbor_verifies_and_expires() {
    let Some(vectors) = load("token-status-list/vectors.json") else { return };
    let named = |name: &str| {
        let found = items(&vectors).iter().find(|vector| vector["name"] == name);
        found.unwrap_or_else(|| panic!("{name}"))
    };
    let vector = named("5.2 status list token CWT (COSE_Sign1 tagged)");
    let key = PublicKey::from_jwk(&vector["public_jwk"]).expect("a key");
    let bytes = hex(text(vector, "cwt_hex"));
    let check = |uri: &str, now: u64| {
        let token = UnverifiedCwt::parse(&bytes).expect("a token");
        token.verify(&key, uri, UnixTime::from_secs(now), &RustCrypto)
    };
    let uri = "https://example.com/statuslists/1";
    let verified = check(uri, 1_686_920_171).expect("it verifies");
    assert_eq!(verified.ttl().map(|ttl| ttl.as_secs()), Some(43200));
    assert_eq!(verified.list().as_bytes(), [0xb9, 0xa3]);
    assert!(matches!(check("https://example.com/2", 1_686_920_171), Err(StatusListError::Subject)));
    assert!(matches!(check(uri, 2_291_720_170), Err(StatusListError::Expired)));
    assert!(matches!(check(uri, 1_600_000_000), Err(StatusListError::Future)));

    let referenced = named("6.3 referenced token CWT");
    let bytes = hex(text(referenced, "cwt_hex"));
    let message = Sign1::parse_tagged(&bytes, 10_000, &[Algorithm::Es256]).expect("a message");
    assert!(message.verify(&key, &[], &RustCrypto).is_ok());
    let token = UnverifiedCwt::parse(&bytes).expect("a token");
    let refused = token.verify(&key, "12345", UnixTime::from_secs(1_686_920_171), &RustCrypto);
    assert!(matches!(refused, Err(StatusListError::Cose(CoseError::Type))), "it is no status list");
}

/// What two other projects keep of appendix C and section 4: statuses, held against the draft's lists.
#[test]
fn the_statuses_that_others_keep_are_those_of_the_draft() {
    let Some(vectors) = load("token-status-list/vectors.json") else { return };
    let status = |list: &StatusList, index: u64| u64::from(list.get(index).expect("an entry").number());
    let mut compared = 0;
    for (file, name) in [
        ("1-bit-status-list", "C.1 1-bit"),
        ("2-bit-status-list", "C.2 2-bit"),
        ("4-bit-status-list", "C.3 4-bit"),
        ("8-bit-status-list", "C.4 8-bit"),
        ("example-status-list-1", "4.2 bits=1"),
        ("example-status-list-2", "4.2 bits=2"),
    ] {
        let list = list_in_json(&vectors, name);
        let lines = load_text(&format!("token-status-list/nl-wallet/spec/{file}.txt")).expect("statuses");
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let (index, value) = line.split_once('=').expect("a status");
            let index = index.trim().trim_start_matches("status[").trim_end_matches(']');
            let value: u64 = value.trim().parse().expect("a number");
            assert_eq!(status(&list, index.parse().expect("an index")), value, "{file} {line}");
            compared += 1;
        }
    }
    let others =
        load("token-status-list/simplesamlphp/status-list-test-vectors-appendix-c.json").expect("vectors");
    for (key, name) in
        [("C.1", "C.1 1-bit"), ("C.2", "C.2 2-bit"), ("C.3", "C.3 4-bit"), ("C.4", "C.4 8-bit")]
    {
        let list = list_in_json(&vectors, name);
        assert_eq!(StatusList::from_compressed(list.bits(), text(&others[key], "lst")).as_ref(), Ok(&list));
        for (index, value) in others[key]["statuses"].as_object().expect("statuses") {
            let index = index.parse().expect("an index");
            assert_eq!(Some(status(&list, index)), value.as_u64(), "{key} {index}");
            compared += 1;
        }
    }
    assert_eq!(compared, 614);
}

#[test]
fn the_aggregation_of_the_draft_is_read() {
    let Some(blocks) = load("token-status-list/spec-examples-draft20.json") else { return };
    let mut blocks = items(&blocks).iter().filter(|block| text(block, "section").starts_with("9.3."));
    let block = blocks.next().expect("an aggregation");
    let aggregation = Aggregation::parse(text(block, "text").as_bytes()).expect("an aggregation");
    assert_eq!((aggregation.lists.len(), blocks.count()), (3, 0));
}
