//! Whether this file and its lock are the newest there were: whoever puts old ones back gets nothing from it.
//!
//! The file knows the number of its newest lock. The key store knows the number of the file's newest state, where
//! it can keep one: a state gets its number in the transaction that makes it, and the key store is told before
//! anything that depends on it leaves the device. So a file that is behind its key store was put back; one that is
//! ahead was interrupted in between.

use std::sync::Arc;

use rusqlite::Transaction;

use super::{Store, StoreError};
use crate::keys::KeyStore;

/// The number of the lock of a new wallet.
pub(crate) const FIRST_LOCK: u64 = 1;

impl Store {
    /// Numbers a new file: it goes on from whatever the key store has seen on this device before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn start_numbers(&mut self, keys: Arc<dyn KeyStore>) -> Result<(), StoreError> {
        let state = keys.newest_state()?.unwrap_or_default();
        self.write(|transaction| {
            let sql = "UPDATE newest SET lock = ?, state = ?";
            transaction.execute(sql, [to_sql(FIRST_LOCK)?, to_sql(state)?])?;
            Ok(())
        })?;
        self.keys = Some(keys);
        Ok(())
    }

    /// Holds the file against the lock that opened it, and against the key store; from here on every state that
    /// must not come back is told to the key store.
    ///
    /// # Errors
    /// [`StoreError::LockPutBack`], [`StoreError::PutBack`], [`StoreError::Keys`].
    pub(crate) fn check_numbers(&mut self, lock: u64, keys: Arc<dyn KeyStore>) -> Result<(), StoreError> {
        // The key store's number first: it is never ahead of the file's, which another process may move on in between.
        let newest = keys.newest_state()?;
        let state = self.number("state")?;
        match newest {
            Some(newest) if newest > state => return Err(StoreError::PutBack),
            Some(newest) if newest < state => keys.keep_newest_state(state)?,
            _ => {}
        }
        self.keys = Some(keys);
        self.see_lock(lock)
    }

    /// Notes the number of the lock: an older one is refused from now on.
    ///
    /// # Errors
    /// [`StoreError::LockPutBack`].
    pub(crate) fn see_lock(&self, lock: u64) -> Result<(), StoreError> {
        let newest = self.number("lock")?;
        if lock < newest {
            return Err(StoreError::LockPutBack);
        }
        if lock == newest {
            return Ok(());
        }
        self.write_for_good(|transaction| {
            transaction.execute("UPDATE newest SET lock = ?", [to_sql(lock)?])?;
            Ok(())
        })
    }

    /// As [`Store::write`], for what must not be undone by putting the file back as it was before.
    pub(super) fn write_for_good<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (done, state) = self.write(|transaction| {
            let done = work(transaction)?;
            let sql = "UPDATE newest SET state = state + 1 RETURNING state";
            Ok((done, from_sql(transaction.query_row(sql, [], |row| row.get(0))?)?))
        })?;
        if let Some(keys) = &self.keys {
            keys.keep_newest_state(state)?;
        }
        Ok(done)
    }

    fn number(&self, column: &str) -> Result<u64, StoreError> {
        from_sql(self.read().query_row(&format!("SELECT {column} FROM newest"), [], |row| row.get(0))?)
    }
}

fn to_sql(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Damaged)
}

fn from_sql(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged)
}
