//! Cards and their copies.

use credential::claim_path::ClaimPath;
use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};
use crate::held::{CardFormat, Held};
use crate::keys::KeyHandle;
use crate::view::Texts;

/// The columns of a card, in the order in which they are read.
const COLUMNS: &str = "id, format, vct, issuer, received_at, about, source_issuer, source_configuration";
/// What reads cards.
pub(super) const SELECT: &str =
    "SELECT id, format, vct, issuer, received_at, about, source_issuer, source_configuration FROM card";
/// What reads the copies of a card, the one to show next at the front.
const BY_USE: &str = "SELECT id, credential, key, uses FROM copy WHERE card = ? ORDER BY uses, id";

/// What a wallet shows of a card: names and looks, from the issuer's proven metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The card's name by language.
    pub title: Texts,
    /// The issuer's legal name by language, as the registry has it.
    pub issuer_name: Texts,
    /// Its ground, `#rrggbb`.
    pub background: Option<String>,
    /// Its text, `#rrggbb`.
    pub text: Option<String>,
    /// What its claims are called.
    pub claims: Vec<ClaimName>,
    /// What a code of it shows, by its type; nothing where the type allows no code.
    #[serde(default)]
    pub code: Vec<ClaimPath>,
}

/// What one claim is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimName {
    /// Which claim.
    pub path: ClaimPath,
    /// Its name by language.
    pub name: Texts,
}

/// A card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its name in the store.
    pub id: String,
    /// Its format.
    pub format: CardFormat,
    /// Its type.
    pub vct: String,
    /// The member that issued it.
    pub issuer: String,
    /// When it came.
    pub received_at: UnixTime,
    /// What is shown of it.
    pub about: About,
    /// Where it can be had again.
    pub source: Option<Source>,
}

/// Where a card can be had again, without an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The Credential Issuer Identifier, an address.
    pub issuer: String,
    /// The name of the card's configuration in that issuer's metadata.
    pub configuration: String,
}

/// One copy of a card.
#[derive(Clone, Debug)]
pub struct Copy {
    /// Its number in the store.
    pub id: i64,
    /// The credential, with all its disclosures.
    pub credential: String,
    /// The key that it is bound to.
    pub key: KeyHandle,
    /// How often it was shown.
    pub uses: u32,
}

/// How many copies a card has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copies {
    /// All of them.
    pub all: u32,
    /// Those that were never shown.
    pub unused: u32,
}

impl Store {
    /// Keeps a card with its copies, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_card(&self, card: &Card, copies: &[(String, KeyHandle)]) -> Result<(), StoreError> {
        self.write(|transaction| insert_card(transaction, card, copies))
    }

    /// As [`Store::keep_card`], for all cards of an offer: together or not at all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_cards(&self, cards: &[(Card, Vec<(String, KeyHandle)>)]) -> Result<(), StoreError> {
        self.write(|transaction| {
            cards.iter().try_for_each(|(card, copies)| insert_card(transaction, card, copies))
        })
    }

    /// Every card, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn cards(&self) -> Result<Vec<Card>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare(&format!("{SELECT} ORDER BY received_at DESC, id"))?;
        let cards = rows.query_map([], |row| Ok(read_card(row)))?;
        cards.map(|card| card?).collect()
    }

    /// The card of an identifier.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub fn card(&self, id: &str) -> Result<Card, StoreError> {
        let connection = self.read();
        let sql = format!("{SELECT} WHERE id = ?");
        let mut rows = connection.prepare_cached(&sql)?;
        let found = rows.query_row([id], |row| Ok(read_card(row))).optional()?;
        found.ok_or(StoreError::NoCard)?
    }

    /// How many copies of a card there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copies(&self, card: &str) -> Result<Copies, StoreError> {
        let sql = "SELECT count(*), count(*) FILTER (WHERE uses = 0) FROM copy WHERE card = ?";
        let connection = self.read();
        let mut rows = connection.prepare_cached(sql)?;
        Ok(rows.query_row([card], |row| Ok(Copies { all: row.get(0)?, unused: row.get(1)? }))?)
    }

    /// The copy to show next: one that was never shown, else the one that was shown least.
    ///
    /// # Errors
    /// [`StoreError::NoCard`].
    pub fn next_copy(&self, card: &str) -> Result<Copy, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare_cached(BY_USE)?;
        rows.query_row([card], read_copy).optional()?.ok_or(StoreError::NoCard)
    }

    /// As [`Store::next_copy`], of those that can be read, and what is read.
    ///
    /// # Errors
    /// [`StoreError::NoCard`] where there is none.
    pub(crate) fn next_readable_copy(&self, card: &Card) -> Result<(Copy, Held), StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare_cached(BY_USE)?;
        let mut found = rows.query([&card.id])?;
        while let Some(row) = found.next()? {
            let copy = read_copy(row)?;
            if let Ok(held) = Held::parse(card.format, &copy.credential) {
                return Ok((copy, held));
            }
        }
        Err(StoreError::NoCard)
    }
}

pub(super) fn insert_card(
    transaction: &Transaction<'_>,
    card: &Card,
    copies: &[(String, KeyHandle)],
) -> Result<(), StoreError> {
    let about = serde_json::to_string(&card.about).map_err(|_| StoreError::Damaged)?;
    let (issuer, configuration) =
        card.source.as_ref().map(|source| (&source.issuer, &source.configuration)).unzip();
    transaction.execute(
        &format!("INSERT INTO card ({COLUMNS}, status_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5)"),
        params![
            card.id,
            card.format.name(),
            card.vct,
            card.issuer,
            to_sql(card.received_at),
            about,
            issuer,
            configuration
        ],
    )?;
    insert_copies(transaction, &card.id, copies)
}

pub(super) fn insert_copies(
    transaction: &Transaction<'_>,
    card: &str,
    copies: &[(String, KeyHandle)],
) -> Result<(), StoreError> {
    let mut insert = transaction.prepare("INSERT INTO copy (card, credential, key) VALUES (?, ?, ?)")?;
    for (credential, key) in copies {
        insert.execute(params![card, credential, key.as_bytes()])?;
    }
    Ok(())
}

fn read_copy(row: &Row<'_>) -> rusqlite::Result<Copy> {
    Ok(Copy {
        id: row.get(0)?,
        credential: row.get(1)?,
        key: KeyHandle::from_bytes(row.get(2)?),
        uses: row.get(3)?,
    })
}

pub(super) fn read_card(row: &Row<'_>) -> Result<Card, StoreError> {
    let (format, about): (String, String) = (row.get(1)?, row.get(5)?);
    let (issuer, configuration): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    let source = issuer.zip(configuration);
    Ok(Card {
        id: row.get(0)?,
        format: CardFormat::from_name(&format).ok_or(StoreError::Damaged)?,
        vct: row.get(2)?,
        issuer: row.get(3)?,
        received_at: from_sql(row.get(4)?)?,
        about: serde_json::from_str(&about).map_err(|_| StoreError::Damaged)?,
        source: source.map(|(issuer, configuration)| Source { issuer, configuration }),
    })
}

/// SQLite's integers have a sign; a time that does not fit lies beyond any calendar.
pub(super) fn to_sql(time: UnixTime) -> i64 {
    i64::try_from(time.secs()).unwrap_or(i64::MAX)
}

pub(super) fn from_sql(seconds: i64) -> Result<UnixTime, StoreError> {
    u64::try_from(seconds).map(UnixTime::from_secs).map_err(|_| StoreError::Damaged)
}
