//! Renewal: a refresh token for an access token and the next refresh token.
//!
//! A refresh token is used once. Shown again it ends its family, since one of the two who have it stole it; with one
//! exception: as long as nobody has used what was given for it, that answer may have been lost on the way, and the
//! same key gets another one. What was given first is withdrawn by that, and ends the family when it is shown.
//!
//! Spec: RFC 6749 section 6; RFC 9449 section 5; RFC 9700 section 4.14.

use core::time::Duration;

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::Store;
use super::tokens::NewToken;
use crate::digest;

/// Tokens that one family gives within a day: a wallet renews every few weeks, and tries again when it fails.
pub const MAX_A_DAY: u32 = 48;
const DAY: Duration = Duration::from_secs(86_400);

/// Why a refresh token is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// Nobody gave such a token, or its time is long over.
    #[error("refresh token is not known")]
    Unknown,
    /// It is bound to another key, or was given to another client.
    #[error("refresh token belongs to another wallet")]
    OtherHolder,
    /// It was used before: its whole family has ended.
    #[error("refresh token was used before")]
    Reused,
    /// Its family has ended.
    #[error("renewal has ended")]
    Ended,
    /// The card was revoked.
    #[error("card was revoked")]
    Revoked,
    /// Its time is over.
    #[error("refresh token has expired")]
    Expired,
    /// The family has given as much as it may within a day.
    #[error("too many renewals within a day")]
    TooMany,
    /// The proof of possession was used before.
    #[error("proof was used before")]
    Replay,
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

/// A refresh token about to be written.
#[derive(Debug)]
pub struct NewRefreshToken {
    /// Digest of the token.
    pub digest: [u8; 32],
    /// When it is given.
    pub given_at: UnixTime,
    /// Until when it is good.
    pub expires_at: UnixTime,
    /// Until when its family is, where it begins one.
    pub family_until: UnixTime,
}

impl NewRefreshToken {
    /// Begins the family of an offer that was just taken up.
    pub(super) fn begin(
        &self,
        tx: &Transaction<'_>,
        offer: &str,
        token: &NewToken,
    ) -> Result<(), rusqlite::Error> {
        tx.prepare_cached(
            "INSERT INTO renewal (offer, dpop_jkt, client_id, ends_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![offer, token.dpop_jkt, token.client_id, self.family_until.secs()])?;
        self.insert(tx, offer, None)
    }

    fn insert(
        &self,
        tx: &Transaction<'_>,
        offer: &str,
        parent: Option<[u8; 32]>,
    ) -> Result<(), rusqlite::Error> {
        tx.prepare_cached(
            "INSERT INTO refresh_token (digest, offer, parent, given_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            self.digest,
            offer,
            parent,
            self.given_at.secs(),
            self.expires_at.secs()
        ])?;
        Ok(())
    }
}

/// A token that was shown, with its family.
struct Found {
    offer: String,
    dpop_jkt: String,
    client_id: Option<String>,
    state: String,
    ended: bool,
    revoked: bool,
    good_until: u64,
}

impl Store {
    /// Takes a refresh token and writes what it gives, in one transaction. A refusal leaves all as it was,
    /// except that a token shown twice ends its family.
    pub async fn renew(&self, shown: &str, token: NewToken, now: UnixTime) -> Result<(), RenewError> {
        let shown = digest::of_token(shown);
        self.database
            .write(move |tx| {
                let Some(found) = Found::of(tx, &shown)? else { return Ok(Err(RenewError::Unknown)) };
                if !token.use_proof(tx)? {
                    return Ok(Err(RenewError::Replay));
                }
                if let Err(refusal) = found.check(&token, now) {
                    return Ok(Err(refusal));
                }
                if found.given_since(tx, now.minus(DAY))? >= MAX_A_DAY {
                    return Ok(Err(RenewError::TooMany));
                }
                if !found.take(tx, &shown)? {
                    end_family(tx, &found.offer)?;
                    return Ok(Err(RenewError::Reused));
                }
                tx.execute("DELETE FROM access_token WHERE offer = ?1", [&found.offer])?;
                token.insert(tx, &found.offer)?;
                token.refresh.insert(tx, &found.offer, Some(shown))?;
                Ok(Ok(()))
            })
            .await
            .map_err(RenewError::Database)
            .and_then(core::convert::identity)
    }
}

