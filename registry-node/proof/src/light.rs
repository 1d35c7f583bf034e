//! Who is believed: a light client with a pinned checkpoint that never goes back.
//!
//! It keeps the validators of one epoch and the newest head that it has seen. Following validators from one
//! epoch to the next comes with the first hand-over; headers already carry what that needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bundle::{MAX_ENTRIES, ProofBundle};
use crate::canonical::{CanonicalError, bytes32};
use crate::certificate::{Certificate, CertificateError};
use crate::entry::{Entry, MAX_VALIDATORS};
use crate::header::{Header, HeaderError, network_hash, validators_hash};
use crate::key::Key;
use crate::merkle::PathError;
use crate::name::NetworkId;
use crate::public_key::PublicKey;
use crate::time::Millis;

/// Milliseconds that a pinned head may be trusted without a newer one: 180 days. Keys of validators that
/// left long ago could sign another past.
pub const TRUST_PERIOD_MS: u64 = 180 * 24 * 3600 * 1000;

/// A point of the chain that is trusted from the start: the genesis at first, newer in each release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The network.
    pub network: NetworkId,
    /// The epoch.
    pub epoch: u64,
    /// The validators of that epoch, Ed25519.
    pub validators: Vec<PublicKey>,
    /// The height.
    pub height: u64,
    /// The header's digest.
    #[serde(with = "bytes32")]
    pub digest: [u8; 32],
    /// The header's time.
    pub time: Millis,
}

/// The newest head that a client has seen: keep it, and it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its height.
    pub height: u64,
    /// Its digest.
    #[serde(with = "bytes32")]
    pub digest: [u8; 32],
    /// Its time.
    pub time: Millis,
}

/// Why a proof is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The checkpoint is unusable.
    #[error("checkpoint is unusable")]
    Checkpoint,
    /// The checkpoint or the kept head is older than the trust period.
    #[error("trusted head is older than the trust period")]
    TrustPeriod,
    /// The header.
    #[error("header does not hold")]
    Header(#[source] HeaderError),
    /// A header of another network.
    #[error("header is of another network")]
    Network,
    /// The header names other validators than those we trust.
    #[error("header names other validators")]
    Validators,
    /// The certificate.
    #[error("certificate does not hold")]
    Certificate(#[source] CertificateError),
    /// Two headers of one height, both final: validators broke their word.
    #[error("two final headers of one height")]
    Fork,
    /// More entries than allowed, or one twice.
    #[error("proof has too many entries or one twice")]
    Entries,
    /// A path.
    #[error("entry is not under the root")]
    Path(#[source] PathError),
    /// An entry's bytes.
    #[error("entry is malformed")]
    Entry(#[source] CanonicalError),
}

/// What a bundle proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The header that it stands under.
    pub header: Header,
    /// Entries by key; `None` where absence was proven.
    pub entries: BTreeMap<Key, Option<Entry>>,
}

/// A client that checks proofs.
#[derive(Clone, Debug)]
pub struct LightClient {
    network: NetworkId,
    epoch: u64,
    validators: Vec<[u8; 32]>,
    head: Head,
}

impl LightClient {
    /// A client that trusts `checkpoint` and, from an earlier run, `kept`.
    ///
    /// # Errors
    /// [`ProofError::Checkpoint`], [`ProofError::TrustPeriod`].
    pub fn new(checkpoint: &Checkpoint, kept: Option<Head>, now: Millis) -> Result<Self, ProofError> {
        if checkpoint.validators.is_empty() || checkpoint.validators.len() > MAX_VALIDATORS {
            return Err(ProofError::Checkpoint);
        }
        let key = |key: &PublicKey| crate::header::validator_key(key).ok_or(ProofError::Checkpoint);
        let mut validators = checkpoint.validators.iter().map(key).collect::<Result<Vec<_>, _>>()?;
        validators.sort_unstable();
        validators.dedup();
        if validators.len() != checkpoint.validators.len() {
            return Err(ProofError::Checkpoint);
        }
        let pinned = Head { height: checkpoint.height, digest: checkpoint.digest, time: checkpoint.time };
        let head = kept.filter(|kept| kept.height > pinned.height).unwrap_or(pinned);
        if now.since(head.time).as_millis() > u128::from(TRUST_PERIOD_MS) {
            return Err(ProofError::TrustPeriod);
        }
        Ok(Self { network: checkpoint.network.clone(), epoch: checkpoint.epoch, validators, head })
    }

    /// The network.
    pub const fn network(&self) -> &NetworkId {
        &self.network
    }

    /// The newest head seen: keep it over restarts.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// Checks a header with its certificate, and remembers it where it is the newest.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn accept_header(&mut self, header: &[u8], certificate: &[u8]) -> Result<Header, ProofError> {
        let header = Header::from_bytes(header).map_err(ProofError::Header)?;
        if header.network != network_hash(&self.network) {
            return Err(ProofError::Network);
        }
        if header.validators != validators_hash(&self.validators) {
            return Err(ProofError::Validators);
        }
        let digest = header.digest();
        Certificate::parse(certificate)
            .and_then(|certificate| certificate.verify(&self.network, self.epoch, &self.validators, &digest))
            .map_err(ProofError::Certificate)?;
        if header.height == self.head.height && digest != self.head.digest {
            return Err(ProofError::Fork);
        }
        if header.height > self.head.height {
            self.head = Head { height: header.height, digest, time: header.time };
        }
        Ok(header)
    }

    /// Checks a whole bundle. How old it may be is for [`crate::freshness`] to judge.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn accept(&mut self, bundle: &ProofBundle) -> Result<Proven, ProofError> {
        if bundle.entries.len() > MAX_ENTRIES {
            return Err(ProofError::Entries);
        }
        let header = self.accept_header(&bundle.header, &bundle.certificate)?;
        let mut entries = BTreeMap::new();
        for proven in &bundle.entries {
            let value = proven.value.as_ref().map(|value| value.0.as_slice());
            proven.path.check(&proven.key.hash(), value, &header.state_root).map_err(ProofError::Path)?;
            let entry = value.map(Entry::from_bytes).transpose().map_err(ProofError::Entry)?;
            if entries.insert(proven.key.clone(), entry).is_some() {
                return Err(ProofError::Entries);
            }
        }
        Ok(Proven { header, entries })
    }
}
