//! What a node keeps: blocks, their certificates, the state tree, and which transactions were applied.
//!
//! A block and the height that it brings are written in one SQLite transaction, so that `kill -9` leaves the
//! node exactly after one block or the next.

use std::path::Path;

use registry_ledger::block::{Applied, Tip, apply_block};
use registry_ledger::genesis::{Founded, Genesis, GenesisError, found};
use registry_ledger::store::{Store as LedgerStore, StoreError};
use registry_ledger::tree::Commit;
use registry_proof::canonical;
use registry_proof::header::Header;
use registry_proof::key::Key;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use service_kit::database::{Database, OpenError};
use service_kit::secret::Secret;

const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001-first.sql")];

/// Why the node's store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The file.
    #[error("node's database could not be opened")]
    Open(#[from] OpenError),
    /// The database failed.
    #[error("node's database failed")]
    Database(#[from] rusqlite::Error),
    /// The ledger could not read what it needs.
    #[error("state could not be read")]
    State(#[from] StoreError),
    /// The genesis is unusable.
    #[error("genesis is unusable")]
    Genesis(#[from] GenesisError),
    /// The database belongs to another genesis.
    #[error("database belongs to another network")]
    OtherNetwork,
    /// A block that does not follow the last one.
    #[error("block does not follow the last one applied")]
    Gap,
    /// Stored bytes that are no header.
    #[error("stored header is malformed")]
    Header,
}

/// How far the state is, and when it last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Where the state stands.
    pub tip: Tip,
    /// The last block that changed it.
    pub changed: u64,
}

/// A stored block.
#[derive(Clone, Debug)]
pub struct StoredBlock {
    /// Its header.
    pub header: Header,
    /// Its transactions.
    pub transactions: Vec<Vec<u8>>,
    /// The engine's certificate, where it has one of its own.
    pub certificate: Option<Vec<u8>>,
}

/// What became of a transaction that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedTx {
    /// In which block.
    pub height: u64,
    /// What it wrote.
    pub keys: Vec<Key>,
}

/// The newest header that has a certificate, and which version of the tree its root is of.
#[derive(Clone, Debug)]
pub struct Certified {
    /// The header.
    pub header: Header,
    /// Its certificate.
    pub certificate: Vec<u8>,
    /// The tree's version at the header's `state_height`.
    pub version: u64,
}

/// The node's store.
#[derive(Clone, Debug)]
pub struct Store(Database);

impl Store {
    /// Opens the database; a new one begins with `genesis`.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn open(path: &Path, key: Option<Secret>, genesis: &Genesis) -> Result<(Self, Founded), KeepError> {
        let store = Self(Database::open(path, MIGRATIONS, key)?);
        let founded = found(genesis)?;
        store.0.write_blocking(|transaction| begin(transaction, &founded))?;
        Ok((store, founded))
    }

    /// How far the state is.
    ///
    /// # Errors
    /// [`KeepError::Database`].
    pub fn position(&self) -> Result<Position, KeepError> {
        self.0.read_blocking(|connection| Ok(position(connection)?))
    }

    /// Applies a block and stores it. One that was applied before changes nothing: `None`.
    ///
    /// # Errors
    /// [`KeepError`]: nothing was written.
    pub fn apply(&self, header: &Header, transactions: &[Vec<u8>]) -> Result<Option<Applied>, KeepError> {
        self.0.write_blocking(|transaction| {
            let Position { tip, .. } = position(transaction)?;
            if header.height <= tip.height {
                return Ok(None);
            }
            if header.height != tip.height + 1 {
                return Err(KeepError::Gap);
            }
            let applied = apply_block(&Committed(transaction), tip, header.time, transactions)?;
            write_block(transaction, header, transactions, &applied)?;
            Ok(Some(applied))
        })
    }

    /// Keeps the certificate of a stored block.
    ///
    /// # Errors
    /// [`KeepError::Database`].
    pub fn certify(&self, height: u64, certificate: &[u8]) -> Result<(), KeepError> {
        self.0.write_blocking(|transaction| {
            transaction.execute(
                "UPDATE block SET certificate = ?2 WHERE height = ?1",
                params![signed(height), certificate],
            )?;
            Ok(())
        })
    }

    /// The state's root after a block.
    ///
    /// # Errors
    /// [`KeepError::Database`].
    pub fn root(&self, height: u64) -> Result<Option<[u8; 32]>, KeepError> {
        self.read(|connection| {
            Ok(connection
                .query_row("SELECT root FROM block WHERE height = ?1", [signed(height)], |row| row.get(0))
                .optional()?)
        })
    }

    /// A block.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn block(&self, height: u64) -> Result<Option<StoredBlock>, KeepError> {
        self.read(|connection| read_block(connection, height))
    }

    /// The newest certified header.
    ///
    /// # Errors
    /// [`KeepError`].
    pub fn certified(&self) -> Result<Option<Certified>, KeepError> {
        self.read(certified)
    }

    /// Whether and where a transaction was applied.
    ///
    /// # Errors
    /// [`KeepError::Database`].
    pub fn applied(&self, id: &[u8; 32]) -> Result<Option<AppliedTx>, KeepError> {
        self.read(|connection| {
            let found: Option<(i64, String)> = connection
                .query_row("SELECT height, keys FROM applied WHERE id = ?1", [id.as_slice()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            Ok(found.map(|(height, keys)| AppliedTx {
                height: unsigned(height),
                keys: serde_json::from_str(&keys).unwrap_or_default(),
            }))
        })
    }

    /// The keys of all entries that stand in `version`, in order.
    ///
    /// # Errors
    /// [`KeepError::Database`].
    pub fn keys(&self, version: u64) -> Result<Vec<Key>, KeepError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT key FROM (SELECT key, value, max(version) FROM entry WHERE version <= ?1 GROUP BY key_hash) \
                 WHERE value IS NOT NULL ORDER BY key",
            )?;
            let texts = statement.query_map([signed(version)], |row| row.get::<_, String>(0))?;
            let mut keys = Vec::new();
            for text in texts {
                keys.extend(text?.parse::<Key>());
            }
            Ok(keys)
        })
    }

    /// Runs `work` on one consistent state.
    ///
    /// # Errors
    /// Those of `work`, and [`KeepError::Database`].
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, KeepError>) -> Result<T, KeepError> {
        self.0.read_blocking(work)
    }
}

