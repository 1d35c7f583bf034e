//! The service's store: SQLite, with one async method for each thing that happens.
//!
//! What redeems a code checks it, notes it and writes what it gave in one transaction, so that a code
//! is redeemed once, whatever crashes and whoever races.

pub mod authorizations;
pub mod credentials;
pub mod feedback;
pub mod offers;
pub mod persons;
pub mod renewals;
pub mod status;
pub mod tokens;

use std::path::Path;
use std::sync::Arc;

use credential::jwe::DecryptionKey;
use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Transaction, params};
use service_kit::database::{Database, OpenError};
use service_kit::random::Random;
use service_kit::secret::Secret;

use crate::digest::DigestKey;

const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001-first.sql"),
    include_str!("../migrations/0002-renewal.sql"),
    include_str!("../migrations/0003-feedback.sql"),
];

/// What the state digest covers: all but the counts of wrong codes and the proofs seen, which a refusal
/// has to write.
const DIGESTED: [&str; 12] = [
    "SELECT * FROM person ORDER BY 1",
    "SELECT id, person, type, flow, grant_digest, code_digest, state, expires_at FROM offer ORDER BY 1",
    "SELECT * FROM authorization ORDER BY 1",
    "SELECT * FROM access_token ORDER BY 1",
    "SELECT * FROM renewal ORDER BY 1",
    "SELECT * FROM refresh_token ORDER BY 1",
    "SELECT * FROM credential ORDER BY 1",
    "SELECT * FROM status_list ORDER BY 1",
    "SELECT * FROM copy ORDER BY 1, 2",
    "SELECT * FROM status_version ORDER BY 1, 2",
    "SELECT * FROM change ORDER BY 1",
    "SELECT * FROM feedback ORDER BY 1",
];

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    database: Database,
    digests: Arc<DigestKey>,
    request_key: Arc<DecryptionKey>,
}

impl Store {
    /// Opens the database, making it and its secret numbers when they are absent.
    pub fn open(path: &Path, key: Option<Secret>, random: &Random) -> Result<Self, OpenError> {
        let database = Database::open(path, MIGRATIONS, key)?;
        let fresh = random.bytes::<32>().to_vec();
        let bytes = database.write_blocking(|tx| secret_value(tx, "digests", fresh))?;
        let bytes =
            <[u8; 32]>::try_from(bytes).map_err(|_| OpenError::Sqlite(rusqlite::Error::InvalidQuery))?;
        let fresh = DecryptionKey::generate(&mut *random.rng()).dangerous_to_jwk().to_string().into_bytes();
        let jwk = database.write_blocking(|tx| secret_value(tx, "request key", fresh))?;
        let request_key = serde_json::from_slice(&jwk)
            .ok()
            .and_then(|jwk| DecryptionKey::from_jwk(&jwk).ok())
            .ok_or(OpenError::Sqlite(rusqlite::Error::InvalidQuery))?;
        Ok(Self { database, digests: Arc::new(DigestKey::new(bytes)), request_key: Arc::new(request_key) })
    }

    /// The key that opens encrypted credential requests.
    pub fn request_key(&self) -> &DecryptionKey {
        &self.request_key
    }

    /// The key of the digests under which codes are kept.
    pub fn digests(&self) -> &DigestKey {
        &self.digests
    }

    /// Forgets what has expired: nonces, proofs' identifiers, requests and tokens.
    pub async fn forget_expired(&self, now: UnixTime) -> Result<(), rusqlite::Error> {
        self.database
            .write(move |tx| {
                tx.execute("DELETE FROM used WHERE expires_at < ?1", [now.secs()])?;
                tx.execute("DELETE FROM access_token WHERE expires_at < ?1", [now.secs()])?;
                tx.execute("DELETE FROM authorization WHERE expires_at < ?1", [now.secs()])?;
                renewals::forget_expired(tx, now)
            })
            .await
    }

    /// Notes that a proof was used; `false` when it had been before.
    pub async fn use_proof(&self, digest: [u8; 32], until: UnixTime) -> Result<bool, rusqlite::Error> {
        self.database.write(move |tx| use_once(tx, &digest, until)).await
    }

    /// A digest over what the service has given and promised, to show that a refusal changed nothing.
    pub async fn state_digest(&self) -> Result<String, rusqlite::Error> {
        self.database.read(state_digest).await
    }
}

/// Notes that something was used; `false` when it had been before.
fn use_once(tx: &Transaction<'_>, digest: &[u8; 32], until: UnixTime) -> Result<bool, rusqlite::Error> {
    let added = tx
        .prepare_cached("INSERT OR IGNORE INTO used (digest, expires_at) VALUES (?1, ?2)")?
        .execute(params![digest, until.secs()])?;
    Ok(added == 1)
}

fn secret_value(tx: &Transaction<'_>, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, rusqlite::Error> {
    let kept =
        tx.query_row("SELECT value FROM secret WHERE name = ?1", [name], |row| row.get(0)).optional()?;
    if let Some(bytes) = kept {
        return Ok(bytes);
    }
    tx.execute("INSERT INTO secret (name, value) VALUES (?1, ?2)", params![name, fresh])?;
    Ok(fresh)
}

fn state_digest(connection: &rusqlite::Connection) -> Result<String, rusqlite::Error> {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    for query in DIGESTED {
        let mut statement = connection.prepare(query)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                hash.update(format!("{:?}\u{1f}", row.get_ref(column)?));
            }
        }
        hash.update(query);
    }
    Ok(hex::encode(hash.finalize()))
}
