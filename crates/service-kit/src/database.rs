//! SQLite: opened safely, migrated by number, written by one connection and read by several.
//!
//! What `write` has answered is on the disk (write-ahead log, `synchronous = FULL`), so that
//! `kill -9` loses nothing acknowledged. With a key file the database is encrypted (SQLCipher).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::secret::Secret;

/// Readers that are kept open between uses.
const MAX_IDLE_READERS: usize = 4;
/// As the first connection, but a file that somebody took away is an error, and no empty database takes its place.
const EXISTING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
/// How long a connection waits for another process that holds the lock.
const BUSY: core::time::Duration = core::time::Duration::from_secs(5);

/// Why a database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite refuses: no such folder, no rights, a wrong key, a damaged file.
    #[error("database cannot be opened")]
    Sqlite(#[from] rusqlite::Error),
    /// The database was written by a newer version of this program.
    #[error("database has schema {found}, this program knows {known}")]
    Newer {
        /// The schema's number in the file.
        found: usize,
        /// The newest number that this program knows.
        known: usize,
    },
    /// The key is not 64 hexadecimal digits.
    #[error("database key is not 64 hexadecimal digits")]
    Key,
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    place: Place,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

struct Place {
    path: PathBuf,
    key: Option<Secret>,
}

impl Database {
    /// Opens the file, making it when it is absent, and applies the migrations that it lacks.
    ///
    /// Migration `n` of the list brings the schema from `n` to `n + 1`; each runs in one transaction
    /// with the version's change. `key` is 64 hexadecimal digits.
    pub fn open(path: &Path, migrations: &[&str], key: Option<Secret>) -> Result<Self, OpenError> {
        let place = Place { path: path.to_owned(), key };
        let mut writer = place.connect(OpenFlags::default())?;
        migrate(&mut writer, migrations)?;
        Ok(Self(Arc::new(Inner { place, writer: Mutex::new(writer), readers: Mutex::new(Vec::new()) })))
    }

    /// Runs `work` in one transaction, away from the asynchronous threads. When this returns `Ok`,
    /// what was written survives a crash; when `work` fails, nothing was written.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let database = self.clone();
        finish(tokio::task::spawn_blocking(move || database.write_blocking(work)).await)
    }

    /// Runs `work` on a reader, away from the asynchronous threads. It sees one consistent state.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        let database = self.clone();
        finish(tokio::task::spawn_blocking(move || database.read_blocking(work)).await)
    }

    /// As [`Database::write`], on the calling thread.
    pub fn write_blocking<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<rusqlite::Error>,
    {
        let mut writer = lock(&self.0.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// As [`Database::read`], on the calling thread.
    pub fn read_blocking<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<rusqlite::Error>,
    {
        let idle = lock(&self.0.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.0.place.connect(EXISTING)?,
        };
        let snapshot = reader.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let result = work(&snapshot);
        drop(snapshot);
        let mut readers = lock(&self.0.readers);
        if readers.len() < MAX_IDLE_READERS {
            readers.push(reader);
        }
        result
    }
}

impl Place {
    fn connect(&self, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
        set_up();
        let connection = Connection::open_with_flags(&self.path, flags)?;
        if let Some(key) = &self.key {
            // A raw key in hexadecimal, so that no text of an outsider is part of the statement.
            let statement = zeroize::Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", key.expose()));
            connection.execute_batch(&statement)?;
        }
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;",
        )?;
        Ok(connection)
    }
}

/// SQLite calls itself ready before the encryption that it sets up last is: of two threads that use it first, one
/// would find no encryption. So its first use in a process is over before any other begins.
fn set_up() {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| drop(Connection::open_in_memory()));
}

impl core::fmt::Debug for Database {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Database").field("path", &self.0.place.path).finish()
    }
}

/// Reads a database key: a file of 64 hexadecimal digits.
pub fn check_key(key: Secret) -> Result<Secret, OpenError> {
    let digits = key.expose();
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(key)
    } else {
        Err(OpenError::Key)
    }
}

fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<(), OpenError> {
    let found: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > migrations.len() {
        return Err(OpenError::Newer { found, known: migrations.len() });
    }
    for (number, migration) in migrations.iter().enumerate().skip(found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A panic inside `work` goes on in the caller; the runtime never cancels blocking work that began.
fn finish<T, E: From<rusqlite::Error>>(joined: Result<Result<T, E>, tokio::task::JoinError>) -> Result<T, E> {
    match joined {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT),
                Some("the service is stopping".to_owned()),
            )
            .into()),
        },
    }
}

/// A lock whose last holder panicked still guards a sound connection: its transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