/// Committed state as the ledger reads it.
pub struct Committed<'c>(pub &'c Connection);

impl LedgerStore for Committed<'_> {
    fn node(&self, name: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement =
            self.0.prepare_cached("SELECT value FROM node WHERE name = ?1").map_err(failed)?;
        statement.query_row([name], |row| row.get(0)).optional().map_err(failed)
    }

    fn value(&self, key_hash: &[u8; 32], version: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self
            .0
            .prepare_cached(
                "SELECT value FROM entry WHERE key_hash = ?1 AND version <= ?2 ORDER BY version DESC LIMIT 1",
            )
            .map_err(failed)?;
        let value = statement.query_row(params![key_hash.as_slice(), signed(version)], |row| row.get(0));
        Ok(value.optional().map_err(failed)?.flatten())
    }

    fn was_applied(&self, transaction: &[u8; 32]) -> Result<bool, StoreError> {
        let mut statement = self.0.prepare_cached("SELECT 1 FROM applied WHERE id = ?1").map_err(failed)?;
        statement.exists([transaction.as_slice()]).map_err(failed)
    }
}

fn failed(error: rusqlite::Error) -> StoreError {
    StoreError(Box::new(error))
}

fn begin(transaction: &Transaction<'_>, founded: &Founded) -> Result<(), KeepError> {
    let first: Option<Vec<u8>> = transaction
        .query_row("SELECT header FROM block WHERE height = 0", [], |row| row.get(0))
        .optional()?;
    match first {
        Some(header) if header == founded.header.to_bytes() => Ok(()),
        Some(_) => Err(KeepError::OtherNetwork),
        None => {
            let Founded { tip, commit, header, .. } = founded;
            transaction.execute(
                "INSERT INTO tip (one, height, version, root, changed) VALUES (1, 0, 0, ?1, 0)",
                [tip.root.as_slice()],
            )?;
            write_commit(transaction, 0, commit)?;
            insert_block(transaction, header, &[], tip)
        }
    }
}