/// Ends what an offer's wallet may come again with, and takes back what it has in hand.
pub(super) fn end_family(tx: &Transaction<'_>, offer: &str) -> Result<(), rusqlite::Error> {
    tx.execute("UPDATE renewal SET ended = 1 WHERE offer = ?1", [offer])?;
    tx.execute("DELETE FROM access_token WHERE offer = ?1", [offer])?;
    Ok(())
}

/// Forgets tokens whose time is over, and families without any.
pub(super) fn forget_expired(tx: &Transaction<'_>, now: UnixTime) -> Result<(), rusqlite::Error> {
    let over: Vec<String> = tx
        .prepare_cached("DELETE FROM refresh_token WHERE expires_at < ?1 RETURNING offer")?
        .query_map([now.secs()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for offer in over {
        tx.prepare_cached(
            "DELETE FROM renewal WHERE offer = ?1 AND NOT EXISTS (SELECT 1 FROM refresh_token WHERE offer = ?1)",
        )?
        .execute([offer])?;
    }
    Ok(())
}

impl Found {
    fn of(tx: &Transaction<'_>, shown: &[u8; 32]) -> Result<Option<Self>, rusqlite::Error> {
        tx.prepare_cached(
            "SELECT renewal.offer, renewal.dpop_jkt, renewal.client_id, refresh_token.state, renewal.ended, \
             EXISTS (SELECT 1 FROM credential WHERE credential.offer = renewal.offer AND credential.state = 'revoked'), \
             min(refresh_token.expires_at, renewal.ends_at) \
             FROM refresh_token JOIN renewal ON renewal.offer = refresh_token.offer WHERE refresh_token.digest = ?1",
        )?
        .query_row([shown], |row| {
            Ok(Self {
                offer: row.get(0)?,
                dpop_jkt: row.get(1)?,
                client_id: row.get(2)?,
                state: row.get(3)?,
                ended: row.get(4)?,
                revoked: row.get(5)?,
                good_until: row.get(6)?,
            })
        })
        .optional()
    }

    /// Whoever has the token but not the key changes nothing, not even by showing a used one.
    fn check(&self, token: &NewToken, now: UnixTime) -> Result<(), RenewError> {
        if self.dpop_jkt != token.dpop_jkt || self.client_id != token.client_id {
            return Err(RenewError::OtherHolder);
        }
        if self.revoked {
            return Err(RenewError::Revoked);
        }
        if self.ended {
            return Err(RenewError::Ended);
        }
        if self.good_until <= now.secs() { Err(RenewError::Expired) } else { Ok(()) }
    }

    fn given_since(&self, tx: &Transaction<'_>, since: UnixTime) -> Result<u32, rusqlite::Error> {
        tx.prepare_cached("SELECT count(*) FROM refresh_token WHERE offer = ?1 AND given_at > ?2")?
            .query_row(params![self.offer, since.secs()], |row| row.get(0))
    }

    /// Uses the token up; or withdraws what was given for it, where nobody has used that. `false` where the
    /// token is neither the current one nor the one before it.
    fn take(&self, tx: &Transaction<'_>, shown: &[u8; 32]) -> Result<bool, rusqlite::Error> {
        let changed = match self.state.as_str() {
            "current" => tx
                .prepare_cached("UPDATE refresh_token SET state = 'used' WHERE digest = ?1")?
                .execute([shown])?,
            "used" => tx
                .prepare_cached(
                    "UPDATE refresh_token SET state = 'withdrawn' WHERE parent = ?1 AND state = 'current'",
                )?
                .execute([shown])?,
            _ => 0,
        };
        Ok(changed == 1)
    }
}
