//! Reporting: somebody asked for too much, "this wasn't me", or anything else, to the agency that registers
//! who may ask. The register says who that is and where. "This wasn't me" ends the session first.

use registry_client::facts::Facts;
use registry_proof::entry::{Entry as RegisterEntry, Role, Standing};
use registry_proof::key::Key;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::look_back::{LookBackError, address, authority};
use crate::present::asker::party;
use crate::store::entries::Entry;
use crate::view::{Party, Reported};
use crate::wallet::Wallet;

/// Characters of a report, at most.
pub const MAX_TEXT: usize = 2_000;

/// Why somebody reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// This asked for too much.
    TooMuch,
    /// This wasn't me.
    NotMe,
    /// Anything else.
    Feedback,
}

#[derive(Deserialize)]
struct Ended {
    ended: bool,
}

#[derive(Deserialize)]
struct Taken {}

impl Wallet {
    /// Reports to the registrar, with the receipt of a line where one is named. [`Why::NotMe`] ends the session
    /// that the receipt belongs to, whether or not the registrar can be told.
    ///
    /// # Errors
    /// [`LookBackError`], where nothing could be done.
    pub async fn report(&self, id: Option<i64>, why: Why, text: String) -> Result<Reported, LookBackError> {
        if text.chars().count() > MAX_TEXT {
            return Err(LookBackError::TooLong);
        }
        let entry = id.map(|id| self.store.entry(id)).transpose()?;
        let facts = self.whole_register().await?;
        let session_ended = match (why, &entry) {
            (Why::NotMe, Some(entry)) => Some(self.end_session(entry, &facts).await?),
            (Why::NotMe, None) => return Err(LookBackError::NoReceipt),
            (Why::TooMuch | Why::Feedback, _) => None,
        };
        let told = self.tell_registrar(&facts, why, &text, entry.as_ref()).await;
        match (told, session_ended) {
            (Ok(to), session_ended) => {
                if let Some(entry) = entry {
                    self.store.reported(entry.id, self.now())?;
                }
                Ok(Reported { to: Some(to), session_ended, refused: None })
            }
            (Err(error), Some(_)) => Ok(Reported { to: None, session_ended, refused: Some(error.code()) }),
            (Err(error), None) => Err(error),
        }
    }

    async fn end_session(&self, entry: &Entry, facts: &Facts) -> Result<bool, LookBackError> {
        let question = authority(entry)?;
        let Ended { ended } =
            self.inquire(address(facts, &entry.what)?, "/receipts/not-me", &question).await?;
        Ok(ended)
    }

    async fn tell_registrar(
        &self,
        facts: &Facts,
        why: Why,
        text: &str,
        entry: Option<&Entry>,
    ) -> Result<Party, LookBackError> {
        let (registrar, origin) = registrar(facts).ok_or(LookBackError::NoRegistrar)?;
        let receipt = entry.and_then(|entry| entry.receipt.as_deref());
        let report = json!({ "kind": why, "text": text, "receipt": receipt });
        let Taken {} = self.inquire(&origin, "/feedback", &report).await?;
        Ok(registrar)
    }
}

/// The first registrar in the register that takes part and has a web address, and that address.
fn registrar(facts: &Facts) -> Option<(Party, String)> {
    facts.entries().find_map(|(key, entry)| match (key, entry) {
        (Key::Member(id), RegisterEntry::Member(member))
            if member.roles.contains(&Role::Registrar) && member.standing == Standing::Active =>
        {
            let origin = member.origins.iter().find(|origin| Url::parse(origin).is_ok())?;
            Some((party(id, &member.legal_name), origin.clone()))
        }
        _ => None,
    })
}
