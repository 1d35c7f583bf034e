//! What the wallet keeps: one encrypted SQLite file.
//!
//! Every write is one transaction, on disk before the call returns. A file of a newer wallet is refused.

pub mod cards;
pub(crate) mod content;
pub mod entries;
pub(crate) mod newest;
pub mod promises;
pub mod proofs;
pub mod receipts;
pub mod received;
pub mod renewals;
pub mod settings;
pub mod states;
pub mod unneeded;
mod whole;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior, types::ValueRef};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::keys::{KeyStore, KeyStoreError, Secret32};

const MIGRATIONS: [&str; 7] = [
    include_str!("../migrations/0001-first.sql"),
    include_str!("../migrations/0002-formats.sql"),
    include_str!("../migrations/0003-receipts.sql"),
    include_str!("../migrations/0004-renewal.sql"),
    include_str!("../migrations/0005-backup.sql"),
    include_str!("../migrations/0006-counter.sql"),
    include_str!("../migrations/0007-keys.sql"),
];
/// Tables that hold the person's state, for [`Store::digest`].
const STATE: [&str; 8] =
    ["card", "copy", "entry", "list_seen", "promise", "receipt_proof", "renewal", "setting"];

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite.
    #[error("database refuses")]
    Sqlite(#[from] rusqlite::Error),
    /// The SQLite that was linked does not encrypt.
    #[error("database library does not encrypt")]
    Plain,
    /// The key is another, or the file is no database.
    #[error("database does not open with this key")]
    Key,
    /// A newer wallet wrote the file.
    #[error("database was written by a newer wallet")]
    Newer,
    /// What was kept cannot be read.
    #[error("database holds something unreadable")]
    Damaged,
    /// There is no such card.
    #[error("no such card")]
    NoCard,
    /// There is no such line in the history.
    #[error("no such line in the history")]
    NoEntry,
    /// The copy was shown in between.
    #[error("copy of the card was used in between")]
    Taken,
    /// As many as there can be are kept already.
    #[error("store keeps as many as it can")]
    Full,
    /// The file is older than the newest that the key store knows of.
    #[error("database is an older one that was put back")]
    PutBack,
    /// The lock that opened it is older than the newest.
    #[error("lock is an older one that was put back")]
    LockPutBack,
    /// The key store.
    #[error("key store does not answer")]
    Keys(#[from] KeyStoreError),
}

impl StoreError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "database",
            Self::Plain => "database_plain",
            Self::Key => "database_key",
            Self::Newer => "database_newer",
            Self::Damaged => "database_damaged",
            Self::NoCard => "no_such_card",
            Self::NoEntry => "no_such_line",
            Self::Taken => "copy_taken",
            Self::Full => "too_many_promises",
            Self::PutBack => "database_put_back",
            Self::LockPutBack => "lock_put_back",
            Self::Keys(error) => error.code(),
        }
    }
}

/// The wallet's database.
pub struct Store {
    connection: Mutex<Connection>,
    /// Who is told of states that must not come back; nobody, for a store in memory.
    keys: Option<Arc<dyn KeyStore>>,
}

impl Store {
    /// Opens the database at `path`, or makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError::Plain`], [`StoreError::Key`], [`StoreError::Newer`], [`StoreError::Sqlite`].
    pub fn open(path: &Path, key: &Secret32) -> Result<Self, StoreError> {
        set_up();
        Self::prepare(Connection::open(path)?, key)
    }

    /// A database in memory, for tests.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn in_memory() -> Result<Self, StoreError> {
        set_up();
        Self::prepare(Connection::open_in_memory()?, &Secret32::new([0; 32]))
    }

    fn prepare(mut connection: Connection, key: &Secret32) -> Result<Self, StoreError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        encrypts(&connection)?;
        // The library would write to the process's error output; its errors come back as values as well.
        connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
        let mut pragma = Zeroizing::new(String::with_capacity(96));
        pragma.push_str("PRAGMA key = \"x'");
        for byte in key.expose_secret() {
            pragma.extend(
                [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])),
            );
        }
        pragma.push_str("'\"");
        connection.execute_batch(&pragma)?;
        connection
            .query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
            .map_err(|_| StoreError::Key)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON",
        )?;
        migrate(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection), keys: None })
    }

    /// A digest of the person's state: two digests are equal exactly where nothing changed in between.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn digest(&self) -> Result<[u8; 32], StoreError> {
        let connection = self.read();
        let mut hash = Sha256::new();
        for table in STATE {
            let mut rows = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1"))?;
            let columns = rows.column_count();
            let mut rows = rows.query([])?;
            hash.update(table);
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    add_value(&mut hash, row.get_ref(column)?);
                }
            }
        }
        Ok(hash.finalize().into())
    }

    /// The connection, for reading.
    fn read(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction: all of it is kept, or nothing.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.read();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

impl core::fmt::Debug for Store {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Store")
    }
}

/// SQLite calls itself ready before the encryption that it sets up last is: of two threads that use it first, one
/// would find no encryption. So its first use in a process is over before any other begins.
fn set_up() {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| drop(Connection::open_in_memory()));
}

/// Sees that SQLCipher is there: any other SQLite takes a key without a word and writes everything in the open.
fn encrypts(connection: &Connection) -> Result<(), StoreError> {
    connection.query_row("PRAGMA cipher_version", [], |_| Ok(())).map_err(|_| StoreError::Plain)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_to(connection, MIGRATIONS.len())
}

fn migrate_to(connection: &mut Connection, newest: usize) -> Result<(), StoreError> {
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let version = version as usize;
    if version > MIGRATIONS.len() {
        return Err(StoreError::Newer);
    }
    for (number, sql) in MIGRATIONS.iter().enumerate().take(newest).skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", number as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

fn add_value(hash: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (u8, Vec<u8>) = match value {
        ValueRef::Null => (0, Vec::new()),
        ValueRef::Integer(number) => (1, number.to_be_bytes().to_vec()),
        ValueRef::Real(number) => (2, number.to_be_bytes().to_vec()),
        ValueRef::Text(bytes) => (3, bytes.to_vec()),
        ValueRef::Blob(bytes) => (4, bytes.to_vec()),
    };
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests;
