//! Copies that an issuer promised for later.

use core::fmt;

use credential::encoding::base64url;
use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::cards::{Source, from_sql, to_sql};
use super::renewals::{RenewalName, forget_unused};
use super::{Store, StoreError};
use crate::keys::KeyHandle;
use crate::view::Texts;

/// Promises that are kept at once, at most: a person waits for a handful.
pub const MAX_PROMISES: u32 = 64;

/// What was promised, and what to ask for it with. Silent in `Debug`: with it the copies can be fetched.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// Who promised it, and what it is called there.
    pub source: Source,
    /// The member that the register named when it was promised.
    pub member: String,
    /// What it is called.
    pub title: Texts,
    /// Who gives it out.
    pub issuer_name: Texts,
    /// Which of the issuer's authorization servers, where an offer chose one.
    pub server: Option<String>,
    /// How the wallet is called there.
    pub client_id: Option<String>,
    /// What to ask for it by.
    pub transaction_id: String,
    /// The access token that it was promised under.
    pub access_token: String,
    /// The handle of the key that the token is bound to, base64url.
    pub token_key: String,
    /// The handles of the keys that were proven, base64url.
    pub keys: Vec<String>,
}

impl Promised {
    /// Whether it cannot be asked for, or is worth nothing, without this key.
    pub(super) fn needs(&self, key: &KeyHandle) -> bool {
        let name = base64url(key.as_bytes());
        self.token_key == name || self.keys.contains(&name)
    }
}

/// A promise about to be kept.
#[derive(Clone, Debug)]
pub struct NewPromise {
    /// The card that the copies are for, where it is here.
    pub card: Option<String>,
    /// When to ask.
    pub due_at: UnixTime,
    /// What was promised.
    pub what: Promised,
}

/// A promise.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its number in the store.
    pub id: i64,
    /// The card that the copies are for, where it is here.
    pub card: Option<String>,
    /// What its token renews itself with, where it does.
    pub renewal: Option<RenewalName>,
    /// When it was made.
    pub made_at: UnixTime,
    /// When to ask.
    pub due_at: UnixTime,
    /// How many times asking failed since it last did not.
    pub failures: u32,
    /// What was promised.
    pub what: Promised,
}

impl Store {
    /// Every promise, the one to ask for first at the front.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn promises(&self) -> Result<Vec<Promise>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare(
            "SELECT promise.id, card, renewal.id, renewal.key, made_at, promise.due_at, promise.failures, what \
             FROM promise LEFT JOIN renewal ON renewal.id = promise.renewal ORDER BY promise.due_at, promise.id",
        )?;
        let promises = rows.query_map([], |row| Ok(read_promise(row)))?;
        promises.map(|promise| promise?).collect()
    }

    /// Notes when to ask again, and with what token. Nothing is noted where the promise was forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn put_off_promise(
        &self,
        promise: &Promise,
        due_at: UnixTime,
        failures: u32,
    ) -> Result<(), StoreError> {
        let what = serde_json::to_string(&promise.what).map_err(|_| StoreError::Damaged)?;
        self.write(|transaction| {
            if is_kept(transaction, promise)? {
                transaction.execute(
                    "UPDATE promise SET due_at = ?, failures = ?, what = ? WHERE id = ?",
                    params![to_sql(due_at), failures, what, promise.id],
                )?;
            }
            Ok(())
        })
    }

    /// Forgets a promise that will not be kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_promise(&self, promise: &Promise) -> Result<(), StoreError> {
        self.write(|transaction| {
            delete_promise(transaction, promise)?;
            forget_unused(transaction)
        })
    }
}

pub(super) fn delete_promise(transaction: &Transaction<'_>, promise: &Promise) -> Result<(), StoreError> {
    if is_kept(transaction, promise)? {
        transaction.execute("DELETE FROM promise WHERE id = ?", [promise.id])?;
    }
    Ok(())
}

/// Whether a promise is here still. Its number alone would not say, as it is another's once the promise is forgotten;
/// the keys that were proven for it are no other's.
fn is_kept(transaction: &Transaction<'_>, promise: &Promise) -> Result<bool, StoreError> {
    let sql = "SELECT what FROM promise WHERE id = ?";
    let what: Option<String> = transaction.query_row(sql, [promise.id], |row| row.get(0)).optional()?;
    let Some(what) = what else { return Ok(false) };
    let what: Promised = serde_json::from_str(&what).map_err(|_| StoreError::Damaged)?;
    Ok(what.keys == promise.what.keys)
}

pub(super) fn insert_promise(
    transaction: &Transaction<'_>,
    promise: &NewPromise,
    renewal: Option<i64>,
    at: UnixTime,
) -> Result<(), StoreError> {
    if let Some(card) = &promise.card {
        let sql = "SELECT EXISTS (SELECT 1 FROM card WHERE id = ?)";
        let is_here: bool = transaction.query_row(sql, [card], |row| row.get(0))?;
        if !is_here {
            return Err(StoreError::NoCard);
        }
    }
    let kept: u32 = transaction.query_row("SELECT count(*) FROM promise", [], |row| row.get(0))?;
    if kept >= MAX_PROMISES {
        return Err(StoreError::Full);
    }
    let what = serde_json::to_string(&promise.what).map_err(|_| StoreError::Damaged)?;
    transaction.execute(
        "INSERT INTO promise (card, renewal, made_at, due_at, what) VALUES (?, ?, ?, ?, ?)",
        params![promise.card, renewal, to_sql(at), to_sql(promise.due_at), what],
    )?;
    Ok(())
}

fn read_promise(row: &Row<'_>) -> Result<Promise, StoreError> {
    let (renewal, key): (Option<i64>, Option<Vec<u8>>) = (row.get(2)?, row.get(3)?);
    let what: String = row.get(7)?;
    Ok(Promise {
        id: row.get(0)?,
        card: row.get(1)?,
        renewal: renewal.zip(key).map(|(id, key)| RenewalName { id, key: KeyHandle::from_bytes(key) }),
        made_at: from_sql(row.get(4)?)?,
        due_at: from_sql(row.get(5)?)?,
        failures: row.get(6)?,
        what: serde_json::from_str(&what).map_err(|_| StoreError::Damaged)?,
    })
}

impl fmt::Debug for Promised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Promised(secret)")
    }
}
