//! What the registry says: one type for each kind of entry.
//!
//! No entry has a place for personal data. Texts that people read come by language and are bounded.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError, bytes32};
use crate::freshness::{Freshness, Use};
use crate::key::Purpose;
use crate::name::{MemberId, NetworkId, Vct};
use crate::public_key::PublicKey;
use crate::time::Millis;
use crate::transaction::Change;

/// Bytes of one entry, at most.
pub const MAX_ENTRY: usize = 12 * 1024;
/// Characters of one text, at most.
pub const MAX_TEXT: usize = 400;
/// Languages of one text, at most.
pub const MAX_LANGUAGES: usize = 24;
/// Validators, at most.
pub const MAX_VALIDATORS: usize = 100;
/// Bytes of a trust anchor, at most.
pub const MAX_ANCHOR: usize = 4 * 1024;
/// Members of any list in an entry, at most.
pub const MAX_LIST: usize = 64;

/// A text by language (BCP 47 tag).
pub type Texts = BTreeMap<String, String>;

/// What stands at a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The network itself.
    Network(Network),
    /// An organisation.
    Member(Member),
    /// One of its keys.
    MemberKey(MemberKey),
    /// A credential type.
    Type(CredentialType),
    /// Who may issue a type.
    Accreditation(Accreditation),
    /// What a relying party may ask.
    Registration(Registration),
    /// The newest version of a status list.
    Status(StatusAnchor),
    /// A root over access receipts.
    Receipts(ReceiptsRoot),
    /// A proposal to the governors.
    Proposal(Proposal),
    /// Whose key this is.
    Material(Material),
    /// Whose web origin this is.
    Origin(OriginOwner),
    /// How much a member has written.
    Tally(Tally),
}

impl Entry {
    /// The bytes that stand in the tree.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// An entry from its bytes.
    ///
    /// # Errors
    /// [`CanonicalError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        canonical::decode(bytes, MAX_ENTRY)
    }
}

/// The network: parameters and who validates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Its name.
    pub id: NetworkId,
    /// What can be tuned.
    pub parameters: Parameters,
    /// This epoch.
    pub epoch: u64,
    /// The validators of this epoch.
    pub validators: Vec<Validator>,
    /// Those of the next, once decided.
    pub next_validators: Option<Vec<Validator>>,
    /// Members whose votes govern.
    pub governors: BTreeSet<MemberId>,
    /// The number of the next proposal.
    pub next_proposal: u64,
}

/// What governors tune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Milliseconds between blocks when nothing happens.
    pub heartbeat_ms: u64,
    /// Milliseconds that a change that widens trust waits after it has passed.
    pub proposal_delay_ms: u64,
    /// Milliseconds that a proposal stays open.
    pub proposal_life_ms: u64,
    /// Milliseconds ahead of block time that a transaction may expire, at most.
    pub transaction_life_ms: u64,
    /// How old a head may be for each use.
    pub freshness: BTreeMap<Use, Freshness>,
}

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
    /// The member that runs it.
    pub member: MemberId,
    /// Its Ed25519 key.
    pub key: PublicKey,
}

/// What a member does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Issues credentials.
    Issuer,
    /// Asks for presentations.
    Verifier,
    /// Asks in others' names.
    Operator,
    /// Gives out wallets.
    WalletProvider,
    /// Keeps credential types.
    Steward,
    /// Registers relying parties.
    Registrar,
    /// Runs a validator.
    Validator,
    /// Votes.
    Governor,
}

/// Whether a member takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It does.
    Active,
    /// It does not, for now.
    Suspended,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its legal name by language.
    pub legal_name: Texts,
    /// Its web origins.
    pub origins: Vec<String>,
    /// What it does.
    pub roles: BTreeSet<Role>,
    /// Whether it takes part.
    pub standing: Standing,
    /// When it was admitted.
    pub since: Millis,
}

/// A key's material.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyMaterial {
    /// A public key.
    Key(PublicKey),
    /// An X.509 trust anchor, DER.
    Anchor(Der),
}

/// DER, written as base64url.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Der(#[serde(with = "bytes32")] pub Vec<u8>);

/// Whether a key is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It is.
    Active,
    /// What it signed before is, until then.
    Retired {
        /// Until when.
        honoured_until: Millis,
    },
    /// Never, whatever date it signed under.
    Compromised,
}

/// A member's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberKey {
    /// The key.
    pub material: KeyMaterial,
    /// Whether it is believed.
    pub state: KeyState,
    /// Since when.
    pub since: Millis,
}

/// A credential type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialType {
    /// SHA-256 over the octets of its type metadata.
    #[serde(with = "bytes32")]
    pub metadata_sha256: [u8; 32],
    /// Who keeps it.
    pub steward: MemberId,
    /// Rises by one with each change.
    pub version: u32,
}

/// Permission to issue a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accreditation {
    /// From when.
    pub from: Millis,
    /// Until when it may issue.
    pub until: Millis,
    /// Until when what it issued is honoured.
    pub honoured_until: Millis,
}

/// Claims of one type that a relying party may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredClaims {
    /// The type.
    pub vct: Vct,
    /// Paths into it: names, or `null` for every element.
    pub paths: Vec<Vec<Option<String>>>,
}

/// What a relying party registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Why it asks, by language.
    pub purpose: Texts,
    /// What it may ask for.
    pub claims: Vec<RegisteredClaims>,
    /// Days that it keeps what it was told.
    pub retention_days: u32,
    /// Members that may ask in its name.
    pub operators: BTreeSet<MemberId>,
    /// Whether it may be used.
    pub standing: Standing,
    /// Since when.
    pub since: Millis,
    /// Rises by one with each change that the relying party agreed to.
    pub version: u32,
}

/// The newest version of a status list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusAnchor {
    /// Whose list it is.
    pub issuer: MemberId,
    /// Rises with each version.
    pub sequence: u64,
    /// SHA-256 over the token as served.
    #[serde(with = "bytes32")]
    pub token_sha256: [u8; 32],
    /// When it was anchored.
    pub at: Millis,
}

/// A root over access receipts of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptsRoot {
    /// The root.
    #[serde(with = "bytes32")]
    pub root: [u8; 32],
    /// When it was anchored.
    pub at: Millis,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// Who proposed.
    pub by: MemberId,
    /// What would change.
    pub change: Change,
    /// Who is for it.
    pub approvals: BTreeSet<MemberId>,
    /// Who is against it.
    pub refusals: BTreeSet<MemberId>,
    /// When it was opened.
    pub opened: Millis,
    /// How it stands.
    pub outcome: Outcome,
}

/// How a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Votes are counted.
    Open,
    /// It passed and waits out its delay.
    Passed {
        /// When.
        at: Millis,
    },
    /// It is done.
    Enacted,
    /// It cannot pass any more.
    Refused,
}

/// Whose key some material is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// The member.
    pub member: MemberId,
    /// The one purpose.
    pub purpose: Purpose,
    /// The key's number.
    pub number: u32,
}

/// Whose web origin this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginOwner {
    /// The member.
    pub member: MemberId,
}

/// How much a member has written of what has no other bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Status lists.
    pub status_lists: u32,
    /// Roots over receipts.
    pub receipts: u32,
    /// Registered uses.
    pub registrations: u32,
    /// Types that it keeps.
    pub types: u32,
    /// Accreditations to issue.
    pub accreditations: u32,
}
