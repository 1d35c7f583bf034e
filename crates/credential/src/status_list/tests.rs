use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::issuer::KeyReference;
use crate::key::{RustCrypto, Signer as _};
use crate::testing::{NOW, holder, issuer, signed};

const URI: &str = "https://issuer.example/status/1";
const DAY: Duration = Duration::from_secs(86_400);
const CLAIMS: TokenClaims<'_> = TokenClaims {
    uri: URI,
    issued_at: NOW,
    expires_at: Some(NOW.plus(DAY)),
    ttl: Some(Duration::from_secs(60)),
};

fn kid() -> KeyReference {
    KeyReference::Kid("did:symbolon:demo:interior#1".into())
}

fn check_at(token: &str, uri: &str, now: UnixTime) -> Result<VerifiedToken, StatusListError> {
    UnverifiedToken::parse(token)?.verify(issuer().public_key(), uri, now, &RustCrypto)
}

/// A token of these claims.
fn refused(change: impl Fn(&mut Value)) -> StatusListError {
    let lst = StatusList::new(1, 8).unwrap().to_compressed();
    let mut claims = json!({"sub": URI, "iat": NOW.secs(), "status_list": {"bits": 1, "lst": lst}});
    assert!(check_at(&signed(json!({"typ": TYPE}), claims.clone(), &issuer()), URI, NOW).is_ok());
    change(&mut claims);
    check_at(&signed(json!({"typ": TYPE}), claims, &issuer()), URI, NOW).unwrap_err()
}

#[test]
fn entries_fill_bytes_from_the_lowest_bit() {
    for (bits, byte) in [(1, 0b10), (2, 0b100), (4, 0b1_0000)] {
        let mut list = StatusList::new(bits, 9).unwrap();
        list.set(1, Status::Invalid).unwrap();
        assert_eq!(list.as_bytes()[0], byte);
    }
}

#[test]
fn every_entry_keeps_its_own_status() {
    for bits in [1, 2, 4, 8] {
        let mut list = StatusList::new(bits, 100).unwrap();
        let value = |index: u64| Status::from_number((index * 7) as u8 & (u8::MAX >> (8 - bits)));
        (0..100).for_each(|index| list.set(index, value(99 - index)).unwrap());
        (0..100).for_each(|index| list.set(index, value(index)).unwrap());
        assert!((0..100).all(|index| list.get(index) == Ok(value(index))));
        assert_eq!(StatusList::from_compressed(bits, &list.to_compressed()), Ok(list));
    }
}

#[test]
fn a_list_says_how_it_is_made() {
    let list = StatusList::new(4, 9).unwrap();
    assert_eq!((list.bits(), list.entries(), list.as_bytes().len()), (4, 10, 5));
    assert_eq!(format!("{list:?}"), "StatusList(10 entries of 4 bits)");
    assert!(StatusList::from_bytes(1, vec![0; MAX_LIST]).is_ok());
    assert_eq!(StatusList::from_bytes(1, vec![0; MAX_LIST + 1]), Err(StatusListError::TooLarge));
}

#[test]
fn a_clock_may_be_behind_by_a_minute_and_no_second_more() {
    let token = signed_list();
    let skew = MAX_CLOCK_SKEW.as_secs();
    assert!(check_at(&token, URI, UnixTime::from_secs(NOW.secs() - skew)).is_ok());
    let behind = check_at(&token, URI, UnixTime::from_secs(NOW.secs() - skew - 1));
    assert_eq!(behind.unwrap_err(), StatusListError::Future);
}

/// A token over an empty list, of now.
fn signed_list() -> String {
    let lst = StatusList::new(1, 8).unwrap().to_compressed();
    let claims = json!({"sub": URI, "iat": NOW.secs(), "status_list": {"bits": 1, "lst": lst}});
    signed(json!({"typ": TYPE}), claims, &issuer())
}

