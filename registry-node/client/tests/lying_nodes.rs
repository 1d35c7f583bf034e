//! Nodes that lie, are slow, or are old: none is believed, what was known stays known, the next is asked.
//!
//! The honest answers are the golden files: real nodes made them.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod liar;

use credential::time::UnixTime;
use ed25519_zebra::SigningKey;
use liar::{ENTRIES, HEAD, Node, OLD, SNAPSHOT, Says, TRANSACTIONS, bundle, checkpoint, header};
use registry_client::registry::{ClientError, Registry};
use registry_proof::bundle::ProofBundle;
use registry_proof::certificate::dangerous_make;
use registry_proof::entry::{Entry, KeyState, Standing};
use registry_proof::key::Key;
use registry_proof::light::{Head, ProofError};
use registry_proof::transaction::{Action, Transaction};
use serde_json::json;

/// A moment right after the golden files were made.
fn now() -> UnixTime {
    UnixTime::from_secs(header(HEAD).time.get() / 1000 + 1)
}

fn registry(nodes: &[&Node], kept: Option<Head>) -> Registry {
    let urls = nodes.iter().map(|node| node.url.clone()).collect();
    Registry::open(urls, &checkpoint(), kept, now()).unwrap()
}

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

/// Whether the client knows of the stolen key that it is stolen; nothing where it knows nothing.
fn knows_the_theft(registry: &Registry) -> Option<bool> {
    let facts = registry.facts()?;
    match facts.get(&key("key/interior/issuer/2")) {
        Some(Entry::MemberKey(stolen)) => Some(stolen.state == KeyState::Compromised),
        _ => None,
    }
}

