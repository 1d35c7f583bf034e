//! The agency's people: written from its file, read when a card is made.

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Map, Value};
use service_kit::random::Random;

use super::Store;
use crate::persons::Person;

/// What a card is made from.
#[derive(Debug)]
pub struct PersonRecord {
    /// The claims that the agency's file gave.
    pub claims: Map<String, Value>,
    /// The random login identifier, the same in each of this person's cards.
    pub login_identifier: String,
}

/// Why a person's record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// There is no such person.
    #[error("person is not known")]
    Unknown,
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
    /// The record is damaged.
    #[error("person's record is not json")]
    Damaged(#[source] serde_json::Error),
}

impl Store {
    /// Adds people and updates those that are known; a login identifier, once made, stays.
    pub async fn save_persons(&self, persons: Vec<Person>, random: Random) -> Result<usize, rusqlite::Error> {
        self.database
            .write(move |tx| {
                let mut statement = tx.prepare_cached(
                    "INSERT INTO person (number, claims, login_identifier) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (number) DO UPDATE SET claims = excluded.claims",
                )?;
                for person in &persons {
                    let claims = Value::Object(person.claims.clone()).to_string();
                    statement.execute(params![person.number, claims, random.token()])?;
                }
                Ok(persons.len())
            })
            .await
    }

    /// Whether the agency knows this person.
    pub async fn knows_person(&self, number: &str) -> Result<bool, rusqlite::Error> {
        let number = number.to_owned();
        self.database
            .read(move |connection| {
                let found = connection
                    .prepare_cached("SELECT 1 FROM person WHERE number = ?1")?
                    .query_row([number], |_| Ok(()))
                    .optional()?;
                Ok(found.is_some())
            })
            .await
    }

    /// What a card for this person is made from.
    pub async fn person(&self, number: &str) -> Result<PersonRecord, PersonError> {
        let number = number.to_owned();
        self.database
            .read(move |connection| {
                let (claims, login_identifier): (String, String) = connection
                    .prepare_cached("SELECT claims, login_identifier FROM person WHERE number = ?1")?
                    .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?
                    .ok_or(PersonError::Unknown)?;
                let claims = serde_json::from_str(&claims).map_err(PersonError::Damaged)?;
                Ok(PersonRecord { claims, login_identifier })
            })
            .await
    }
}
