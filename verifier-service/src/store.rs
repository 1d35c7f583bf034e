//! What the provider keeps. Every one-time value is kept as a digest and redeemed in one transaction, so that
//! nothing is done twice and `kill -9` loses nothing that was answered.

use std::path::Path;

use credential::time::UnixTime;
use registry_proof::light::Head;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service_kit::database::{Database, OpenError};
use service_kit::secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::login::Parameters;

const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001-first.sql"),
    include_str!("../migrations/0002-pushed-until-complete.sql"),
];
/// How long what is over is kept, in seconds: long enough to notice a code used twice.
const KEEP: u64 = 3600;

/// The digest under which a one-time value is kept.
pub type Digest = [u8; 32];

/// The digest of a one-time value.
pub fn digest(value: &str) -> Digest {
    Sha256::digest(value).into()
}

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

/// How far an ask is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskState {
    /// No wallet has answered.
    Waiting,
    /// A card was shown and every check held.
    Shown,
    /// A wallet said no, or a check did not hold: the reason says which.
    Refused,
    /// The browser took the result.
    Finished,
}

/// What an ask is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A login in a browser.
    Login,
    /// A presentation for a relying party's own system.
    Presentation,
}

/// Which device a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// Another one: the QR code.
    Other,
    /// The browser's own: the link.
    Same,
}

/// One question to a wallet.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its name in addresses; no secret.
    pub id: String,
    /// What for.
    pub kind: Kind,
    /// For which relying party.
    pub client_id: String,
    /// The login's parameters.
    pub parameters: Parameters,
    /// Digest of the starting browser's cookie.
    pub browser: Option<Digest>,
    /// The pushed request that it came from; used up once a login from it is complete.
    pub pushed: Option<Digest>,
    /// How far it is.
    pub state: AskState,
    /// Why it was refused.
    pub reason: Option<String>,
    /// What was verified.
    pub result: Option<Shown>,
    /// Through which request it was answered.
    pub answered_by: Option<Device>,
    /// Digest of the code that the wallet's browser brings back.
    pub response_code: Option<Digest>,
    /// Until when it can be answered.
    pub expires_at: UnixTime,
}

/// A signed request of an ask.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its name in addresses.
    pub id: String,
    /// For which device.
    pub device: Device,
    /// The nonce.
    pub nonce: String,
    /// The wallet-facing state.
    pub state: String,
    /// The private key that the answer is encrypted to, a JWK.
    pub encryption_key: Value,
    /// The DCQL query.
    pub query: Value,
    /// Whether a wallet has fetched it.
    pub fetched: bool,
}

/// What was verified of a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// The login identifier; subjects are derived from it.
    pub identifier: Option<String>,
    /// The claims that were asked for.
    pub claims: Map<String, Value>,
    /// Which card it was, to ask again whether it is valid.
    pub card: Card,
    /// When.
    pub at: UnixTime,
    /// How.
    pub device: Device,
}

/// A card, as far as its validity can be asked again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Card {
    /// The issuing member.
    pub issuer: String,
    /// The type.
    pub vct: String,
    /// When it was issued.
    pub issued_at: Option<UnixTime>,
    /// Until when it is good.
    pub expires_at: Option<UnixTime>,
    /// The key that it was issued with.
    pub key: IssuerKey,
    /// Address and index of its status.
    pub status: Option<(String, u64)>,
}

/// The key that a card was issued with, as its header named it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerKey {
    /// By name.
    Kid(String),
    /// By certificates.
    X5c(Vec<String>),
}

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
    /// The session that begins, by the digest of its cookie.
    pub session: Option<(Digest, Session)>,
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

/// What the wallet's answer came to.
#[derive(Debug)]
pub struct Outcome {
    /// What was verified, or why nothing was.
    pub shown: Result<Shown, &'static str>,
    /// Through which request.
    pub device: Device,
    /// Digest of the code for the way back.
    pub response_code: Option<Digest>,
    /// Digest of the receipt.
    pub receipt: Option<Digest>,
}

/// The provider's database.
#[derive(Clone, Debug)]
pub struct Store(Database);

