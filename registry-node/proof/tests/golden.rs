//! Bytes that phones keep for years, made by four real nodes: what is in them is believed, encodes to the same
//! bytes again, and nothing spoiled is believed in their place.
//!
//! `registry-node/tests/golden` says how they are made.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

use std::collections::BTreeSet;

use ed25519_zebra::SigningKey;
use registry_proof::bundle::{MAX_BUNDLE, ProofBundle, Value};
use registry_proof::canonical;
use registry_proof::certificate::{CertificateError, dangerous_make};
use registry_proof::entry::{Entry, KeyState, Member, Standing};
use registry_proof::header::Header;
use registry_proof::key::Key;
use registry_proof::light::{Checkpoint, Head, LightClient, ProofError, TRUST_PERIOD_MS};
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Transaction};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

const CHECKPOINT: &str = include_str!("golden/checkpoint.json");
const OLD: &[u8] = include_bytes!("golden/old.cbor");
const SNAPSHOT: &[u8] = include_bytes!("golden/snapshot.cbor");
const HEAD: &[u8] = include_bytes!("golden/head.cbor");
const ENTRIES: &[u8] = include_bytes!("golden/entries.cbor");
const ENTRIES_JSON: &str = include_str!("golden/entries.json");
const TRANSACTIONS: &str = include_str!("golden/transactions.json");

fn checkpoint() -> Checkpoint {
    serde_json::from_str(CHECKPOINT).unwrap()
}

fn bundle(bytes: &[u8]) -> ProofBundle {
    ProofBundle::from_cbor(bytes, MAX_BUNDLE).unwrap()
}

fn header(bytes: &[u8]) -> Header {
    Header::from_bytes(&bundle(bytes).header).unwrap()
}

fn phone() -> LightClient {
    LightClient::new(&checkpoint(), None, checkpoint().time).unwrap()
}

/// The seeds of the four nodes, so that tests can lie with real validators' keys.
fn validators() -> Vec<SigningKey> {
    (1..=4u8).map(|seed| SigningKey::from([seed; 32])).collect()
}

/// A certificate over the golden head, made anew.
fn certified(epoch: u64, keys: &[SigningKey], signers: &[usize]) -> ProofBundle {
    let certificate =
        dangerous_make::certificate(&checkpoint().network, epoch, 900, &header(HEAD).digest(), keys, signers);
    ProofBundle { certificate, ..bundle(HEAD) }
}

fn refused(bundle: &ProofBundle) -> ProofError {
    let mut phone = phone();
    let before = phone.head();
    let error = phone.accept(bundle).unwrap_err();
    assert_eq!(phone.head(), before, "a refused proof moved the head");
    error
}

#[test]
fn real_nodes_bytes_are_believed_and_encode_to_the_same_bytes() {
    for bytes in [OLD, SNAPSHOT, HEAD, ENTRIES] {
        let read = bundle(bytes);
        phone().accept(&read).unwrap();
        assert_eq!(read.to_cbor(), bytes);
        assert_eq!(Header::from_bytes(&read.header).unwrap().to_bytes().as_slice(), read.header);
    }
}

#[test]
fn json_and_cbor_hold_the_same_proof() {
    let json: ProofBundle = serde_json::from_str(ENTRIES_JSON).unwrap();
    assert_eq!(json.to_cbor(), ENTRIES);
    assert_eq!(serde_json::to_string(&json).unwrap(), ENTRIES_JSON);
}

#[test]
fn a_checkpoint_is_written_as_it_was_read() {
    let text = serde_json::to_string_pretty(&serde_json::to_value(checkpoint()).unwrap()).unwrap();
    assert_eq!(text, CHECKPOINT);
}

