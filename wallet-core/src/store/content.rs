//! What cards say, kept beside them so that no copy has to be read to know.

use core::fmt;
use std::collections::BTreeSet;

use credential::time::UnixTime;
use openid4vc::vp::dcql::Format;
use rusqlite::{Transaction, params};
use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::cards::to_sql;
use super::{Store, StoreError};
use crate::held::{CardFormat, Held};

/// What of a card's content was asked for.
#[derive(Clone, Debug)]
pub(crate) struct CardContent {
    pub(crate) id: String,
    pub(crate) format: Format,
    pub(crate) vct: String,
    pub(crate) claims: Map<String, Value>,
}

impl Store {
    /// What the cards of a type say under these `names` (of documents: in these namespaces), of those that have not
    /// ended, the newest first. Everything else is passed over unread, which is most of the work with many cards.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) fn cards_of_type(
        &self,
        format: CardFormat,
        vct: &str,
        names: &BTreeSet<&str>,
        now: UnixTime,
    ) -> Result<Vec<CardContent>, StoreError> {
        self.note_contents()?;
        let connection = self.read();
        let mut rows = connection.prepare_cached(
            "SELECT id, claims FROM card JOIN content ON content.card = id \
             WHERE format = ? AND vct = ? AND claims <> 'null' \
             AND (valid_until IS NULL OR valid_until > ?) ORDER BY received_at DESC, id",
        )?;
        let mut found = rows.query(params![format.name(), vct, to_sql(now)])?;
        let mut contents = Vec::new();
        while let Some(row) = found.next()? {
            let claims = row.get_ref(1)?.as_str().map_err(|_| StoreError::Damaged)?;
            contents.push(CardContent {
                id: row.get(0)?,
                format: format.to_query(),
                vct: vct.to_owned(),
                claims: read_members(claims, names)?,
            });
        }
        Ok(contents)
    }

    /// Notes what cards say and when they end, where a copy came since. One that cannot be read answers
    /// nothing and stays, so that its owner can still see and delete it.
    fn note_contents(&self) -> Result<(), StoreError> {
        let open = "SELECT EXISTS (SELECT 1 FROM card WHERE id NOT IN (SELECT card FROM content) \
             AND EXISTS (SELECT 1 FROM copy WHERE copy.card = card.id))";
        if self.read().query_row(open, [], |row| row.get(0))? { self.write(note_contents) } else { Ok(()) }
    }
}

fn note_contents(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let mut open = transaction.prepare(
        "SELECT card.id, card.format, copy.credential FROM card JOIN copy ON copy.card = card.id \
         WHERE card.id NOT IN (SELECT card FROM content)
         AND copy.id = (SELECT max(newest.id) FROM copy AS newest WHERE newest.card = card.id)",
    )?;
    let found = open.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found: Vec<(String, String, String)> = found.collect::<Result<_, _>>()?;
    let mut note = transaction.prepare("INSERT INTO content (claims, valid_until, card) VALUES (?, ?, ?)")?;
    for (id, format, credential) in found {
        let format = CardFormat::from_name(&format).ok_or(StoreError::Damaged)?;
        let held = Held::parse(format, &credential).ok();
        let claims =
            serde_json::to_string(&held.as_ref().map(Held::claims)).map_err(|_| StoreError::Damaged)?;
        note.execute(params![claims, held.and_then(|held| held.expires_at()).map(to_sql), id])?;
    }
    Ok(())
}

/// The members of an object that have these `names`.
fn read_members(object: &str, names: &BTreeSet<&str>) -> Result<Map<String, Value>, StoreError> {
    let mut reader = serde_json::Deserializer::from_str(object);
    let members = reader.deserialize_map(Members(names)).and_then(|members| reader.end().map(|()| members));
    members.map_err(|_| StoreError::Damaged)
}

struct Members<'n>(&'n BTreeSet<&'n str>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut wanted = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if self.0.contains(name.as_str()) {
                wanted.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_asked_for_is_taken_with_all_below_it() {
        let text = r#"{"a": {"b": [1, {"c": null}]}, "d": "x", "e": {"d": 1}}"#;
        let read = |names: &[&str]| read_members(text, &names.iter().copied().collect()).map(Value::Object);
        assert_eq!(read(&["a", "d", "f"]).unwrap(), json!({"a": {"b": [1, {"c": null}]}, "d": "x"}));
        assert_eq!(read(&[]).unwrap(), json!({}));
    }

    #[test]
    fn content_that_is_no_object_is_damage_also_where_nothing_is_asked_for() {
        for text in ["null", "[]", "", r#"{"a": }"#, r#"{"a": 1"#, "{} {}"] {
            assert!(matches!(read_members(text, &BTreeSet::new()), Err(StoreError::Damaged)), "{text}");
        }
    }
}
