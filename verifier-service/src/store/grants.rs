//! Codes and access tokens: given once, redeemed once, revoked together.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::asks::AskState;
use super::receipts::{Draft, write_receipt};
use super::sessions::Session;
use super::{Digest, Store, json, parsed, secs, word};
use crate::login::Parameters;

/// How a login ends.
#[derive(Debug)]
pub struct End {
    /// The ask whose result is given; none in single sign-on.
    pub ask: Option<String>,
    /// The pushed request that is used up by it.
    pub pushed: Option<Digest>,
    /// Digest of the code, and until when it is good.
    pub code: (Digest, UnixTime),
    /// What the code gives.
    pub grant: Grant,
    /// What becomes of the browser's session where a card was shown.
    pub session: Option<Change>,
    /// The receipt for a login by session, which the wallet fetches later.
    pub receipt: Option<Draft>,
}

/// What a card that was shown does to the browser's session.
#[derive(Debug)]
pub struct Change {
    /// The session that the browser had, by the digest of its cookie: it ends where another begins, and where
    /// it is another person's.
    pub before: Option<Digest>,
    /// Whose card was shown.
    pub identifier: String,
    /// The session that begins.
    pub begins: Option<(Digest, Session)>,
}

/// What a code or an access token gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// To whom.
    pub client_id: String,
    /// The request that it answers.
    pub parameters: Parameters,
    /// The DPoP key that it is bound to.
    pub dpop_jkt: Option<String>,
    /// The subject.
    pub sub: String,
    /// Claims beside it.
    pub claims: Map<String, Value>,
    /// When the person last showed a card.
    pub auth_time: UnixTime,
    /// How.
    pub acr: String,
    /// By what.
    pub amr: Vec<String>,
}

/// What became of a code at the token endpoint.
#[derive(Debug)]
pub enum Redeemed<E> {
    /// It was good, and now it is used.
    Grant(Box<Grant>),
    /// Unknown, expired, or another's.
    Unknown,
    /// It was used before: what it gave is revoked.
    Reused,
    /// A check of the caller's failed; the code is as it was.
    Refused(E),
}

impl Store {
    /// Ends a login: its result is given once, with a code, and with a session where one begins. `false` where
    /// it was given already, or another login from the same pushed request was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(&self, end: End, now: UnixTime) -> Result<bool, rusqlite::Error> {
        self.0.write(move |transaction| write_end(transaction, end, now)).await
    }

    /// Redeems a code once: `check` sees what it gives before it is used, and may bind it to a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redeem<E: Send + 'static>(
        &self,
        code: Digest,
        client_id: String,
        token: (Digest, UnixTime),
        now: UnixTime,
        check: impl FnOnce(&mut Grant) -> Result<(), E> + Send + 'static,
    ) -> Result<Redeemed<E>, rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let found: Option<(String, String, i64, bool)> = transaction
                    .query_row(
                        "SELECT client_id, grant_data, expires_at, redeemed FROM code WHERE digest = ?1",
                        [code.as_slice()],
                        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                    )
                    .optional()?;
                let Some((owner, grant, expires_at, redeemed)) = found else { return Ok(Redeemed::Unknown) };
                if owner != client_id {
                    return Ok(Redeemed::Unknown);
                }
                if redeemed {
                    transaction.execute("DELETE FROM access_token WHERE code = ?1", [code.as_slice()])?;
                    return Ok(Redeemed::Reused);
                }
                let Ok(mut grant) = serde_json::from_str::<Grant>(&grant) else { return Ok(Redeemed::Unknown) };
                if expires_at <= secs(now) {
                    return Ok(Redeemed::Unknown);
                }
                if let Err(error) = check(&mut grant) {
                    return Ok(Redeemed::Refused(error));
                }
                // The row stays to notice a second use; what it gave has moved on.
                transaction.execute(
                    "UPDATE code SET redeemed = 1, grant_data = '' WHERE digest = ?1",
                    [code.as_slice()],
                )?;
                transaction.execute(
                    "INSERT INTO access_token (digest, code, client_id, dpop_jkt, grant_data, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![token.0.as_slice(), code.as_slice(), client_id, grant.dpop_jkt, json(&grant), secs(token.1)],
                )?;
                Ok(Redeemed::Grant(Box::new(grant)))
            })
            .await
    }

    /// What an access token gives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_token(&self, key: Digest, now: UnixTime) -> Result<Option<Grant>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                connection
                    .query_row(
                        "SELECT grant_data FROM access_token WHERE digest = ?1 AND expires_at > ?2",
                        params![key.as_slice(), secs(now)],
                        |row| parsed(row, 0),
                    )
                    .optional()
            })
            .await
    }
}

fn write_end(transaction: &Transaction<'_>, end: End, now: UnixTime) -> Result<bool, rusqlite::Error> {
    if let Some(ask) = &end.ask {
        // What was verified is in the grant from here on.
        let finished = transaction.execute(
            "UPDATE ask SET state = ?2, result = NULL WHERE id = ?1 AND state = ?3",
            params![ask, word(&AskState::Finished), word(&AskState::Shown)],
        )?;
        if finished == 0 {
            return Ok(false);
        }
    }
    if let Some(pushed) = end.pushed {
        let used = transaction
            .execute("UPDATE pushed_request SET finished = 1 WHERE digest = ?1 AND finished = 0", [pushed])?;
        if used == 0 {
            return Ok(false);
        }
    }
    let (code, expires_at) = end.code;
    transaction.execute(
        "INSERT INTO code (digest, client_id, grant_data, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![code.as_slice(), end.grant.client_id, json(&end.grant), secs(expires_at)],
    )?;
    if let Some(change) = &end.session {
        write_change(transaction, change, now)?;
    }
    if let Some(draft) = end.receipt {
        write_receipt(transaction, draft, now)?;
    }
    Ok(true)
}

fn write_change(
    transaction: &Transaction<'_>,
    change: &Change,
    now: UnixTime,
) -> Result<(), rusqlite::Error> {
    if let Some(before) = change.before {
        transaction.execute(
            "DELETE FROM session WHERE digest = ?1 AND (?2 OR json_extract(data, '$.identifier') IS NOT ?3)",
            params![before.as_slice(), change.begins.is_some(), change.identifier],
        )?;
    }
    if let Some((key, session)) = &change.begins {
        transaction.execute(
            "INSERT OR REPLACE INTO session (digest, data, last_used) VALUES (?1, ?2, ?3)",
            params![key.as_slice(), json(session), secs(now)],
        )?;
    }
    Ok(())
}