#[test]
fn entries_of_every_kind_encode_to_the_same_bytes() {
    let mut kinds = BTreeSet::new();
    for bytes in [OLD, SNAPSHOT, ENTRIES] {
        for proven in bundle(bytes).entries {
            let Some(Value(bytes)) = proven.value else { continue };
            let entry = Entry::from_bytes(&bytes).unwrap();
            assert_eq!(entry.to_bytes(), bytes);
            let json = serde_json::to_value(&entry).unwrap();
            kinds.insert(json.as_object().unwrap().keys().next().unwrap().clone());
        }
    }
    let expected = [
        "accreditation",
        "material",
        "member",
        "member_key",
        "network",
        "origin",
        "proposal",
        "receipts",
        "registration",
        "status",
        "tally",
        "type",
    ];
    assert_eq!(kinds, expected.map(str::to_owned).into());
}

#[test]
fn transactions_of_every_kind_encode_to_the_same_bytes_and_keep_their_signatures() {
    let told: Vec<Json> = serde_json::from_str(TRANSACTIONS).unwrap();
    let mut kinds = BTreeSet::new();
    let member_keys = transaction_keys();
    for each in told {
        let bytes = unhex(each["bytes"].as_str().unwrap());
        let transaction = Transaction::from_bytes(&bytes).unwrap();
        assert_eq!(transaction.to_bytes(), bytes);
        assert_eq!(serde_json::to_value(&transaction).unwrap(), each["transaction"]);
        assert_eq!(serde_json::from_value::<Transaction>(each["transaction"].clone()).unwrap(), transaction);
        let key = &member_keys[transaction.body.member.as_str()];
        transaction.check_signature(&key.parse().unwrap()).unwrap();
        let action = &each["transaction"]["body"]["action"];
        kinds.insert(action.as_object().unwrap().keys().next().unwrap().clone());
    }
    let expected = [
        "accredit",
        "add_key",
        "anchor_receipts",
        "anchor_status",
        "enact",
        "give_up_origin",
        "propose",
        "publish_type",
        "register",
        "set_key_state",
        "stop_use",
        "suspend_self",
        "vote",
    ];
    assert_eq!(kinds, expected.map(str::to_owned).into());
}

