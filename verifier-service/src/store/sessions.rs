//! Sessions of single sign-on, by the digest of their cookie.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::asks::Card;
use super::receipts::First;
use super::{Digest, Store, secs};

/// A single sign-on session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The login identifier.
    pub identifier: String,
    /// The card.
    pub card: Card,
    /// When it was shown.
    pub auth_time: UnixTime,
    /// How.
    pub acr: String,
    /// The receipt for that.
    #[serde(default)]
    pub first: Option<First>,
}

impl Store {
    /// A session that was used within `idle` seconds; it counts as used now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(
        &self,
        key: Digest,
        idle: u64,
        now: UnixTime,
    ) -> Result<Option<Session>, rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let oldest = secs(now).saturating_sub(i64::try_from(idle).unwrap_or(i64::MAX));
                let found: Option<String> = transaction
                    .query_row(
                        "SELECT data FROM session WHERE digest = ?1 AND last_used >= ?2",
                        params![key.as_slice(), oldest],
                        |row| row.get(0),
                    )
                    .optional()?;
                // A session of an older version is none.
                let found: Option<Session> = found.and_then(|text| serde_json::from_str(&text).ok());
                if found.is_some() {
                    transaction.execute(
                        "UPDATE session SET last_used = ?2 WHERE digest = ?1",
                        params![key.as_slice(), secs(now)],
                    )?;
                }
                Ok(found)
            })
            .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, key: Digest) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute("DELETE FROM session WHERE digest = ?1", [key.as_slice()])?;
                Ok(())
            })
            .await
    }
}
