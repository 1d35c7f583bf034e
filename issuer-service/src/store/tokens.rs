//! Access tokens: written when a code is redeemed, read when a card is fetched.

use credential::time::UnixTime;
use rusqlite::{Transaction, params};

use super::renewals::NewRefreshToken;
use super::use_once;

/// An access token about to be written, with the proof of possession that it is bound to.
#[derive(Debug)]
pub struct NewToken {
    /// Digest of the token.
    pub digest: [u8; 32],
    /// Thumbprint of the key that the proof was signed with.
    pub dpop_jkt: String,
    /// Digest of the proof's identifier.
    pub proof_digest: [u8; 32],
    /// Until when the proof's identifier is remembered.
    pub proof_until: UnixTime,
    /// The wallet's client id, where it has one.
    pub client_id: Option<String>,
    /// Until when the token is good.
    pub expires_at: UnixTime,
    /// What the wallet may come again with.
    pub refresh: NewRefreshToken,
}

impl NewToken {
    /// Notes the proof; `false` when it was used before.
    pub(super) fn use_proof(&self, tx: &Transaction<'_>) -> Result<bool, rusqlite::Error> {
        use_once(tx, &self.proof_digest, self.proof_until)
    }

    /// Writes the token, and begins what its wallet may come again with.
    pub(super) fn insert_first(&self, tx: &Transaction<'_>, offer: &str) -> Result<(), rusqlite::Error> {
        self.insert(tx, offer)?;
        self.refresh.begin(tx, offer, self)
    }

    /// Writes the access token.
    pub(super) fn insert(&self, tx: &Transaction<'_>, offer: &str) -> Result<(), rusqlite::Error> {
        tx.prepare_cached(
            "INSERT INTO access_token (digest, dpop_jkt, client_id, offer, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![self.digest, self.dpop_jkt, self.client_id, offer, self.expires_at.secs()])?;
        Ok(())
    }
}
