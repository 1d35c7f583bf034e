//! A register with four validators, whose proofs are real, and the status lists of its issuers.

use std::collections::BTreeMap;

use credential::issuer::KeyReference;
use credential::key::{Algorithm, PublicKey as AnyKey, Signer as _, SigningKey};
use credential::status_list::{MEDIA_TYPE, Status, StatusList, TokenClaims};
use credential::time::UnixTime;
use ed25519_zebra::{SigningKey as ValidatorKey, VerificationKey};
use registry_proof::bundle::{ProofBundle, ProvenEntry, Value};
use registry_proof::certificate::dangerous_make;
use registry_proof::entry::{
    Accreditation, CredentialType, Der, Entry, KeyMaterial, KeyState, Member, MemberKey, Network, Parameters,
    ReceiptsRoot, RegisteredClaims, Registration, Role, Standing, StatusAnchor, Texts,
};
use registry_proof::freshness::{Freshness, Use};
use registry_proof::header::{Header, network_hash, validators_hash};
use registry_proof::key::{Key, Purpose};
use registry_proof::light::Checkpoint;
use registry_proof::merkle::{Path, Siblings, leaf, node};
use registry_proof::name::NetworkId;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Transaction};
use sha2::{Digest as _, Sha256};

pub(crate) const VCT: &str = "urn:eudi:pid:xs:1";

/// How long facts of the register are used before they are read anew, in seconds.
pub(crate) const MAX_AGE: u64 = 30;

/// How long they are used while the chain halts, in seconds.
pub(crate) const GRACE: u64 = 600;

/// What becomes of transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// They are applied.
    AreTaken,
    /// Nobody takes them.
    NeverArrive,
    /// They are applied, and nobody is told.
    AreNotAnswered,
}

/// Entries, the keys of those who vouch for them, and what the issuers publish.
pub(crate) struct Register {
    validators: Vec<ValidatorKey>,
    pub(crate) entries: BTreeMap<Key, Entry>,
    keys: BTreeMap<String, SigningKey>,
    /// Status list tokens as served, by name.
    pub(crate) published: BTreeMap<String, String>,
    /// Whether status lists can be fetched.
    pub(crate) lists_answer: bool,
    /// What becomes of transactions.
    pub(crate) writes: Writes,
    /// Since when there is no new block.
    pub(crate) halted_at: Option<UnixTime>,
    changes: u64,
}

impl Register {
    pub(crate) fn new() -> Self {
        let validators = (1..=4u8).map(|seed| ValidatorKey::from([seed; 32])).collect();
        let limit = Freshness { max_age_ms: MAX_AGE * 1000, grace_ms: GRACE * 1000 };
        let network = Network {
            id: network(),
            parameters: Parameters {
                heartbeat_ms: 1000,
                proposal_delay_ms: 0,
                proposal_life_ms: 1,
                transaction_life_ms: 1,
                freshness: [(Use::Login, limit), (Use::Check, limit), (Use::Receive, limit)].into(),
            },
            epoch: 0,
            validators: Vec::new(),
            next_validators: None,
            governors: Default::default(),
            next_proposal: 0,
        };
        let kind =
            CredentialType { metadata_sha256: [0; 32], steward: "digital".parse().unwrap(), version: 1 };
        let entries =
            [(Key::Network, Entry::Network(network)), (Key::Type(VCT.parse().unwrap()), Entry::Type(kind))];
        Self {
            validators,
            entries: entries.into(),
            keys: BTreeMap::new(),
            published: BTreeMap::new(),
            lists_answer: true,
            writes: Writes::AreTaken,
            halted_at: None,
            changes: 0,
        }
    }

    pub(crate) fn add_member(&mut self, id: &str, role: Role, origin: &str) {
        let member = Member {
            legal_name: texts(&format!("The {id}")),
            origins: vec![origin.to_owned()],
            roles: [role].into(),
            standing: Standing::Active,
            since: Millis::default(),
        };
        self.set(Key::Member(id.parse().unwrap()), Entry::Member(member));
    }

