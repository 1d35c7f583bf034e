//! Receipts: kept by digest in the transaction that acknowledges what they are for, and put under one root a
//! period.
//!
//! A receipt is signed inside that transaction, because it names its period, and a period that is closed takes
//! no more. What follows survives a crash between any two steps: a period is closed and gets a seed, each of its
//! receipts gets a place, the root is kept, the register has it. Whoever begins again makes the same tree, since
//! all that is random in it comes from the seed.

use core::fmt;

use credential::time::UnixTime;
use hmac::{Hmac, KeyInit as _, Mac as _};
use registry_proof::receipts::{Place, Tree};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use service_kit::calendar::{DAY, Date};
use sha2::Sha256;

use super::{Digest, Store, digest, json, parsed, secs};

/// Places that are written in one transaction, so that nobody's login waits for them.
const PLACES_AT_ONCE: usize = 1_000;
/// Receipts of one session that are given, at most.
const MAX_LOGINS: usize = 200;
/// How long the text of a receipt is kept for a wallet that was not there: 90 days, in seconds.
const KEEP_TEXTS: u64 = 90 * DAY;

/// A span of time whose receipts stand under one root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its name in the register: when it begins, as in `20261126T000000Z`.
    pub name: String,
    /// When it ends.
    pub ends: UnixTime,
}

/// The receipt that a session began with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct First {
    /// Its digest, hexadecimal.
    digest: String,
    /// The hash of the state that only the wallet that answered knows besides us, as the receipt has it.
    pub state_hash: String,
}

impl First {
    /// Of a receipt with this digest.
    pub fn new(digest: Digest, state_hash: String) -> Self {
        Self { digest: hex::encode(digest), state_hash }
    }

    fn digest(&self) -> Vec<u8> {
        hex::decode(&self.digest).unwrap_or_default()
    }
}

/// Makes the receipt's text once its period is known; nothing where it cannot be signed.
type Sign = Box<dyn FnOnce(&Period) -> Option<String> + Send>;

/// A receipt about to be signed and kept.
pub struct Draft {
    /// The length of a period, in seconds.
    pub every: u64,
    /// The session that it is for, where the wallet is not there to take it.
    pub session: Option<First>,
    /// Signs it.
    pub sign: Sign,
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draft")
    }
}

/// A root that the register has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Of which period.
    pub period: String,
    /// The root.
    pub root: [u8; 32],
}