/// Everyone's transaction key number 0, from the snapshot.
fn transaction_keys() -> std::collections::BTreeMap<String, String> {
    let keys = bundle(SNAPSHOT).entries.into_iter().filter_map(|proven| {
        let Key::MemberKey(member, registry_proof::key::Purpose::Transaction, 0) = &proven.key else {
            return None;
        };
        let entry = serde_json::to_value(Entry::from_bytes(&proven.value?.0).unwrap()).unwrap();
        Some((member.to_string(), entry["member_key"]["material"]["key"].as_str().unwrap().to_owned()))
    });
    keys.collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn what_is_said_is_read() {
    let proven = phone().accept(&bundle(SNAPSHOT)).unwrap();
    let entry = |key: &str| proven.entries[&key.parse::<Key>().unwrap()].clone().unwrap();
    let Entry::MemberKey(stolen) = entry("key/interior/issuer/2") else { panic!("no key") };
    assert_eq!(stolen.state, KeyState::Compromised);
    let Entry::Registration(survey) = entry("registration/bank/survey") else { panic!("no registration") };
    assert_eq!(survey.standing, Standing::Suspended);
    let Entry::Network(network) = entry("network") else { panic!("no network") };
    assert_eq!(network.validators.len(), 4);
    let absent = phone().accept(&bundle(ENTRIES)).unwrap().entries;
    assert_eq!(absent[&"member/nobody".parse::<Key>().unwrap()], None);
}

#[test]
fn the_frozen_bytes_are_these() {
    let digest = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let told: Vec<String> =
        [CHECKPOINT.as_bytes(), OLD, SNAPSHOT, HEAD, ENTRIES, TRANSACTIONS.as_bytes()].map(digest).into();
    assert_eq!(told, FROZEN, "golden files change on purpose only");
}

/// SHA-256 of each file.
const FROZEN: [&str; 6] = [
    "a32749f0189f541b240a9c9e5da76a375ba627c1d799c303f1f22ce8bd64a1b5",
    "98d20aa719811b01214271cf4cf8c36944910d578eee55e0f97264b86ec42e91",
    "7b1e77e83e8e78fd32e22325fb0bec6d687d44068cd031d7cb54577d31788e38",
    "3feb8b6194d98e0fd92606e9688d9450740288e25510e0dff7719773055276ca",
    "b4cbdf64888ed26d7f2756e4236c9d8c64bd38731de211e48782eebf9d15b45f",
    "5126ce8aef0910157f096d8fb4be98704e217d1926e3119ac5c79aa262c54ee1",
];

#[test]
fn no_flipped_byte_of_a_head_is_believed_to_say_something_else() {
    let believed = phone().accept(&bundle(HEAD)).unwrap();
    for at in 0..HEAD.len() {
        for flip in [0x01, 0x80] {
            let mut bytes = HEAD.to_vec();
            bytes[at] ^= flip;
            let Ok(spoiled) = ProofBundle::from_cbor(&bytes, MAX_BUNDLE) else { continue };
            if let Ok(proven) = phone().accept(&spoiled) {
                panic!("byte {at} was flipped and {proven:?} believed instead of {believed:?}");
            }
        }
    }
}

#[test]
fn no_flipped_byte_of_a_certificate_is_believed() {
    let good = bundle(HEAD);
    for at in 0..good.certificate.len() {
        for bit in 0..8 {
            let mut spoiled = good.clone();
            spoiled.certificate[at] ^= 1 << bit;
            let error = phone().accept(&spoiled).unwrap_err();
            assert!(matches!(error, ProofError::Certificate(_)), "byte {at}, bit {bit}: {error}");
        }
    }
}

#[test]
fn no_flipped_byte_of_a_proof_changes_what_is_believed() {
    let good = bundle(ENTRIES);
    let mut phone = phone();
    let believed = phone.accept(&good).unwrap();
    // The signatures were flipped above; here it is what they do not cover.
    let begin = ENTRIES.windows(7).position(|window| window == b"entries").unwrap();
    for at in begin..ENTRIES.len() {
        let mut bytes = ENTRIES.to_vec();
        bytes[at] ^= 0x01;
        let Ok(spoiled) = ProofBundle::from_cbor(&bytes, MAX_BUNDLE) else { continue };
        let Ok(proven) = accept_entries(&spoiled) else { continue };
        for (key, entry) in proven {
            // Another key may be absent at the same place, and that is true.
            let before = believed.entries.get(&key);
            let true_still = before.map_or(entry.is_none(), |before| *before == entry);
            assert!(true_still, "byte {at}: {key}");
        }
    }
}

/// The paths alone, so that every byte can be tried in little time.
fn accept_entries(bundle: &ProofBundle) -> Result<std::collections::BTreeMap<Key, Option<Entry>>, ()> {
    let root = Header::from_bytes(&bundle.header).map_err(|_| ())?.state_root;
    let mut entries = std::collections::BTreeMap::new();
    for proven in &bundle.entries {
        let value = proven.value.as_ref().map(|value| value.0.as_slice());
        proven.path.check(&proven.key.hash(), value, &root).map_err(|_| ())?;
        let entry = value.map(Entry::from_bytes).transpose().map_err(|_| ())?;
        entries.insert(proven.key.clone(), entry);
    }
    Ok(entries)
}

#[test]
fn fewer_votes_than_the_quorum_are_refused() {
    let error = |signers: &[usize]| refused(&certified(0, &validators(), signers));
    let quorum = ProofError::Certificate(CertificateError::Quorum);
    for signers in [&[][..], &[0], &[0, 1], &[2, 3]] {
        assert_eq!(error(signers), quorum, "{signers:?}");
    }
    phone().accept(&certified(0, &validators(), &[0, 2, 3])).unwrap();
}

#[test]
fn the_same_vote_twice_counts_once() {
    let twice = certified(0, &validators(), &[0, 1, 1]);
    assert_eq!(refused(&twice), ProofError::Certificate(CertificateError::Malformed));
    // One validator's vote in another's place.
    let mut moved = certified(0, &validators(), &[0, 1, 2]);
    let (body, votes) = moved.certificate.split_at(moved.certificate.len() - 3 * 64);
    moved.certificate = [body, &votes[..128], &votes[64..128]].concat();
    assert_eq!(refused(&moved), ProofError::Certificate(CertificateError::Signature));
}

#[test]
fn votes_of_another_epoch_are_refused() {
    let other = certified(1, &validators(), &[0, 1, 2]);
    assert_eq!(refused(&other), ProofError::Certificate(CertificateError::Epoch));
    let next = Checkpoint { epoch: 1, ..checkpoint() };
    let mut phone = LightClient::new(&next, None, next.time).unwrap();
    assert_eq!(phone.accept(&bundle(HEAD)), Err(ProofError::Certificate(CertificateError::Epoch)));
}

#[test]
fn votes_of_other_validators_are_refused() {
    let others: Vec<SigningKey> = (11..=14u8).map(|seed| SigningKey::from([seed; 32])).collect();
    let error = refused(&certified(0, &others, &[0, 1, 2, 3]));
    assert_eq!(error, ProofError::Certificate(CertificateError::Signature));
    let more: Vec<SigningKey> = (1..=5u8).map(|seed| SigningKey::from([seed; 32])).collect();
    let error = refused(&certified(0, &more, &[0, 1, 2, 3]));
    assert_eq!(error, ProofError::Certificate(CertificateError::Quorum));
}

#[test]
fn votes_for_another_network_are_refused() {
    let other = "other".parse().unwrap();
    let digest = header(HEAD).digest();
    let certificate = dangerous_make::certificate(&other, 0, 900, &digest, &validators(), &[0, 1, 2]);
    let foreign = ProofBundle { certificate, ..bundle(HEAD) };
    assert_eq!(refused(&foreign), ProofError::Certificate(CertificateError::Signature));
    let elsewhere = Checkpoint { network: other, ..checkpoint() };
    let mut phone = LightClient::new(&elsewhere, None, elsewhere.time).unwrap();
    assert_eq!(phone.accept(&bundle(HEAD)), Err(ProofError::Network));
}

#[test]
fn a_certificate_does_not_carry_another_header() {
    let swapped = ProofBundle { header: bundle(OLD).header, ..bundle(HEAD) };
    assert_eq!(refused(&swapped), ProofError::Certificate(CertificateError::Digest));
    let mut validators = header(HEAD);
    validators.validators = [9; 32];
    let others = ProofBundle { header: validators.to_bytes().to_vec(), ..bundle(HEAD) };
    assert_eq!(refused(&others), ProofError::Validators);
}

#[test]
fn entries_of_one_header_do_not_stand_under_another() {
    let stolen = ProofBundle { entries: bundle(OLD).entries, ..bundle(SNAPSHOT) };
    assert!(matches!(refused_after_header(&stolen), ProofError::Path(_)));
}

/// The header alone is good, so the head may move; the entries must not be believed.
fn refused_after_header(bundle: &ProofBundle) -> ProofError {
    phone().accept(bundle).unwrap_err()
}

#[test]
fn presence_is_no_proof_of_absence_nor_the_other_way_round() {
    let good = bundle(ENTRIES);
    for (index, proven) in good.entries.iter().enumerate() {
        let mut spoiled = good.clone();
        spoiled.entries[index].value = match &proven.value {
            Some(_) => None,
            None => good.entries.iter().find_map(|other| other.value.clone()),
        };
        assert!(matches!(refused_after_header(&spoiled), ProofError::Path(_)), "{}", proven.key);
    }
}

#[test]
fn a_proof_for_one_key_is_none_for_another() {
    let good = bundle(ENTRIES);
    for one in 0..good.entries.len() {
        let other = (one + 1) % good.entries.len();
        let mut spoiled = good.clone();
        spoiled.entries[one].key = good.entries[other].key.clone();
        spoiled.entries.remove(other);
        let keys = (&good.entries[one].key, &good.entries[other].key);
        assert!(matches!(refused_after_header(&spoiled), ProofError::Path(_)), "{keys:?}");
    }
}

#[test]
fn an_entry_that_stands_twice_is_refused() {
    let mut spoiled = bundle(ENTRIES);
    spoiled.entries.push(spoiled.entries[0].clone());
    assert_eq!(refused_after_header(&spoiled), ProofError::Entries);
}

#[test]
fn two_final_headers_of_one_height_are_a_fork() {
    let mut phone = phone();
    phone.accept(&bundle(HEAD)).unwrap();
    let mut other = header(HEAD);
    other.state_root = [9; 32];
    let certificate = dangerous_make::certificate(
        &checkpoint().network,
        0,
        900,
        &other.digest(),
        &validators(),
        &[0, 1, 2],
    );
    let fork = ProofBundle { header: other.to_bytes().to_vec(), certificate, entries: Vec::new() };
    assert_eq!(phone.accept(&fork), Err(ProofError::Fork));
}

#[test]
fn a_head_never_goes_back_not_even_over_a_restart() {
    let mut phone = phone();
    phone.accept(&bundle(HEAD)).unwrap();
    let head = phone.head();
    phone.accept(&bundle(OLD)).unwrap();
    assert_eq!(phone.head(), head);
    let again = LightClient::new(&checkpoint(), Some(head), head.time).unwrap();
    assert_eq!(again.head(), head);
    let behind = Head { height: 0, digest: [0; 32], time: Millis::NEVER };
    let pinned = LightClient::new(&checkpoint(), Some(behind), head.time).unwrap().head();
    assert_eq!((pinned.height, pinned.digest), (0, checkpoint().digest));
}

#[test]
fn a_head_that_was_pinned_too_long_ago_is_trusted_no_longer() {
    let at = |after| LightClient::new(&checkpoint(), None, checkpoint().time.plus(after)).err();
    assert_eq!(at(TRUST_PERIOD_MS), None);
    assert_eq!(at(TRUST_PERIOD_MS + 1), Some(ProofError::TrustPeriod));
}

#[test]
fn a_checkpoint_without_validators_or_with_one_twice_is_unusable() {
    let keys = checkpoint().validators;
    for validators in [Vec::new(), vec![keys[0].clone(), keys[0].clone()]] {
        let pinned = Checkpoint { validators, ..checkpoint() };
        assert_eq!(LightClient::new(&pinned, None, pinned.time).err(), Some(ProofError::Checkpoint));
    }
}

#[test]
fn another_encoding_of_the_same_value_is_refused() {
    // The same bundle with its length of the map written in two bytes.
    let longer = [&[0xb8, HEAD[0] & 0x1f], &HEAD[1..]].concat();
    assert_eq!(ProofBundle::from_cbor(&longer, MAX_BUNDLE), Err(canonical::CanonicalError::NotCanonical));
    let trailing = [HEAD, &[0]].concat();
    assert!(ProofBundle::from_cbor(&trailing, MAX_BUNDLE).is_err());
    let deep = vec![0x81; 60_000];
    assert!(ProofBundle::from_cbor(&deep, MAX_BUNDLE).is_err());
    assert!(Transaction::from_bytes(&deep[..16_000]).is_err());
    assert_eq!(ProofBundle::from_cbor(HEAD, HEAD.len() - 1), Err(canonical::CanonicalError::TooLarge));
}

#[test]
fn every_byte_of_a_transaction_is_signed() {
    let told: Vec<Json> = serde_json::from_str(TRANSACTIONS).unwrap();
    let keys = transaction_keys();
    let bytes = unhex(told[0]["bytes"].as_str().unwrap());
    let good = Transaction::from_bytes(&bytes).unwrap();
    let key = keys[good.body.member.as_str()].parse().unwrap();
    for at in 0..bytes.len() {
        let mut spoiled = bytes.clone();
        spoiled[at] ^= 0x01;
        let Ok(spoiled) = Transaction::from_bytes(&spoiled) else { continue };
        assert!(spoiled.check_signature(&key).is_err(), "byte {at}");
    }
}

#[test]
fn an_action_reads_as_its_documentation_says() {
    let action = json!({ "give_up_origin": { "origin": "https://old.closed.example" } });
    let read: Action = serde_json::from_value(action.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), action);
    assert!(serde_json::from_value::<Action>(json!({ "suspend_self": { "more": 1 } })).is_err());
    assert!(serde_json::from_value::<Member>(json!({})).is_err());
}
