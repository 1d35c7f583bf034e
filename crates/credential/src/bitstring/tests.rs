use serde_json::json;

use super::list::StatusListCredential;
use super::*;
use crate::issuer::KeyReference;
use crate::key::{RustCrypto, Signer as _};
use crate::status_list::StatusList;
use crate::testing::{NOW, issuer, members};
use crate::vcdm::BASE_CONTEXT;
use crate::vcdm::jwt::{UnverifiedCredential, VerifiedCredential};

const URL: &str = "https://issuer.example/status/3";

fn entry(change: impl Fn(&mut Value)) -> Result<Vec<StatusEntry>, BitstringError> {
    let mut status = json!({
        "id": format!("{URL}#94567"), "type": ENTRY_TYPE, "statusPurpose": "revocation",
        "statusListIndex": "94567", "statusListCredential": URL,
    });
    change(&mut status);
    all_of(status)
}

fn all_of(status: Value) -> Result<Vec<StatusEntry>, BitstringError> {
    let credential = members(json!({
        "@context": [BASE_CONTEXT], "type": ["VerifiableCredential"], "issuer": "https://issuer.example",
        "credentialSubject": {"id": "did:x:y"}, "credentialStatus": status,
    }));
    StatusEntry::all_of(&Credential::new(credential).unwrap())
}

#[test]
fn a_list_and_its_address_may_be_as_large_as_the_limits() {
    let address = format!("https://{}", "x".repeat(MAX_URL - "https://".len()));
    let of = |url: String| entry(|status| status["statusListCredential"] = json!(url));
    assert!(of(address.clone()).is_ok());
    assert_eq!(of(address + "x"), Err(BitstringError::Entry));
    let mut largest = Bitstring::new(8, MAX_LIST as u64).unwrap();
    largest.set(0, 200).unwrap();
    assert_eq!(Bitstring::from_encoded(8, &largest.to_encoded()), Ok(largest));
    assert_eq!(format!("{:?}", Bitstring::new(2, 0).unwrap()), "Bitstring(131072 entries of 2 bits)");
}

fn list() -> Bitstring {
    let mut list = Bitstring::new(1, 0).unwrap();
    list.set(94_567, 1).unwrap();
    list
}

fn verified(change: impl Fn(&mut Map<String, Value>)) -> VerifiedCredential {
    let valid = (NOW, NOW.plus(core::time::Duration::from_secs(60)));
    let made =
        StatusListCredential::make(&list(), URL, "https://issuer.example", "revocation", valid).unwrap();
    let mut all = made.members().clone();
    change(&mut all);
    let token = Credential::new(all).unwrap().to_jwt(&KeyReference::Kid("k".into()), &issuer()).unwrap();
    UnverifiedCredential::parse(&token).unwrap().verify(issuer().public_key(), NOW, &RustCrypto).unwrap()
}

fn subject_refused(name: &str, value: Value) -> BitstringError {
    let verified = verified(|all| all["credentialSubject"][name] = value.clone());
    StatusListCredential::read(&verified).map(drop).unwrap_err()
}

#[test]
fn entries_fill_bytes_from_the_left() {
    for (size, byte) in [(1, 0b0100_0000), (2, 0b0001_0000), (4, 0b0000_0001)] {
        let mut list = Bitstring::new(size, 0).unwrap();
        list.set(1, 1).unwrap();
        assert_eq!(list.bytes[0], byte);
    }
}

#[test]
fn the_same_bytes_say_another_thing_in_the_other_order() {
    let mut list = Bitstring::new(1, 0).unwrap();
    list.set(1, 1).unwrap();
    let other = StatusList::from_bytes(1, list.bytes.clone()).unwrap();
    assert_eq!(other.get(1).unwrap().number(), 0);
    assert_eq!(other.get(6).unwrap().number(), 1);
    assert!(StatusList::from_compressed(1, &list.to_encoded()[1..]).is_err(), "gzip is not zlib");
    let zlib = format!("u{}", other.to_compressed());
    assert_eq!(Bitstring::from_encoded(1, &zlib), Err(BitstringError::Compression));
}

#[test]
fn every_entry_keeps_its_own_status() {
    for size in [1, 2, 4, 8] {
        let mut list = Bitstring::new(size, 0).unwrap();
        let value = |index: u64| (index * 7) as u8 & (u8::MAX >> (8 - size));
        (0..100).for_each(|index| list.set(index, value(99 - index)).unwrap());
        (0..100).for_each(|index| list.set(index, value(index)).unwrap());
        assert!((0..100).all(|index| list.get(index) == Ok(value(index))));
        assert_eq!(Bitstring::from_encoded(size, &list.to_encoded()), Ok(list));
    }
}