#[test]
fn what_is_outside_a_list_is_refused() {
    let mut list = StatusList::new(2, 8).unwrap();
    for index in [8, u64::from(u32::MAX) * 4, u64::MAX] {
        assert_eq!(list.get(index), Err(StatusListError::Index));
        assert_eq!(list.set(index, Status::Valid), Err(StatusListError::Index));
    }
    assert_eq!(list.set(0, Status::Other(4)), Err(StatusListError::Value));
    assert_eq!(StatusList::new(1, 1).unwrap().entries(), 8);
}

#[test]
fn other_widths_and_larger_lists_are_refused() {
    for bits in [0, 3, 5, 16, 255] {
        assert_eq!(StatusList::new(bits, 8), Err(StatusListError::Bits));
        assert_eq!(StatusList::from_compressed(bits, ""), Err(StatusListError::Bits));
    }
    assert_eq!(StatusList::new(8, MAX_LIST as u64 + 1), Err(StatusListError::TooLarge));
    assert_eq!(StatusList::new(1, u64::MAX), Err(StatusListError::TooLarge));
    assert_eq!(StatusList::from_bytes(8, vec![0; MAX_LIST + 1]), Err(StatusListError::TooLarge));
}

#[test]
fn a_bomb_is_refused_before_it_fills_memory() {
    let mut encoder = ZlibEncoder::new(Vec::new(), LEVEL);
    encoder.write_all(&vec![0; MAX_LIST + 1]).unwrap();
    let bomb = base64url(encoder.finish().unwrap());
    assert!(bomb.len() < 8192);
    assert_eq!(StatusList::from_compressed(1, &bomb), Err(StatusListError::TooLarge));
}

#[test]
fn the_largest_list_is_still_read() {
    let list = StatusList::new(8, MAX_LIST as u64).unwrap();
    assert_eq!(StatusList::from_compressed(8, &list.to_compressed()), Ok(list));
}

#[test]
fn streams_that_are_not_one_whole_zlib_are_refused() {
    let good = StatusList::new(1, 8000).unwrap().to_compressed();
    let bytes = from_base64url(&good).unwrap();
    let mut wrong_sum = bytes.clone();
    *wrong_sum.last_mut().unwrap() ^= 1;
    let cut = &bytes[..bytes.len() - 5];
    let no_sum = &bytes[..bytes.len() - 4];
    let raw_deflate = &bytes[2..bytes.len() - 4];
    let longer = [&bytes[..], &[0]].concat();
    let twice = [&bytes[..], &bytes[..]].concat();
    let gzip = [&[0x1f, 0x8b, 8, 0][..], &bytes].concat();
    for bad in [&[][..], &wrong_sum, cut, no_sum, raw_deflate, &longer, &twice, &gzip] {
        assert_eq!(StatusList::from_compressed(1, &base64url(bad)), Err(StatusListError::Compression));
    }
    assert_eq!(StatusList::from_compressed(1, &format!("{good}==")), Err(StatusListError::Compression));
}

#[test]
fn a_signed_list_is_read() {
    let mut list = StatusList::new(1, 1000).unwrap();
    list.set(412, Status::Invalid).unwrap();
    let token = list.to_token(&CLAIMS, &kid(), &issuer()).unwrap();
    let unverified = UnverifiedToken::parse(&token).unwrap();
    assert_eq!(unverified.issuer().unwrap().key, kid());
    assert_eq!(unverified.sha256(), <[u8; 32]>::from(Sha256::digest(&token)));
    let verified = check_at(&token, URI, NOW).unwrap();
    assert_eq!(verified.list(), &list);
    assert_eq!(verified.list().get(412), Ok(Status::Invalid));
    assert_eq!(
        (verified.issued_at(), verified.expires_at(), verified.ttl()),
        (NOW, CLAIMS.expires_at, CLAIMS.ttl)
    );
}

#[test]
fn a_list_for_another_address_or_time_is_refused() {
    let token = StatusList::new(1, 8).unwrap().to_token(&CLAIMS, &kid(), &issuer()).unwrap();
    assert_eq!(
        check_at(&token, "https://issuer.example/status/2", NOW).unwrap_err(),
        StatusListError::Subject
    );
    assert_eq!(check_at(&token, URI, NOW.plus(DAY)).unwrap_err(), StatusListError::Expired);
    assert_eq!(check_at(&token, URI, NOW.minus(DAY)).unwrap_err(), StatusListError::Future);
}