/// Answers for the snapshot that no client may believe.
fn lies() -> Vec<(&'static str, Says)> {
    let good = bundle(SNAPSHOT);
    let stolen = |bundle: &ProofBundle| {
        bundle.entries.iter().position(|proven| proven.key == key("key/interior/issuer/2")).unwrap()
    };
    let at = stolen(&good);
    let mut altered = good.clone();
    altered.entries[at].value = bundle(OLD).entries[stolen(&bundle(OLD))].value.clone();
    let mut absent = good.clone();
    absent.entries[at].value = None;
    let mut moved = good.clone();
    moved.entries[at].path = good.entries[0].path.clone();
    let mut root = header(SNAPSHOT);
    root.state_root = header(OLD).state_root;
    root.state_height = header(OLD).state_height;
    let old_under_new_header =
        ProofBundle { header: root.to_bytes().to_vec(), entries: bundle(OLD).entries, ..good.clone() };
    let strangers: Vec<SigningKey> = (11..=14u8).map(|seed| SigningKey::from([seed; 32])).collect();
    let two: Vec<SigningKey> = (1..=4u8).map(|seed| SigningKey::from([seed; 32])).collect();
    let digest = root.digest();
    let forged = |keys: &[SigningKey], signers: &[usize]| ProofBundle {
        certificate: dangerous_make::certificate(&checkpoint().network, 0, 900, &digest, keys, signers),
        ..old_under_new_header.clone()
    };
    let mut flipped = SNAPSHOT.to_vec();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    vec![
        ("an altered value", Says::bundle(&altered)),
        ("an absence that is none", Says::bundle(&absent)),
        ("another entry's path", Says::bundle(&moved)),
        ("an old state under a new header", Says::bundle(&old_under_new_header)),
        ("votes of strangers", Says::bundle(&forged(&strangers, &[0, 1, 2, 3]))),
        ("votes of two validators", Says::bundle(&forged(&two, &[0, 1]))),
        ("a flipped bit", Says::bytes(&flipped)),
        ("an old snapshot", Says::bytes(OLD)),
        ("half an answer", Says::bytes(&SNAPSHOT[..SNAPSHOT.len() / 2])),
        ("more than one answer", Says::bytes(&[SNAPSHOT, &[0]].concat())),
        ("nothing", Says::bytes(&[])),
        ("a page", Says::bytes(b"<html>Welcome</html>")),
        ("deep nesting", Says::bytes(&vec![0x81; 200_000])),
        ("a length that is a lie", Says::bytes(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        ("an error", Says::This(500, SNAPSHOT.to_vec())),
        ("an answer without end", Says::Endless),
    ]
}

#[tokio::test]
async fn no_lie_about_the_register_is_believed_and_the_next_node_is_asked() {
    let honest = Node::honest(SNAPSHOT, HEAD).await;
    honest.now_says(&[("/v1/head", Says::bytes(SNAPSHOT))]);
    for (what, lie) in lies() {
        let liar = Node::start(&[("/v1/head", Says::bytes(SNAPSHOT)), ("/v1/snapshot", lie)]).await;
        let alone = registry(&[&liar], None);
        alone.refresh(now()).await.expect_err(what);
        assert_eq!(knows_the_theft(&alone), None, "{what}");

        let with_another = registry(&[&liar, &honest], None);
        with_another.refresh(now()).await.expect(what);
        assert_eq!(knows_the_theft(&with_another), Some(true), "{what}");
    }
}

#[tokio::test]
async fn no_lie_takes_away_what_is_known() {
    let node = Node::honest(SNAPSHOT, HEAD).await;
    node.now_says(&[("/v1/head", Says::bytes(SNAPSHOT))]);
    let registry = registry(&[&node], None);
    registry.refresh(now()).await.unwrap();
    let (head, height) = (registry.head(), registry.facts().unwrap().height());
    for (what, lie) in lies() {
        node.now_says(&[("/v1/head", lie.clone()), ("/v1/snapshot", lie)]);
        registry.refresh(now()).await.expect_err(what);
        assert_eq!(registry.head(), head, "{what}");
        assert_eq!((knows_the_theft(&registry), registry.facts().unwrap().height()), (Some(true), height));
    }
}

#[tokio::test]
async fn a_newer_head_over_the_same_state_needs_no_new_snapshot() {
    let node = Node::honest(SNAPSHOT, SNAPSHOT).await;
    let registry = registry(&[&node], None);
    registry.refresh(now()).await.unwrap();
    node.now_says(&[("/v1/head", Says::bytes(HEAD)), ("/v1/snapshot", Says::This(404, Vec::new()))]);
    registry.refresh(now()).await.unwrap();
    let facts = registry.facts().unwrap();
    assert_eq!((facts.height(), facts.time()), (header(HEAD).height, header(HEAD).time));
    assert_eq!(knows_the_theft(&registry), Some(true));
}

#[tokio::test]
async fn an_old_head_is_refused_where_more_is_known() {
    let node = Node::honest(SNAPSHOT, SNAPSHOT).await;
    let registry = registry(&[&node], None);
    registry.refresh(now()).await.unwrap();
    node.now_says(&[("/v1/head", Says::bytes(OLD)), ("/v1/snapshot", Says::bytes(OLD))]);
    assert_eq!(registry.refresh(now()).await, Err(ClientError::Older));
    assert_eq!(knows_the_theft(&registry), Some(true));
}

#[tokio::test]
async fn an_old_head_is_refused_after_a_restart_too() {
    let (old, honest) = (Node::honest(OLD, OLD).await, Node::honest(SNAPSHOT, SNAPSHOT).await);
    let before = registry(&[&honest], None);
    before.refresh(now()).await.unwrap();
    let kept = before.head();

    let alone = registry(&[&old], Some(kept));
    assert_eq!(alone.refresh(now()).await, Err(ClientError::Older));
    assert_eq!((alone.head(), knows_the_theft(&alone)), (kept, None));
    let with_another = registry(&[&old, &honest], Some(kept));
    with_another.refresh(now()).await.unwrap();
    assert_eq!(knows_the_theft(&with_another), Some(true));
    // A client that never saw more cannot know better: that is what a younger node is asked for.
    let newcomer = registry(&[&old, &honest], None);
    newcomer.refresh(UnixTime::from_secs(now().secs() + 3600)).await.unwrap();
    assert_eq!(knows_the_theft(&newcomer), Some(true));
}

#[tokio::test]
async fn an_old_stapled_proof_shows_its_age_against_the_newest_head() {
    let node = Node::honest(SNAPSHOT, HEAD).await;
    node.now_says(&[("/v1/head", Says::bytes(SNAPSHOT))]);
    let registry = registry(&[&node], None);
    registry.refresh(now()).await.unwrap();
    let facts = registry.accept_bytes(OLD).unwrap();
    assert_eq!(facts.time(), header(OLD).time);
    assert_eq!(registry.head().height, header(SNAPSHOT).height);
    assert_eq!(registry.accept_bytes(b"none").unwrap_err(), ClientError::Answer);
    let large = vec![0; registry_proof::bundle::MAX_STAPLED + 1];
    assert_eq!(registry.accept_bytes(&large).unwrap_err(), ClientError::Answer);
}

#[tokio::test]
async fn answers_for_other_keys_are_refused() {
    let node = Node::start(&[("/v1/proofs", Says::bytes(ENTRIES))]).await;
    let registry = registry(&[&node], None);
    registry.bundle(&[key("member/bank"), key("member/nobody")]).await.unwrap();
    let other = registry.bundle(&[key("member/bank"), key("member/gov-1")]).await;
    assert_eq!(other.unwrap_err(), ClientError::Answer);
    let list = ("https://interior.example/status/1", "application/statuslist+jwt");
    assert_eq!(registry.status_anchor(list.0, list.1).await.unwrap().unwrap().sequence, 2);
    let unknown = registry.status_anchor("https://interior.example/status/9", list.1).await;
    assert_eq!(unknown.unwrap_err(), ClientError::Answer);
}

#[tokio::test]
async fn a_forged_answer_for_one_key_is_refused_and_the_next_node_asked() {
    let mut forged = bundle(ENTRIES);
    let at = forged.entries.iter().position(|proven| proven.key == key("member/closed")).unwrap();
    let bank = forged.entries.iter().find(|proven| proven.key == key("member/bank")).unwrap();
    forged.entries[at].value = bank.value.clone();
    let liar = Node::start(&[("/v1/proofs", Says::bundle(&forged))]).await;
    let honest = Node::start(&[("/v1/proofs", Says::bytes(ENTRIES))]).await;
    let wanted = [key("member/closed")];
    let refusal = registry(&[&liar], None).bundle(&wanted).await.unwrap_err();
    assert!(matches!(refusal, ClientError::Proof(ProofError::Path(_))), "{refusal}");
    let registry = registry(&[&liar, &honest], None);
    let facts = registry.accept(&registry.bundle(&wanted).await.unwrap()).unwrap();
    assert!(
        matches!(facts.get(&wanted[0]), Some(Entry::Member(closed)) if closed.standing == Standing::Suspended)
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let honest = Node::honest(SNAPSHOT, SNAPSHOT).await;
    let to = |path: &str| Says::Elsewhere(honest.url.join(path).unwrap().to_string());
    let liar =
        Node::start(&[("/v1/head", to("/v1/head")), ("/v1/transactions", to("/v1/transactions"))]).await;
    let registry = registry(&[&liar], None);
    assert_eq!(registry.refresh(now()).await, Err(ClientError::Unreachable));
    assert_eq!(registry.submit(&anchored()).await, Err(ClientError::Unreachable));
    assert_eq!(honest.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_node_that_stops_answering_is_left_for_the_next() {
    let slow = Node::start(&[("/v1/head", Says::Nothing)]).await;
    let honest = Node::honest(SNAPSHOT, SNAPSHOT).await;
    let registry = registry(&[&slow, &honest], None);
    registry.refresh(now()).await.unwrap();
    assert_eq!(knows_the_theft(&registry), Some(true));
}

#[tokio::test]
async fn two_final_headers_of_one_height_are_told() {
    let node = Node::honest(SNAPSHOT, SNAPSHOT).await;
    let registry = registry(&[&node], None);
    registry.refresh(now()).await.unwrap();
    let keys: Vec<SigningKey> = (1..=4u8).map(|seed| SigningKey::from([seed; 32])).collect();
    let mut other = header(SNAPSHOT);
    other.state_root = [1; 32];
    let network = checkpoint().network;
    let certificate = dangerous_make::certificate(&network, 0, 900, &other.digest(), &keys, &[0, 1, 2]);
    let fork = ProofBundle { header: other.to_bytes().to_vec(), certificate, entries: Vec::new() };
    node.now_says(&[("/v1/head", Says::bundle(&fork))]);
    assert_eq!(registry.refresh(now()).await, Err(ClientError::Proof(ProofError::Fork)));
}

/// The golden transaction that anchored the list's second version.
fn anchored() -> Transaction {
    let told: Vec<serde_json::Value> = serde_json::from_str(TRANSACTIONS).unwrap();
    told.into_iter()
        .map(|each| serde_json::from_value::<Transaction>(each["transaction"].clone()).unwrap())
        .find(|each| matches!(each.body.action, Action::AnchorStatus { sequence: 2, .. }))
        .unwrap()
}

fn answer(state: &str, height: u64, proof: Option<&ProofBundle>) -> Says {
    let body = json!({ "id": "x", "state": state, "height": height, "proof": proof });
    Says::This(200, body.to_string().into_bytes())
}

async fn submit(says: &[Says], transaction: &Transaction) -> Result<u64, ClientError> {
    let mut nodes = Vec::new();
    for each in says {
        nodes.push(Node::start(&[("/v1/transactions", each.clone())]).await);
    }
    registry(&nodes.iter().collect::<Vec<_>>(), None).submit(transaction).await
}

#[tokio::test]
async fn a_transaction_counts_as_done_only_where_the_proof_shows_what_it_does() {
    let (good, height) = (bundle(ENTRIES), header(ENTRIES).state_height);
    assert_eq!(submit(&[answer("applied", height, Some(&good))], &anchored()).await, Ok(height));
    let mut of_other_entries = good.clone();
    of_other_entries.entries.retain(|proven| !matches!(proven.key, Key::Status(..)));
    let mut newer = anchored();
    let Action::AnchorStatus { sequence, .. } = &mut newer.body.action else { panic!("no anchor") };
    *sequence = 3;
    let lies = [
        ("no proof", answer("applied", height, None), anchored()),
        ("a proof of other entries", answer("applied", height, Some(&of_other_entries)), anchored()),
        ("an old proof", answer("applied", height, Some(&bundle(OLD))), anchored()),
        ("an old proof and an old height", answer("applied", 1, Some(&bundle(OLD))), anchored()),
        ("a height that is not proven", answer("applied", height + 1, Some(&good)), anchored()),
        ("a proof of what was before", answer("applied", height, Some(&good)), newer),
        ("a state that is none", answer("done", height, Some(&good)), anchored()),
        ("a page", Says::bytes(b"<html>"), anchored()),
    ];
    for (what, lie, transaction) in lies {
        assert_eq!(submit(&[lie], &transaction).await, Err(ClientError::Answer), "{what}");
    }
}

#[tokio::test]
async fn a_refusal_of_one_node_is_not_the_last_word() {
    let refusal = |code: &str| Says::This(422, json!({ "code": code }).to_string().into_bytes());
    let (good, height) = (bundle(ENTRIES), header(ENTRIES).state_height);
    let applied = answer("applied", height, Some(&good));
    assert_eq!(submit(&[refusal("signature"), applied.clone()], &anchored()).await, Ok(height));
    assert_eq!(submit(&[answer("applied", 1, None), applied], &anchored()).await, Ok(height));
    let all = submit(&[refusal("sequence"), refusal("sequence")], &anchored()).await;
    assert_eq!(all, Err(ClientError::Rejected("sequence".to_owned())));
}

#[tokio::test]
async fn after_a_node_said_that_a_write_waits_another_is_asked_first() {
    let (good, height) = (bundle(ENTRIES), header(ENTRIES).state_height);
    let lazy = Node::start(&[("/v1/transactions", answer("waiting", 0, None))]).await;
    let honest = Node::start(&[("/v1/transactions", answer("applied", height, Some(&good)))]).await;
    let registry = registry(&[&lazy, &honest], None);
    assert_eq!(registry.submit(&anchored()).await, Err(ClientError::Waiting));
    assert_eq!(registry.submit(&anchored()).await, Ok(height));
}

#[tokio::test]
async fn too_many_nodes_or_none_are_refused() {
    let node: url::Url = "http://127.0.0.1:1".parse().unwrap();
    for count in [0, 17] {
        let opened = Registry::open(vec![node.clone(); count], &checkpoint(), None, now());
        assert_eq!(opened.err(), Some(ClientError::Nodes));
    }
    let later = UnixTime::from_secs(now().secs() + 181 * 24 * 3600);
    let opened = Registry::open(vec![node], &checkpoint(), None, later);
    assert_eq!(opened.err(), Some(ClientError::Proof(ProofError::TrustPeriod)));
}
