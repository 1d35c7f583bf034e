//! Credentials: noted with their places in the status lists before a wallet gets them.

use core::time::Duration;

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;
use service_kit::random::Random;

use super::{Store, use_once};

/// How often one token may fetch: once, and again when an answer was lost on the way.
pub const MAX_DELIVERIES: u32 = 3;
/// Copies that one card gets within a day: as many as a wallet can use, and none to fill the lists with.
pub const MAX_COPIES_A_DAY: usize = 200;
/// How often a place is drawn before a list counts as full.
const MAX_DRAWS: usize = 64;

/// A token that was shown, with what binds it.
#[derive(Debug)]
pub struct ShownToken {
    /// Digest of the token.
    pub digest: [u8; 32],
    /// Thumbprint of the key that the proof was signed with.
    pub dpop_jkt: String,
    /// Digest of the proof's identifier.
    pub proof_digest: [u8; 32],
    /// Until when the proof's identifier is remembered.
    pub proof_until: UnixTime,
}

/// What a token is good for.
#[derive(Debug)]
pub struct Grant {
    /// The offer that was taken up.
    pub offer: String,
    /// For whom.
    pub person: String,
    /// Of which type.
    pub credential_type: String,
    /// The wallet's client id, where it has one.
    pub client_id: Option<String>,
}

/// Where a copy's status stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The list.
    pub list: String,
    /// The place in it.
    pub position: u64,
}

/// A credential about to be issued.
#[derive(Debug)]
pub struct NewCredential {
    /// Its name in the API.
    pub id: String,
    /// What allows it.
    pub grant: Grant,
    /// Digests of the nonces that the key proofs were made over; each is used up.
    pub nonces: Vec<[u8; 32]>,
    /// Until when those nonces are remembered.
    pub nonces_until: UnixTime,
    /// Digests of the keys that the copies are bound to, one for each copy.
    pub keys: Vec<[u8; 32]>,
    /// When it is issued.
    pub issued_at: UnixTime,
    /// Until when it is valid.
    pub expires_at: UnixTime,
}

/// Why a credential is not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The token is not known, over, or bound to another key.
    #[error("access token is not valid")]
    Token,
    /// The token has fetched as often as it may.
    #[error("access token is used up")]
    UsedUp,
    /// The proof of possession was used before.
    #[error("proof was used before")]
    Replay,
    /// The nonce of a key proof was used before.
    #[error("nonce was used before")]
    Nonce,
    /// The credential has been revoked since it was first fetched.
    #[error("credential was revoked")]
    Revoked,
    /// The credential is suspended.
    #[error("credential is suspended")]
    Suspended,
    /// A copy is to be bound to a key that another copy is bound to.
    #[error("key is that of another copy")]
    KeyUsed,
    /// The card has had as many copies as it gets within a day.
    #[error("card has had as many copies as it gets within a day")]
    TooMany,
    /// No status list has a place left.
    #[error("no status list has a place left")]
    Full,
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

/// What may be done to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// For ever.
    Revoke,
    /// For a while.
    Suspend,
    /// The end of a suspension.
    Reinstate,
}

/// Why a credential's state stays.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such credential.
    #[error("credential is not known")]
    Unknown,
    /// What was revoked stays revoked.
    #[error("credential is revoked for ever")]
    Final,
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

/// A credential as the agency's systems see it.
#[derive(Debug, Serialize)]
pub struct CredentialState {
    /// Its name.
    pub id: String,
    /// The credential type.
    #[serde(rename = "type")]
    pub credential_type: String,
    /// `valid`, `revoked` or `suspended`.
    pub state: String,
    /// When it was issued.
    pub issued_at: u64,
    /// Until when it is valid.
    pub expires_at: u64,
    /// How many copies it has.
    pub copies: u64,
}

