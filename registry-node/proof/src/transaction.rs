//! How the registry changes: one signed action of one member.
//!
//! A transaction is signed over a domain, the network and everything it does, and can be applied once and
//! only until it expires. What an action may do is the ledger's to judge; here it has a shape and a
//! signature. As JSON, an action reads like this:
//!
//! ```json
//! {"propose": {"change": {"admit_member": {"id": "bank", "legal_name": {"en": "Bank of Symbolonia"},
//!   "origins": ["https://bank.example"], "roles": ["verifier"],
//!   "transaction_key": "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}}}
//! {"vote": {"proposal": 0, "approve": true}}
//! {"enact": {"proposal": 0}}
//! {"add_key": {"purpose": "issuer", "number": 0, "material": {"anchor": "<base64url of DER>"}}}
//! {"set_key_state": {"purpose": "issuer", "number": 0, "state": {"retired": {"honoured_until": 1924992000000}}}}
//! {"publish_type": {"vct": "urn:eudi:pid:xs:1", "metadata_sha256": "<base64url>", "version": 1}}
//! {"accredit": {"member": "interior", "vct": "urn:eudi:pid:xs:1",
//!   "from": 0, "until": 1924992000000, "honoured_until": 1924992000000}}
//! {"register": {"member": "bank", "use": "login", "purpose": {"en": "Log you in"}, "claims":
//!   [{"vct": "urn:eudi:pid:xs:1", "paths": [["given_name"]]}], "retention_days": 30, "operators": ["login"],
//!   "consent": {"key": 0, "signature": "<base64url>"}}}
//! {"anchor_status": {"uri": "https://…/status/1", "media_type": "application/statuslist+jwt", "sequence": 1,
//!   "token_sha256": "<base64url>"}}
//! {"suspend_self": {}}
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical::{self, CanonicalError, bytes32};
use crate::entry::{KeyMaterial, KeyState, Parameters, RegisteredClaims, Role, Standing, Texts};
use crate::key::Purpose;
use crate::name::{MemberId, NetworkId, UseName, Vct};
use crate::public_key::{PublicKey, PublicKeyError};
use crate::time::Millis;

/// Bytes of a transaction, at most.
pub const MAX_TRANSACTION: usize = 16 * 1024;

const TRANSACTION_DOMAIN: &[u8] = b"symbolon transaction v1\0";
const CONSENT_DOMAIN: &[u8] = b"symbolon registration consent v1\0";

/// What a member does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Puts a change before the governors; the proposer's vote counts as for it.
    Propose {
        /// The change.
        change: Change,
    },
    /// Votes on a proposal.
    Vote {
        /// Which.
        proposal: u64,
        /// For or against.
        approve: bool,
    },
    /// Carries out a proposal that passed and has waited out its delay.
    Enact {
        /// Which.
        proposal: u64,
    },
    /// Gives up a web origin of its own; only governors give it one.
    GiveUpOrigin {
        /// The origin.
        origin: String,
    },
    /// Steps back at once; only governors bring it back.
    SuspendSelf {},
    /// Adds a key of its own.
    AddKey {
        /// What for.
        purpose: Purpose,
        /// Its number: the next one.
        number: u32,
        /// The key.
        material: KeyMaterial,
    },
    /// Retires a key of its own, or says that it is compromised.
    SetKeyState {
        /// What for.
        purpose: Purpose,
        /// Its number.
        number: u32,
        /// The new state; never back to active.
        state: KeyState,
    },
    /// Publishes a type, or its next version.
    PublishType {
        /// The type.
        vct: Vct,
        /// SHA-256 over the octets of its metadata.
        #[serde(with = "bytes32")]
        metadata_sha256: [u8; 32],
        /// One more than before, from 1.
        version: u32,
    },
    /// Lets a member issue a type, or changes until when.
    Accredit {
        /// Who.
        member: MemberId,
        /// What.
        vct: Vct,
        /// From when.
        from: Millis,
        /// Until when it may issue.
        until: Millis,
        /// Until when what it issued is honoured.
        honoured_until: Millis,
    },
    /// Registers a relying party's use, with its consent.
    Register(Register),
    /// Stops a use; the relying party and the registrar can both do it.
    StopUse {
        /// Whose.
        member: MemberId,
        /// Which.
        #[serde(rename = "use")]
        use_name: UseName,
    },
    /// Anchors a new version of a status list.
    AnchorStatus {
        /// The list's address.
        uri: String,
        /// What it is served as.
        media_type: String,
        /// More than before.
        sequence: u64,
        /// SHA-256 over the token as it will be served.
        #[serde(with = "bytes32")]
        token_sha256: [u8; 32],
    },
    /// Anchors a root over receipts of a period.
    AnchorReceipts {
        /// The period.
        period: String,
        /// The root.
        #[serde(with = "bytes32")]
        root: [u8; 32],
    },
}