impl Store {
    /// Closes periods that are over, and opens the present one: also when nobody logs in, so that a period
    /// without receipts has its root like any other. `seed` is fresh and nobody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn turn_period(
        &self,
        every: u64,
        seed: [u8; 32],
        now: UnixTime,
    ) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute(
                    "UPDATE receipt_period SET closed = 1, seed = ?2 WHERE closed = 0 AND ends <= ?1",
                    params![secs(now), seed.as_slice()],
                )?;
                open_period(transaction, every, now).map(|_| ())
            })
            .await
    }

    /// Closed periods whose root is not kept yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn periods_without_root(&self) -> Result<Vec<String>, rusqlite::Error> {
        self.0
            .read(|connection| {
                connection
                    .prepare(
                        "SELECT name FROM receipt_period WHERE closed = 1 AND root IS NULL ORDER BY begins",
                    )?
                    .query_map([], |row| row.get(0))?
                    .collect()
            })
            .await
    }

    /// The tree over a closed period, with the digest of each receipt in the order of its places; nothing where
    /// its root is kept already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_tree(&self, period: String) -> Result<Option<(Tree, Vec<Digest>)>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                let seed: Option<[u8; 32]> = connection.query_row(
                    "SELECT seed FROM receipt_period WHERE name = ?1",
                    [&period],
                    |row| row.get(0),
                )?;
                let Some(seed) = seed else { return Ok(None) };
                let digests = connection
                    .prepare("SELECT digest FROM receipt WHERE period = ?1 ORDER BY digest")?
                    .query_map([&period], |row| row.get(0))?
                    .collect::<Result<Vec<Digest>, rusqlite::Error>>()?;
                Ok(Some((Tree::make(&digests, stream(&seed, &period)), digests)))
            })
            .await
    }

    /// Keeps where each receipt stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_places(&self, digests: Vec<Digest>, places: Vec<Place>) -> Result<(), rusqlite::Error> {
        let all: Vec<(Digest, Place)> = digests.into_iter().zip(places).collect();
        for some in all.chunks(PLACES_AT_ONCE) {
            let some = some.to_vec();
            self.0
                .write(move |transaction| {
                    let mut keep =
                        transaction.prepare_cached("UPDATE receipt SET place = ?2 WHERE digest = ?1")?;
                    for (digest, place) in &some {
                        keep.execute(params![digest.as_slice(), json(place)])?;
                    }
                    Ok::<_, rusqlite::Error>(())
                })
                .await?;
        }
        Ok(())
    }

    /// Keeps the root of a closed period: from here on its places are final.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_root(&self, root: Root) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute(
                    "UPDATE receipt_period SET root = ?2, seed = NULL WHERE name = ?1 AND closed = 1 AND root IS NULL",
                    params![root.period, root.root.as_slice()],
                )?;
                Ok(())
            })
            .await
    }

    /// Roots that the register does not know yet, or may not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roots_to_anchor(&self) -> Result<Vec<Root>, rusqlite::Error> {
        self.0
            .read(|connection| {
                connection
                    .prepare(
                        "SELECT name, root FROM receipt_period WHERE root IS NOT NULL AND anchored = 0 ORDER BY begins",
                    )?
                    .query_map([], |row| Ok(Root { period: row.get(0)?, root: row.get(1)? }))?
                    .collect()
            })
            .await
    }

    /// Notes that the register has proven a period's root.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anchored(&self, period: String) -> Result<(), rusqlite::Error> {
        self.0
            .write(move |transaction| {
                transaction.execute("UPDATE receipt_period SET anchored = 1 WHERE name = ?1", [period])?;
                Ok(())
            })
            .await
    }

    /// Whether a period is anchored, and where the receipt stands in it. One question to the database, whatever
    /// the answer, so that the time it takes tells nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn place(
        &self,
        receipt: Digest,
        period: String,
    ) -> Result<Option<Option<Place>>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                connection
                    .prepare_cached(
                        "SELECT receipt.place FROM receipt_period LEFT JOIN receipt \
                         ON receipt.digest = ?1 AND receipt.period = receipt_period.name \
                         WHERE receipt_period.name = ?2 AND anchored = 1",
                    )?
                    .query_row(params![receipt.as_slice(), period], |row| match row.get_ref(0)? {
                        rusqlite::types::ValueRef::Null => Ok(None),
                        _ => parsed(row, 0).map(Some),
                    })
                    .optional()
            })
            .await
    }

    /// Whether this receipt was given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_receipt(&self, receipt: Digest) -> Result<bool, rusqlite::Error> {
        self.0
            .read(move |connection| {
                connection
                    .prepare_cached("SELECT 1 FROM receipt WHERE digest = ?1")?
                    .exists([receipt.as_slice()])
            })
            .await
    }

    /// The receipts of logins by the session that began with this receipt, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logins_after(&self, first: Digest) -> Result<Vec<String>, rusqlite::Error> {
        self.0
            .read(move |connection| {
                connection
                    .prepare_cached(
                        "SELECT token FROM receipt WHERE first = ?1 AND token IS NOT NULL ORDER BY given_at DESC LIMIT ?2",
                    )?
                    .query_map(params![first.as_slice(), MAX_LOGINS], |row| row.get(0))?
                    .collect()
            })
            .await
    }

    /// Ends every session that this receipt belongs to, and a login that has not gone back to its browser yet;
    /// gives how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions_of(&self, receipt: Digest) -> Result<usize, rusqlite::Error> {
        self.0.write(move |transaction| write_end_of(transaction, &receipt)).await
    }
}

