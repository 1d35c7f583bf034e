//! What came from an issuer, kept together or not at all: copies of new cards, fresh copies of cards that are here,
//! promises of copies, and what to come again with.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::cards::{Card, insert_card, insert_copies, to_sql};
use super::promises::{NewPromise, Promise, delete_promise, insert_promise};
use super::renewals::{NewRenewal, RenewalName, forget_unused, insert_renewal};
use super::{Store, StoreError};
use crate::keys::KeyHandle;

/// Copies that came.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Of which card.
    pub card: Card,
    /// Whether it is here already.
    pub whose: Whose,
    /// The copies, each with its key.
    pub copies: Vec<(String, KeyHandle)>,
    /// What the issuer named them by, to be told what became of them.
    pub notification: Option<String>,
}

/// Whose copies they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A new card's.
    New,
    /// Those of a card that is here: they take the place of its old ones.
    Old,
}

/// How what came comes again.
#[derive(Clone, Debug)]
pub enum Again {
    /// It does not.
    Never,
    /// With what was given along.
    With(NewRenewal),
    /// With what is kept already, under this name.
    Kept(RenewalName),
}

/// All that came in one answer.
#[derive(Clone, Debug)]
pub struct Received {
    /// Copies.
    pub deliveries: Vec<Delivery>,
    /// Promises of copies.
    pub promises: Vec<NewPromise>,
    /// How they come again.
    pub again: Again,
    /// The promise that is kept by this, where it is one.
    pub kept_promise: Option<Promise>,
    /// When it came.
    pub at: UnixTime,
}

impl Store {
    /// Keeps all that came. Old copies go in the same transaction as fresh ones come: there is no moment without.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::NoCard`] where a card was thrown away in between.
    pub fn keep_received(&self, received: &Received) -> Result<(), StoreError> {
        self.write(|transaction| {
            let renewal = match &received.again {
                Again::Never => None,
                Again::With(renewal) => Some(insert_renewal(transaction, renewal)?),
                Again::Kept(name) => done_with(transaction, name)?,
            };
            if let Some(promise) = &received.kept_promise {
                delete_promise(transaction, promise)?;
            }
            for delivery in &received.deliveries {
                keep(transaction, delivery, renewal, received.at)?;
            }
            for promise in &received.promises {
                insert_promise(transaction, promise, renewal, received.at)?;
            }
            forget_unused(transaction)
        })
    }

    /// Throws a card away, with its copies.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub fn remove_card(&self, card: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            if transaction.execute("DELETE FROM card WHERE id = ?", [card])? != 1 {
                return Err(StoreError::NoCard);
            }
            forget_unused(transaction)
        })
    }

    /// What the issuer named a card by, where it wants to be told what becomes of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn notification_of(&self, card: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT notification FROM card WHERE id = ?";
        Ok(self.read().query_row(sql, [card], |row| row.get(0)).optional()?.flatten())
    }
}

fn keep(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
    renewal: Option<i64>,
    at: UnixTime,
) -> Result<(), StoreError> {
    let card = &delivery.card;
    match delivery.whose {
        Whose::New => insert_card(transaction, card, &[])?,
        Whose::Old => {
            transaction.execute("DELETE FROM copy WHERE card = ?", [&card.id])?;
        }
    }
    let about = serde_json::to_string(&card.about).map_err(|_| StoreError::Damaged)?;
    let changed = transaction.execute(
        "UPDATE card SET about = ?2, notification = ?3, renewal = coalesce(?4, renewal), \
         status = 'valid', status_at = ?5 WHERE id = ?1",
        params![card.id, about, delivery.notification, renewal, to_sql(at)],
    )?;
    if changed != 1 {
        return Err(StoreError::NoCard);
    }
    insert_copies(transaction, &card.id, &delivery.copies)
}

/// The renewal did what it was planned for. It may have been forgotten in between, with its cards.
fn done_with(transaction: &Transaction<'_>, name: &RenewalName) -> Result<Option<i64>, StoreError> {
    let sql = "UPDATE renewal SET due_at = NULL, failures = 0 WHERE id = ? AND key = ?";
    let changed = transaction.execute(sql, params![name.id, name.key.as_bytes()])?;
    Ok((changed == 1).then_some(name.id))
}
