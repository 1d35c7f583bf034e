//! The node as a process: four of them, killed and fed with everything that they should survive.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]
#![allow(clippy::disallowed_methods, reason = "real processes live by the real clock")]

mod golden;
mod network;

use std::sync::mpsc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signer as _;
use network::{CBOR, NAME, Network, Node, body, key_of, receipts, sign, wait_for};
use registry_proof::transaction::{Action, Transaction};
use serde_json::json;

fn fate(node: &Node, transaction: &Transaction) -> serde_json::Value {
    node.get(&format!("/v1/transactions/{}", URL_SAFE_NO_PAD.encode(transaction.id()))).json()
}

#[test]
fn a_transaction_sent_twice_is_applied_once() {
    let network = Network::start("twice");
    let transaction = receipts("gov-1", 1);
    let heights: Vec<u64> = std::thread::scope(|scope| {
        let transaction = &transaction;
        let sent: Vec<_> =
            network.nodes.iter().map(|node| scope.spawn(move || node.apply(transaction))).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let again = network.nodes[2].apply(&transaction);
    assert!(heights.iter().all(|height| *height == again), "{heights:?}");
    assert_eq!(network.wait_for_agreement().0, 1);
}

#[test]
fn kill_9_in_a_stream_of_transactions_loses_nothing_and_doubles_nothing() {
    const COUNT: usize = 24;
    let mut network = Network::start("stream");
    let transactions: Vec<Transaction> = (0..COUNT).map(|number| receipts("gov-1", number)).collect();
    let (told, acknowledged) = mpsc::channel();
    let urls: Vec<Node> = network.nodes.iter().map(Node::elsewhere).collect();
    let stream = std::thread::spawn({
        let transactions = transactions.clone();
        move || {
            for transaction in &transactions {
                // The node that dies is asked first; what it does not answer is asked of another, unchanged.
                let answer = urls[3].submit(transaction).or_else(|| urls[0].submit(transaction)).unwrap();
                assert_eq!(answer.json()["state"], "applied", "{}", answer.json());
                told.send(answer.json()["height"].as_u64().unwrap()).unwrap();
            }
        }
    });
    let mut heights: Vec<u64> = acknowledged.iter().take(6).collect();
    network.kill(3);
    heights.extend(acknowledged.iter().take(6));
    network.run(3);
    heights.extend(acknowledged.iter());
    stream.join().unwrap();

    let (version, _) = network.wait_for_agreement();
    assert_eq!(heights.len(), COUNT);
    for node in &network.nodes {
        for (transaction, height) in transactions.iter().zip(&heights) {
            let fate = fate(node, transaction);
            assert_eq!((&fate["state"], &fate["height"]), (&json!("applied"), &json!(height)));
        }
    }
    // Blocks that hold a change count one version each, and each transaction lies in one of them.
    let blocks: std::collections::BTreeSet<&u64> = heights.iter().collect();
    assert_eq!(version, blocks.len() as u64);
}

#[test]
fn with_two_of_four_dead_a_write_waits_and_completes_when_they_return() {
    let mut network = Network::start("halt");
    network.kill(2);
    network.kill(3);
    let transaction = receipts("gov-1", 1);
    let node = network.nodes[0].elsewhere();
    let writing = std::thread::spawn({
        let transaction = transaction.clone();
        move || node.apply(&transaction)
    });
    let waits = |node: &Node| node.get("/v1/status").json()["waiting_transactions"] == 1;
    wait_for("the write to be taken in", || waits(&network.nodes[0]).then_some(()));
    wait_for("and to be passed on", || waits(&network.nodes[1]).then_some(()));
    assert_eq!(fate(&network.nodes[0], &transaction)["state"], "waiting");
    // Reads go on, with their proofs.
    assert_eq!(network.nodes[0].get("/v1/snapshot").status, 200);

    network.run(2);
    network.run(3);
    writing.join().unwrap();
    assert_eq!(network.wait_for_agreement().0, 1);
}

#[test]
fn all_four_killed_at_once_forget_nothing_that_they_acknowledged() {
    let mut network = Network::start("all");
    let before: Vec<Transaction> = (0..5).map(|number| receipts("gov-1", number)).collect();
    let heights: Vec<u64> =
        before.iter().zip([0, 1, 2, 3, 0]).map(|(tx, node)| network.nodes[node].apply(tx)).collect();
    for index in 0..4 {
        network.kill(index);
    }
    for index in 0..4 {
        network.run(index);
    }
    network.wait_for_agreement();
    for node in &network.nodes {
        for (transaction, height) in before.iter().zip(&heights) {
            assert_eq!(fate(node, transaction)["height"], json!(height));
        }
    }
    assert!(network.nodes[1].apply(&receipts("gov-1", 5)) > *heights.last().unwrap());
    assert_eq!(network.wait_for_agreement().0, 6);
}

#[test]
fn a_late_node_catches_up() {
    let mut network = Network::prepare("late");
    (0..3).for_each(|index| network.run(index));
    wait_for("a block", || network.nodes[0].state().filter(|(height, ..)| *height > 0));
    let transactions: Vec<Transaction> = (0..10).map(|number| receipts("gov-1", number)).collect();
    let heights: Vec<u64> = transactions.iter().map(|tx| network.nodes[0].apply(tx)).collect();
    network.run(3);
    network.wait_for_agreement();
    assert_eq!(fate(&network.nodes[3], &transactions[9])["height"], json!(heights[9]));
}

#[test]
fn bad_input_gets_a_clear_error_and_changes_nothing() {
    let network = Network::start("bad");
    let node = &network.nodes[0];
    let known = receipts("gov-1", 1);
    let height = node.apply(&known);
    let before = network.wait_for_agreement();

    for (what, status, code, media_type, body) in bad_transactions(&known) {
        let answer = node.post("/v1/transactions", media_type, &body).expect(what);
        let told = answer.json();
        assert_eq!((answer.status, told["code"].as_str()), (status, Some(code)), "{what}: {told}");
        assert_eq!(answer.media_type, "application/problem+json", "{what}");
    }
    for (what, status, body) in bad_keys() {
        let answer = node.post("/v1/proofs", "application/json", &body).unwrap();
        assert_eq!(answer.status, status, "{what}");
        assert_eq!(answer.media_type, "application/problem+json", "{what}");
    }
    for (path, status) in BAD_PATHS {
        assert_eq!(node.get(path).status, status, "{path}");
    }
    let long = format!("/v1/entries/member/{}", "a".repeat(5_000));
    assert_eq!(node.get(&long).status, 400);

    // What was applied before is not applied again, and the answer says when it was.
    assert_eq!(node.apply(&known), height);
    assert_eq!(network.wait_for_agreement(), before);
}

const BAD_PATHS: [(&str, u16); 15] = [
    ("/v1/entries/", 404),
    ("/v1/entries/member", 400),
    ("/v1/entries/member/UPPER", 400),
    ("/v1/entries/member/a%00b", 400),
    ("/v1/entries/member%2f..%2fnetwork", 400),
    ("/v1/entries/proposal/01", 400),
    ("/v1/entries/proposal/99999999999999999999999", 400),
    ("/v1/members/UPPER", 400),
    ("/v1/members/nobody", 404),
    ("/1.0/identifiers/did:example:123", 400),
    ("/1.0/identifiers/did:symbolon:golden:no%20body", 400),
    ("/1.0/identifiers/did:symbolon:golden:nobody", 404),
    ("/v1/blocks/-1", 400),
    ("/v1/blocks/18446744073709551615", 404),
    ("/v1/transactions/x", 404),
];

type Bad = (&'static str, u16, &'static str, &'static str, Vec<u8>);

fn bad_transactions(known: &Transaction) -> Vec<Bad> {
    const JSON: &str = "application/json";
    let receipts = || Action::AnchorReceipts { period: "bad".to_owned(), root: [1; 32] };
    let good = || body("gov-1", receipts());
    let signed = |body: registry_proof::transaction::Body| {
        body.sign(|message| key_of("gov-1").sign(message).to_bytes().to_vec())
    };
    let mut forged = sign("gov-1", receipts());
    forged.signature[7] ^= 1;
    let mut expired = good();
    expired.expires = network::now().plus(0);
    let expired = signed(registry_proof::transaction::Body {
        expires: registry_proof::time::Millis::new(expired.expires.get() - 60_000),
        ..expired
    });
    let mut far = good();
    far.expires = far.expires.plus(3_600_000);
    let mut foreign = good();
    foreign.network = "other".parse().unwrap();
    let mut stranger = good();
    stranger.member = network::id("nobody");
    let mut another = good();
    another.member = network::id("gov-2");
    let mut same_nonce = good();
    same_nonce.nonce = known.body.nonce;
    same_nonce.action = known.body.action.clone();
    let mut no_key = good();
    no_key.key = 7;
    let with_more = [known.to_bytes(), vec![0]].concat();
    let mut unknown_field = serde_json::to_value(sign("gov-1", receipts())).unwrap();
    unknown_field["body"]["admin"] = json!(true);
    vec![
        ("nothing", 422, "malformed", CBOR, Vec::new()),
        ("noise", 422, "malformed", CBOR, vec![0xff; 400]),
        ("more than one transaction", 422, "malformed", CBOR, with_more),
        ("deep cbor", 422, "malformed", CBOR, vec![0x81; 16_000]),
        ("deep json", 422, "malformed", JSON, vec![b'['; 16_000]),
        ("no json", 422, "malformed", JSON, b"hello".to_vec()),
        ("an unknown member of an object", 422, "malformed", JSON, unknown_field.to_string().into_bytes()),
        ("more than a transaction may have", 422, "malformed", CBOR, vec![0x40; 20_000]),
        ("more than a node reads", 413, "too_large", CBOR, vec![0x40; 100_000]),
        ("a forged signature", 422, "signature", CBOR, forged.to_bytes()),
        ("another's name", 422, "signature", CBOR, signed(another).to_bytes()),
        ("a stranger", 422, "unknown_member", CBOR, signed(stranger).to_bytes()),
        ("a key that is not there", 422, "key_does_not_sign", CBOR, signed(no_key).to_bytes()),
        ("too late", 422, "expired", CBOR, expired.to_bytes()),
        ("too far ahead", 422, "expires_too_far_ahead", CBOR, signed(far).to_bytes()),
        ("for another network", 422, "other_network", CBOR, signed(foreign).to_bytes()),
        ("an act done before, signed anew", 422, "exists", CBOR, signed(same_nonce).to_bytes()),
    ]
}

fn bad_keys() -> Vec<(&'static str, u16, Vec<u8>)> {
    let many: Vec<String> = (0..65).map(|number| format!("proposal/{number}")).collect();
    vec![
        ("nothing", 400, Vec::new()),
        ("no json", 400, b"{".to_vec()),
        ("no keys", 400, b"[1, 2]".to_vec()),
        ("a key that is none", 400, br#"["member/../network"]"#.to_vec()),
        ("too many keys", 400, serde_json::to_vec(&many).unwrap()),
        ("deep", 400, vec![b'['; 60_000]),
        ("too large", 413, vec![b' '; 100_000]),
    ]
}

#[test]
fn the_command_says_by_its_exit_code_whether_it_did_what_it_was_told() {
    let command = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_registry-node"))
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = command(&["--json", "check", "--config", "/nowhere/node.toml"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((code, &told["code"]), (Some(1), &json!("config_unreadable")));
    assert!(told["message"].is_string() && told["next"].is_string());
    assert_eq!(command(&["check"]).0, Some(2));
    assert_eq!(command(&["parameters"]).0, Some(0));
    let network = Network::prepare("check");
    let config = network.nodes[0].config().display().to_string();
    assert_eq!(command(&["check", "--config", &config]).0, Some(0));
    std::fs::write(network.nodes[0].config().with_file_name("validator.key"), "00").unwrap();
    assert_eq!(command(&["check", "--config", &config]).0, Some(1));
    assert_eq!(NAME, network.checkpoint.network.as_str());
}
