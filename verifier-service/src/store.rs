//! What the provider keeps. Every one-time value is kept as a digest and redeemed in one transaction, so that
//! nothing is done twice and `kill -9` loses nothing that was answered.

pub mod asks;
pub mod deletions;
pub mod grants;
pub mod pushed;
pub mod receipts;
pub mod sessions;

use std::path::Path;

use credential::time::UnixTime;
use registry_proof::light::Head;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::database::{Database, OpenError};
use service_kit::secret::Secret;
use sha2::{Digest as _, Sha256};

const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001-first.sql"),
    include_str!("../migrations/0002-pushed-until-complete.sql"),
    include_str!("../migrations/0003-receipts.sql"),
    include_str!("../migrations/0004-transactions.sql"),
];
/// How long what is over is kept, in seconds: long enough to notice a code used twice.
const KEEP: u64 = 3600;

/// The digest under which a one-time value is kept.
pub type Digest = [u8; 32];

/// The digest of a one-time value.
pub fn digest(value: &str) -> Digest {
    Sha256::digest(value).into()
}

/// The provider's database.
#[derive(Clone, Debug)]
pub struct Store(Database);

impl Store {
    /// Opens the database.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path, key: Option<Secret>) -> Result<Self, OpenError> {
        Ok(Self(Database::open(path, MIGRATIONS, key)?))
    }

    /// Notes that something was used; `false` where it had been used before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_once(&self, key: Digest, until: UnixTime) -> Result<bool, rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let new = transaction.execute(
                    "INSERT OR IGNORE INTO used (digest, expires_at) VALUES (?1, ?2)",
                    params![key.as_slice(), secs(until)],
                )?;
                Ok(new == 1)
            })
            .await
    }

    /// The newest head of the register that was seen.
    ///
    /// # Errors
    /// When the database fails.
    pub fn head(&self) -> Result<Option<Head>, rusqlite::Error> {
        self.0.read_blocking(|connection| {
            connection.query_row("SELECT data FROM head", [], |row| parsed(row, 0)).optional()
        })
    }

    /// Keeps the newest head.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_head(&self, head: Head) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction
                    .execute("INSERT OR REPLACE INTO head (one, data) VALUES (1, ?1)", [json(&head)])?;
                Ok(())
            })
            .await
    }

    /// A digest of all that gives anybody anything: codes, access tokens, sessions, receipts, wishes, and requests
    /// pushed. What was refused has left it as it was; where a receipt stands is no part of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authority_digest(&self) -> Result<Digest, rusqlite::Error> {
        self.0.read(authority_digest).await
    }

    /// Forgets what has been over for a while.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired(&self, idle: u64, now: UnixTime) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let old = secs(now).saturating_sub(i64::try_from(KEEP).unwrap_or(0));
                for statement in [
                    "DELETE FROM pushed_request WHERE expires_at < ?1",
                    "DELETE FROM ask WHERE expires_at < ?1",
                    "DELETE FROM code WHERE expires_at < ?1",
                ] {
                    transaction.execute(statement, [old])?;
                }
                for statement in [
                    "DELETE FROM code WHERE expires_at < ?1 AND redeemed = 0",
                    "DELETE FROM access_token WHERE expires_at < ?1",
                    "DELETE FROM used WHERE expires_at < ?1",
                ] {
                    transaction.execute(statement, [secs(now)])?;
                }
                let idle = secs(now).saturating_sub(i64::try_from(idle).unwrap_or(i64::MAX));
                transaction.execute("DELETE FROM session WHERE last_used < ?1", [idle])?;
                receipts::forget_texts(transaction, now)
            })
            .await
    }
}

fn authority_digest(connection: &Connection) -> Result<Digest, rusqlite::Error> {
    let mut hash = Sha256::new();
    for table in [
        "SELECT * FROM pushed_request ORDER BY digest",
        "SELECT * FROM code ORDER BY digest",
        "SELECT * FROM access_token ORDER BY digest",
        "SELECT * FROM session ORDER BY digest",
        "SELECT digest, given_at, first, token FROM receipt ORDER BY digest",
        "SELECT * FROM deletion ORDER BY id",
    ] {
        let mut statement = connection.prepare(table)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        hash.update(table);
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                hash.update(format!("{:?}\u{1f}", row.get_ref(column)?));
            }
        }
    }
    Ok(hash.finalize().into())
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A unit variant's name.
fn word<T: Serialize>(value: &T) -> String {
    json(value).trim_matches('"').to_owned()
}

fn from_word<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

fn named<T: for<'de> Deserialize<'de>>(row: &rusqlite::Row<'_>, column: usize) -> Result<T, rusqlite::Error> {
    let text: String = row.get(column)?;
    from_word(&text).ok_or(rusqlite::Error::InvalidColumnType(
        column,
        String::new(),
        rusqlite::types::Type::Text,
    ))
}

fn parsed<T: for<'de> Deserialize<'de>>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> Result<T, rusqlite::Error> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn secs(time: UnixTime) -> i64 {
    i64::try_from(time.secs()).unwrap_or(i64::MAX)
}