    pub(crate) fn suspend(&mut self, id: &str) {
        let Some(Entry::Member(member)) = self.entries.get_mut(&Key::Member(id.parse().unwrap())) else {
            panic!("no such member");
        };
        member.standing = Standing::Suspended;
        self.changes += 1;
    }

    /// A member that issues, with a key of its own.
    pub(crate) fn add_issuer(&mut self, id: &str, key: SigningKey) {
        self.add_member(id, Role::Issuer, "http://127.0.0.1:2");
        self.add_key(id, Purpose::Issuer, key.public_key());
        self.keys.insert(id.to_owned(), key);
    }

    pub(crate) fn issuer_key(&self, id: &str) -> &SigningKey {
        &self.keys[id]
    }

    pub(crate) fn add_key(&mut self, id: &str, purpose: Purpose, key: &AnyKey) {
        let entry = MemberKey {
            material: KeyMaterial::Key(public(key)),
            state: KeyState::Active,
            since: Millis::default(),
        };
        self.set(Key::MemberKey(id.parse().unwrap(), purpose, 0), Entry::MemberKey(entry));
    }

    pub(crate) fn add_anchor(&mut self, id: &str, purpose: Purpose, der: Vec<u8>) {
        let entry = MemberKey {
            material: KeyMaterial::Anchor(Der(der)),
            state: KeyState::Active,
            since: Millis::default(),
        };
        self.set(Key::MemberKey(id.parse().unwrap(), purpose, 0), Entry::MemberKey(entry));
    }

    /// An authority under which the member signs documents, beside its key.
    pub(crate) fn add_document_anchor(&mut self, id: &str, der: Vec<u8>) {
        let material = KeyMaterial::Anchor(Der(der));
        let entry = MemberKey { material, state: KeyState::Active, since: Millis::default() };
        self.set(Key::MemberKey(id.parse().unwrap(), Purpose::Issuer, 1), Entry::MemberKey(entry));
    }

    /// A document type that the member may issue.
    pub(crate) fn accredit_for(&mut self, id: &str, doctype: &str) {
        let kind =
            CredentialType { metadata_sha256: [0; 32], steward: "digital".parse().unwrap(), version: 1 };
        self.set(Key::Type(doctype.parse().unwrap()), Entry::Type(kind));
        let accreditation =
            Accreditation { from: Millis::default(), until: Millis::NEVER, honoured_until: Millis::NEVER };
        let key = Key::Accreditation(id.parse().unwrap(), doctype.parse().unwrap());
        self.set(key, Entry::Accreditation(accreditation));
    }

    pub(crate) fn compromise(&mut self, id: &str) {
        let key = Key::MemberKey(id.parse().unwrap(), Purpose::Issuer, 0);
        let Some(Entry::MemberKey(found)) = self.entries.get_mut(&key) else { panic!("no such key") };
        found.state = KeyState::Compromised;
        self.changes += 1;
    }

    pub(crate) fn accredit(&mut self, id: &str) {
        let accreditation =
            Accreditation { from: Millis::default(), until: Millis::NEVER, honoured_until: Millis::NEVER };
        let key = Key::Accreditation(id.parse().unwrap(), VCT.parse().unwrap());
        self.set(key, Entry::Accreditation(accreditation));
    }

    pub(crate) fn end_accreditation(&mut self, id: &str) {
        let key = Key::Accreditation(id.parse().unwrap(), VCT.parse().unwrap());
        let Some(Entry::Accreditation(found)) = self.entries.get_mut(&key) else { panic!("not accredited") };
        (found.until, found.honoured_until) = (Millis::from_secs(1), Millis::from_secs(1));
        self.changes += 1;
    }

    pub(crate) fn register_use(&mut self, id: &str, claims: &[&str]) {
        let paths = claims.iter().map(|name| vec![*name]).collect();
        self.register_use_of(id, &[(VCT, paths)]);
    }