impl Store {
    /// Opens the database.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path, key: Option<Secret>) -> Result<Self, OpenError> {
        Ok(Self(Database::open(path, MIGRATIONS, key)?))
    }

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

    /// Keeps an ask with its requests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        &self,
        ask: Ask,
        requests: Vec<Request>,
        now: UnixTime,
    ) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute(
                    "INSERT INTO ask (id, kind, client_id, parameters, browser, state, created_at, expires_at, pushed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                    params![ask.id, word(&ask.kind), ask.client_id, json(&ask.parameters), ask.browser, word(&AskState::Waiting), secs(now), secs(ask.expires_at), ask.pushed],
                )?;
                for request in &requests {
                    transaction.execute(
                        "INSERT INTO request (id, ask, device, nonce, state, encryption_key, query) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        params![request.id, ask.id, word(&request.device), request.nonce, request.state, request.encryption_key.to_string(), request.query.to_string()],
                    )?;
                }
                Ok(())
            })
            .await
    }

    /// An ask with its requests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask(&self, id: String) -> Result<Option<(Ask, Vec<Request>)>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                let Some(ask) = read_ask(connection, &id)? else { return Ok(None) };
                let mut statement = connection.prepare_cached(
                    "SELECT id, device, nonce, state, encryption_key, query, fetched FROM request WHERE ask = ?1",
                )?;
                let requests = statement.query_map([&id], read_request)?.collect::<Result<_, _>>()?;
                Ok(Some((ask, requests)))
            })
            .await
    }

    /// A request and the ask that it belongs to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request(&self, id: String) -> Result<Option<(Ask, Request)>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                let found: Option<(String, Request)> = connection
                    .query_row(
                        "SELECT id, device, nonce, state, encryption_key, query, fetched, ask FROM request WHERE id = ?1",
                        [&id],
                        |row| Ok((row.get(7)?, read_request(row)?)),
                    )
                    .optional()?;
                let Some((ask, request)) = found else { return Ok(None) };
                Ok(read_ask(connection, &ask)?.map(|ask| (ask, request)))
            })
            .await
    }

    /// Notes that a wallet has fetched a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fetched(&self, id: String) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute("UPDATE request SET fetched = 1 WHERE id = ?1 AND fetched = 0", [&id])?;
                Ok(())
            })
            .await
    }

    /// Keeps what the wallet's answer came to. `false` where the ask was answered already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer(
        &self,
        ask: String,
        outcome: Outcome,
        now: UnixTime,
    ) -> Result<bool, rusqlite::Error> {
        self.0.write(move |transaction| write_answer(transaction, &ask, &outcome, now)).await
    }

    /// Ends a login: its result is given once, with a code, and with a session where one begins. `false` where
    /// it was given already, or another login from the same pushed request was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(&self, end: End, now: UnixTime) -> Result<bool, rusqlite::Error> {
        self.0.write(move |transaction| write_end(transaction, &end, now)).await
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

    /// Notes that something was used; `false` where it had been used before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_once(&self, key: Digest, until: UnixTime) -> Result<bool, rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let new = transaction.execute(
                    "INSERT OR IGNORE INTO used (digest, expires_at) VALUES (?1, ?2)",
                    params![key.as_slice(), secs(until)],
                )?;
                Ok(new == 1)
            })
            .await
    }

    /// The newest head of the register that was seen.
    ///
    /// # Errors
    /// When the database fails.
    pub fn head(&self) -> Result<Option<Head>, rusqlite::Error> {
        self.0.read_blocking(|connection| {
            connection.query_row("SELECT data FROM head", [], |row| parsed(row, 0)).optional()
        })
    }

    /// Keeps the newest head.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_head(&self, head: Head) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction
                    .execute("INSERT OR REPLACE INTO head (one, data) VALUES (1, ?1)", [json(&head)])?;
                Ok(())
            })
            .await
    }

    /// A digest of all that gives anybody anything: codes, access tokens, sessions, receipts, and requests
    /// pushed. What was refused has left it as it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authority_digest(&self) -> Result<Digest, rusqlite::Error> {
        self.0.read(authority_digest).await
    }

    /// Forgets what has been over for a while.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired(&self, idle: u64, now: UnixTime) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let old = secs(now).saturating_sub(i64::try_from(KEEP).unwrap_or(0));
                for statement in [
                    "DELETE FROM pushed_request WHERE expires_at < ?1",
                    "DELETE FROM ask WHERE expires_at < ?1",
                    "DELETE FROM code WHERE expires_at < ?1",
                ] {
                    transaction.execute(statement, [old])?;
                }
                for statement in [
                    "DELETE FROM code WHERE expires_at < ?1 AND redeemed = 0",
                    "DELETE FROM access_token WHERE expires_at < ?1",
                    "DELETE FROM used WHERE expires_at < ?1",
                ] {
                    transaction.execute(statement, [secs(now)])?;
                }
                let idle = secs(now).saturating_sub(i64::try_from(idle).unwrap_or(i64::MAX));
                transaction.execute("DELETE FROM session WHERE last_used < ?1", [idle])?;
                Ok(())
            })
            .await
    }
}

