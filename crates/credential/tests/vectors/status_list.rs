//! Token Status List.

use credential::key::{PublicKey, RustCrypto};
use credential::status_list::{StatusList, StatusListError, UnverifiedToken};
use credential::time::UnixTime;

use crate::{items, load, text};

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