    /// A use that covers these paths of these types.
    pub(crate) fn register_use_of(&mut self, id: &str, types: &[(&str, Vec<Vec<&str>>)]) {
        let written = |path: &Vec<&str>| path.iter().map(|step| Some((*step).to_owned())).collect();
        let claims = types.iter().map(|(vct, paths)| RegisteredClaims {
            vct: vct.parse().unwrap(),
            paths: paths.iter().map(written).collect(),
        });
        let registration = Registration {
            purpose: texts("Logging in"),
            claims: claims.collect(),
            retention_days: 30,
            version: 1,
            operators: ["login".parse().unwrap()].into(),
            standing: Standing::Active,
            since: Millis::default(),
        };
        let key = Key::Registration(id.parse().unwrap(), "login".parse().unwrap());
        self.set(key, Entry::Registration(registration));
    }

    /// Publishes a list of `issuer` in which `index` has `status`, and anchors it.
    pub(crate) fn publish(&mut self, issuer: &str, uri: &str, index: u64, status: Status, now: UnixTime) {
        let token = self.list_token(issuer, uri, index, status, now);
        self.anchor(issuer, uri, &token, now);
        self.published.insert(uri.to_owned(), token);
    }

    pub(crate) fn list_token(
        &self,
        issuer: &str,
        uri: &str,
        index: u64,
        status: Status,
        now: UnixTime,
    ) -> String {
        let mut list = StatusList::new(2, 64).unwrap();
        list.set(index, status).unwrap();
        let claims = TokenClaims {
            uri,
            issued_at: now,
            expires_at: Some(now.plus(core::time::Duration::from_secs(86_400))),
            ttl: None,
        };
        list.to_token(&claims, &kid(issuer), self.issuer_key(issuer)).unwrap()
    }

    pub(crate) fn anchor(&mut self, issuer: &str, uri: &str, token: &str, now: UnixTime) {
        self.changes += 1;
        let anchor = StatusAnchor {
            issuer: issuer.parse().unwrap(),
            sequence: self.changes,
            token_sha256: Sha256::digest(token).into(),
            at: millis(now),
        };
        self.set(Key::status(uri, MEDIA_TYPE), Entry::Status(anchor));
    }

