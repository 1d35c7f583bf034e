//! A register with four validators, whose proofs are real.

use std::collections::BTreeMap;
use std::sync::Mutex;

use credential::key::{Algorithm, PublicKey as Key2, Signer as _, SigningKey};
use credential::time::UnixTime;
use ed25519_zebra::{SigningKey as ValidatorKey, VerificationKey};
use registry_proof::bundle::{ProofBundle, ProvenEntry, Value};
use registry_proof::certificate::dangerous_make;
use registry_proof::entry::{
    Accreditation, CredentialType, Der, Entry, KeyMaterial, KeyState, Member, MemberKey, Network, Parameters,
    ReceiptsRoot, RegisteredClaims, Registration, Role, Standing, Texts,
};
use registry_proof::freshness::{Freshness, Use};
use registry_proof::header::{Header, network_hash, validators_hash};
use registry_proof::key::{Key, Purpose};
use registry_proof::light::Checkpoint;
use registry_proof::merkle::{OtherLeaf, Path, Siblings, leaf, node};
use registry_proof::name::NetworkId;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use sha2::{Digest as _, Sha256};

pub(crate) const VCT: &str = "urn:eudi:pid:xs:1";

/// The register: entries, and the keys of its validators.
pub(crate) struct Register {
    validators: Vec<ValidatorKey>,
    pub(crate) entries: BTreeMap<Key, Entry>,
    pub(crate) now: UnixTime,
}

impl Register {
    pub(crate) fn new(now: UnixTime) -> Self {
        let validators = (1..=4u8).map(|seed| ValidatorKey::from([seed; 32])).collect();
        let limit = Freshness { max_age_ms: 60_000, grace_ms: 600_000 };
        let strict = Freshness { max_age_ms: 60_000, grace_ms: 0 };
        let day = Freshness { max_age_ms: 86_400_000, grace_ms: 0 };
        let network = Network {
            id: network(),
            parameters: Parameters {
                heartbeat_ms: 1000,
                proposal_delay_ms: 0,
                proposal_life_ms: 1,
                transaction_life_ms: 1,
                freshness: [
                    (Use::Login, limit),
                    (Use::Check, limit),
                    (Use::Receive, strict),
                    (Use::Counter, day),
                ]
                .into(),
            },
            epoch: 0,
            validators: Vec::new(),
            next_validators: None,
            governors: Default::default(),
            next_proposal: 0,
        };
        Self { validators, entries: [(Key::Network, Entry::Network(network))].into(), now }
    }

    /// Other validators with the same entries: what they sign counts for nothing.
    pub(crate) fn forged(&self) -> Self {
        let validators = (11..=14u8).map(|seed| ValidatorKey::from([seed; 32])).collect();
        Self { validators, entries: self.entries.clone(), now: self.now }
    }

    /// The same register, to be changed apart from this one.
    pub(crate) fn same(&self) -> Self {
        Self { validators: self.validators.clone(), entries: self.entries.clone(), now: self.now }
    }

    pub(crate) fn add_member(&mut self, id: &str, role: Role, origin: &str) {
        let member = Member {
            legal_name: texts(&format!("The {id}")),
            origins: vec![origin.to_owned()],
            roles: [role].into(),
            standing: Standing::Active,
            since: Millis::default(),
        };
        self.entries.insert(Key::Member(id.parse().unwrap()), Entry::Member(member));
    }

    pub(crate) fn add_key(&mut self, id: &str, purpose: Purpose, key: &SigningKey) {
        let entry = MemberKey {
            material: KeyMaterial::Key(public(key.public_key())),
            state: KeyState::Active,
            since: Millis::default(),
        };
        self.entries.insert(Key::MemberKey(id.parse().unwrap(), purpose, 0), Entry::MemberKey(entry));
    }

    /// A certificate authority under which the member signs, as its second key of that purpose.
    pub(crate) fn add_anchor(&mut self, id: &str, purpose: Purpose, der: Vec<u8>) {
        let material = KeyMaterial::Anchor(Der(der));
        let entry = MemberKey { material, state: KeyState::Active, since: Millis::default() };
        self.entries.insert(Key::MemberKey(id.parse().unwrap(), purpose, 1), Entry::MemberKey(entry));
    }

    pub(crate) fn add_accreditation(&mut self, id: &str) {
        self.add_accreditation_for(id, VCT);
    }

