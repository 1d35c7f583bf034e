//! Status lists: what is to be said, what was signed, what has been published.

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};
use service_kit::random::Random;

use super::Store;

/// A signed list token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The list.
    pub list: String,
    /// Its number; each is higher than the one before.
    pub sequence: u64,
    /// The token.
    pub token: String,
}

/// What a round has to publish.
#[derive(Debug)]
pub struct Round {
    /// The number of the newest change that the round covers.
    pub change: u64,
    /// Every list, with the next sequence and the places that are not valid.
    pub lists: Vec<ListState>,
}

/// What one list has to say.
#[derive(Debug)]
pub struct ListState {
    /// The list.
    pub name: String,
    /// Its places.
    pub size: u64,
    /// The number of the next version.
    pub sequence: u64,
    /// Places that are revoked.
    pub revoked: Vec<u64>,
    /// Places that are suspended.
    pub suspended: Vec<u64>,
}

impl Store {
    /// Sees to it that at least `count` lists have room for new copies.
    pub async fn ensure_lists(&self, count: u32, size: u64, random: Random) -> Result<(), rusqlite::Error> {
        self.database
            .write(move |tx| {
                let roomy: u32 = tx.query_row(
                    "SELECT count(*) FROM status_list WHERE retired = 0 AND taken < size / 3",
                    [],
                    |row| row.get(0),
                )?;
                for _ in roomy..count {
                    let name = hex::encode(random.bytes::<8>());
                    tx.execute("INSERT INTO status_list (name, size) VALUES (?1, ?2)", params![name, size])?;
                }
                Ok(())
            })
            .await
    }

    /// Retires lists that get no copies any more and whose copies had all run out at `before`: nobody needs to
    /// look there. A place that runs out beside others is left as it is: a change of it would tell when.
    pub async fn retire_lists(&self, before: UnixTime) -> Result<usize, rusqlite::Error> {
        self.database
            .write(move |tx| {
                let over: Vec<String> = tx
                    .prepare(
                        "SELECT name FROM status_list WHERE retired = 0 AND taken >= size / 3 AND NOT EXISTS \
                         (SELECT 1 FROM copy WHERE list = name AND (expires_at = 0 OR expires_at >= ?1))",
                    )?
                    .query_map([before.secs()], |row| row.get(0))?
                    .collect::<Result<_, _>>()?;
                for list in &over {
                    tx.execute("UPDATE status_list SET retired = 1 WHERE name = ?1", [list])?;
                    tx.execute("DELETE FROM status_version WHERE list = ?1", [list])?;
                    tx.execute("DELETE FROM copy WHERE list = ?1", [list])?;
                }
                Ok(over.len())
            })
            .await
    }

    /// The change that is not published yet, if there is one, or a list that was never published.
    pub async fn unpublished_change(&self) -> Result<Option<u64>, rusqlite::Error> {
        self.database
            .read(|connection| {
                connection
                    .query_row(
                        "SELECT made FROM change WHERE made > published OR EXISTS (SELECT 1 FROM status_list \
                         WHERE retired = 0 AND NOT EXISTS (SELECT 1 FROM status_version WHERE list = name AND published = 1))",
                        [],
                        |row| row.get(0),
                    )
                    .optional()
            })
            .await
    }

    /// Whether a change has been published.
    pub async fn is_published(&self, change: u64) -> Result<bool, rusqlite::Error> {
        self.database
            .read(move |connection| {
                connection.query_row("SELECT published >= ?1 FROM change", [change], |row| row.get(0))
            })
            .await
    }

    /// What every list has to say now. All lists move together, so that their changes tell nothing of which
    /// copies belong to one card.
    pub async fn round(&self) -> Result<Round, rusqlite::Error> {
        self.database
            .read(|connection| {
                let change = connection.query_row("SELECT made FROM change", [], |row| row.get(0))?;
                let mut lists: Vec<ListState> = connection
                    .prepare("SELECT name, size, sequence FROM status_list WHERE retired = 0 ORDER BY name")?
                    .query_map([], |row| {
                        let sequence: u64 = row.get(2)?;
                        Ok(ListState {
                            name: row.get(0)?,
                            size: row.get(1)?,
                            sequence: sequence + 1,
                            revoked: Vec::new(),
                            suspended: Vec::new(),
                        })
                    })?
                    .collect::<Result<_, _>>()?;
                let mut places = connection.prepare(
                    "SELECT position FROM copy JOIN credential ON credential.id = copy.credential \
                     WHERE copy.list = ?1 AND credential.state = ?2 \
                     AND (copy.expires_at = 0 OR copy.expires_at > credential.invalid_since)",
                )?;
                for list in &mut lists {
                    list.revoked = places
                        .query_map([&list.name, "revoked"], |row| row.get(0))?
                        .collect::<Result<_, _>>()?;
                    list.suspended = places
                        .query_map([&list.name, "suspended"], |row| row.get(0))?
                        .collect::<Result<_, _>>()?;
                }
                Ok(Round { change, lists })
            })
            .await
    }

