//! A status list of a million entries: made, changed, read, asked.

use core::time::Duration;
use std::hint::black_box;

use credential::key::{Algorithm, PublicKey};
use credential::status_list::{Status, StatusList, TokenClaims, UnverifiedToken, VerifiedToken};
use rand_core::Rng as _;
use service_kit::random::Random;
use service_kit::signature::AwsLc;

use crate::card::{Card, NOW};
use crate::clock::measure;
use crate::row::Row;

pub(crate) const ENTRIES: u64 = 1_000_000;
const URI: &str = "https://issuer.example/status/3";
/// Revoked entries in a hundred: what is usual, and what packs worst within a token's size.
const REVOKED: [u64; 2] = [1, 20];

pub(crate) fn rows() -> Vec<Row> {
    REVOKED.into_iter().flat_map(rows_for).collect()
}

fn rows_for(revoked: u64) -> Vec<Row> {
    let card = Card::new(Algorithm::Es256);
    let places = places(revoked);
    let mut list = build(&places);
    let (token, key) = (sign(&list, &card), card.issuer_key());
    let packed = list.to_compressed();
    let decoded = StatusList::from_compressed(1, &packed).expect("a list");
    let mut turn = 0_u64;
    let mut change = || {
        turn += 1;
        list.set(turn % ENTRIES, Status::Invalid).expect("in the list");
        drop(sign(&list, &card));
    };
    let mut index = 0_u64;
    let mut look_up = || {
        index = (index + 7_919) % ENTRIES;
        black_box(decoded.get(black_box(index)).expect("in the list"));
    };
    let name = |what: &str| format!("status list of 1,000,000, {revoked} % revoked: {what}");
    vec![
        Row::plain(name("build and sign"), measure(|| drop(sign(&build(&places), &card))) / 1e3, "ms"),
        Row::limited(name("one change to signed token"), measure(&mut change) / 1e3, "ms", 30.0),
        Row::limited(
            name("decode"),
            measure(|| drop(StatusList::from_compressed(1, &packed).expect("a list"))) / 1e3,
            "ms",
            1.0,
        ),
        Row::plain(name("read, check and decode a token"), measure(|| drop(read(&token, key))) / 1e3, "ms"),
        Row::limited(name("check one entry"), measure(&mut look_up), "us", 1.0),
    ]
}

/// Which entries are revoked: scattered as a random source has it.
pub(crate) fn places(percent: u64) -> Vec<u64> {
    let mut rng = Random::system().rng();
    let mut bytes = vec![0; (ENTRIES * percent / 100 * 8) as usize];
    rng.fill_bytes(&mut bytes);
    let place = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes")) % ENTRIES;
    bytes.chunks_exact(8).map(place).collect()
}

pub(crate) fn build(places: &[u64]) -> StatusList {
    let mut list = StatusList::new(1, ENTRIES).expect("a list");
    places.iter().for_each(|place| list.set(*place, Status::Invalid).expect("in the list"));
    list
}

pub(crate) fn sign(list: &StatusList, card: &Card) -> String {
    let (expires_at, ttl) = (Some(NOW.plus(Duration::from_secs(86_400))), Some(Duration::from_secs(43_200)));
    let claims = TokenClaims { uri: URI, issued_at: NOW, expires_at, ttl };
    list.to_token(&claims, &card.reference, &*card.issuer).expect("signed")
}

pub(crate) fn read(token: &str, key: &PublicKey) -> VerifiedToken {
    UnverifiedToken::parse(token).and_then(|token| token.verify(key, URI, NOW, &AwsLc)).expect("a good token")
}
