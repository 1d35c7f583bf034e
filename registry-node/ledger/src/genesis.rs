//! The first state: who governs and validates, written down by the founders and signed by nobody. Its
//! digest is what everyone pins.

use std::collections::BTreeSet;

use registry_proof::block::transactions_root;
use registry_proof::entry::{
    Entry, KeyMaterial, KeyState, MAX_ENTRY, MAX_VALIDATORS, Material, Member, MemberKey, Network,
    OriginOwner, Parameters, Role, Standing, Texts, Validator,
};
use registry_proof::header::{Header, network_hash, validator_key, validators_hash};
use registry_proof::key::{Key, Purpose};
use registry_proof::light::Checkpoint;
use registry_proof::name::{MemberId, NetworkId};
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use serde::{Deserialize, Serialize};

use crate::block::Tip;
use crate::govern::{MIN_GOVERNORS, check_parameters};
use crate::material::material_hash;
use crate::reject::Reject;
use crate::store::{Store, StoreError};
use crate::texts::{check_origins, check_texts};
use crate::tree::{Commit, put};

/// What the founders write down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// The network's name.
    pub network: NetworkId,
    /// When it begins.
    pub time: Millis,
    /// What can be tuned later.
    pub parameters: Parameters,
    /// The first validators.
    pub validators: Vec<Validator>,
    /// The founding members; those with the role of governor govern.
    pub members: Vec<Founder>,
}

/// A founding member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founder {
    /// Its name.
    pub id: MemberId,
    /// Its legal name by language.
    pub legal_name: Texts,
    /// Its web origins.
    pub origins: Vec<String>,
    /// What it does.
    pub roles: BTreeSet<Role>,
    /// Its first transaction key.
    pub transaction_key: PublicKey,
}

/// The first state and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founded {
    /// Where the state stands.
    pub tip: Tip,
    /// What to write.
    pub commit: Commit,
    /// The header of height 0.
    pub header: Header,
    /// What everyone pins.
    pub checkpoint: Checkpoint,
}

/// Why a genesis cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// A rule that transactions keep is broken.
    #[error("genesis breaks a rule")]
    Rule(#[from] Reject),
    /// Validators: none, too many, a key or a member twice, no member of that role, or a key that is not Ed25519.
    #[error("genesis has unusable validators")]
    Validators,
    /// The store.
    #[error("genesis could not be written")]
    Store(#[from] StoreError),
}

struct Nothing;

impl Store for Nothing {
    fn node(&self, _: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    fn value(&self, _: &[u8; 32], _: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    fn was_applied(&self, _: &[u8; 32]) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// Makes the first state.
///
/// # Errors
/// [`GenesisError`].
pub fn found(genesis: &Genesis) -> Result<Founded, GenesisError> {
    check_parameters(&genesis.parameters)?;
    let validators = check_validators(genesis)?;
    let entries = first_entries(genesis)?;
    let changes = entries.into_iter().map(|(key, entry)| (key, Some(entry.to_bytes()))).collect();
    let (root, commit) = put(&Nothing, 0, changes)?;
    let header = Header {
        network: network_hash(&genesis.network),
        epoch: 0,
        height: 0,
        time: genesis.time,
        parent: [0; 32],
        state_height: 0,
        state_root: root,
        transactions_root: transactions_root(&[]),
        validators: validators_hash(&validators),
        next_validators: validators_hash(&validators),
    };
    let checkpoint = Checkpoint {
        network: genesis.network.clone(),
        epoch: 0,
        validators: genesis.validators.iter().map(|validator| validator.key.clone()).collect(),
        height: 0,
        digest: header.digest(),
        time: genesis.time,
    };
    Ok(Founded { tip: Tip { height: 0, version: 0, root }, commit, header, checkpoint })
}

fn check_validators(genesis: &Genesis) -> Result<Vec<[u8; 32]>, GenesisError> {
    let is_member = |validator: &Validator| {
        let mut members = genesis.members.iter();
        members.any(|member| member.id == validator.member && member.roles.contains(&Role::Validator))
    };
    let members: BTreeSet<_> = genesis.validators.iter().map(|validator| &validator.member).collect();
    let keys: Option<BTreeSet<_>> =
        genesis.validators.iter().map(|validator| validator_key(&validator.key)).collect();
    let keys = keys.ok_or(GenesisError::Validators)?;
    let once = keys.len() == genesis.validators.len() && members.len() == keys.len();
    let fits = (1..=MAX_VALIDATORS).contains(&keys.len()) && once;
    if fits && genesis.validators.iter().all(is_member) {
        Ok(keys.into_iter().collect())
    } else {
        Err(GenesisError::Validators)
    }
}

fn first_entries(genesis: &Genesis) -> Result<std::collections::BTreeMap<Key, Entry>, GenesisError> {
    let mut entries = std::collections::BTreeMap::new();
    let mut governors = BTreeSet::new();
    for founder in &genesis.members {
        check_texts(&founder.legal_name)?;
        check_origins(&founder.origins)?;
        if founder.roles.contains(&Role::Governor) {
            governors.insert(founder.id.clone());
        }
        for origin in &founder.origins {
            let owner = Entry::Origin(OriginOwner { member: founder.id.clone() });
            if entries.insert(Key::origin(origin), owner).is_some() {
                return Err(Reject::OriginTaken.into());
            }
        }
        for (key, entry) in founder_entries(founder, genesis.time)? {
            if entries.insert(key, entry).is_some() {
                return Err(Reject::Exists.into());
            }
        }
    }
    if governors.len() < MIN_GOVERNORS {
        return Err(Reject::LastGovernor.into());
    }
    let network = Network {
        id: genesis.network.clone(),
        parameters: genesis.parameters.clone(),
        epoch: 0,
        validators: genesis.validators.clone(),
        next_validators: None,
        governors,
        next_proposal: 0,
    };
    entries.insert(Key::Network, Entry::Network(network));
    match entries.values().all(|entry| entry.to_bytes().len() <= MAX_ENTRY) {
        true => Ok(entries),
        false => Err(Reject::Content.into()),
    }
}

fn founder_entries(founder: &Founder, since: Millis) -> Result<[(Key, Entry); 3], Reject> {
    let material = KeyMaterial::Key(founder.transaction_key.clone());
    let owner = Material { member: founder.id.clone(), purpose: Purpose::Transaction, number: 0 };
    let member = Member {
        legal_name: founder.legal_name.clone(),
        origins: founder.origins.clone(),
        roles: founder.roles.clone(),
        standing: Standing::Active,
        since,
    };
    Ok([
        (Key::Material(material_hash(&material)?), Entry::Material(owner)),
        (Key::Member(founder.id.clone()), Entry::Member(member)),
        (
            Key::MemberKey(founder.id.clone(), Purpose::Transaction, 0),
            Entry::MemberKey(MemberKey { material, state: KeyState::Active, since }),
        ),
    ])
}