    pub(crate) fn add_accreditation_for(&mut self, id: &str, vct: &str) {
        let kind =
            CredentialType { metadata_sha256: [0; 32], steward: "digital".parse().unwrap(), version: 1 };
        let accreditation =
            Accreditation { from: Millis::default(), until: Millis::NEVER, honoured_until: Millis::NEVER };
        self.entries.insert(Key::Type(vct.parse().unwrap()), Entry::Type(kind));
        let key = Key::Accreditation(id.parse().unwrap(), vct.parse().unwrap());
        self.entries.insert(key, Entry::Accreditation(accreditation));
    }

    pub(crate) fn add_registration(&mut self, id: &str, operator: &str, claims: &[&str]) {
        self.add_registration_of(id, operator, &[(VCT, claims)]);
    }

    /// A use that covers these top-level claims of these types.
    pub(crate) fn add_registration_of(&mut self, id: &str, operator: &str, types: &[(&str, &[&str])]) {
        let claims = types.iter().map(|(vct, claims)| RegisteredClaims {
            vct: vct.parse().unwrap(),
            paths: claims.iter().map(|name| vec![Some((*name).to_owned())]).collect(),
        });
        let registration = Registration {
            purpose: texts("Logging in"),
            claims: claims.collect(),
            retention_days: 30,
            operators: [operator.parse().unwrap()].into(),
            standing: Standing::Active,
            since: Millis::default(),
            version: 1,
        };
        let key = Key::Registration(id.parse().unwrap(), "login".parse().unwrap());
        self.entries.insert(key, Entry::Registration(registration));
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let key = |validator: &ValidatorKey| PublicKey::ed25519(&validator_key(validator)).unwrap();
        Checkpoint {
            network: network(),
            epoch: 0,
            validators: self.validators.iter().map(key).collect(),
            height: 0,
            digest: [0; 32],
            time: millis(self.now),
        }
    }

    /// A proof of everything, as of `at`.
    pub(crate) fn bundle(&self, at: UnixTime) -> Vec<u8> {
        self.bundle_with(at, &[])
    }

    /// As [`Register::bundle`], and that these keys are not there.
    pub(crate) fn bundle_with(&self, at: UnixTime, absent: &[Key]) -> Vec<u8> {
        let leaves = self.leaves();
        let keys: Vec<[u8; 32]> = self.validators.iter().map(validator_key).collect();
        let state_root = root(&leaves, 0);
        let height = at.secs() * 100_000 + number_of(state_root);
        let header = Header {
            network: network_hash(&network()),
            epoch: 0,
            height,
            time: millis(at),
            parent: [0; 32],
            state_height: height,
            state_root,
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
        let absent = absent.iter().map(|key| absence(&leaves, key));
        let entries = entries.chain(absent).collect();
        ProofBundle { header: header.to_bytes().to_vec(), certificate, entries }.to_cbor()
    }

    fn leaves(&self) -> Vec<Leaf> {
        let leaf = |(key, entry): (&Key, &Entry)| (key.hash(), Sha256::digest(entry.to_bytes()).into());
        let mut leaves: Vec<Leaf> = self.entries.iter().map(leaf).collect();
        leaves.sort_unstable();
        leaves
    }

    /// Anchors the root over a period of the provider's receipts.
    pub(crate) fn add_receipts(&mut self, period: &str, root: [u8; 32]) {
        let key = Key::Receipts("login".parse().unwrap(), period.to_owned());
        self.entries.insert(key, Entry::Receipts(ReceiptsRoot { root, at: millis(self.now) }));
    }
}

/// A proof that nothing stands at `key`: the place is empty, or another leaf stands in it.
fn absence(leaves: &[Leaf], key: &Key) -> ProvenEntry {
    let hash = key.hash();
    let way = siblings(leaves, 0, &hash);
    let shares = |other: &[u8; 32]| (0..way.len()).all(|depth| bit(other, depth) == bit(&hash, depth));
    let other = leaves.iter().find(|(other, _)| shares(other));
    let other =
        other.map(|(key_hash, value_hash)| OtherLeaf { key_hash: *key_hash, value_hash: *value_hash });
    ProvenEntry { key: key.clone(), value: None, path: Path { siblings: Siblings::new(&way), other } }
}

/// The number of a state, in the order in which they came up: two states at one height would be a fork.
fn number_of(state_root: [u8; 32]) -> u64 {
    static SEEN: Mutex<Vec<[u8; 32]>> = Mutex::new(Vec::new());
    let mut seen = SEEN.lock().unwrap();
    let known = seen.iter().position(|root| *root == state_root);
    let number = known.unwrap_or_else(|| {
        seen.push(state_root);
        seen.len() - 1
    });
    u64::try_from(number).unwrap()
}

pub(crate) fn network() -> NetworkId {
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

fn public(key: &Key2) -> PublicKey {
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