#[test]
fn what_is_outside_a_list_is_refused() {
    let mut list = Bitstring::new(2, 0).unwrap();
    assert_eq!(list.entries(), MIN_ENTRIES);
    for index in [MIN_ENTRIES, u64::MAX] {
        assert_eq!(list.get(index), Err(BitstringError::Index));
        assert_eq!(list.set(index, 0), Err(BitstringError::Index));
    }
    assert_eq!(list.set(0, 4), Err(BitstringError::Value));
    for size in [0, 3, 5, 16, 255] {
        assert_eq!(Bitstring::new(size, 0), Err(BitstringError::Size));
        assert_eq!(Bitstring::from_encoded(size, "u"), Err(BitstringError::Size));
    }
    assert_eq!(Bitstring::new(8, MAX_LIST as u64 + 1), Err(BitstringError::TooLarge));
    assert_eq!(Bitstring::new(1, u64::MAX), Err(BitstringError::TooLarge));
}

fn encoded(bytes: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), LEVEL);
    encoder.write_all(bytes).unwrap();
    format!("u{}", base64url(encoder.finish().unwrap()))
}

#[test]
fn bombs_and_short_lists_are_refused() {
    let bomb = encoded(&vec![0; MAX_LIST + 1]);
    assert!(bomb.len() < 8192);
    assert_eq!(Bitstring::from_encoded(1, &bomb), Err(BitstringError::TooLarge));
    assert_eq!(Bitstring::from_encoded(1, &encoded(&[0; 16_383])), Err(BitstringError::TooShort));
    assert!(Bitstring::from_encoded(1, &encoded(&[0; 16_384])).is_ok());
    assert_eq!(Bitstring::from_encoded(2, &encoded(&[0; 16_384])), Err(BitstringError::TooShort));
}

#[test]
fn texts_that_are_not_one_whole_gzip_are_refused() {
    let good = list().to_encoded();
    let bytes = from_base64url(&good[1..]).unwrap();
    let mut wrong_sum = bytes.clone();
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    let cut = &bytes[..bytes.len() - 9];
    let no_sum = &bytes[..bytes.len() - 8];
    let longer = [&bytes[..], &[0]].concat();
    let twice = [&bytes[..], &bytes[..]].concat();
    for bad in [&[][..], &wrong_sum, cut, no_sum, &longer, &twice, &bytes[10..]] {
        let text = format!("u{}", base64url(bad));
        assert_eq!(Bitstring::from_encoded(1, &text), Err(BitstringError::Compression));
    }
    for bad in [&good[1..], "", "z", &format!("z{}", &good[1..]), &format!("{good}="), "u!"] {
        assert_eq!(Bitstring::from_encoded(1, bad), Err(BitstringError::Encoding), "{bad}");
    }
}

#[test]
fn an_entry_is_read_and_its_status_found() {
    let entries = entry(|_| ()).unwrap();
    let list = StatusListCredential::read(&verified(|_| ())).unwrap().unpack(1).unwrap();
    assert_eq!(list.status(&entries[0]), Ok(1));
    let other = StatusEntry { index: 94_568, ..entries[0].clone() };
    assert_eq!(list.status(&other), Ok(0));
    let said = list.credential();
    assert_eq!((said.issuer(), said.ttl()), ("https://issuer.example", None));
    assert_eq!(said.valid_until(), Some(NOW.plus(core::time::Duration::from_secs(60))));
}

#[test]
fn an_unpacked_list_does_not_keep_the_packed_one() {
    let packed = StatusListCredential::read(&verified(|_| ())).unwrap();
    let encoded = list().to_encoded();
    assert!(format!("{packed:?}").contains(&encoded));
    assert!(!format!("{:?}", packed.unpack(1).unwrap()).contains(&encoded));
}

#[test]
fn an_entry_of_another_list_purpose_size_or_place_is_refused() {
    let good = entry(|_| ()).unwrap().remove(0);
    let list = StatusListCredential::read(&verified(|_| ())).unwrap().unpack(1).unwrap();
    for (entry, error) in [
        (StatusEntry { list: "https://other.example".into(), ..good.clone() }, BitstringError::List),
        (StatusEntry { purpose: "suspension".into(), ..good.clone() }, BitstringError::Purpose),
        (StatusEntry { size: 2, ..good.clone() }, BitstringError::Size),
        (StatusEntry { index: MIN_ENTRIES, ..good }, BitstringError::Index),
    ] {
        assert_eq!(list.status(&entry), Err(error), "{entry:?}");
    }
}

