//! What real nodes serve convinces a phone; and the golden files, which keep those bytes for years.
//!
//! To write them anew (a deliberate act: everything that was ever stapled must still be believed):
//! `SYMBOLON_WRITE_GOLDEN=1 cargo test --workspace --test nodes what_nodes_serve`

use std::collections::BTreeSet;
use std::path::Path;

use p256::ecdsa::SigningKey as P256;
use registry_ledger::genesis::Founder;
use registry_proof::bundle::{MAX_BUNDLE, ProofBundle};
use registry_proof::entry::{Der, Entry, KeyMaterial, KeyState, RegisteredClaims, Role};
use registry_proof::key::{Key, Purpose};
use registry_proof::light::LightClient;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Change, Consent, Register, Transaction};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::network::{Network, Node, agreed, id, key_of, now, public, sign, text, wait_for};

const VCT: &str = "urn:eudi:pid:xs:1";
const LIST: &str = "https://interior.example/status/1";
const LIST_TYPE: &str = "application/statuslist+jwt";
/// Keys of every kind of entry, and of two that are not there.
const ASKED: [&str; 19] = [
    "network",
    "member/bank",
    "member/closed",
    "member/nobody",
    "key/interior/issuer/0",
    "key/interior/issuer/1",
    "key/interior/issuer/2",
    "key/interior/issuer/9",
    "key/login/request/0",
    "type/urn:eudi:pid:xs:1",
    "accreditation/interior/urn:eudi:pid:xs:1",
    "registration/bank/login",
    "registration/bank/survey",
    "receipts/bank/2026-11",
    "proposal/0",
    "proposal/1",
    "proposal/2",
    "tally/interior",
    "material/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

/// Founders that only the golden network has.
pub(crate) fn closed() -> Founder {
    Founder {
        id: id("closed"),
        legal_name: text("The closed office"),
        origins: vec!["https://closed.example".to_owned(), "https://old.closed.example".to_owned()],
        roles: BTreeSet::from([Role::Verifier]),
        transaction_key: public(&key_of("closed")),
    }
}

#[test]
fn what_nodes_serve_convinces_a_phone() {
    let network = Network::start("golden");
    let node = &network.nodes[0];
    let mut done = first_year(node);
    let old = node.get_cbor("/v1/snapshot");
    done.extend(second_year(node));
    let snapshot = node.get_cbor("/v1/snapshot");
    let height = |bundle: &[u8]| read(bundle).0.height;
    let other = &network.nodes[2];
    let head = wait_for("a newer head", || {
        let head = other.get_cbor("/v1/head");
        (height(&head) > height(&snapshot)).then_some(head)
    });
    let (cbor, json) = wait_for("one head in both forms", || both_forms(&network.nodes[1]));

    let mut phone = LightClient::new(&network.checkpoint, None, now()).unwrap();
    for bytes in [&old, &snapshot, &head, &cbor] {
        phone.accept(&read(bytes).1).unwrap();
    }
    let proven = phone.accept(&serde_json::from_slice(&json).unwrap()).unwrap();
    assert_eq!(proven.entries.len(), asked().len());
    let said = proven.entries.get(&Key::status(LIST, LIST_TYPE)).unwrap().as_ref().unwrap();
    assert!(matches!(said, Entry::Status(anchor) if anchor.sequence == 2));
    assert_eq!(proven.entries.get(&Key::Member(id("nobody"))), Some(&None));

    if std::env::var_os("SYMBOLON_WRITE_GOLDEN").is_some() {
        let pretty = |value: &Value| serde_json::to_vec_pretty(value).unwrap();
        write("checkpoint.json", &pretty(&json!(network.checkpoint)));
        write("old.cbor", &old);
        write("snapshot.cbor", &snapshot);
        write("head.cbor", &head);
        write("entries.cbor", &cbor);
        write("entries.json", &json);
        write("transactions.json", &pretty(&json!(done.iter().map(both_transactions).collect::<Vec<_>>())));
    }
}

fn write(name: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proof/tests/golden");
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn read(bytes: &[u8]) -> (registry_proof::header::Header, ProofBundle) {
    let bundle = ProofBundle::from_cbor(bytes, MAX_BUNDLE).unwrap();
    (registry_proof::header::Header::from_bytes(&bundle.header).unwrap(), bundle)
}

fn both_transactions(transaction: &Transaction) -> Value {
    json!({ "bytes": hex::encode(transaction.to_bytes()), "transaction": transaction })
}

fn asked() -> Vec<Key> {
    let mut keys: Vec<Key> = ASKED.iter().map(|key| key.parse().unwrap()).collect();
    let material = Sha256::digest(public(&key_of("bank")).to_string());
    keys.extend([
        Key::status(LIST, LIST_TYPE),
        Key::origin("https://bank.example"),
        Key::Material(material.into()),
    ]);
    keys
}

/// The same proof as CBOR and JSON, unless a block came between.
fn both_forms(node: &Node) -> Option<(Vec<u8>, Vec<u8>)> {
    let body = serde_json::to_vec(&asked()).unwrap();
    let json = node.post("/v1/proofs", "application/json", &body)?.bytes;
    let cbor = node.post_for_cbor("/v1/proofs", &body)?;
    let same = serde_json::from_slice::<ProofBundle>(&json).ok()? == read(&cbor).1;
    same.then_some((cbor, json))
}

/// Members, keys, a type, who issues it and who asks for it.
fn first_year(node: &Node) -> Vec<Transaction> {
    let admit = |name: &str, role| Change::AdmitMember {
        id: id(name),
        legal_name: [("en".to_owned(), format!("The {name}")), ("zh".to_owned(), "海港镇银行".to_owned())]
            .into(),
        origins: vec![format!("https://{name}.example")],
        roles: BTreeSet::from([role]),
        transaction_key: public(&key_of(name)),
    };
    let mut done = decide(node, 0, admit("bank", Role::Verifier));
    let anchor = KeyMaterial::Anchor(Der(include_bytes!("../network/anchor.der").to_vec()));
    let p256 = P256::from_slice(&[5; 32]).unwrap();
    let p256 = PublicKey::p256(p256.verifying_key().to_sec1_point(true).as_bytes()).unwrap();
    let add = |purpose, number, material| Action::AddKey { purpose, number, material };
    let acts = [
        ("interior", add(Purpose::Issuer, 0, anchor)),
        ("interior", add(Purpose::Issuer, 1, KeyMaterial::Key(p256))),
        ("interior", add(Purpose::Issuer, 2, KeyMaterial::Key(public(&key_of("stolen"))))),
        ("login", add(Purpose::Request, 0, KeyMaterial::Key(public(&key_of("requests"))))),
        ("gov-1", Action::PublishType { vct: VCT.parse().unwrap(), metadata_sha256: [1; 32], version: 1 }),
        (
            "gov-1",
            Action::Accredit {
                member: id("interior"),
                vct: VCT.parse().unwrap(),
                from: Millis::new(0),
                until: Millis::new(4_000_000_000_000),
                honoured_until: Millis::NEVER,
            },
        ),
        ("gov-1", Action::Register(registration("login"))),
        ("gov-1", Action::Register(registration("survey"))),
        ("interior", status(1)),
    ];
    done.extend(acts.into_iter().map(|(member, action)| act(node, member, action)));
    done
}

/// What is taken back, and what comes to an end.
fn second_year(node: &Node) -> Vec<Transaction> {
    let set = |number, state| Action::SetKeyState { purpose: Purpose::Issuer, number, state };
    let stop = Action::StopUse { member: id("bank"), use_name: "survey".parse().unwrap() };
    let acts = [
        ("interior", set(1, KeyState::Retired { honoured_until: Millis::new(4_000_000_000_000) })),
        ("interior", set(2, KeyState::Compromised)),
        ("interior", status(2)),
        ("bank", stop),
        ("bank", Action::AnchorReceipts { period: "2026-11".to_owned(), root: [3; 32] }),
        ("closed", Action::GiveUpOrigin { origin: "https://old.closed.example".to_owned() }),
        ("closed", Action::SuspendSelf {}),
    ];
    let mut done: Vec<_> = acts.into_iter().map(|(member, action)| act(node, member, action)).collect();
    let roles = BTreeSet::from([Role::Verifier, Role::Operator]);
    done.push(act(node, "gov-1", Action::Propose { change: Change::SetRoles { id: id("bank"), roles } }));
    done.push(act(node, "gov-2", Action::Vote { proposal: 1, approve: false }));
    done
}

fn status(sequence: u64) -> Action {
    let (uri, media_type) = (LIST.to_owned(), LIST_TYPE.to_owned());
    Action::AnchorStatus { uri, media_type, sequence, token_sha256: [sequence as u8; 32] }
}

fn registration(name: &str) -> Register {
    let path = |name: &str| vec![Some(name.to_owned())];
    agreed(Register {
        member: id("bank"),
        use_name: name.parse().unwrap(),
        purpose: text("Log you in to your account"),
        claims: vec![RegisteredClaims {
            vct: VCT.parse().unwrap(),
            paths: vec![path("login_identifier"), vec![Some("nationalities".to_owned()), None]],
        }],
        retention_days: 30,
        operators: BTreeSet::from([id("login")]),
        version: 1,
        consent: Consent::default(),
    })
}

fn decide(node: &Node, proposal: u64, change: Change) -> Vec<Transaction> {
    let mut done = vec![act(node, "gov-1", Action::Propose { change })];
    for governor in ["gov-2", "gov-3"] {
        done.push(act(node, governor, Action::Vote { proposal, approve: true }));
    }
    let enact = wait_for("the delay to end", || {
        let enact = sign("gov-4", Action::Enact { proposal });
        (node.submit(&enact)?.json()["state"] == "applied").then_some(enact)
    });
    done.push(enact);
    done
}

fn act(node: &Node, member: &str, action: Action) -> Transaction {
    let transaction = sign(member, action);
    node.apply(&transaction);
    transaction
}
