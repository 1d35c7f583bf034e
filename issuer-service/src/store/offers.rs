//! Offers: made at the counter, taken up once by a wallet.

use credential::time::UnixTime;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use super::Store;
use super::tokens::NewToken;
use crate::digest;

/// How a wallet takes an offer up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// With a pre-authorised code from the offer, and a code that travels another way.
    PreAuthorized,
    /// By signing in on the agency's page, with a code handed over at the counter.
    SignIn,
}

impl Flow {
    fn name(self) -> &'static str {
        match self {
            Self::PreAuthorized => "pre_authorized",
            Self::SignIn => "sign_in",
        }
    }
}

/// An offer about to be made.
#[derive(Debug)]
pub struct NewOffer {
    /// Its name in the API; no secret.
    pub id: String,
    /// For whom.
    pub person: String,
    /// Of which type.
    pub credential_type: String,
    /// How it is taken up.
    pub flow: Flow,
    /// Digest of the pre-authorised code or of the issuer state.
    pub grant_digest: [u8; 32],
    /// Digest of the code that travels another way.
    pub code_digest: Option<[u8; 32]>,
    /// How well the person was proven ("substantial", "high").
    pub level: String,
    /// Who at the counter made it.
    pub clerk: String,
    /// When it was made.
    pub created_at: UnixTime,
    /// Until when it can be taken up.
    pub expires_at: UnixTime,
}

/// An offer as the agency's systems see it.
#[derive(Debug, Serialize)]
pub struct OfferState {
    /// Its name.
    pub id: String,
    /// `open`, `used`, `locked` or `expired`.
    pub state: String,
    /// What it gave, when it was taken up and the card was fetched.
    pub credential: Option<String>,
    /// Until when it can be taken up.
    pub expires_at: u64,
}

/// Why an offer was not taken up.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// No offer has this code.
    #[error("offer is not known")]
    Unknown,
    /// It was taken up before.
    #[error("offer was used before")]
    Used,
    /// Its time is over.
    #[error("offer has expired")]
    Expired,
    /// Too many wrong codes.
    #[error("offer is locked after too many wrong codes")]
    Locked,
    /// The offer needs a code and none came.
    #[error("a code is needed")]
    CodeMissing,
    /// The offer needs no code and one came.
    #[error("no code is expected")]
    CodeUnexpected,
    /// The code is wrong; it was counted.
    #[error("code is wrong")]
    CodeWrong,
    /// The proof of possession was used before.
    #[error("proof was used before")]
    Replay,
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

impl Store {
    /// Keeps an offer.
    pub async fn make_offer(&self, offer: NewOffer) -> Result<(), rusqlite::Error> {
        self.database
            .write(move |tx| {
                tx.prepare_cached(
                    "INSERT INTO offer (id, person, type, flow, grant_digest, code_digest, level, clerk, created_at, expires_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )?
                .execute(params![
                    offer.id,
                    offer.person,
                    offer.credential_type,
                    offer.flow.name(),
                    offer.grant_digest,
                    offer.code_digest,
                    offer.level,
                    offer.clerk,
                    offer.created_at.secs(),
                    offer.expires_at.secs(),
                ])?;
                Ok(())
            })
            .await
    }

    /// What became of an offer.
    pub async fn offer_state(&self, id: &str, now: UnixTime) -> Result<Option<OfferState>, rusqlite::Error> {
        let id = id.to_owned();
        self.database
            .read(move |connection| {
                connection
                    .prepare_cached(
                        "SELECT offer.id, offer.state, credential.id, offer.expires_at FROM offer \
                         LEFT JOIN credential ON credential.offer = offer.id WHERE offer.id = ?1",
                    )?
                    .query_row([id], |row| {
                        let (state, expires_at): (String, u64) = (row.get(1)?, row.get(3)?);
                        let expired = state == "open" && expires_at <= now.secs();
                        let state = if expired { "expired".to_owned() } else { state };
                        Ok(OfferState { id: row.get(0)?, state, credential: row.get(2)?, expires_at })
                    })
                    .optional()
            })
            .await
    }

    /// Takes up an offer by its pre-authorised code: checks the code that was typed in, counts a wrong one,
    /// and writes the access token, all in one transaction.
    pub async fn redeem_pre_authorized(
        &self,
        code: &str,
        typed: Option<&str>,
        wrong_codes: u32,
        token: NewToken,
        now: UnixTime,
    ) -> Result<(), RedeemError> {
        let grant = digest::of_token(code);
        let typed = typed.map(str::to_owned);
        let digests = self.digests.clone();
        self.database
            .write(move |tx| {
                let Some(offer) = OpenOffer::find(tx, &grant, Flow::PreAuthorized)? else {
                    return Ok(Err(RedeemError::Unknown));
                };
                if !token.use_proof(tx)? {
                    return Ok(Err(RedeemError::Replay));
                }
                let typed = typed.map(|typed| digests.of_code(&offer.id, &typed));
                if let Err(refusal) = offer.take_up(tx, typed, wrong_codes, now)? {
                    return Ok(Err(refusal));
                }
                token.insert_first(tx, &offer.id)?;
                Ok(Ok(()))
            })
            .await
            .map_err(RedeemError::Database)
            .and_then(core::convert::identity)
    }
}

/// An offer found by its grant.
pub(super) struct OpenOffer {
    pub(super) id: String,
    state: String,
    code_digest: Option<[u8; 32]>,
    expires_at: u64,
}

impl OpenOffer {
    /// The offer whose grant has this digest.
    pub(super) fn find(
        connection: &Connection,
        grant: &[u8; 32],
        flow: Flow,
    ) -> Result<Option<Self>, rusqlite::Error> {
        connection
            .prepare_cached(
                "SELECT id, state, code_digest, expires_at FROM offer WHERE grant_digest = ?1 AND flow = ?2",
            )?
            .query_row(params![grant, flow.name()], Self::from_row)
            .optional()
    }

