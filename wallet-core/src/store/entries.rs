//! The history: what was shown to whom, and the receipt for it.

use core::fmt;

use credential::claim_path::ClaimPath;
use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::cards::{Copy, from_sql, to_sql};
use super::{Store, StoreError};
use crate::backup::content::KeptEntry;
use crate::view::{Party, Texts, TransactionView};

/// How a sharing went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was about to leave, and nothing more is known: it may have arrived.
    Unknown,
    /// The other side took it.
    Shared,
    /// The other side had it and refused it.
    Refused,
}

/// What is known of the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// None came.
    Missing,
    /// It came, and its signature and content hold.
    Checked,
    /// It came; its signer's key could not be proven yet.
    Unchecked,
    /// It came and does not hold, or says something else than what was shared.
    Wrong,
    /// None can come: it was shown without the network.
    WithoutNetwork,
    /// It holds, and stands under the root of its period that the register has.
    Anchored,
    /// It holds, the root of its period is in the register, and it does not stand under it: it was left out.
    LeftOut,
    /// It holds, and the time is over by which its period's root was to be in the register.
    Late,
}

/// How somebody came to know something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A card was shown.
    #[default]
    Card,
    /// A login in a browser that was logged in already: nothing but that it is the same person.
    Session,
}

/// The state of a request that was answered: with the receipt, it says that this is the wallet that did.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestState(pub(crate) String);

impl fmt::Debug for RequestState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestState")
    }
}

/// What was shared, with whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Who asked.
    pub asked_by: Party,
    /// In whose hands the asking was, where that is another.
    pub through: Option<Party>,
    /// The registered use.
    pub use_name: String,
    /// Why, by language.
    pub purpose: Texts,
    /// The network that both belong to.
    pub network: String,
    /// The member that signs the receipt.
    pub through_member: String,
    /// How.
    #[serde(default)]
    pub how: How,
    /// Where the answer went: the origin of who signs the receipt.
    #[serde(default)]
    pub address: String,
    /// For how many days it is kept.
    #[serde(default)]
    pub kept_days: Option<u32>,
    /// The state of the request, where it had one.
    #[serde(default)]
    pub state: Option<RequestState>,
    /// From which cards, what.
    pub cards: Vec<SharedCard>,
    /// What was confirmed by it.
    #[serde(default)]
    pub transactions: Vec<TransactionView>,
}

/// What was shared of one card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedCard {
    /// The card.
    pub card: String,
    /// Its type.
    pub vct: String,
    /// Its name.
    pub title: Texts,
    /// The claims.
    pub paths: Vec<ClaimPath>,
    /// Their names, in the same order.
    pub names: Vec<Texts>,
    /// Whether this copy had been shown before.
    pub reused: bool,
}

/// One line of the history.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: UnixTime,
    /// How it went.
    pub outcome: Outcome,
    /// What was shared.
    pub what: Sharing,
    /// The receipt as it came.
    pub receipt: Option<String>,
    /// What is known of it.
    pub receipt_state: ReceiptState,
    /// When the person asked that it be deleted.
    pub deletion_asked_at: Option<UnixTime>,
    /// When the other side said that it was.
    pub deletion_done_at: Option<UnixTime>,
    /// When the person reported it.
    pub reported_at: Option<UnixTime>,
    /// Whether every later login by the same session is in the history.
    pub logins_listed: bool,
}

/// The columns of an entry, in the order of [`read_entry`].
const COLUMNS: &str = "id, at, outcome, what, receipt, receipt_state, deletion_asked_at, deletion_done_at, \
    reported_at, logins_listed";

impl Store {
    /// Notes that `what` is about to leave, and that these copies are used up by it.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where a copy was shown by somebody else in between, or another came in its place; then
    /// nothing may leave.
    pub fn begin_sharing(&self, at: UnixTime, what: &Sharing, copies: &[&Copy]) -> Result<i64, StoreError> {
        let what = serde_json::to_string(what).map_err(|_| StoreError::Damaged)?;
        self.write_for_good(|transaction| {
            for copy in copies {
                // A copy that came in the place of another has its number, and a key of its own.
                let sql = "UPDATE copy SET uses = uses + 1 WHERE id = ? AND uses = ? AND key = ?";
                if transaction.execute(sql, params![copy.id, copy.uses, copy.key.as_bytes()])? != 1 {
                    return Err(StoreError::Taken);
                }
            }
            transaction.execute(
                "INSERT INTO entry (at, outcome, what, receipt_state) VALUES (?, ?, ?, ?)",
                params![to_sql(at), name(Outcome::Unknown)?, what, name(ReceiptState::Missing)?],
            )?;
            Ok(transaction.last_insert_rowid())
        })
    }

    /// Notes how it went.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_sharing(
        &self,
        id: i64,
        outcome: Outcome,
        receipt: Option<&str>,
        state: ReceiptState,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE entry SET outcome = ?, receipt = ?, receipt_state = ? WHERE id = ?",
                params![name(outcome)?, receipt, name(state)?, id],
            )?;
            Ok(())
        })
    }

    /// Notes what is known of a receipt by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn judge_receipt(&self, id: i64, state: ReceiptState) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .execute("UPDATE entry SET receipt_state = ? WHERE id = ?", params![name(state)?, id])?;
            Ok(())
        })
    }

    /// The history, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let connection = self.read();
        let mut rows =
            connection.prepare(&format!("SELECT {COLUMNS} FROM entry ORDER BY at DESC, id DESC"))?;
        let entries = rows.query_map([], |row| Ok(read_entry(row)))?;
        entries.map(|entry| entry?).collect()
    }

    /// One line of the history.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    pub fn entry(&self, id: i64) -> Result<Entry, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = ?");
        let found = self.read().query_row(&sql, [id], |row| Ok(read_entry(row))).optional()?;
        found.ok_or(StoreError::NoEntry)?
    }
}

/// A line of the history of another wallet of the same person.
pub(super) fn insert_entry(transaction: &Transaction<'_>, entry: &KeptEntry) -> Result<(), StoreError> {
    let what = serde_json::to_string(&entry.what).map_err(|_| StoreError::Damaged)?;
    let (outcome, state) = (name(entry.outcome)?, name(entry.receipt_state)?);
    let [asked, done, reported] =
        [entry.deletion_asked_at, entry.deletion_done_at, entry.reported_at].map(|time| time.map(to_sql));
    transaction.execute(
        "INSERT INTO entry (at, outcome, what, receipt, receipt_state, deletion_asked_at, deletion_done_at,
                            reported_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![to_sql(entry.at), outcome, what, entry.receipt, state, asked, done, reported],
    )?;
    Ok(())
}

fn read_entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    let what: String = row.get(3)?;
    Ok(Entry {
        id: row.get(0)?,
        at: from_sql(row.get(1)?)?,
        outcome: value(row.get(2)?)?,
        what: serde_json::from_str(&what).map_err(|_| StoreError::Damaged)?,
        receipt: row.get(4)?,
        receipt_state: value(row.get(5)?)?,
        deletion_asked_at: time(row, 6)?,
        deletion_done_at: time(row, 7)?,
        reported_at: time(row, 8)?,
        logins_listed: row.get(9)?,
    })
}

fn time(row: &Row<'_>, column: usize) -> Result<Option<UnixTime>, StoreError> {
    row.get::<_, Option<i64>>(column)?.map(from_sql).transpose()
}

/// An enum's name, as it is kept.
pub(super) fn name<T: Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(StoreError::Damaged),
    }
}

fn value<T: for<'a> Deserialize<'a>>(name: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(name)).map_err(|_| StoreError::Damaged)
}