impl Store {
    /// What a token is good for, once its proof of possession is checked and noted.
    pub async fn grant(&self, token: ShownToken, now: UnixTime) -> Result<Grant, IssueError> {
        self.database
            .write(move |tx| {
                let (grant, deliveries) = tx
                    .prepare_cached(
                        "SELECT offer.id, offer.person, offer.type, access_token.client_id, access_token.deliveries \
                         FROM access_token JOIN offer ON offer.id = access_token.offer \
                         WHERE access_token.digest = ?1 AND access_token.dpop_jkt = ?2 AND access_token.expires_at > ?3",
                    )?
                    .query_row(params![token.digest, token.dpop_jkt, now.secs()], |row| {
                        let grant = Grant {
                            offer: row.get(0)?,
                            person: row.get(1)?,
                            credential_type: row.get(2)?,
                            client_id: row.get(3)?,
                        };
                        Ok((grant, row.get::<_, u32>(4)?))
                    })
                    .optional()?
                    .ok_or(IssueError::Token)?;
                if !use_once(tx, &token.proof_digest, token.proof_until)? {
                    return Err(IssueError::Replay);
                }
                if deliveries >= MAX_DELIVERIES { Err(IssueError::UsedUp) } else { Ok(grant) }
            })
            .await
    }

    /// Notes a credential and gives each copy a place of its own, drawn at random, in lists that differ
    /// as far as there are several. One offer gives one credential: fetching again adds copies to it, which may
    /// last longer.
    pub async fn issue(
        &self,
        token: [u8; 32],
        credential: NewCredential,
        random: Random,
    ) -> Result<(String, Vec<Place>), IssueError> {
        self.database
            .write(move |tx| {
                for nonce in &credential.nonces {
                    if !use_once(tx, nonce, credential.nonces_until)? {
                        return Err(IssueError::Nonce);
                    }
                }
                let counted = tx
                    .prepare_cached(
                        "UPDATE access_token SET deliveries = deliveries + 1 WHERE digest = ?1 AND deliveries < ?2",
                    )?
                    .execute(params![token, MAX_DELIVERIES])?;
                if counted != 1 {
                    return Err(IssueError::UsedUp);
                }
                let id = note(tx, &credential)?;
                check_todays_copies(tx, &id, &credential)?;
                let places = draw_places(tx, &id, &credential, &random)?;
                Ok((id, places))
            })
            .await
    }

    /// Changes a credential's state, durably, and gives the number of the change that must be published.
    pub async fn change_credential(
        &self,
        id: &str,
        change: Change,
        now: UnixTime,
    ) -> Result<(CredentialState, u64), ChangeError> {
        let id = id.to_owned();
        self.database
            .write(move |tx| {
                let current = find(tx, &id)?.ok_or(ChangeError::Unknown)?;
                let state = match (change, current.state.as_str()) {
                    (Change::Revoke, _) => "revoked",
                    (_, "revoked") => return Err(ChangeError::Final),
                    (Change::Suspend, _) => "suspended",
                    (Change::Reinstate, _) => "valid",
                };
                if state != current.state {
                    tx.execute(
                        "UPDATE credential SET state = ?2, \
                         invalid_since = CASE state WHEN 'valid' THEN ?3 ELSE invalid_since END WHERE id = ?1",
                        params![id, state, now.secs()],
                    )?;
                    tx.execute("UPDATE change SET made = made + 1", [])?;
                }
                let number = tx.query_row("SELECT made FROM change", [], |row| row.get(0))?;
                Ok((CredentialState { state: state.to_owned(), ..current }, number))
            })
            .await
    }

    /// One credential.
    pub async fn credential(&self, id: &str) -> Result<Option<CredentialState>, rusqlite::Error> {
        let id = id.to_owned();
        self.database.read(move |connection| find(connection, &id)).await
    }

    /// Every credential of a person, the newest first.
    pub async fn credentials_of(&self, person: &str) -> Result<Vec<CredentialState>, rusqlite::Error> {
        let person = person.to_owned();
        self.database
            .read(move |connection| {
                connection
                    .prepare_cached(&format!(
                        "{SELECT} WHERE person = ?1 ORDER BY issued_at DESC, rowid DESC LIMIT 100"
                    ))?
                    .query_map([person], from_row)?
                    .collect()
            })
            .await
    }
}

const SELECT: &str = "SELECT id, type, state, issued_at, expires_at, \
                      (SELECT count(*) FROM copy WHERE copy.credential = credential.id) FROM credential";

fn find(connection: &rusqlite::Connection, id: &str) -> Result<Option<CredentialState>, rusqlite::Error> {
    connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id], from_row).optional()
}

fn from_row(row: &rusqlite::Row<'_>) -> Result<CredentialState, rusqlite::Error> {
    Ok(CredentialState {
        id: row.get(0)?,
        credential_type: row.get(1)?,
        state: row.get(2)?,
        issued_at: row.get(3)?,
        expires_at: row.get(4)?,
        copies: row.get(5)?,
    })
}

