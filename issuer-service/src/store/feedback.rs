//! What people report.

use credential::time::UnixTime;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::Store;

/// Reports that are kept, at most: what comes then is refused, so that nobody can push others' out.
const MAX_KEPT: u64 = 100_000;
/// Reports in one list, at most.
const MAX_LISTED: u64 = 200;
/// How long a report is kept, in seconds: two years.
const KEEP: u64 = 730 * 86_400;

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody asked for too much.
    TooMuch,
    /// A login that was not the person's.
    NotMe,
    /// Anything else.
    Feedback,
}

impl Kind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooMuch => "too_much",
            Self::NotMe => "not_me",
            Self::Feedback => "feedback",
        }
    }
}

/// A report as it is listed.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Its number; later ones have higher ones.
    pub id: u64,
    /// What it is about.
    pub kind: String,
    /// What the person wrote.
    pub text: String,
    /// The receipt, a signed token; nobody has checked it.
    pub receipt: Option<String>,
    /// When it came.
    pub sent_at: UnixTime,
}

impl Store {
    /// Keeps a report. `false` where the box is full.
    pub async fn keep_report(
        &self,
        kind: Kind,
        text: String,
        receipt: Option<String>,
        now: UnixTime,
    ) -> Result<bool, rusqlite::Error> {
        self.database
            .write(move |tx| {
                tx.execute("DELETE FROM feedback WHERE sent_at < ?1", [now.secs().saturating_sub(KEEP)])?;
                let kept = tx.execute(
                    "INSERT INTO feedback (kind, text, receipt, sent_at)
                     SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM feedback) < ?5",
                    params![kind.name(), text, receipt, now.secs(), MAX_KEPT],
                )?;
                Ok(kept == 1)
            })
            .await
    }

    /// Reports before the one of this number, the newest first.
    pub async fn reports(&self, before: u64) -> Result<Vec<Report>, rusqlite::Error> {
        self.database
            .read(move |connection| {
                connection
                    .prepare(
                        "SELECT number, kind, text, receipt, sent_at FROM feedback WHERE number < ?1
                         ORDER BY number DESC LIMIT ?2",
                    )?
                    .query_map([before, MAX_LISTED], |row| {
                        Ok(Report {
                            id: row.get(0)?,
                            kind: row.get(1)?,
                            text: row.get(2)?,
                            receipt: row.get(3)?,
                            sent_at: UnixTime::from_secs(row.get(4)?),
                        })
                    })?
                    .collect()
            })
            .await
    }
}
