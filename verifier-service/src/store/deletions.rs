//! Wishes to have data deleted: asked by whoever holds the receipt, carried out by the relying party.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Row, params};
use serde_json::{Value, json};

use super::{Digest, Store, parsed, secs};

/// Wishes that are listed at once, at most.
const MAX_LISTED: usize = 500;

/// A wish about to be kept.
#[derive(Clone, Debug)]
pub struct Wish {
    /// A name for it.
    pub id: String,
    /// The receipt, by digest.
    pub receipt: Digest,
    /// The relying party.
    pub member: String,
    /// The use that it asked under.
    pub use_name: String,
    /// Whom or what it concerns, in the relying party's terms: `{"sub": …}` or `{"presentation": …}`.
    pub subject: Value,
    /// What was shared, by path.
    pub shared: Value,
    /// When it was shared.
    pub shown_at: UnixTime,
}

/// How a wish stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When it was first asked.
    pub asked_at: UnixTime,
    /// When the relying party said that it was done.
    pub done_at: Option<UnixTime>,
}

impl Store {
    /// Keeps a wish; one for the same receipt that was there before stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wish(&self, wish: Wish, now: UnixTime) -> Result<Option<Standing>, rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute(
                    "INSERT OR IGNORE INTO deletion (id, receipt, member, use_name, subject, shared, shown_at, asked_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    params![
                        wish.id,
                        wish.receipt.as_slice(),
                        wish.member,
                        wish.use_name,
                        wish.subject.to_string(),
                        wish.shared.to_string(),
                        secs(wish.shown_at),
                        secs(now)
                    ],
                )?;
                standing(transaction, &wish.receipt)
            })
            .await
    }

    /// How the wish for this receipt stands; nothing where there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wish_standing(&self, receipt: Digest) -> Result<Option<Standing>, rusqlite::Error> {
        self.0.read(move |connection| standing(connection, &receipt)).await
    }

    /// The open wishes to a relying party under one of its uses, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_wishes(&self, member: String, use_name: String) -> Result<Vec<Value>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                connection
                    .prepare_cached(
                        "SELECT id, subject, shared, shown_at, asked_at FROM deletion \
                         WHERE member = ?1 AND use_name = ?2 AND done_at IS NULL ORDER BY asked_at, id LIMIT ?3",
                    )?
                    .query_map(params![member, use_name, MAX_LISTED], listed)?
                    .collect()
            })
            .await
    }

    /// Notes that a relying party has done what was wished; again changes nothing. Nothing where it has no
    /// such wish.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant_wish(
        &self,
        id: String,
        member: String,
        use_name: String,
        now: UnixTime,
    ) -> Result<Option<UnixTime>, rusqlite::Error> {
        self.0
            .write(move |transaction| {
                let own = "WHERE id = ?1 AND member = ?2 AND use_name = ?3";
                transaction.execute(
                    &format!("UPDATE deletion SET done_at = coalesce(done_at, ?4) {own}"),
                    params![id, member, use_name, secs(now)],
                )?;
                transaction
                    .query_row(
                        &format!("SELECT done_at FROM deletion {own}"),
                        params![id, member, use_name],
                        |row| row.get(0).map(UnixTime::from_secs),
                    )
                    .optional()
            })
            .await
    }
}

fn standing(
    connection: &rusqlite::Connection,
    receipt: &Digest,
) -> Result<Option<Standing>, rusqlite::Error> {
    connection
        .query_row("SELECT asked_at, done_at FROM deletion WHERE receipt = ?1", [receipt.as_slice()], |row| {
            let done_at: Option<u64> = row.get(1)?;
            Ok(Standing {
                asked_at: UnixTime::from_secs(row.get(0)?),
                done_at: done_at.map(UnixTime::from_secs),
            })
        })
        .optional()
}

/// As the relying party's system reads it.
fn listed(row: &Row<'_>) -> Result<Value, rusqlite::Error> {
    let (subject, shared): (Value, Value) = (parsed(row, 1)?, parsed(row, 2)?);
    let (id, shown_at, asked_at): (String, u64, u64) = (row.get(0)?, row.get(3)?, row.get(4)?);
    Ok(json!({ "id": id, "concerns": subject, "shared": shared, "shown_at": shown_at, "asked_at": asked_at }))
}