    /// The newest offer that this person can take up by signing in.
    pub(super) fn find_by_person(
        connection: &Connection,
        person: &str,
        credential_type: &str,
    ) -> Result<Option<Self>, rusqlite::Error> {
        connection
            .prepare_cached(
                "SELECT id, state, code_digest, expires_at FROM offer \
                 WHERE person = ?1 AND type = ?2 AND flow = 'sign_in' ORDER BY created_at DESC, rowid DESC LIMIT 1",
            )?
            .query_row([person, credential_type], Self::from_row)
            .optional()
    }

    /// Whether the offer is this person's, and of that card.
    pub(super) fn is_for(
        &self,
        connection: &Connection,
        person: &str,
        credential_type: &str,
    ) -> Result<bool, rusqlite::Error> {
        let found = connection
            .prepare_cached("SELECT 1 FROM offer WHERE id = ?1 AND person = ?2 AND type = ?3")?
            .query_row([&self.id, person, credential_type], |_| Ok(()))
            .optional()?;
        Ok(found.is_some())
    }

    /// Checks the code and marks the offer used. A wrong code is counted, and locks the offer at the
    /// limit: both stay, so the caller's transaction must commit whatever this answers.
    pub(super) fn take_up(
        &self,
        tx: &Transaction<'_>,
        typed: Option<[u8; 32]>,
        wrong_codes: u32,
        now: UnixTime,
    ) -> Result<Result<(), RedeemError>, rusqlite::Error> {
        match self.state.as_str() {
            "used" => return Ok(Err(RedeemError::Used)),
            "locked" => return Ok(Err(RedeemError::Locked)),
            _ if self.expires_at <= now.secs() => return Ok(Err(RedeemError::Expired)),
            _ => {}
        }
        match (&self.code_digest, typed) {
            (Some(_), None) => return Ok(Err(RedeemError::CodeMissing)),
            (None, Some(_)) => return Ok(Err(RedeemError::CodeUnexpected)),
            (Some(expected), Some(typed)) if !bool::from(expected.ct_eq(&typed)) => {
                self.count_wrong_code(tx, wrong_codes)?;
                return Ok(Err(RedeemError::CodeWrong));
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        tx.prepare_cached("UPDATE offer SET state = 'used' WHERE id = ?1")?.execute([&self.id])?;
        Ok(Ok(()))
    }

    fn count_wrong_code(&self, tx: &Transaction<'_>, limit: u32) -> Result<(), rusqlite::Error> {
        tx.prepare_cached(
            "UPDATE offer SET wrong_codes = wrong_codes + 1, \
             state = CASE WHEN wrong_codes + 1 >= ?2 THEN 'locked' ELSE state END WHERE id = ?1",
        )?
        .execute(params![self.id, limit])?;
        Ok(())
    }

    fn from_row(row: &rusqlite::Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self { id: row.get(0)?, state: row.get(1)?, code_digest: row.get(2)?, expires_at: row.get(3)? })
    }
}
