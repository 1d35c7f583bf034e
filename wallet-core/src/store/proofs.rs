//! The register's proofs of cards' issuers, kept for counters without the network.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};

use super::cards::from_sql;
use super::{Store, StoreError};

impl Store {
    /// Keeps a proof of `issuer` and its right to issue `vct`, of the register's time `at` in seconds; an older
    /// one than the one that is kept is passed over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_issuer_proof(
        &self,
        issuer: &str,
        vct: &str,
        at: u64,
        proof: &[u8],
    ) -> Result<(), StoreError> {
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO issuer_proof (issuer, vct, at, proof) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (issuer, vct) DO UPDATE SET at = excluded.at, proof = excluded.proof
                 WHERE excluded.at > at",
                params![issuer, vct, at, proof],
            )?;
            Ok(())
        })
    }

    /// When the newest proof of `issuer` and `vct` is of, by the register's time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn issuer_proof_at(&self, issuer: &str, vct: &str) -> Result<Option<UnixTime>, StoreError> {
        let sql = "SELECT at FROM issuer_proof WHERE issuer = ? AND vct = ?";
        let at = self.read().query_row(sql, params![issuer, vct], |row| row.get(0)).optional()?;
        at.map(from_sql).transpose()
    }

    /// The newest proof of `issuer` and `vct`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn issuer_proof(&self, issuer: &str, vct: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT proof FROM issuer_proof WHERE issuer = ? AND vct = ?";
        Ok(self.read().query_row(sql, params![issuer, vct], |row| row.get(0)).optional()?)
    }
}
