//! What cards renew themselves with: a refresh token and the key that it is bound to, shared by the cards of one
//! offer.

use core::fmt;

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::cards::{Card, SELECT, from_sql, read_card, to_sql};
use super::{Store, StoreError};
use crate::keys::KeyHandle;

/// What an issuer gave along with cards, to come again with. Silent in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct NewRenewal {
    /// Which of the issuer's authorization servers, where an offer chose one.
    pub server: Option<String>,
    /// How the wallet is called there.
    pub client_id: Option<String>,
    /// The refresh token.
    pub token: String,
    /// The key that it is bound to.
    pub key: KeyHandle,
}

/// As it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// Its number in the store.
    pub id: i64,
    /// What it holds.
    pub with: NewRenewal,
    /// When the next try may be made, where one was planned.
    pub due_at: Option<UnixTime>,
    /// How many tries failed since the last that did not.
    pub failures: u32,
}

/// Which renewal. Its number alone would not say, as it is another's once the renewal is forgotten; its key is no other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewalName {
    /// Its number in the store.
    pub id: i64,
    /// The key that its token is bound to.
    pub key: KeyHandle,
}

impl Renewal {
    /// What it is found by again.
    pub fn name(&self) -> RenewalName {
        RenewalName { id: self.id, key: self.with.key.clone() }
    }
}

impl Store {
    /// Every renewal, the one that is due first at the front.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn renewals(&self) -> Result<Vec<Renewal>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare(&format!("{RENEWAL} ORDER BY due_at IS NULL, due_at, id"))?;
        let renewals = rows.query_map([], |row| Ok(read_renewal(row)))?;
        renewals.map(|renewal| renewal?).collect()
    }

    /// What a card renews itself with, where it can.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn renewal_of(&self, card: &str) -> Result<Option<Renewal>, StoreError> {
        let sql = "SELECT renewal.id, server, client_id, token, key, due_at, failures FROM renewal \
                   JOIN card ON card.renewal = renewal.id WHERE card.id = ?";
        let connection = self.read();
        let mut rows = connection.prepare_cached(sql)?;
        rows.query_row([card], |row| Ok(read_renewal(row))).optional()?.transpose()
    }

    /// The cards that share a renewal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cards_of_renewal(&self, renewal: i64) -> Result<Vec<Card>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare(&format!("{SELECT} WHERE renewal = ? ORDER BY id"))?;
        let cards = rows.query_map([renewal], |row| Ok(read_card(row)))?;
        cards.map(|card| card?).collect()
    }

    /// One renewal; none where it was forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn renewal(&self, name: &RenewalName) -> Result<Option<Renewal>, StoreError> {
        let sql = format!("{RENEWAL} WHERE id = ? AND key = ?");
        let connection = self.read();
        let found = connection
            .query_row(&sql, params![name.id, name.key.as_bytes()], |row| Ok(read_renewal(row)))
            .optional()?;
        found.transpose()
    }

    /// Keeps the token that was given for the one before, before anything is done with it. Nothing is kept where the
    /// renewal was forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_token(&self, name: &RenewalName, token: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE renewal SET token = ? WHERE id = ? AND key = ?",
                params![token, name.id, name.key.as_bytes()],
            )?;
            Ok(())
        })
    }

    /// Plans the next try, after so many that failed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn plan_renewal(
        &self,
        name: &RenewalName,
        due_at: UnixTime,
        failures: u32,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE renewal SET due_at = ?, failures = ? WHERE id = ? AND key = ?",
                params![to_sql(due_at), failures, name.id, name.key.as_bytes()],
            )?;
            Ok(())
        })
    }

    /// Forgets a renewal that its issuer ended: its cards stay as they are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_renewal(&self, name: &RenewalName) -> Result<(), StoreError> {
        self.write(|transaction| {
            let sql = "DELETE FROM renewal WHERE id = ? AND key = ?";
            transaction.execute(sql, params![name.id, name.key.as_bytes()])?;
            Ok(())
        })
    }
}

const RENEWAL: &str = "SELECT id, server, client_id, token, key, due_at, failures FROM renewal";

pub(super) fn insert_renewal(transaction: &Transaction<'_>, renewal: &NewRenewal) -> Result<i64, StoreError> {
    transaction.execute(
        "INSERT INTO renewal (server, client_id, token, key) VALUES (?, ?, ?, ?)",
        params![renewal.server, renewal.client_id, renewal.token, renewal.key.as_bytes()],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// Forgets renewals that no card and no promise needs.
pub(super) fn forget_unused(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM renewal WHERE id NOT IN (SELECT renewal FROM card WHERE renewal IS NOT NULL) \
         AND id NOT IN (SELECT renewal FROM promise WHERE renewal IS NOT NULL)",
        [],
    )?;
    Ok(())
}

fn read_renewal(row: &Row<'_>) -> Result<Renewal, StoreError> {
    let due_at: Option<i64> = row.get(5)?;
    Ok(Renewal {
        id: row.get(0)?,
        with: NewRenewal {
            server: row.get(1)?,
            client_id: row.get(2)?,
            token: row.get(3)?,
            key: KeyHandle::from_bytes(row.get(4)?),
        },
        due_at: due_at.map(from_sql).transpose()?,
        failures: row.get(6)?,
    })
}

impl fmt::Debug for NewRenewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewRenewal(secret)")
    }
}
