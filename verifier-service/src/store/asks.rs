//! Questions to wallets: the requests that put them, and what the answers came to.

use core::time::Duration;
use std::collections::BTreeMap;

use credential::time::UnixTime;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::receipts::{Draft, First, write_receipt};
use super::{Digest, Store, from_word, json, named, parsed, secs, word};
use crate::login::Parameters;

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

/// How long after the page has expired a result that came in time can still be taken: the way back from a
/// wallet on the same device can be slow.
const LATEST: Duration = Duration::from_secs(60);

impl Ask {
    /// Whether its time has passed: for a wallet to answer, or for the browser to take the answer.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        match self.state {
            AskState::Waiting => now >= self.expires_at,
            AskState::Shown => now >= self.expires_at.plus(LATEST),
            AskState::Refused | AskState::Finished => false,
        }
    }
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
    /// What is to be confirmed, as it is sent.
    pub transaction_data: Vec<String>,
    /// Whether a wallet has fetched it.
    pub fetched: bool,
}

/// What was verified of a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// The login identifier; subjects are derived from it.
    pub identifier: Option<String>,
    /// The claims that were asked for, of the first card.
    pub claims: Map<String, Value>,
    /// For each part of the query what each of its cards said.
    #[serde(default)]
    pub parts: BTreeMap<String, Vec<Map<String, Value>>>,
    /// What was shown, as its receipt says it.
    #[serde(default)]
    pub shared: Vec<String>,
    /// Which card it was, to ask again whether it is valid.
    pub card: Card,
    /// When.
    pub at: UnixTime,
    /// How.
    pub device: Device,
    /// The receipt for it, once it is given.
    #[serde(default)]
    pub first: Option<First>,
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

/// What the wallet's answer came to.
#[derive(Debug)]
pub struct Outcome {
    /// What was verified, or why nothing was.
    pub shown: Result<Shown, &'static str>,
    /// Through which request.
    pub device: Device,
    /// Digest of the code for the way back.
    pub response_code: Option<Digest>,
    /// The receipt to give, and the hash of the wallet-facing state that stands in it.
    pub receipt: Option<(Draft, String)>,
}

/// Whether an answer was the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It was, and this is the receipt for it.
    Now(Option<String>),
    /// The ask was answered before, or is over.
    Before,
}

impl Store {
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
                        "INSERT INTO request (id, ask, device, nonce, state, encryption_key, query, transaction_data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                        params![request.id, ask.id, word(&request.device), request.nonce, request.state, request.encryption_key.to_string(), request.query.to_string(), json(&request.transaction_data)],
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
                    "SELECT id, device, nonce, state, encryption_key, query, transaction_data, fetched FROM request WHERE ask = ?1",
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
                        "SELECT id, device, nonce, state, encryption_key, query, transaction_data, fetched, ask FROM request WHERE id = ?1",
                        [&id],
                        |row| Ok((row.get(8)?, read_request(row)?)),
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

    /// Keeps what the wallet's answer came to, with the receipt for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer(
        &self,
        ask: String,
        outcome: Outcome,
        now: UnixTime,
    ) -> Result<Answered, rusqlite::Error> {
        self.0.write(move |transaction| write_answer(transaction, &ask, outcome, now)).await
    }

    /// Ends an ask for good, also one that a wallet has answered: what was shown is forgotten. `false` where it
    /// was refused or its result was given already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel(&self, ask: String) -> Result<bool, rusqlite::Error> {
        self.0.write(move |transaction| write_cancel(transaction, &ask)).await
    }
}

fn write_cancel(transaction: &Transaction<'_>, ask: &str) -> Result<bool, rusqlite::Error> {
    let cancelled = transaction.execute(
        "UPDATE ask SET state = ?2, reason = 'cancelled', result = NULL, response_code = NULL \
         WHERE id = ?1 AND state IN (?3, ?4)",
        params![ask, word(&AskState::Refused), word(&AskState::Waiting), word(&AskState::Shown)],
    )?;
    if cancelled == 1 {
        forget_keys(transaction, ask)?;
    }
    Ok(cancelled == 1)
}

/// Nobody can open what was sent to an ask any more.
fn forget_keys(transaction: &Transaction<'_>, ask: &str) -> Result<(), rusqlite::Error> {
    transaction.execute("UPDATE request SET encryption_key = 'null' WHERE ask = ?1", [ask])?;
    Ok(())
}

fn write_answer(
    transaction: &Transaction<'_>,
    ask: &str,
    outcome: Outcome,
    now: UnixTime,
) -> Result<Answered, rusqlite::Error> {
    let waits = "SELECT 1 FROM ask WHERE id = ?1 AND state = ?2 AND expires_at > ?3";
    if !transaction.prepare_cached(waits)?.exists(params![ask, word(&AskState::Waiting), secs(now)])? {
        return Ok(Answered::Before);
    }
    let (state, result, reason, receipt) = match outcome.shown {
        Ok(shown) => {
            let (shown, receipt) = with_receipt(transaction, shown, outcome.receipt, now)?;
            (AskState::Shown, Some(json(&shown)), None, receipt)
        }
        Err(reason) => (AskState::Refused, None, Some(reason), None),
    };
    transaction.execute(
        "UPDATE ask SET state = ?2, result = ?3, reason = ?4, answered_by = ?5, response_code = ?6 WHERE id = ?1",
        params![ask, word(&state), result, reason, word(&outcome.device), outcome.response_code],
    )?;
    forget_keys(transaction, ask)?;
    Ok(Answered::Now(receipt))
}

/// Gives the receipt for what was shown; a session that begins with it knows it by that.
fn with_receipt(
    transaction: &Transaction<'_>,
    shown: Shown,
    receipt: Option<(Draft, String)>,
    now: UnixTime,
) -> Result<(Shown, Option<String>), rusqlite::Error> {
    let Some((draft, state_hash)) = receipt else { return Ok((shown, None)) };
    let Some((token, digest)) = write_receipt(transaction, draft, now)? else { return Ok((shown, None)) };
    Ok((Shown { first: Some(First::new(digest, state_hash)), ..shown }, Some(token)))
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
        transaction_data: parsed(row, 6)?,
        fetched: row.get(7)?,
    })
}