#[test]
fn credentials_that_are_no_lists_are_refused() {
    let no_list = verified(|all| all["type"] = json!(["VerifiableCredential"]));
    assert_eq!(StatusListCredential::read(&no_list).map(drop), Err(BitstringError::Type));
    assert_eq!(subject_refused("type", json!("Other")), BitstringError::Type);
    assert_eq!(subject_refused("encodedList", json!(1)), BitstringError::Encoding);
    for purpose in [json!(null), json!([]), json!([1]), json!(vec!["x"; 9])] {
        assert_eq!(subject_refused("statusPurpose", purpose), BitstringError::Purpose);
    }
    for ttl in [json!(0), json!(-1), json!("300000")] {
        assert_eq!(subject_refused("ttl", ttl), BitstringError::TimeToLive);
    }
    let several = verified(|all| {
        all["credentialSubject"]["statusPurpose"] = json!(["suspension", "revocation"]);
        all["credentialSubject"]["ttl"] = json!(300_000);
    });
    let several = StatusListCredential::read(&several).unwrap();
    assert_eq!(several.ttl(), Some(core::time::Duration::from_secs(300)));
    assert_eq!(several.unpack(1).unwrap().status(&entry(|_| ()).unwrap()[0]), Ok(1));
}

#[test]
fn entries_of_another_form_are_refused() {
    let refused =
        |name: &str, value: Value| entry(|status| status[name] = value.clone()).map(drop).unwrap_err();
    for (name, value, error) in [
        ("statusPurpose", json!(null), BitstringError::Entry),
        ("statusListCredential", json!(1), BitstringError::Entry),
        ("statusListCredential", json!("http://a.example"), BitstringError::Entry),
        ("statusListCredential", json!(format!("https://{}", "x".repeat(MAX_URL))), BitstringError::Entry),
        ("id", json!(URL), BitstringError::Entry),
        ("statusListIndex", json!(94_567), BitstringError::IndexForm),
        ("statusListIndex", json!("-1"), BitstringError::IndexForm),
        ("statusListIndex", json!("+1"), BitstringError::IndexForm),
        ("statusListIndex", json!("01"), BitstringError::IndexForm),
        ("statusListIndex", json!("1.0"), BitstringError::IndexForm),
        ("statusListIndex", json!("18446744073709551616"), BitstringError::IndexForm),
        ("statusSize", json!(0), BitstringError::Size),
        ("statusSize", json!(3), BitstringError::Size),
        ("statusSize", json!("1"), BitstringError::Size),
        ("statusSize", json!(257), BitstringError::Size),
        ("statusSize", json!(2), BitstringError::Messages),
        ("statusMessage", json!({}), BitstringError::Messages),
        ("statusMessage", json!([{"status": "0x0", "message": "a"}]), BitstringError::Messages),
    ] {
        assert_eq!(refused(name, value.clone()), error, "{name} {value}");
    }
    let message = |value: &str| json!({"status": value, "message": "m"});
    for (messages, fits) in [
        (["0x0", "0x1", "0x2", "0x3"], true),
        (["0", "0x1", "0x2", "0x3"], false),
        (["0xg", "0x1", "0x2", "0x3"], false),
    ] {
        let messages: Vec<Value> = messages.iter().map(|value| message(value)).collect();
        let read = entry(|status| {
            status["statusSize"] = json!(2);
            status["statusMessage"] = json!(messages);
        });
        assert_eq!(read.is_ok(), fits, "{messages:?}");
    }
}

#[test]
fn other_kinds_of_status_are_passed_over_and_too_many_refused() {
    assert_eq!(all_of(json!({"type": "Other"})), Ok(Vec::new()));
    assert_eq!(all_of(json!([{"type": "Other"}])), Ok(Vec::new()));
    let one = json!({
        "type": [ENTRY_TYPE], "statusPurpose": "revocation", "statusListIndex": "1", "statusListCredential": URL,
    });
    assert_eq!(all_of(json!(vec![&one; MAX_ENTRIES])).map(|all| all.len()), Ok(MAX_ENTRIES));
    assert_eq!(all_of(json!(vec![&one; MAX_ENTRIES + 1])), Err(BitstringError::TooManyEntries));
}
