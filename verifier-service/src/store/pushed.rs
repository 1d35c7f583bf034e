//! Pushed authorization requests: kept for a minute, opened until a login from them is complete.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};

use super::{Digest, Store, json, parsed, secs};
use crate::login::Parameters;

/// A pushed authorization request.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// Whose.
    pub client_id: String,
    /// Its parameters.
    pub parameters: Parameters,
    /// The DPoP key that it is bound to.
    pub dpop_jkt: Option<String>,
}

impl Store {
    /// Keeps a pushed request.
    ///
    /// # Errors
    /// When the database fails, as for every method here.
    pub async fn push(
        &self,
        key: Digest,
        pushed: Pushed,
        expires_at: UnixTime,
    ) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute(
                    "INSERT INTO pushed_request (digest, client_id, parameters, dpop_jkt, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![key.as_slice(), pushed.client_id, json(&pushed.parameters), pushed.dpop_jkt, secs(expires_at)],
                )?;
                Ok(())
            })
            .await
    }

    /// A pushed request that is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pushed(&self, key: Digest, now: UnixTime) -> Result<Option<Pushed>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                connection
                    .query_row(
                        "SELECT client_id, parameters, dpop_jkt FROM pushed_request WHERE digest = ?1 AND expires_at > ?2 AND finished = 0",
                        params![key.as_slice(), secs(now)],
                        |row| Ok(Pushed { client_id: row.get(0)?, parameters: parsed(row, 1)?, dpop_jkt: row.get(2)? }),
                    )
                    .optional()
            })
            .await
    }
}