#[test]
fn a_list_that_is_not_valid_yet_is_refused() {
    let valid_from = |start: u64| {
        let lst = StatusList::new(1, 8).unwrap().to_compressed();
        let claims = json!({"sub": URI, "iat": 1, "nbf": start, "status_list": {"bits": 1, "lst": lst}});
        check_at(&signed(json!({"typ": TYPE}), claims, &issuer()), URI, NOW).map(drop)
    };
    let latest = NOW.secs() + MAX_CLOCK_SKEW.as_secs();
    assert_eq!(valid_from(latest), Ok(()));
    assert_eq!(valid_from(latest + 1), Err(StatusListError::Future));
}

#[test]
fn a_list_of_another_signer_or_type_is_refused() {
    let list = StatusList::new(1, 8).unwrap();
    let token = list.to_token(&CLAIMS, &kid(), &holder()).unwrap();
    assert_eq!(check_at(&token, URI, NOW).unwrap_err(), StatusListError::Jws(JwsError::Algorithm));
    let claims =
        json!({"sub": URI, "iat": NOW.secs(), "status_list": {"bits": 1, "lst": list.to_compressed()}});
    for header in
        [json!({}), json!({"typ": "JWT"}), json!({"typ": "statuslist+cwt"}), json!({"typ": MEDIA_TYPE})]
    {
        let token = signed(header, claims.clone(), &issuer());
        assert_eq!(check_at(&token, URI, NOW).unwrap_err(), StatusListError::Jws(JwsError::Type));
    }
    let token = signed(json!({"typ": TYPE, "cty": "JWT"}), claims, &issuer());
    assert_eq!(check_at(&token, URI, NOW).unwrap_err(), StatusListError::Jws(JwsError::ContentType));
}

#[test]
fn claims_that_are_missing_or_malformed_are_refused() {
    for name in ["sub", "iat", "status_list"] {
        assert_eq!(refused(|claims| claims[name] = json!(null)), StatusListError::Claims, "{name}");
    }
    for (name, value) in [
        ("iat", json!("1")),
        ("exp", json!("1")),
        ("exp", json!(null)),
        ("nbf", json!("1")),
        ("ttl", json!(0)),
        ("ttl", json!(-1)),
        ("ttl", json!("60")),
    ] {
        assert_eq!(refused(|claims| claims[name] = value.clone()), StatusListError::Claims, "{name}");
    }
    assert_eq!(refused(|claims| claims["status_list"]["lst"] = json!(1)), StatusListError::Claims);
    assert_eq!(refused(|claims| claims["status_list"]["bits"] = json!("1")), StatusListError::Claims);
    assert_eq!(refused(|claims| claims["status_list"]["bits"] = json!(3)), StatusListError::Bits);
    assert_eq!(refused(|claims| claims["status_list"]["bits"] = json!(257)), StatusListError::Bits);
    assert_eq!(refused(|claims| claims["status_list"]["lst"] = json!("")), StatusListError::Compression);
}

#[test]
fn the_address_of_all_lists_is_read_and_others_refused() {
    for bad in [json!(1), json!("http://a.example"), json!(null)] {
        let refusal = refused(|claims| claims["status_list"]["aggregation_uri"] = bad.clone());
        assert_eq!(refusal, StatusListError::Aggregation, "{bad}");
    }
    let lst = StatusList::new(1, 8).unwrap().to_compressed();
    let list = json!({"bits": 1, "lst": lst, "aggregation_uri": "https://a.example/all"});
    let claims = json!({"sub": URI, "iat": NOW.secs(), "status_list": list});
    let verified = check_at(&signed(json!({"typ": TYPE}), claims, &issuer()), URI, NOW).unwrap();
    assert_eq!(verified.aggregation_uri(), Some("https://a.example/all"));
}
