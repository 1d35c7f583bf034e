//! Token Status List.

use credential::key::{PublicKey, RustCrypto};
use credential::status_list::aggregation::Aggregation;
use credential::status_list::{StatusList, StatusListError, UnverifiedToken};
use credential::time::UnixTime;

use crate::{folder, items, load, text};

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

/// The lists of appendix C in another project's transcription.
#[test]
fn the_lists_of_simplesamlphp_are_read_entry_by_entry() {
    let file = "token-status-list/simplesamlphp/status-list-test-vectors-appendix-c.json";
    let Some(vectors) = load(file) else { return };
    let mut entries = 0;
    for (name, vector) in
        vectors.as_object().expect("an object").iter().filter(|(name, _)| name.starts_with("C."))
    {
        let bits = u8::try_from(vector["bits"].as_u64().expect("bits")).expect("few bits");
        let list = StatusList::from_compressed(bits, text(vector, "lst")).expect(name);
        assert_eq!(list.entries(), vector["capacity"].as_u64().expect("a capacity"), "{name}");
        for (index, status) in vector["statuses"].as_object().expect("statuses") {
            let found = list.get(index.parse().expect("an index")).expect("an entry").number();
            assert_eq!(u64::from(found), status.as_u64().expect("a status"), "{name} {index}");
            entries += 1;
        }
    }
    assert_eq!(entries, 293);
}

/// What nl-wallet transcribed: statuses alone, held against the lists of the draft.
#[test]
fn the_statuses_of_nl_wallet_are_those_of_the_lists() {
    let Some(vectors) = load("token-status-list/vectors.json") else { return };
    let folder = folder().expect("it is here").join("token-status-list/nl-wallet/spec");
    let mut entries = 0;
    for (file, name) in [
        ("1-bit-status-list", "C.1 1-bit"),
        ("2-bit-status-list", "C.2 2-bit"),
        ("4-bit-status-list", "C.3 4-bit"),
        ("8-bit-status-list", "C.4 8-bit"),
        ("example-status-list-1", "4.2 bits=1"),
        ("example-status-list-2", "4.2 bits=2"),
    ] {
        let vector = items(&vectors).iter().find(|vector| vector["name"] == name).expect("a list");
        let bits = u8::try_from(vector["bits"].as_u64().expect("bits")).expect("few bits");
        let list = StatusList::from_compressed(bits, text(&vector["json"], "lst")).expect("a list");
        let lines = std::fs::read_to_string(folder.join(format!("{file}.txt"))).expect("a text");
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let (index, status) = line.split_once('=').expect("a status");
            let index = index.trim().trim_start_matches("status[").trim_end_matches(']');
            let found = list.get(index.parse().expect("an index")).expect("an entry").number();
            assert_eq!(found.to_string(), status.trim(), "{file} {index}");
            entries += 1;
        }
    }
    assert_eq!(entries, 321);
}

#[test]
fn the_aggregation_of_the_draft_is_read() {
    let Some(blocks) = load("token-status-list/spec-examples-draft20.json") else { return };
    let mut blocks = items(&blocks).iter().filter(|block| text(block, "section").starts_with("9.3."));
    let block = blocks.next().expect("an aggregation");
    let aggregation = Aggregation::parse(text(block, "text").as_bytes()).expect("an aggregation");
    assert_eq!((aggregation.lists.len(), blocks.count()), (3, 0));
}