    /// Keeps signed tokens, before they are anchored: what the registry may come to know is never lost here.
    pub async fn keep_signed(&self, versions: Vec<Version>, now: UnixTime) -> Result<(), rusqlite::Error> {
        self.database
            .write(move |tx| {
                for version in &versions {
                    tx.execute(
                        "INSERT INTO status_version (list, sequence, token, signed_at) VALUES (?1, ?2, ?3, ?4)",
                        params![version.list, version.sequence, version.token, now.secs()],
                    )?;
                    tx.execute(
                        "UPDATE status_list SET sequence = ?2 WHERE name = ?1",
                        params![version.list, version.sequence],
                    )?;
                }
                Ok(())
            })
            .await
    }

    /// Tokens that were signed and are not published: a round that a crash or a halted registry cut short.
    pub async fn signed_unpublished(&self) -> Result<Vec<Version>, rusqlite::Error> {
        self.database
            .read(|connection| {
                connection
                    .prepare(
                        "SELECT list, sequence, token FROM status_version WHERE published = 0 ORDER BY sequence, list",
                    )?
                    .query_map([], version)?
                    .collect()
            })
            .await
    }

    /// Publishes anchored tokens, all at once, and forgets the versions before them.
    pub async fn publish(&self, versions: Vec<Version>, change: Option<u64>) -> Result<(), rusqlite::Error> {
        self.database
            .write(move |tx| {
                for version in &versions {
                    let key = params![version.list, version.sequence];
                    tx.execute(
                        "UPDATE status_version SET published = 1 WHERE list = ?1 AND sequence = ?2",
                        key,
                    )?;
                    tx.execute("DELETE FROM status_version WHERE list = ?1 AND sequence < ?2", key)?;
                }
                if let Some(change) = change {
                    tx.execute("UPDATE change SET published = max(published, ?1)", [change])?;
                }
                Ok(())
            })
            .await
    }

    /// The published token of a list, with when it was signed.
    pub async fn published(&self, list: &str) -> Result<Option<(String, UnixTime)>, rusqlite::Error> {
        let list = list.to_owned();
        self.database
            .read(move |connection| {
                connection
                    .prepare_cached(
                        "SELECT token, signed_at FROM status_version WHERE list = ?1 AND published = 1 \
                         ORDER BY sequence DESC LIMIT 1",
                    )?
                    .query_row([list], |row| Ok((row.get(0)?, UnixTime::from_secs(row.get(1)?))))
                    .optional()
            })
            .await
    }

    /// The names of every list that has been published.
    pub async fn published_lists(&self) -> Result<Vec<String>, rusqlite::Error> {
        self.database
            .read(|connection| {
                connection
                    .prepare_cached(
                        "SELECT DISTINCT list FROM status_version WHERE published = 1 ORDER BY list",
                    )?
                    .query_map([], |row| row.get(0))?
                    .collect()
            })
            .await
    }

    /// When the oldest published token was signed; `None` before the first.
    pub async fn oldest_published(&self) -> Result<Option<UnixTime>, rusqlite::Error> {
        self.database
            .read(|connection| {
                let oldest: Option<u64> = connection.query_row(
                    "SELECT min(signed_at) FROM status_version WHERE published = 1",
                    [],
                    |row| row.get(0),
                )?;
                Ok(oldest.map(UnixTime::from_secs))
            })
            .await
    }
}

fn version(row: &rusqlite::Row<'_>) -> Result<Version, rusqlite::Error> {
    Ok(Version { list: row.get(0)?, sequence: row.get(1)?, token: row.get(2)? })
}
