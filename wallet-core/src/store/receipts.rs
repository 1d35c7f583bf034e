//! What looking back adds to the history: proofs of receipts, logins that the wallet was not asked for, wishes
//! and reports.

use credential::time::UnixTime;
use registry_proof::receipts::Place;
use rusqlite::{OptionalExtension as _, params};

use super::cards::{from_sql, to_sql};
use super::entries::{Outcome, ReceiptState, Sharing, name};
use super::{Store, StoreError};

/// Where a receipt stands, and what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof {
    /// Its period.
    pub period: String,
    /// Its place under the period's root.
    pub place: Place,
    /// The register's proof of that root, CBOR.
    pub registry_proof: Vec<u8>,
    /// When the wallet checked it.
    pub proven_at: UnixTime,
}

impl Store {
    /// Keeps the proof of a receipt: from here on it is anchored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_proof(&self, entry: i64, proof: &ReceiptProof) -> Result<(), StoreError> {
        let place = serde_json::to_string(&proof.place).map_err(|_| StoreError::Damaged)?;
        self.write(|transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO receipt_proof (entry, period, place, registry_proof, proven_at)
                 VALUES (?, ?, ?, ?, ?)",
                params![entry, proof.period, place, proof.registry_proof, to_sql(proof.proven_at)],
            )?;
            transaction.execute(
                "UPDATE entry SET receipt_state = ? WHERE id = ?",
                params![name(ReceiptState::Anchored)?, entry],
            )?;
            Ok(())
        })
    }

    /// The proof of a receipt, where there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn proof(&self, entry: i64) -> Result<Option<ReceiptProof>, StoreError> {
        let sql = "SELECT period, place, registry_proof, proven_at FROM receipt_proof WHERE entry = ?";
        let found: Option<(String, String, Vec<u8>, i64)> = self
            .read()
            .query_row(sql, [entry], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let Some((period, place, registry_proof, proven_at)) = found else { return Ok(None) };
        let place = serde_json::from_str(&place).map_err(|_| StoreError::Damaged)?;
        Ok(Some(ReceiptProof { period, place, registry_proof, proven_at: from_sql(proven_at)? }))
    }

    /// Whether a line of the history has this receipt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn knows_receipt(&self, receipt: &str) -> Result<bool, StoreError> {
        Ok(self.read().prepare_cached("SELECT 1 FROM entry WHERE receipt = ?")?.exists([receipt])?)
    }

    /// Adds a login that the wallet was not asked for; one that is there already is not added again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_login(&self, at: UnixTime, what: &Sharing, receipt: &str) -> Result<(), StoreError> {
        let what = serde_json::to_string(what).map_err(|_| StoreError::Damaged)?;
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO entry (at, outcome, what, receipt, receipt_state, logins_listed)
                 SELECT ?1, ?2, ?3, ?4, ?5, 1 WHERE NOT EXISTS (SELECT 1 FROM entry WHERE receipt = ?4)",
                params![to_sql(at), name(Outcome::Shared)?, what, receipt, name(ReceiptState::Checked)?],
            )?;
            Ok(())
        })
    }

    /// Notes that every later login by the same session is in the history.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn logins_are_listed(&self, entry: i64) -> Result<(), StoreError> {
        self.set("UPDATE entry SET logins_listed = ?2 WHERE id = ?1", entry, Some(1))
    }

    /// Notes how a wish for deletion stands.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    pub fn deletion_stands(
        &self,
        entry: i64,
        asked_at: UnixTime,
        done_at: Option<UnixTime>,
    ) -> Result<(), StoreError> {
        self.set("UPDATE entry SET deletion_asked_at = ?2 WHERE id = ?1", entry, Some(to_sql(asked_at)))?;
        self.set("UPDATE entry SET deletion_done_at = ?2 WHERE id = ?1", entry, done_at.map(to_sql))
    }

    /// Notes that the person reported it.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    pub fn reported(&self, entry: i64, at: UnixTime) -> Result<(), StoreError> {
        self.set("UPDATE entry SET reported_at = ?2 WHERE id = ?1", entry, Some(to_sql(at)))
    }

    fn set(&self, sql: &str, entry: i64, value: Option<i64>) -> Result<(), StoreError> {
        self.write(|transaction| match transaction.execute(sql, params![entry, value])? {
            0 => Err(StoreError::NoEntry),
            _ => Ok(()),
        })
    }
}
