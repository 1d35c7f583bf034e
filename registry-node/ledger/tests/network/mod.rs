//! A network in memory: four governors, a store, and keys for everyone.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signer as _, SigningKey};
use registry_ledger::block::{Tip, TxOutcome, apply_block};
use registry_ledger::genesis::{Founder, Genesis, found};
use registry_ledger::reject::Reject;
use registry_ledger::store::{Store, StoreError};
use registry_ledger::tree::{Commit, prove};
use registry_proof::entry::{Der, Entry, KeyMaterial, Parameters, Role, Texts, Validator};
use registry_proof::key::Key;
use registry_proof::name::MemberId;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Body, Change};

#[derive(Default)]
pub(crate) struct MemoryStore {
    nodes: BTreeMap<Vec<u8>, Vec<u8>>,
    values: BTreeMap<([u8; 32], u64), Option<Vec<u8>>>,
    applied: BTreeSet<[u8; 32]>,
}

impl MemoryStore {
    pub(crate) fn write(&mut self, version: u64, commit: Commit) {
        self.nodes.extend(commit.nodes);
        self.values.extend(commit.values.into_iter().map(|(key, value)| ((key.hash(), version), value)));
    }
}

impl Store for MemoryStore {
    fn node(&self, name: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.nodes.get(name).cloned())
    }

    fn value(&self, key_hash: &[u8; 32], version: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut before = self.values.range((*key_hash, 0)..=(*key_hash, version));
        Ok(before.next_back().and_then(|(_, value)| value.clone()))
    }

    fn was_applied(&self, transaction: &[u8; 32]) -> Result<bool, StoreError> {
        Ok(self.applied.contains(transaction))
    }
}

pub(crate) struct TestNetwork {
    pub(crate) store: MemoryStore,
    pub(crate) tip: Tip,
    pub(crate) now: Millis,
    nonce: u64,
}

pub(crate) const DELAY: u64 = 1_000;
pub(crate) const LIFE: u64 = 60_000;
pub(crate) const PROPOSAL_LIFE: u64 = 100_000;

pub(crate) fn id(name: &str) -> MemberId {
    name.parse().unwrap()
}

pub(crate) fn key_of(name: &str) -> SigningKey {
    let mut seed = [7u8; 32];
    seed[..name.len()].copy_from_slice(name.as_bytes());
    SigningKey::from_bytes(&seed)
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::ed25519(key.verifying_key().as_bytes()).unwrap()
}

pub(crate) fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}

pub(crate) fn admit(name: &str, roles: &[Role]) -> Change {
    Change::AdmitMember {
        id: id(name),
        legal_name: text(name),
        origins: vec![format!("https://{name}.example")],
        roles: roles.iter().copied().collect(),
        transaction_key: public(&key_of(name)),
    }
}

pub(crate) fn genesis() -> Genesis {
    let governors = ["gov-1", "gov-2", "gov-3", "gov-4"];
    Genesis {
        network: "test".parse().unwrap(),
        time: Millis::new(1_000_000),
        parameters: Parameters {
            heartbeat_ms: 1_000,
            proposal_delay_ms: DELAY,
            proposal_life_ms: PROPOSAL_LIFE,
            transaction_life_ms: LIFE,
            freshness: BTreeMap::new(),
        },
        validators: governors
            .iter()
            .map(|name| Validator { member: id(name), key: public(&key_of(&format!("node {name}"))) })
            .collect(),
        members: governors
            .iter()
            .map(|name| Founder {
                id: id(name),
                legal_name: text(name),
                origins: Vec::new(),
                roles: BTreeSet::from([Role::Governor, Role::Validator]),
                transaction_key: public(&key_of(name)),
            })
            .collect(),
    }
}

impl TestNetwork {
    pub(crate) fn new() -> Self {
        let founded = found(&genesis()).unwrap();
        let mut store = MemoryStore::default();
        store.write(0, founded.commit);
        Self { store, tip: founded.tip, now: Millis::new(1_000_000), nonce: 0 }
    }

