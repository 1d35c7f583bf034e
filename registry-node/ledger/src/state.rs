//! The state while a block is applied: what is committed, with this block's changes over it.

use std::collections::BTreeMap;

use registry_proof::entry::{Entry, MAX_ENTRY, Member, MemberKey, Network, Tally};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;

use crate::reject::{ApplyError, Reject};
use crate::store::{Store, StoreError};

pub(crate) struct State<'s> {
    store: &'s dyn Store,
    version: u64,
    done: BTreeMap<Key, Entry>,
    pending: BTreeMap<Key, Entry>,
}

impl<'s> State<'s> {
    pub(crate) fn new(store: &'s dyn Store, version: u64) -> Self {
        Self { store, version, done: BTreeMap::new(), pending: BTreeMap::new() }
    }

    pub(crate) fn get(&self, key: &Key) -> Result<Option<Entry>, ApplyError> {
        if let Some(entry) = self.pending.get(key).or_else(|| self.done.get(key)) {
            return Ok(Some(entry.clone()));
        }
        let Some(bytes) = self.store.value(&key.hash(), self.version)? else { return Ok(None) };
        let entry = Entry::from_bytes(&bytes).map_err(|error| StoreError(error.into()))?;
        Ok(Some(entry))
    }

    /// Writes an entry. One that nobody could read again must never stand.
    pub(crate) fn put(&mut self, key: Key, entry: Entry) -> Result<(), Reject> {
        if entry.to_bytes().len() > MAX_ENTRY {
            return Err(Reject::Content);
        }
        self.pending.insert(key, entry);
        Ok(())
    }

    /// Keeps what the transaction at hand changed, and says which keys that were.
    pub(crate) fn keep(&mut self) -> Vec<Key> {
        let touched = self.pending.keys().cloned().collect();
        self.done.append(&mut self.pending);
        touched
    }

    /// Forgets what the transaction at hand changed.
    pub(crate) fn forget(&mut self) {
        self.pending.clear();
    }

    pub(crate) fn was_applied(&self, transaction: &[u8; 32]) -> Result<bool, ApplyError> {
        Ok(self.store.was_applied(transaction)?)
    }

    pub(crate) fn into_changes(self) -> Vec<(Key, Option<Vec<u8>>)> {
        self.done.into_iter().map(|(key, entry)| (key, Some(entry.to_bytes()))).collect()
    }

    pub(crate) fn network(&self) -> Result<Network, ApplyError> {
        match self.get(&Key::Network)? {
            Some(Entry::Network(network)) => Ok(network),
            _ => Err(Reject::Missing.into()),
        }
    }

    pub(crate) fn member(&self, id: &MemberId) -> Result<Member, ApplyError> {
        match self.get(&Key::Member(id.clone()))? {
            Some(Entry::Member(member)) => Ok(member),
            _ => Err(Reject::UnknownMember.into()),
        }
    }

    /// Counts one thing more that a member has written.
    pub(crate) fn count(
        &mut self,
        id: &MemberId,
        max: u32,
        counter: impl FnOnce(&mut Tally) -> &mut u32,
    ) -> Result<(), ApplyError> {
        let key = Key::Tally(id.clone());
        let mut tally = match self.get(&key)? {
            Some(Entry::Tally(tally)) => tally,
            _ => Tally::default(),
        };
        let count = counter(&mut tally);
        *count = count.checked_add(1).filter(|count| *count <= max).ok_or(Reject::TooMany)?;
        Ok(self.put(key, Entry::Tally(tally))?)
    }

    pub(crate) fn member_key(
        &self,
        id: &MemberId,
        purpose: Purpose,
        number: u32,
    ) -> Result<MemberKey, ApplyError> {
        match self.get(&Key::MemberKey(id.clone(), purpose, number))? {
            Some(Entry::MemberKey(key)) => Ok(key),
            _ => Err(Reject::Key.into()),
        }
    }
}
