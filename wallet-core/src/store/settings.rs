//! What the wallet was set up with, and what it has seen of the registry.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cards::{from_sql, to_sql};
use super::{Store, StoreError};

impl Store {
    /// Keeps a setting.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_setting<T: Serialize>(&self, name: &str, value: &T) -> Result<(), StoreError> {
        let value = serde_json::to_string(value).map_err(|_| StoreError::Damaged)?;
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, value],
            )?;
            Ok(())
        })
    }

    /// A setting; none where it was never made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn setting<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        self.value("SELECT value FROM setting WHERE name = ?", params![name])
    }

    /// Keeps the newest head of the registry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_head<T: Serialize>(&self, head: &T) -> Result<(), StoreError> {
        let value = serde_json::to_string(head).map_err(|_| StoreError::Damaged)?;
        self.write(|transaction| {
            transaction.execute("INSERT OR REPLACE INTO head (only, value) VALUES (1, ?)", [value])?;
            Ok(())
        })
    }

    /// The newest head of the registry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn head<T: DeserializeOwned>(&self) -> Result<Option<T>, StoreError> {
        self.value("SELECT value FROM head", params![])
    }

    /// Notes the time of a status list that holds; `false` where a newer one was seen before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn see_list(&self, uri: &str, issued_at: UnixTime) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let seen: Option<i64> = transaction
                .query_row("SELECT issued_at FROM list_seen WHERE uri = ?", [uri], |row| row.get(0))
                .optional()?;
            if seen.map(from_sql).transpose()?.is_some_and(|seen| seen > issued_at) {
                return Ok(false);
            }
            transaction.execute(
                "INSERT OR REPLACE INTO list_seen (uri, issued_at) VALUES (?, ?)",
                params![uri, to_sql(issued_at)],
            )?;
            Ok(true)
        })
    }

    fn value<T: DeserializeOwned>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Option<T>, StoreError> {
        let value: Option<String> = self.read().query_row(sql, parameters, |row| row.get(0)).optional()?;
        value.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged)).transpose()
    }
}
