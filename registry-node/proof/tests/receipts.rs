//! Trees over receipts: bytes that were computed by another program from RFC 9162, and everything that is
//! not under a root.
//!
//! The golden file holds three receipts (SHA-256 of `receipt 0` and so on) with randomness drawn as SHA-256 of
//! `random` and a counter of eight bytes that begins at 1.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use registry_proof::merkle::Siblings;
use registry_proof::receipts::{LEAST_LEAVES, MAX_DEPTH, Place, PlaceError, Tree, leaf};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

const GOLDEN: &str = include_str!("golden/receipts.json");

#[derive(Deserialize)]
struct Golden {
    receipts: Vec<String>,
    root: String,
    places: Vec<Place>,
}

fn golden() -> Golden {
    serde_json::from_str(GOLDEN).unwrap()
}

/// As the golden file writes it.
fn text(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn receipt(number: usize) -> [u8; 32] {
    Sha256::digest(format!("receipt {number}")).into()
}

fn receipts(count: usize) -> Vec<[u8; 32]> {
    (0..count).map(receipt).collect()
}

/// The golden file's randomness.
fn random() -> impl FnMut() -> [u8; 32] {
    let mut counter = 0u64;
    move || {
        counter += 1;
        Sha256::new().chain_update(b"random").chain_update(counter.to_be_bytes()).finalize().into()
    }
}

fn tree(count: usize) -> Tree {
    Tree::make(&receipts(count), random())
}

#[test]
fn a_tree_has_the_bytes_that_another_program_computed() {
    let (tree, golden) = (tree(3), golden());
    assert_eq!(receipts(3).iter().map(text).collect::<Vec<_>>(), golden.receipts);
    assert_eq!(text(&tree.root), golden.root);
    assert_eq!(tree.places, golden.places);
    let written = serde_json::to_value(&tree.places).unwrap();
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(GOLDEN).unwrap()["places"]);
}

#[test]
fn an_empty_period_has_a_root_like_any_other() {
    let tree = tree(0);
    assert_eq!(text(&tree.root), "khbgho7dug2tmXuIkuZ9i9it5FuU_wWPb6zV62Sj2e0");
    assert!(tree.places.is_empty());
}

#[test]
fn every_receipt_stands_under_the_root() {
    let tree = tree(500);
    for (place, receipt) in tree.places.iter().zip(receipts(500)) {
        place.check(&receipt, &tree.root).unwrap();
    }
}

#[test]
fn a_path_does_not_say_how_many_receipts_there_were() {
    for count in [1, 2, 3, 500] {
        let tree = tree(count);
        assert!(tree.places.iter().all(|place| place.siblings == siblings(place, 16)), "{count}");
    }
    assert_eq!(LEAST_LEAVES, 1 << 16);
}

/// The place's own siblings, if there are `count` of them.
fn siblings(place: &Place, count: usize) -> Siblings {
    let written = serde_json::to_value(&place.siblings).unwrap();
    assert_eq!(written.as_str().unwrap().len(), (count * 32 * 8).div_ceil(6));
    place.siblings.clone()
}

#[test]
fn places_do_not_follow_the_order_in_which_receipts_were_given() {
    let order: Vec<u64> = tree(500).places.iter().map(|place| place.index).collect();
    let rising = order.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((180..320).contains(&rising), "{rising} of 499 rise");
}

#[test]
fn the_same_receipts_have_another_root_each_time() {
    let mut random = random();
    let (one, two) = (Tree::make(&receipts(2), &mut random), Tree::make(&receipts(2), &mut random));
    assert_ne!(one.root, two.root);
    assert!(one.places[0].check(&receipt(0), &two.root).is_err());
}

#[test]
fn a_wrong_salt_is_told_from_a_wrong_path() {
    let tree = tree(3);
    let check = |place: &Place| place.check(&receipt(0), &tree.root).unwrap_err();
    let good = &tree.places[0];
    assert_eq!(check(&Place { salt: [7; 32], ..good.clone() }), PlaceError::Leaf);
    assert_eq!(check(&tree.places[1]), PlaceError::Leaf);
    assert_eq!(check(&Place { siblings: tree.places[1].siblings.clone(), ..good.clone() }), PlaceError::Path);
    assert_eq!(check(&Place { index: good.index ^ 1, ..good.clone() }), PlaceError::Path);
    let made_up = Place { leaf: leaf(&[7; 32], &receipt(0)), salt: [7; 32], ..good.clone() };
    assert_eq!(check(&made_up), PlaceError::Path);
}

#[test]
fn a_place_beside_the_tree_is_none() {
    let tree = tree(3);
    let good = &tree.places[0];
    // The path would come out right: the bits above the tree are not looked at on the way.
    let beside = Place { index: good.index + (LEAST_LEAVES as u64), ..good.clone() };
    assert_eq!(beside.check(&receipt(0), &tree.root), Err(PlaceError::Path));
    let root_itself = Place { siblings: Siblings::new(&[]), index: 0, ..good.clone() };
    assert_eq!(root_itself.check(&receipt(0), &tree.root), Err(PlaceError::Path));
}

#[test]
fn a_path_that_is_too_long_is_not_walked() {
    let tree = tree(1);
    for height in [MAX_DEPTH + 1, 1_000, 100_000] {
        let place = Place { siblings: Siblings::new(&vec![[0; 32]; height]), ..tree.places[0].clone() };
        assert_eq!(place.check(&receipt(0), &tree.root), Err(PlaceError::TooLong));
    }
    let longest = Place { siblings: Siblings::new(&[[0; 32]; MAX_DEPTH]), ..tree.places[0].clone() };
    assert_eq!(longest.check(&receipt(0), &tree.root), Err(PlaceError::Path));
}

#[test]
fn a_node_is_no_leaf() {
    // A leaf's hash begins with another byte than a node's: two hashes that are passed off as salt and receipt
    // do not make the node above them.
    let tree = tree(2);
    let place = &tree.places[0];
    let hashes: Vec<u8> = [place.leaf, place.leaf].concat();
    let as_node: [u8; 32] = Sha256::new().chain_update([1]).chain_update(&hashes).finalize().into();
    assert_ne!(leaf(&place.leaf, &place.leaf), as_node);
}

#[test]
fn no_flipped_bit_of_a_place_is_believed() {
    let tree = tree(3);
    let text = serde_json::to_string(&tree.places[0]).unwrap();
    let mut believed = 0;
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(changed) = serde_json::from_slice::<Place>(&bytes) else { continue };
        assert!(changed == tree.places[0] || changed.check(&receipt(0), &tree.root).is_err(), "byte {at}");
        believed += usize::from(changed == tree.places[0]);
    }
    assert_eq!(believed, 0);
}