/// A relying party's use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The relying party.
    pub member: MemberId,
    /// The use.
    #[serde(rename = "use")]
    pub use_name: UseName,
    /// Why it asks, by language.
    pub purpose: Texts,
    /// What it may ask for.
    pub claims: Vec<RegisteredClaims>,
    /// Days that it keeps what it was told.
    pub retention_days: u32,
    /// Members that may ask in its name.
    pub operators: BTreeSet<MemberId>,
    /// One more than before, from 1, so that what was agreed to once is not written twice.
    #[serde(default = "first")]
    pub version: u32,
    /// The relying party's signature under all of this.
    pub consent: Consent,
}

/// A relying party's signature under its registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The number of its transaction key.
    pub key: u32,
    /// 64 bytes.
    #[serde(with = "bytes32")]
    pub signature: Vec<u8>,
}

const fn first() -> u32 {
    1
}

impl Register {
    /// What the relying party signs: everything but its signature, for one network.
    pub fn consent_bytes(&self, network: &NetworkId) -> Vec<u8> {
        let unsigned =
            Self { consent: Consent { key: self.consent.key, signature: Vec::new() }, ..self.clone() };
        [CONSENT_DOMAIN, &canonical::encode(&(network, unsigned))].concat()
    }
}

/// What governors decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Admits an organisation.
    AdmitMember {
        /// Its name.
        id: MemberId,
        /// Its legal name by language.
        legal_name: Texts,
        /// Its web origins.
        origins: Vec<String>,
        /// What it may do.
        roles: BTreeSet<Role>,
        /// Its first key, number 0, for transactions.
        transaction_key: PublicKey,
    },
    /// Changes a member's legal name and web origins.
    SetIdentity {
        /// Who.
        id: MemberId,
        /// From now on, by language.
        legal_name: Texts,
        /// From now on.
        origins: Vec<String>,
    },
    /// Changes what a member may do.
    SetRoles {
        /// Who.
        id: MemberId,
        /// From now on.
        roles: BTreeSet<Role>,
    },
    /// Suspends a member, or takes it back.
    SetStanding {
        /// Who.
        id: MemberId,
        /// From now on.
        standing: Standing,
    },
    /// Says that a member's key is compromised: it may be in no state to say so itself.
    CompromiseKey {
        /// Whose.
        member: MemberId,
        /// What for.
        purpose: Purpose,
        /// Its number.
        number: u32,
    },
    /// Gives a member that lost its keys a new one.
    ReplaceTransactionKey {
        /// Whose.
        member: MemberId,
        /// Its number: the next one.
        number: u32,
        /// The key.
        key: PublicKey,
    },
    /// Tunes the network.
    SetParameters {
        /// All of them.
        parameters: Parameters,
    },
}

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// For which network.
    pub network: NetworkId,
    /// Who acts.
    pub member: MemberId,
    /// The number of the transaction key that signs.
    pub key: u32,
    /// 16 random bytes, so that the same act can be done twice on purpose.
    #[serde(with = "bytes32")]
    pub nonce: [u8; 16],
    /// Block time after which it can no longer be applied.
    pub expires: Millis,
    /// The act.
    pub action: Action,
}

impl Body {
    /// What the member signs.
    pub fn signed_bytes(&self) -> Vec<u8> {
        [TRANSACTION_DOMAIN, &canonical::encode(self)].concat()
    }

    /// Puts a signature under it.
    pub fn sign(self, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Transaction {
        let signature = sign(&self.signed_bytes());
        Transaction { body: self, signature }
    }
}

/// A signed act. That its signature holds is not said by this type: the ledger checks it against the
/// member's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// What is signed.
    pub body: Body,
    /// 64 bytes.
    #[serde(with = "bytes32")]
    pub signature: Vec<u8>,
}

impl Transaction {
    /// The bytes that travel and stand in a block.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(self)
    }

    /// A transaction from its bytes.
    ///
    /// # Errors
    /// [`CanonicalError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        canonical::decode(bytes, MAX_TRANSACTION)
    }

    /// Its name: SHA-256 over what is signed, so that another signature makes no second transaction.
    pub fn id(&self) -> [u8; 32] {
        Sha256::digest(self.body.signed_bytes()).into()
    }

    /// Checks the signature under `key`.
    ///
    /// # Errors
    /// [`PublicKeyError::Signature`].
    pub fn check_signature(&self, key: &PublicKey) -> Result<(), PublicKeyError> {
        key.verify(&self.body.signed_bytes(), &self.signature)
    }
}