    /// A network with a steward and issuer, a registrar, a bank and its operator.
    pub(crate) fn with_members() -> Self {
        let mut network = Self::new();
        network.admit("interior", &[Role::Steward, Role::Issuer]);
        network.admit("registrar", &[Role::Registrar]);
        network.admit("bank", &[Role::Verifier]);
        network.admit("login", &[Role::Operator]);
        network
    }

    pub(crate) fn admit(&mut self, name: &str, roles: &[Role]) {
        self.decide(admit(name, roles)).unwrap();
    }

    /// Three of four are for it.
    pub(crate) fn pass(&mut self, change: Change) -> u64 {
        let proposal = self.propose("gov-1", change).unwrap();
        self.act("gov-2", Action::Vote { proposal, approve: true }).unwrap();
        self.act("gov-3", Action::Vote { proposal, approve: true }).unwrap();
        proposal
    }

    /// Passes a change and carries it out; one that does not wait is done already.
    pub(crate) fn decide(&mut self, change: Change) -> Result<(), Reject> {
        let proposal = self.pass(change);
        self.now = self.now.plus(DELAY);
        match self.act("gov-4", Action::Enact { proposal }) {
            Ok(_) | Err(Reject::Closed) => Ok(()),
            Err(reject) => Err(reject),
        }
    }

    pub(crate) fn propose(&mut self, governor: &str, change: Change) -> Result<u64, Reject> {
        let touched = self.act(governor, Action::Propose { change })?;
        let number = |key: &Key| match key {
            Key::Proposal(number) => Some(*number),
            _ => None,
        };
        Ok(touched.iter().find_map(number).unwrap())
    }

    pub(crate) fn sign(&mut self, name: &str, action: Action) -> Vec<u8> {
        self.nonce += 1;
        let body = Body {
            network: "test".parse().unwrap(),
            member: id(name),
            key: 0,
            nonce: u128::from(self.nonce).to_be_bytes(),
            expires: self.now.plus(10_000),
            action,
        };
        body.sign(|message| key_of(name).sign(message).to_bytes().to_vec()).to_bytes()
    }

    pub(crate) fn act(&mut self, name: &str, action: Action) -> Result<Vec<Key>, Reject> {
        let transaction = self.sign(name, action);
        self.apply(&[transaction]).remove(0).result
    }

    pub(crate) fn apply(&mut self, transactions: &[Vec<u8>]) -> Vec<TxOutcome> {
        let applied = apply_block(&self.store, self.tip, self.now, transactions).unwrap();
        self.store.write(applied.tip.version, applied.commit);
        self.tip = applied.tip;
        let done = applied.outcomes.iter().filter(|outcome| outcome.result.is_ok());
        self.store.applied.extend(done.filter_map(|outcome| outcome.id));
        applied.outcomes
    }

    pub(crate) fn entry(&self, key: &Key) -> Option<Entry> {
        let proven = prove(&self.store, self.tip.version, key).unwrap();
        let value = proven.value.as_ref().map(|value| value.0.as_slice());
        proven.path.check(&key.hash(), value, &self.tip.root).unwrap();
        value.map(|bytes| Entry::from_bytes(bytes).unwrap())
    }
}

/// A certificate around the public key of `name`, as far as the ledger looks; `serial` makes another one.
pub(crate) fn anchor(name: &str, serial: u8) -> KeyMaterial {
    let element = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        let header = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [header, content.to_vec()].concat()
    };
    let oid = element(0x06, &[0x2b, 0x65, 0x70]);
    let point = [&[0], public(&key_of(name)).as_bytes()].concat();
    let key = element(0x30, &[element(0x30, &oid), element(0x03, &point)].concat());
    let names = element(0x30, &[]).repeat(4);
    let to_sign = element(0x30, &[element(0x02, &[serial]), names, key].concat());
    KeyMaterial::Anchor(Der(element(0x30, &[to_sign, element(0x30, &oid)].concat())))
}
