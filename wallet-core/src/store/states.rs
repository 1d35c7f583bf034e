//! What is known of cards' status, and since when.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};

use super::cards::{from_sql, to_sql};
use super::{Store, StoreError};

/// What a status list said of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KnownStatus {
    /// It is good.
    Valid,
    /// It is not good for a while.
    Suspended,
    /// It is not good any more.
    Revoked,
}

/// Each with its name in the store.
const NAMES: [(KnownStatus, &str); 3] =
    [(KnownStatus::Valid, "valid"), (KnownStatus::Suspended, "suspended"), (KnownStatus::Revoked, "revoked")];

fn name_of(status: KnownStatus) -> Result<&'static str, StoreError> {
    let found = NAMES.iter().find(|(known, _)| *known == status);
    found.map(|(_, name)| *name).ok_or(StoreError::Damaged)
}

fn of_name(name: &str) -> Result<KnownStatus, StoreError> {
    let found = NAMES.iter().find(|(_, known)| *known == name);
    found.map(|(status, _)| *status).ok_or(StoreError::Damaged)
}

impl Store {
    /// What is known of a card's status, and since when.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub fn status_of(&self, card: &str) -> Result<(KnownStatus, UnixTime), StoreError> {
        let sql = "SELECT status, status_at FROM card WHERE id = ?";
        let connection = self.read();
        let mut rows = connection.prepare_cached(sql)?;
        let found: Option<(String, i64)> =
            rows.query_row([card], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (name, at) = found.ok_or(StoreError::NoCard)?;
        Ok((of_name(&name)?, from_sql(at)?))
    }

    /// Keeps what a status list said of a card. A card that was thrown away in between is passed over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_status(&self, card: &str, status: KnownStatus, at: UnixTime) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE card SET status = ?, status_at = ? WHERE id = ?",
                params![name_of(status)?, to_sql(at), card],
            )?;
            Ok(())
        })
    }

    /// The copies of a card as they are kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copies_of(&self, card: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare("SELECT credential FROM copy WHERE card = ? ORDER BY id")?;
        Ok(rows.query_map([card], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// When something was shown last, as of `now`: a time that lies ahead, as after a clock that was wrong, says nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_sharing(&self, now: UnixTime) -> Result<Option<UnixTime>, StoreError> {
        let sql = "SELECT max(at) FROM entry WHERE at <= ?";
        let at: Option<i64> = self.read().query_row(sql, [to_sql(now)], |row| row.get(0))?;
        at.map(from_sql).transpose()
    }
}
