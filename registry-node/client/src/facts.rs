//! What one proof says, and how old it may be.

use std::collections::BTreeMap;

use credential::time::UnixTime;
use registry_proof::entry::{Entry, Network, ReceiptsRoot, StatusAnchor};
use registry_proof::freshness::{Age, StaleError, Use};
use registry_proof::header::Header;
use registry_proof::key::Key;
use registry_proof::light::Proven;
use registry_proof::name::{MemberId, NetworkId};
use registry_proof::time::Millis;

use crate::registry::millis;
use crate::trust::TrustError;

/// Proven entries under one header. An entry that is not in it is not known: what needs it fails.
#[derive(Clone, Debug)]
pub struct Facts {
    network: NetworkId,
    time: Millis,
    newest: Millis,
    height: u64,
    state_root: [u8; 32],
    entries: std::sync::Arc<BTreeMap<Key, Option<Entry>>>,
}

impl Facts {
    /// What was proven, when the newest head that the client knows is of time `newest`.
    pub fn new(network: NetworkId, proven: Proven, newest: Millis) -> Self {
        let Header { time, height, state_root, .. } = proven.header;
        Self { network, time, newest, height, state_root, entries: std::sync::Arc::new(proven.entries) }
    }

    /// The network.
    pub const fn network(&self) -> &NetworkId {
        &self.network
    }

    /// The header's time.
    pub const fn time(&self) -> Millis {
        self.time
    }

    /// The header's height.
    pub const fn height(&self) -> u64 {
        self.height
    }

    /// How old the proof is for this use; within the grace of a halt, the answer says so.
    ///
    /// # Errors
    /// [`TrustError::Stale`], [`TrustError::Incomplete`] where the proof does not hold the network's limits.
    pub fn judge(&self, wanted: Use, now: UnixTime) -> Result<Age, TrustError> {
        let limits = self.parameters()?.parameters.freshness.get(&wanted).ok_or(TrustError::Incomplete)?;
        limits.judge(self.time, self.newest.max(self.time), millis(now)).map_err(|error| match error {
            StaleError::Stale(age) => TrustError::Stale(age),
            StaleError::Ahead => TrustError::Ahead,
        })
    }

    /// The newest anchored version of a status list; `None` where none is known.
    pub fn status_anchor(&self, uri: &str, media_type: &str) -> Option<&StatusAnchor> {
        match self.get(&Key::status(uri, media_type)) {
            Some(Entry::Status(anchor)) => Some(anchor),
            _ => None,
        }
    }

    /// The root over a member's receipts of a period; `None` where it is proven that none is anchored.
    ///
    /// # Errors
    /// [`TrustError::Incomplete`] where the proof does not say.
    pub fn receipts_root(
        &self,
        member: &MemberId,
        period: &str,
    ) -> Result<Option<&ReceiptsRoot>, TrustError> {
        match self.entries.get(&Key::Receipts(member.clone(), period.to_owned())) {
            Some(Some(Entry::Receipts(root))) => Ok(Some(root)),
            Some(None) => Ok(None),
            Some(Some(_)) | None => Err(TrustError::Incomplete),
        }
    }

    /// The entry at `key`; `None` where there is none or it is not part of this proof.
    pub fn get(&self, key: &Key) -> Option<&Entry> {
        self.entries.get(key).and_then(Option::as_ref)
    }

    /// Every proven entry.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, &Entry)> {
        self.entries.iter().filter_map(|(key, entry)| Some((key, entry.as_ref()?)))
    }

    pub(crate) const fn state_root(&self) -> [u8; 32] {
        self.state_root
    }

    /// The same entries under a newer header with the same root.
    pub(crate) fn under(&self, header: &Header) -> Self {
        Self { time: header.time, height: header.height, newest: header.time, ..self.clone() }
    }

    /// The same facts, when a head of time `newest` is known.
    pub(crate) fn seen_from(&self, newest: Millis) -> Self {
        Self { newest, ..self.clone() }
    }

    fn parameters(&self) -> Result<&Network, TrustError> {
        match self.get(&Key::Network) {
            Some(Entry::Network(network)) => Ok(network),
            _ => Err(TrustError::Incomplete),
        }
    }
}
