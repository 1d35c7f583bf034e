//! Keys whose copies were replaced or thrown away, and keys of renewals that ended: noted by the database itself
//! (`migrations/0007-keys.sql`), until they are destroyed.

use rusqlite::{Row, params};

use super::{Store, StoreError};
use crate::keys::KeyHandle;

/// A key that nothing needs any more, by what it was for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unneeded {
    /// A copy of a card was bound to it.
    Card(KeyHandle),
    /// A refresh token was bound to it.
    Token(KeyHandle),
}

impl Unneeded {
    const CARD: &str = "card";
    const TOKEN: &str = "token";

    const fn parts(&self) -> (&str, &KeyHandle) {
        match self {
            Self::Card(key) => (Self::CARD, key),
            Self::Token(key) => (Self::TOKEN, key),
        }
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let (purpose, key): (String, _) = (row.get(0)?, KeyHandle::from_bytes(row.get(1)?));
        match purpose.as_str() {
            Self::CARD => Ok(Self::Card(key)),
            Self::TOKEN => Ok(Self::Token(key)),
            _ => Err(StoreError::Damaged),
        }
    }
}

impl Store {
    /// The keys that nothing needs any more: no copy, no renewal and no promise.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn unneeded_keys(&self) -> Result<Vec<Unneeded>, StoreError> {
        let mut keys = self.dropped_keys()?;
        if !keys.is_empty() {
            let promised = self.promises()?;
            keys.retain(|key| !promised.iter().any(|promise| promise.what.needs(key.parts().1)));
        }
        Ok(keys)
    }

    fn dropped_keys(&self) -> Result<Vec<Unneeded>, StoreError> {
        let connection = self.read();
        let mut rows = connection.prepare(
            "SELECT purpose, key FROM unneeded_key \
             WHERE key NOT IN (SELECT key FROM copy) AND key NOT IN (SELECT key FROM renewal)",
        )?;
        let keys = rows.query_map([], |row| Ok(Unneeded::read(row)))?;
        keys.map(|key| key?).collect()
    }

    /// Forgets a key that was destroyed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_key(&self, key: &Unneeded) -> Result<(), StoreError> {
        let (purpose, key) = key.parts();
        self.write(|transaction| {
            let sql = "DELETE FROM unneeded_key WHERE purpose = ? AND key = ?";
            transaction.execute(sql, params![purpose, key.as_bytes()])?;
            Ok(())
        })
    }
}