    /// Applies what a member signed, as the ledger does, as far as providers write.
    pub(crate) fn apply(&mut self, transaction: &Transaction, now: UnixTime) -> Result<(), &'static str> {
        let body = &transaction.body;
        let key = Key::MemberKey(body.member.clone(), Purpose::Transaction, body.key);
        let Some(Entry::MemberKey(key)) = self.entries.get(&key) else { return Err("unknown_member") };
        let KeyMaterial::Key(key) = &key.material else { panic!("a transaction key is no anchor") };
        transaction.check_signature(key).map_err(|_| "signature")?;
        let Action::AnchorReceipts { period, root } = &body.action else {
            panic!("not what providers write")
        };
        let place = Key::Receipts(body.member.clone(), period.clone());
        if self.entries.contains_key(&place) {
            return Err("exists");
        }
        self.set(place, Entry::Receipts(ReceiptsRoot { root: *root, at: millis(now) }));
        Ok(())
    }

    /// The roots over the provider's receipts, by period.
    pub(crate) fn roots(&self) -> BTreeMap<String, [u8; 32]> {
        let root = |(key, entry): (&Key, &Entry)| match (key, entry) {
            (Key::Receipts(_, period), Entry::Receipts(found)) => Some((period.clone(), found.root)),
            _ => None,
        };
        self.entries.iter().filter_map(root).collect()
    }

    /// The height of the newest block. Every change and every second is one.
    pub(crate) const fn height(&self, at: UnixTime) -> u64 {
        at.secs() * 1000 + self.changes
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        self.entries.remove(key).unwrap();
        self.changes += 1;
    }

    fn set(&mut self, key: Key, entry: Entry) {
        self.entries.insert(key, entry);
        self.changes += 1;
    }

    pub(crate) fn checkpoint(&self, now: UnixTime) -> Checkpoint {
        let key = |validator: &ValidatorKey| PublicKey::ed25519(&validator_key(validator)).unwrap();
        Checkpoint {
            network: network(),
            epoch: 0,
            validators: self.validators.iter().map(key).collect(),
            height: 0,
            digest: [0; 32],
            time: millis(now),
        }
    }

    /// A proof of everything, as of `at`, in CBOR.
    pub(crate) fn bundle(&self, at: UnixTime) -> Vec<u8> {
        let at = self.halted_at.unwrap_or(at);
        let hashed = |(key, entry): (&Key, &Entry)| (key.hash(), Sha256::digest(entry.to_bytes()).into());
        let mut leaves: Vec<Leaf> = self.entries.iter().map(hashed).collect();
        leaves.sort_unstable();
        let keys: Vec<[u8; 32]> = self.validators.iter().map(validator_key).collect();
        let height = self.height(at);
        let header = Header {
            network: network_hash(&network()),
            epoch: 0,
            height,
            time: millis(at),
            parent: [0; 32],
            state_height: height,
            state_root: root(&leaves, 0),
            transactions_root: [0; 32],
            validators: validators_hash(&keys),
            next_validators: validators_hash(&keys),
        };
        let certificate =
            dangerous_make::certificate(&network(), 0, 7, &header.digest(), &self.validators, &[0, 1, 2]);
        let entries = self.entries.iter().map(|(key, entry)| ProvenEntry {
            key: key.clone(),
            value: Some(Value(entry.to_bytes())),
            path: Path { siblings: Siblings::new(&siblings(&leaves, 0, &key.hash())), other: None },
        });
        ProofBundle { header: header.to_bytes().to_vec(), certificate, entries: entries.collect() }.to_cbor()
    }
}

pub(crate) fn kid(issuer: &str) -> KeyReference {
    KeyReference::Kid(format!("did:symbolon:demo:{issuer}#issuer-0"))
}

fn network() -> NetworkId {
    "demo".parse().unwrap()
}

fn texts(text: &str) -> Texts {
    [("en".to_owned(), text.to_owned())].into()
}

fn millis(time: UnixTime) -> Millis {
    Millis::from_secs(time.secs())
}

fn validator_key(key: &ValidatorKey) -> [u8; 32] {
    VerificationKey::from(key).into()
}

fn public(key: &AnyKey) -> PublicKey {
    match key.algorithm() {
        Algorithm::Es256 => PublicKey::p256(&key.to_bytes()).unwrap(),
        Algorithm::EdDsa => PublicKey::ed25519(&key.to_bytes()).unwrap(),
    }
}

const EMPTY: [u8; 32] = *b"SPARSE_MERKLE_PLACEHOLDER_HASH__";

type Leaf = ([u8; 32], [u8; 32]);

/// The root of the tree below `depth`: a lone leaf stands as high as it can.
fn root(leaves: &[Leaf], depth: usize) -> [u8; 32] {
    match leaves {
        [] => EMPTY,
        [(key, value)] => leaf(key, value),
        _ => {
            let (left, right) = split(leaves, depth);
            node(&root(left, depth + 1), &root(right, depth + 1))
        }
    }
}

/// The siblings on the way to `key`, from the leaf up.
fn siblings(leaves: &[Leaf], depth: usize, key: &[u8; 32]) -> Vec<[u8; 32]> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = split(leaves, depth);
    let (inside, outside) = if bit(key, depth) { (right, left) } else { (left, right) };
    let mut below = siblings(inside, depth + 1, key);
    below.push(root(outside, depth + 1));
    below
}

fn split(leaves: &[Leaf], depth: usize) -> (&[Leaf], &[Leaf]) {
    leaves.split_at(leaves.partition_point(|(key, _)| !bit(key, depth)))
}

fn bit(key: &[u8; 32], depth: usize) -> bool {
    key[depth / 8] >> (7 - depth % 8) & 1 == 1
}