/// The credential of the offer, which is made with its first copies and lasts as long as its newest ones.
fn note(tx: &Transaction<'_>, credential: &NewCredential) -> Result<String, IssueError> {
    let known: Option<(String, String)> = tx
        .prepare_cached("SELECT id, state FROM credential WHERE offer = ?1")?
        .query_row([&credential.grant.offer], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match known {
        Some((id, state)) if state == "valid" => {
            tx.prepare_cached("UPDATE credential SET expires_at = max(expires_at, ?2) WHERE id = ?1")?
                .execute(params![id, credential.expires_at.secs()])?;
            Ok(id)
        }
        Some((_, state)) if state == "suspended" => Err(IssueError::Suspended),
        Some(_) => Err(IssueError::Revoked),
        None => {
            tx.prepare_cached(
                "INSERT INTO credential (id, offer, person, type, issued_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                credential.id,
                credential.grant.offer,
                credential.grant.person,
                credential.grant.credential_type,
                credential.issued_at.secs(),
                credential.expires_at.secs(),
            ])?;
            Ok(credential.id.clone())
        }
    }
}

fn check_todays_copies(tx: &Transaction<'_>, id: &str, credential: &NewCredential) -> Result<(), IssueError> {
    let since = credential.issued_at.minus(Duration::from_secs(service_kit::calendar::DAY));
    let copies: usize = tx
        .prepare_cached("SELECT count(*) FROM copy WHERE credential = ?1 AND issued_at > ?2")?
        .query_row(params![id, since.secs()], |row| row.get(0))?;
    if copies + credential.keys.len() > MAX_COPIES_A_DAY { Err(IssueError::TooMany) } else { Ok(()) }
}

fn draw_places(
    tx: &Transaction<'_>,
    id: &str,
    credential: &NewCredential,
    random: &Random,
) -> Result<Vec<Place>, IssueError> {
    // A list is filled to half at most, so that places stay hard to guess and quick to draw. It can be used
    // once it has been published.
    let mut lists: Vec<(String, u64)> = tx
        .prepare_cached(
            "SELECT name, size FROM status_list WHERE retired = 0 AND taken + ?1 <= size / 2 AND EXISTS \
             (SELECT 1 FROM status_version WHERE list = name AND published = 1)",
        )?
        .query_map([credential.keys.len()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    if lists.is_empty() {
        return Err(IssueError::Full);
    }
    for last in (1..lists.len()).rev() {
        let other = usize::try_from(random.below(last as u64 + 1)).unwrap_or(0);
        lists.swap(last, other);
    }
    let keys = credential.keys.iter();
    keys.zip(lists.iter().cycle())
        .map(|(key, (list, size))| {
            refuse_known_key(tx, key)?;
            let copy = NewCopy { id, key, credential };
            copy.draw_place(tx, list, *size, random)
        })
        .collect()
}

/// Two copies that share a key could be told to be one card's by whoever sees both.
fn refuse_known_key(tx: &Transaction<'_>, key: &[u8; 32]) -> Result<(), IssueError> {
    let known = tx
        .prepare_cached("SELECT 1 FROM copy WHERE key_digest = ?1")?
        .query_row([key], |_| Ok(()))
        .optional()?;
    if known.is_some() { Err(IssueError::KeyUsed) } else { Ok(()) }
}

struct NewCopy<'a> {
    id: &'a str,
    key: &'a [u8; 32],
    credential: &'a NewCredential,
}

impl NewCopy<'_> {
    fn draw_place(
        &self,
        tx: &Transaction<'_>,
        list: &str,
        size: u64,
        random: &Random,
    ) -> Result<Place, IssueError> {
        let NewCredential { issued_at, expires_at, .. } = self.credential;
        for _ in 0..MAX_DRAWS {
            let position = random.below(size);
            let taken = tx
                .prepare_cached(
                    "INSERT INTO copy (list, position, credential, key_digest, issued_at, expires_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (list, position) DO NOTHING",
                )?
                .execute(params![list, position, self.id, self.key, issued_at.secs(), expires_at.secs()])?;
            if taken == 1 {
                tx.prepare_cached("UPDATE status_list SET taken = taken + 1 WHERE name = ?1")?
                    .execute([list])?;
                return Ok(Place { list: list.to_owned(), position });
            }
        }
        Err(IssueError::Full)
    }
}