fn position(connection: &Connection) -> Result<Position, rusqlite::Error> {
    connection.query_row("SELECT height, version, root, changed FROM tip", [], |row| {
        let tip = Tip { height: unsigned(row.get(0)?), version: unsigned(row.get(1)?), root: row.get(2)? };
        Ok(Position { tip, changed: unsigned(row.get(3)?) })
    })
}

fn write_block(
    transaction: &Transaction<'_>,
    header: &Header,
    transactions: &[Vec<u8>],
    applied: &Applied,
) -> Result<(), KeepError> {
    let Applied { tip, commit, outcomes } = applied;
    write_commit(transaction, tip.version, commit)?;
    insert_block(transaction, header, transactions, tip)?;
    for outcome in outcomes {
        if let (Some(id), Ok(keys)) = (&outcome.id, &outcome.result) {
            let keys = serde_json::to_string(keys).unwrap_or_default();
            transaction.execute(
                "INSERT INTO applied (id, height, keys) VALUES (?1, ?2, ?3)",
                params![id.as_slice(), signed(tip.height), keys],
            )?;
        }
    }
    let changed = if commit.values.is_empty() { None } else { Some(signed(tip.height)) };
    transaction.execute(
        "UPDATE tip SET height = ?1, version = ?2, root = ?3, changed = coalesce(?4, changed)",
        params![signed(tip.height), signed(tip.version), tip.root.as_slice(), changed],
    )?;
    Ok(())
}

fn write_commit(transaction: &Transaction<'_>, version: u64, commit: &Commit) -> Result<(), KeepError> {
    for (name, value) in &commit.nodes {
        transaction
            .prepare_cached("INSERT INTO node (name, value) VALUES (?1, ?2)")?
            .execute(params![name, value])?;
    }
    for (key, value) in &commit.values {
        transaction
            .prepare_cached("INSERT INTO entry (key_hash, version, key, value) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![key.hash().as_slice(), signed(version), key.to_string(), value])?;
    }
    Ok(())
}

fn insert_block(
    transaction: &Transaction<'_>,
    header: &Header,
    transactions: &[Vec<u8>],
    tip: &Tip,
) -> Result<(), KeepError> {
    transaction.execute(
        "INSERT INTO block (height, header, transactions, version, root) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            signed(header.height),
            header.to_bytes().as_slice(),
            canonical::encode(&transactions),
            signed(tip.version),
            tip.root.as_slice()
        ],
    )?;
    Ok(())
}

fn read_block(connection: &Connection, height: u64) -> Result<Option<StoredBlock>, KeepError> {
    let found = connection
        .query_row(
            "SELECT header, transactions, certificate FROM block WHERE height = ?1",
            [signed(height)],
            |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((header, transactions, certificate)) = found else { return Ok(None) };
    Ok(Some(StoredBlock {
        header: Header::from_bytes(&header).map_err(|_| KeepError::Header)?,
        transactions: canonical::decode(&transactions, usize::MAX).map_err(|_| KeepError::Header)?,
        certificate,
    }))
}

fn certified(connection: &Connection) -> Result<Option<Certified>, KeepError> {
    let found: Option<(Vec<u8>, Vec<u8>)> = connection
        .query_row(
            "SELECT header, certificate FROM block WHERE certificate IS NOT NULL ORDER BY height DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((header, certificate)) = found else { return Ok(None) };
    let header = Header::from_bytes(&header).map_err(|_| KeepError::Header)?;
    let version: i64 = connection.query_row(
        "SELECT version FROM block WHERE height = ?1",
        [signed(header.state_height)],
        |row| row.get(0),
    )?;
    Ok(Some(Certified { header, certificate, version: unsigned(version) }))
}

/// SQLite's integers are signed; heights stay far below that bound.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
