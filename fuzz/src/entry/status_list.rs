//! Status lists, read and written.

use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::jws;
use credential::key::Algorithm;
use credential::status_list::{MAX_LIST, Status, StatusList, TYPE, TokenClaims, UnverifiedToken};
use serde_json::Value;

use super::{Believing, NOW, Nothing, public, text};
use crate::seeds::{Seeds, bytes};

const URI: &str = "https://a.example/1";

/// Bytes of a list that is written: every entry is looked at.
const MAX_WRITTEN: usize = 256;

/// A token as it arrives.
pub(crate) fn read_token(data: &[u8]) -> bool {
    let Ok(token) = UnverifiedToken::parse(text(data)) else { return false };
    let _ = token.issuer();
    let Ok(jws) = jws::Unverified::parse(text(data)) else { return false };
    let claims = jws.dangerous_claims().unwrap_or_default();
    let own = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    let key = public(jws.header().algorithm());
    assert!(
        token.clone().verify(&key, "another", NOW, &Believing).is_err() || own == "another",
        "another list"
    );
    let Ok(token) = token.verify(&key, own, NOW, &Believing) else { return false };
    check(token.list());
    true
}

/// The bits, then the compressed list as text, or as the bytes that the text would hold.
pub(crate) fn read(data: &[u8]) -> bool {
    let Some((bits, list)) = data.split_first() else { return false };
    let texts = [text(list).to_owned(), base64url(list)];
    let lists: Vec<_> =
        texts.iter().filter_map(|text| StatusList::from_compressed(*bits, text).ok()).collect();
    lists.iter().for_each(check);
    !lists.is_empty()
}

/// Every entry is there, none behind the last, and the list is no larger than allowed.
fn check(list: &StatusList) {
    assert!(list.as_bytes().len() <= MAX_LIST, "larger than allowed");
    let end = list.entries();
    assert!(list.get(end).is_err() && list.get(u64::MAX).is_err(), "an entry behind the last");
    for index in [0, end / 2, end.wrapping_sub(1)] {
        assert_eq!(list.get(index).is_ok(), index < end, "an entry is missing");
    }
}

/// What is written is read the same; one entry's change changes no other.
pub(crate) fn write(data: &[u8]) -> bool {
    let [bits, index, number, bytes @ ..] = data else { return false };
    let bits = 1 << (bits & 3);
    let bytes = bytes.iter().copied().take(MAX_WRITTEN).collect();
    let Ok(mut list) = StatusList::from_bytes(bits, bytes) else { return false };
    let (before, index) = (list.clone(), u64::from(*index));
    let changed = list.set(index, Status::from_number(*number)).is_ok();
    assert_eq!(
        changed,
        index < list.entries() && u16::from(*number) < 1 << bits,
        "changed or refused wrongly"
    );
    for other in (0..list.entries()).filter(|other| *other != index) {
        assert_eq!(list.get(other), before.get(other), "another entry changed");
    }
    let again = StatusList::from_compressed(bits, &list.to_compressed());
    assert!(again.is_ok_and(|again| again == list), "it reads another way");
    let claims = TokenClaims { uri: URI, issued_at: NOW, expires_at: None, ttl: None };
    let signer = Nothing(public(Algorithm::Es256));
    let token = list.to_token(&claims, &KeyReference::Kid("k".into()), &signer).expect("a token");
    let read = UnverifiedToken::parse(&token).and_then(|token| token.verify(&signer.0, URI, NOW, &Believing));
    assert!(read.is_ok_and(|read| read.list() == &list), "the token reads another way");
    true
}

fn example() -> StatusList {
    let mut list = StatusList::new(1, 64).expect("a list");
    list.set(3, Status::Invalid).expect("in the list");
    list
}

pub(crate) fn token_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let claims = TokenClaims { uri: URI, issued_at: NOW, expires_at: None, ttl: None };
    let signer = Nothing(public(Algorithm::Es256));
    let own = example().to_token(&claims, &KeyReference::Kid("k".into()), &signer).expect("a token");
    let is_list =
        |text: &str| jws::Unverified::parse(text).is_ok_and(|token| token.header().typ() == Some(TYPE));
    bytes(seeds.texts(is_list).into_iter().chain([own]))
}

pub(crate) fn seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let is_list = |value: &Value| value.get("lst").is_some() && value.get("bits").is_some();
    let parse = |text: String| {
        let list: Value = serde_json::from_str(&text).ok()?;
        let bits = u8::try_from(list["bits"].as_u64()?).ok()?;
        Some([&[bits][..], list["lst"].as_str()?.as_bytes()].concat())
    };
    let own = [&[1][..], example().to_compressed().as_bytes()].concat();
    seeds.values(is_list).into_iter().filter_map(parse).chain([own]).collect()
}

pub(crate) fn written_seeds(_: &Seeds) -> Vec<Vec<u8>> {
    (0..4).map(|bits| [&[bits, 3, 1][..], &[0; 16], &[0xb9, 0xa3]].concat()).collect()
}
