//! What validators sign: a header of fixed length, through its SHA-256.
//!
//! A header commits to the state after an earlier block (`state_height`), so that nobody executes a block
//! before it is final. The validators of this epoch and the next are in it by hash: that is how a light
//! client will follow them.

use sha2::{Digest as _, Sha256};

use crate::name::NetworkId;
use crate::public_key::PublicKey;
use crate::time::Millis;

/// The form of headers that this code writes and reads.
pub const VERSION: u8 = 1;

/// A block's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// SHA-256 of the network's name.
    pub network: [u8; 32],
    /// Which set of validators.
    pub epoch: u64,
    /// Blocks before this one.
    pub height: u64,
    /// The proposer's clock, bounded by its parent's and by everyone else's.
    pub time: Millis,
    /// Digest of the header before.
    pub parent: [u8; 32],
    /// After which block `state_root` holds.
    pub state_height: u64,
    /// The state's root.
    pub state_root: [u8; 32],
    /// SHA-256 over the transactions of this block.
    pub transactions_root: [u8; 32],
    /// [`validators_hash`] of this epoch.
    pub validators: [u8; 32],
    /// [`validators_hash`] of the next; the same where nothing changes.
    pub next_validators: [u8; 32],
}

/// Bytes that are not a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("header is malformed")]
pub struct HeaderError;

impl Header {
    /// Bytes of a header.
    pub const SIZE: usize = 1 + 32 + 8 + 8 + 8 + 32 + 8 + 32 + 32 + 32 + 32;

    /// The bytes: version, then each field in order, numbers with the highest byte first.
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let parts: [&[u8]; 11] = [
            &[VERSION],
            &self.network,
            &self.epoch.to_be_bytes(),
            &self.height.to_be_bytes(),
            &self.time.get().to_be_bytes(),
            &self.parent,
            &self.state_height.to_be_bytes(),
            &self.state_root,
            &self.transactions_root,
            &self.validators,
            &self.next_validators,
        ];
        let mut bytes = [0u8; Self::SIZE];
        let mut at = 0;
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        bytes
    }

    /// A header from its bytes.
    ///
    /// # Errors
    /// [`HeaderError`] for another length or version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.len() != Self::SIZE || bytes[0] != VERSION {
            return Err(HeaderError);
        }
        let mut rest = &bytes[1..];
        Ok(Self {
            network: take(&mut rest)?,
            epoch: u64::from_be_bytes(take(&mut rest)?),
            height: u64::from_be_bytes(take(&mut rest)?),
            time: Millis::new(u64::from_be_bytes(take(&mut rest)?)),
            parent: take(&mut rest)?,
            state_height: u64::from_be_bytes(take(&mut rest)?),
            state_root: take(&mut rest)?,
            transactions_root: take(&mut rest)?,
            validators: take(&mut rest)?,
            next_validators: take(&mut rest)?,
        })
    }

    /// What validators sign.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], HeaderError> {
    let (head, tail) = rest.split_first_chunk().ok_or(HeaderError)?;
    *rest = tail;
    Ok(*head)
}

/// A network's name in a header.
pub fn network_hash(network: &NetworkId) -> [u8; 32] {
    Sha256::digest(network.as_str()).into()
}

/// A set of validators in a header: over their keys in the order of the keys.
pub fn validators_hash(validators: &[[u8; 32]]) -> [u8; 32] {
    let mut sorted = validators.to_vec();
    sorted.sort_unstable();
    Sha256::digest(sorted.concat()).into()
}

/// The validator keys among registry keys; only Ed25519 validates.
pub fn validator_key(key: &PublicKey) -> Option<[u8; 32]> {
    match key {
        PublicKey::Ed25519(bytes) => Some(*bytes),
        PublicKey::P256(_) => None,
    }
}
