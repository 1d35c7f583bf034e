//! The state tree: a Jellyfish Merkle tree over [`Store`], and proofs in our own encoding.

use jmt::storage::{LeafNode, Node, NodeKey, TreeReader};
use jmt::{JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher};
use registry_proof::bundle::{ProvenEntry, Value};
use registry_proof::key::Key;
use registry_proof::merkle::{OtherLeaf, Path, Siblings, leaf, node};
use sha2::Digest as _;

use crate::store::{Store, StoreError};

/// SHA-256 as the tree takes it.
pub struct Sha256(sha2::Sha256);

impl SimpleHasher for Sha256 {
    fn new() -> Self {
        Self(sha2::Sha256::new())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// What a block writes: to be stored in one transaction with its height.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// Tree nodes by name.
    pub nodes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Values written: the entry's key, and its bytes or none where it was removed.
    pub values: Vec<(Key, Option<Vec<u8>>)>,
}

struct Reader<'s>(&'s dyn Store);

impl TreeReader for Reader<'_> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        let found = self.0.node(&borsh::to_vec(key)?)?;
        found.map(|bytes| Ok(borsh::from_slice(&bytes)?)).transpose()
    }

    fn get_value_option(&self, version: u64, key: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(self.0.value(&key.0, version)?)
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("only a restore asks for it")
    }
}

fn failed(error: anyhow::Error) -> StoreError {
    StoreError(error.into())
}

/// Writes `changes` as `version` and returns the new root with what is to be stored.
///
/// # Errors
/// [`StoreError`].
pub fn put(
    store: &dyn Store,
    version: u64,
    changes: Vec<(Key, Option<Vec<u8>>)>,
) -> Result<([u8; 32], Commit), StoreError> {
    let reader = Reader(store);
    let tree = JellyfishMerkleTree::<_, Sha256>::new(&reader);
    let set = changes.iter().map(|(key, value)| (KeyHash(key.hash()), value.clone()));
    let (root, batch) = tree.put_value_set(set, version).map_err(failed)?;
    let mut nodes = Vec::new();
    for (name, node) in batch.node_batch.nodes() {
        let name = borsh::to_vec(name).map_err(|error| failed(error.into()))?;
        nodes.push((name, borsh::to_vec(node).map_err(|error| failed(error.into()))?));
    }
    Ok((root.0, Commit { nodes, values: changes }))
}

/// Proves what stands at `key` in `version`, or that nothing does.
///
/// # Errors
/// [`StoreError`].
pub fn prove(store: &dyn Store, version: u64, key: &Key) -> Result<ProvenEntry, StoreError> {
    let reader = Reader(store);
    let tree = JellyfishMerkleTree::<_, Sha256>::new(&reader);
    let (value, proof) = tree.get_with_proof(KeyHash(key.hash()), version).map_err(failed)?;
    let encoded = borsh::to_vec(&proof).map_err(|error| failed(error.into()))?;
    let path =
        path_of(&encoded, value.is_some()).ok_or_else(|| failed(anyhow::anyhow!("proof of another form")))?;
    Ok(ProvenEntry { key: key.clone(), value: value.map(Value), path })
}

/// Our encoding of the tree's proof: an optional leaf (its key's and value's hash), then a list of siblings,
/// each empty, an inner node (two hashes) or a leaf (two hashes).
fn path_of(mut encoded: &[u8], exists: bool) -> Option<Path> {
    let rest = &mut encoded;
    let found = match take::<1>(rest)? {
        [0] => None,
        [1] => Some(OtherLeaf { key_hash: take(rest)?, value_hash: take(rest)? }),
        _ => return None,
    };
    let count = u32::from_le_bytes(take(rest)?);
    let mut siblings = Vec::new();
    for _ in 0..count {
        siblings.push(match take::<1>(rest)? {
            [0] => *b"SPARSE_MERKLE_PLACEHOLDER_HASH__",
            [1] => node(&take(rest)?, &take(rest)?),
            [2] => leaf(&take(rest)?, &take(rest)?),
            _ => return None,
        });
    }
    Some(Path { siblings: Siblings::new(&siblings), other: if exists { None } else { found } })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}