fn write_end_of(transaction: &Transaction<'_>, receipt: &Digest) -> Result<usize, rusqlite::Error> {
    let first: Option<Option<Vec<u8>>> = transaction
        .query_row("SELECT first FROM receipt WHERE digest = ?1", [receipt.as_slice()], |row| row.get(0))
        .optional()?;
    let first = hex::encode(first.flatten().unwrap_or_else(|| receipt.to_vec()));
    let sessions = transaction
        .execute("DELETE FROM session WHERE json_extract(data, '$.first.digest') = ?1", [&first])?;
    let logins = transaction.execute(
        "UPDATE ask SET state = 'refused', reason = 'cancelled', result = NULL \
         WHERE state = 'shown' AND json_extract(result, '$.first.digest') = ?1",
        [&first],
    )?;
    Ok(sessions + logins)
}

/// Signs a receipt and keeps it; nothing where it cannot be signed.
pub(super) fn write_receipt(
    transaction: &Transaction<'_>,
    draft: Draft,
    now: UnixTime,
) -> Result<Option<(String, Digest)>, rusqlite::Error> {
    let period = open_period(transaction, draft.every, now)?;
    let Some(token) = (draft.sign)(&period) else { return Ok(None) };
    let key = digest(&token);
    let (first, text) = match &draft.session {
        Some(session) => (Some(session.digest()), Some(&token)),
        None => (None, None),
    };
    transaction.execute(
        "INSERT INTO receipt (digest, given_at, period, first, token) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![key.as_slice(), secs(now), period.name, first, text],
    )?;
    Ok(Some((token, key)))
}

/// Forgets the texts of receipts that no wallet came for. Wishes to delete stay, granted ones too.
pub(super) fn forget_texts(transaction: &Transaction<'_>, now: UnixTime) -> Result<(), rusqlite::Error> {
    let oldest = secs(now).saturating_sub(i64::try_from(KEEP_TEXTS).unwrap_or(i64::MAX));
    transaction.execute(
        "UPDATE receipt SET token = NULL, first = NULL WHERE first IS NOT NULL AND given_at < ?1",
        [oldest],
    )?;
    Ok(())
}

/// Values that nobody can foresee without the seed, the same each time.
fn stream(seed: &[u8; 32], period: &str) -> impl FnMut() -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mac = Hmac::<Sha256>::new_from_slice(seed).expect("any length").chain_update(period);
    let mut counter = 0u64;
    move || {
        counter += 1;
        mac.clone().chain_update(counter.to_be_bytes()).finalize().into_bytes().into()
    }
}

/// The period that takes receipts now. Each begins where the one before it ended, or later.
fn open_period(transaction: &Transaction<'_>, every: u64, now: UnixTime) -> Result<Period, rusqlite::Error> {
    let newest: Option<(String, u64, bool)> = transaction
        .query_row("SELECT name, ends, closed FROM receipt_period ORDER BY begins DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let (now, every) = (now.secs(), every.max(1));
    let begins = match newest {
        Some((name, ends, false)) if ends > now => {
            return Ok(Period { name, ends: UnixTime::from_secs(ends) });
        }
        Some((_, ends, _)) => ends.max(now - now % every),
        None => now - now % every,
    };
    let period =
        Period { name: period_name(begins), ends: UnixTime::from_secs(begins - begins % every + every) };
    transaction.execute(
        "INSERT INTO receipt_period (name, begins, ends) VALUES (?1, ?2, ?3)",
        params![period.name, begins, secs(period.ends)],
    )?;
    Ok(period)
}

/// A moment as ISO 8601 writes it without colons, which a name in the register cannot have.
fn period_name(begins: u64) -> String {
    let Date { year, month, day } = Date::of_secs(begins);
    let rest = begins % DAY;
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}