fn authority_digest(connection: &Connection) -> Result<Digest, rusqlite::Error> {
    let mut hash = Sha256::new();
    for table in ["pushed_request", "code", "access_token", "session", "receipt"] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY digest"))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        hash.update(table);
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                hash.update(format!("{:?}\u{1f}", row.get_ref(column)?));
            }
        }
    }
    Ok(hash.finalize().into())
}

fn write_answer(
    transaction: &Transaction<'_>,
    ask: &str,
    outcome: &Outcome,
    now: UnixTime,
) -> Result<bool, rusqlite::Error> {
    let (state, result, reason) = match &outcome.shown {
        Ok(shown) => (AskState::Shown, Some(json(shown)), None),
        Err(reason) => (AskState::Refused, None, Some(*reason)),
    };
    let answered = transaction.execute(
        "UPDATE ask SET state = ?2, result = ?3, reason = ?4, answered_by = ?5, response_code = ?6 \
         WHERE id = ?1 AND state = ?7 AND expires_at > ?8",
        params![
            ask,
            word(&state),
            result,
            reason,
            word(&outcome.device),
            outcome.response_code,
            word(&AskState::Waiting),
            secs(now)
        ],
    )?;
    if answered == 1 {
        // Nobody can open what was sent to it any more.
        transaction.execute("UPDATE request SET encryption_key = 'null' WHERE ask = ?1", [ask])?;
    }
    if let (1, Some(receipt)) = (answered, outcome.receipt) {
        transaction.execute(
            "INSERT INTO receipt (digest, given_at) VALUES (?1, ?2)",
            params![receipt.as_slice(), secs(now)],
        )?;
    }
    Ok(answered == 1)
}

fn write_end(transaction: &Transaction<'_>, end: &End, now: UnixTime) -> Result<bool, rusqlite::Error> {
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
    if let Some((key, session)) = &end.session {
        transaction.execute(
            "INSERT OR REPLACE INTO session (digest, data, last_used) VALUES (?1, ?2, ?3)",
            params![key.as_slice(), json(session), secs(now)],
        )?;
    }
    Ok(true)
}

fn read_ask(connection: &Connection, id: &str) -> Result<Option<Ask>, rusqlite::Error> {
    connection
        .query_row(
            "SELECT id, kind, client_id, parameters, browser, state, reason, result, answered_by, response_code, expires_at, pushed \
             FROM ask WHERE id = ?1",
            [id],
            |row| {
                Ok(Ask {
                    id: row.get(0)?,
                    kind: named(row, 1)?,
                    client_id: row.get(2)?,
                    parameters: parsed(row, 3)?,
                    browser: row.get(4)?,
                    state: named(row, 5)?,
                    reason: row.get(6)?,
                    result: row.get::<_, Option<String>>(7)?.and_then(|text| serde_json::from_str(&text).ok()),
                    answered_by: row.get::<_, Option<String>>(8)?.and_then(|text| from_word(&text)),
                    response_code: row.get(9)?,
                    expires_at: UnixTime::from_secs(u64::try_from(row.get::<_, i64>(10)?).unwrap_or(0)),
                    pushed: row.get(11)?,
                })
            },
        )
        .optional()
}

fn read_request(row: &rusqlite::Row<'_>) -> Result<Request, rusqlite::Error> {
    Ok(Request {
        id: row.get(0)?,
        device: named(row, 1)?,
        nonce: row.get(2)?,
        state: row.get(3)?,
        encryption_key: parsed(row, 4)?,
        query: parsed(row, 5)?,
        fetched: row.get(6)?,
    })
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A unit variant's name.
fn word<T: Serialize>(value: &T) -> String {
    json(value).trim_matches('"').to_owned()
}

fn from_word<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

fn named<T: for<'de> Deserialize<'de>>(row: &rusqlite::Row<'_>, column: usize) -> Result<T, rusqlite::Error> {
    let text: String = row.get(column)?;
    from_word(&text).ok_or(rusqlite::Error::InvalidColumnType(
        column,
        String::new(),
        rusqlite::types::Type::Text,
    ))
}

fn parsed<T: for<'de> Deserialize<'de>>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> Result<T, rusqlite::Error> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn secs(time: UnixTime) -> i64 {
    i64::try_from(time.secs()).unwrap_or(i64::MAX)
}
