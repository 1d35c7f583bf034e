//! Reporting: somebody asked for too much, "this wasn't me", or anything else, to the agency that registers
//! who may ask; and what is wrong with a card, to the office that gave it out. The register says who that is and where.
//! "This wasn't me" ends the session first.

use registry_client::facts::Facts;
use registry_client::trust::TrustError;
use registry_proof::entry::{Entry as RegisterEntry, Member, Role, Standing};
use registry_proof::key::Key;
use registry_proof::name::MemberId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::look_back::{LookBackError, address, authority};
use crate::outside;
use crate::present::asker::party;
use crate::store::entries::Entry;
use crate::view::{Party, Reported, TooMuch};
use crate::wallet::Wallet;

/// Characters of a report, at most.
pub const MAX_TEXT: usize = 2_000;
/// Characters of them that are kept for what the report is about, where the wallet says that.
pub const MAX_ABOUT: usize = 500;

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
        let facts = self.fresh_register().await?;
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

    /// Reports to the registrar whoever asked for too much: what the request said, and nothing of what cards say.
    ///
    /// # Errors
    /// [`LookBackError`]; [`LookBackError::TooLong`] where `text` leaves less than [`MAX_ABOUT`].
    pub async fn report_too_much(&self, much: &TooMuch, text: &str) -> Result<Reported, LookBackError> {
        let through = much.through.as_ref().map_or("", |party| party.member.as_str());
        let asked = much.paths.join(", ");
        let about = [
            ("asks", much.asks.member.as_str()),
            ("through", through),
            ("use", &much.use_name),
            ("asked beyond it", &asked),
        ];
        let text = with_about(text, &about)?;
        let facts = self.fresh_register().await?;
        let to = self.tell_registrar(&facts, Why::TooMuch, &text, None).await?;
        Ok(Reported { to: Some(to), session_ended: None, refused: None })
    }

    /// Says something about a card to the office that gave it out: which type it is, and nothing that it says.
    ///
    /// # Errors
    /// [`LookBackError`]; [`LookBackError::Trust`] where the register does not vouch for the office any more.
    pub async fn feedback_on_card(&self, card: &str, text: &str) -> Result<Reported, LookBackError> {
        let card = self.store.card(card)?;
        let text = with_about(text, &[("card", &card.vct)])?;
        let facts = self.fresh_register().await?;
        let (office, origin) = office(&facts, &card.issuer)?;
        self.send_report(&origin, Why::Feedback, &text, None).await?;
        Ok(Reported { to: Some(office), session_ended: None, refused: None })
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
        self.send_report(&origin, why, text, entry.and_then(|entry| entry.receipt.as_deref())).await?;
        Ok(registrar)
    }

    async fn send_report(
        &self,
        origin: &str,
        why: Why,
        text: &str,
        receipt: Option<&str>,
    ) -> Result<(), LookBackError> {
        let report = json!({ "kind": why, "text": text, "receipt": receipt });
        let Taken {} = self.inquire(origin, "/feedback", &report).await?;
        Ok(())
    }
}

/// A person's words, and below them what they are about. What does not fit of the latter is cut off.
fn with_about(text: &str, about: &[(&str, &str)]) -> Result<String, LookBackError> {
    if text.chars().count() > MAX_TEXT - MAX_ABOUT {
        return Err(LookBackError::TooLong);
    }
    let lines = about.iter().filter(|(_, what)| !what.is_empty());
    let lines: String = lines.map(|(name, what)| format!("{name}: {}\n", outside::plain(what))).collect();
    let about: String = format!("\n\n{}", lines.trim_end()).chars().take(MAX_ABOUT).collect();
    Ok(format!("{text}{about}").trim_start().to_owned())
}

/// The office `issuer`, if the register says that it takes part, and its web address.
fn office(facts: &Facts, issuer: &str) -> Result<(Party, String), LookBackError> {
    let id: MemberId = issuer.parse().map_err(|_| TrustError::UnknownSigner)?;
    match facts.get(&Key::Member(id.clone())) {
        Some(RegisterEntry::Member(member)) if member.standing == Standing::Active => {
            let origin = address_of(member).ok_or(TrustError::ForeignAddress)?;
            Ok((party(&id, &member.legal_name), origin.to_owned()))
        }
        Some(RegisterEntry::Member(_)) => Err(TrustError::Suspended.into()),
        _ => Err(TrustError::UnknownSigner.into()),
    }
}

/// The first web address of a member that is one.
fn address_of(member: &Member) -> Option<&str> {
    member.origins.iter().map(String::as_str).find(|origin| Url::parse(origin).is_ok())
}

/// The first registrar in the register that takes part and has a web address, and that address.
fn registrar(facts: &Facts) -> Option<(Party, String)> {
    facts.entries().find_map(|(key, entry)| match (key, entry) {
        (Key::Member(id), RegisterEntry::Member(member))
            if member.roles.contains(&Role::Registrar) && member.standing == Standing::Active =>
        {
            Some((party(id, &member.legal_name), address_of(member)?.to_owned()))
        }
        _ => None,
    })
}
