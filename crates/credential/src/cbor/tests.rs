use super::*;
use crate::cbor::value::Value;

fn hex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

fn refused(digits: &str) -> CborError {
    Item::parse(&hex(digits), 100_000).unwrap_err()
}

/// What an item says, written again.
fn again(digits: &str) -> Vec<u8> {
    Value::from(&Item::parse(&hex(digits), 1000).unwrap()).encode()
}

#[test]
fn every_kind_of_item_is_read_and_written_again() {
    for digits in [
        "00",
        "17",
        "1818",
        "1bffffffffffffffff",
        "20",
        "3863",
        "3bffffffffffffffff",
        "f4",
        "f5",
        "f6",
        "fb3ff199999999999a",
        "4401020304",
        "6449455446",
        "83010203",
        "a201020304",
        "a26161016162820203",
        "c074323031332d30332d32315432303a30343a30305a",
        "d818456449455446",
    ] {
        assert_eq!(again(digits), hex(digits), "{digits}");
    }
}

#[test]
fn an_item_keeps_the_bytes_that_it_came_as() {
    let bytes = hex("a16161d81859000101");
    let item = Item::parse(&bytes, 100).unwrap();
    assert_eq!(item.raw(), bytes);
    let inner = item.member("a").unwrap();
    assert_eq!(inner.raw(), hex("d81859000101"), "a length in three bytes stays one");
    assert_eq!(inner.embedded(), Some(&[1][..]));
    assert_eq!(Value::from(inner).encode(), hex("d8184101"));
}

#[test]
fn lengths_in_more_bytes_than_they_need_are_read() {
    assert_eq!(again("b9000161611803"), hex("a1616103"));
}

#[test]
fn a_repeated_key_is_refused_however_it_is_written() {
    assert_eq!(refused("a201010102"), CborError::RepeatedKey);
    assert_eq!(refused("a20101180102"), CborError::RepeatedKey);
    assert_eq!(refused("a2010119000102"), CborError::RepeatedKey);
    assert_eq!(refused("a261610178016102"), CborError::RepeatedKey);
    assert_eq!(refused("81a220012002"), CborError::RepeatedKey);
    assert!(Item::parse(&hex("a300012001613002"), 100).is_ok(), "0, -1 and a text are three keys");
}

#[test]
fn keys_of_other_kinds_are_refused() {
    for digits in ["a1410101", "a1f501", "a18001", "a1f601", "a1fb3ff000000000000001", "a1c00001"] {
        assert_eq!(refused(digits), CborError::Key, "{digits}");
    }
}

#[test]
fn indefinite_lengths_are_refused() {
    for digits in ["9f01ff", "bf0101ff", "5f4101ff", "7f6161ff"] {
        assert_eq!(refused(digits), CborError::Indefinite, "{digits}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for digits in
        ["", "ff", "1c", "18", "42ff", "6261", "61ff", "8201", "a101", "a1", "d8", "c0", "5bffffffffffffffff"]
    {
        assert_eq!(refused(digits), CborError::Malformed, "{digits}");
    }
}

#[test]
fn a_length_without_its_items_costs_nothing() {
    assert_eq!(refused("9bffffffffffffffff"), CborError::Malformed);
    assert_eq!(refused("bbffffffffffffffff"), CborError::Malformed);
}

#[test]
fn bytes_behind_an_item_are_refused() {
    assert_eq!(refused("0000"), CborError::Trailing);
    assert_eq!(refused("80f6"), CborError::Trailing);
}

#[test]
fn simple_values_without_a_meaning_here_are_refused() {
    for digits in ["f7", "e0", "f8ff", "f814", "f815", "f816"] {
        assert_eq!(refused(digits), CborError::Simple, "{digits}");
    }
}

#[test]
fn depth_size_and_number_are_capped() {
    let nested = |opening: &[u8], depth: usize| [opening.repeat(depth), vec![0]].concat();
    for opening in [&[0x81][..], &[0xa1, 0], &[0xc1]] {
        assert!(Item::parse(&nested(opening, MAX_DEPTH), 1000).is_ok());
        assert_eq!(Item::parse(&nested(opening, MAX_DEPTH + 1), 1000), Err(CborError::TooDeep));
    }
    let flat = |items: usize| {
        let length = u16::try_from(items).unwrap().to_be_bytes();
        [&[0x99, length[0], length[1]][..], &vec![0; items]].concat()
    };
    assert!(Item::parse(&flat(MAX_ITEMS - 1), 100_000).is_ok());
    assert_eq!(Item::parse(&flat(MAX_ITEMS), 100_000), Err(CborError::TooMany));
    assert!(Item::parse(&[0x82, 0, 0], 3).is_ok());
    assert_eq!(Item::parse(&[0x82, 0, 0], 2), Err(CborError::TooLarge));
}

#[test]
fn items_that_count_as_one_document_share_the_limit() {
    let left = Cell::new(3);
    assert!(Item::parse_within(&[0x81, 0], 2, &left).is_ok());
    assert!(Item::parse_within(&[0], 2, &left).is_ok());
    assert_eq!(Item::parse_within(&[0], 2, &left), Err(CborError::TooMany));
}

#[test]
fn labels_of_either_sign_are_found() {
    let bytes = hex("a3012003f6382a05");
    let item = Item::parse(&bytes, 100).unwrap();
    assert_eq!(item.member(1).and_then(Item::as_integer), Some(-1));
    assert_eq!(item.member(3).map(Item::kind), Some(&Kind::Null));
    assert_eq!(item.member(-43).and_then(Item::as_unsigned), Some(5));
    assert_eq!(item.member(2), None);
    assert_eq!(Value::from(-43_i64).encode(), hex("382a"));
    assert_eq!(Value::from(i64::MIN).encode(), hex("3b7fffffffffffffff"));
}

#[test]
fn the_label_0_is_a_number_from_0() {
    let bytes = hex("a20005200a");
    let item = Item::parse(&bytes, 100).unwrap();
    assert_eq!(item.member(0).and_then(Item::as_unsigned), Some(5));
    assert_eq!(Value::from(0_i64).encode(), hex("00"));
}

#[test]
fn what_stands_behind_another_tag_is_not_found() {
    let bytes = hex("d8184101");
    let item = Item::parse(&bytes, 100).unwrap();
    assert_eq!(item.tagged(24).and_then(Item::as_bytes), Some(&[1][..]));
    assert_eq!(item.tagged(23), None);
    assert_eq!(Item::parse(&hex("d74101"), 100).unwrap().embedded(), None);
    assert_eq!(Item::parse(&hex("4101"), 100).unwrap().embedded(), None, "no tag at all");
}
