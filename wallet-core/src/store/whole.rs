//! The whole store at once: what a backup takes out of it, and what a restore puts into a new one.

use rusqlite::params;

use super::cards::{from_sql, insert_card, to_sql};
use super::entries::insert_entry;
use super::{Store, StoreError};
use crate::backup::content::{Content, SeenList};
use crate::wallet::{SETUP, Setup};

impl Store {
    /// The newest status list seen at each address.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn lists_seen(&self) -> Result<Vec<SeenList>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare("SELECT uri, issued_at FROM list_seen ORDER BY uri")?;
        let lists = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        lists
            .map(|list| {
                let (uri, issued_at) = list?;
                Ok(SeenList { uri, issued_at: from_sql(issued_at)? })
            })
            .collect()
    }

    /// Fills a new store, all of it or nothing. Cards come without copies.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn fill(&self, setup: &Setup, content: Content) -> Result<(), StoreError> {
        let json = |value: Result<String, serde_json::Error>| value.map_err(|_| StoreError::Damaged);
        let setup = json(serde_json::to_string(setup))?;
        let head = content.head.map(|head| json(serde_json::to_string(&head))).transpose()?;
        self.write(|transaction| {
            transaction.execute("INSERT INTO setting (name, value) VALUES (?, ?)", params![SETUP, setup])?;
            if let Some(head) = head {
                transaction.execute("INSERT INTO head (only, value) VALUES (1, ?)", [head])?;
            }
            for list in content.lists {
                let sql = "INSERT INTO list_seen (uri, issued_at) VALUES (?, ?)";
                transaction.execute(sql, params![list.uri, to_sql(list.issued_at)])?;
            }
            for card in content.cards {
                insert_card(transaction, &card.into(), &[])?;
            }
            content.entries.iter().rev().try_for_each(|entry| insert_entry(transaction, entry))
        })
    }
}
