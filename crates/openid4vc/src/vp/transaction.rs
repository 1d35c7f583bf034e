//! Transaction data: what a person confirms, or signs, by showing a card.
//!
//! Two types are known here, both small enough to be said in full on one screen: a payment and a text. Whatever
//! has another type, or a member that a person would not be shown, is [`Transaction::Unsupported`] as a whole.
//! The card that confirms it is one in `dc+sd-jwt`: its key binding covers the text as it arrived.
//!
//! Spec: OpenID4VP 1.0 sections 5.1 and 8.4, appendix B.3.3.

use credential::encoding::{base64url, from_base64url};
use serde_json::{Map, Value, json};

use crate::message::{self, Members, MessageError};
use crate::vp::dcql::{Format, MAX_CREDENTIALS, Query};

/// The type of a payment.
pub const PAYMENT: &str = "urn:symbolon:transaction:payment:1";
/// The type of a text to sign.
pub const TEXT: &str = "urn:symbolon:transaction:text:1";
/// Transactions in one request, at most: a person confirms one thing at a time, or a few that belong together.
pub const MAX_TRANSACTIONS: usize = 4;
/// Characters of one as it arrives, at most: a text of [`MAX_SIGNED_TEXT`] in UTF-8 and base64url, and room.
pub const MAX_ENCODED: usize = 16 * 1024;
/// Characters of a text to sign, at most: what a person can be expected to read on a phone.
pub const MAX_SIGNED_TEXT: usize = 2000;
/// Characters of a name, reference or account, at most.
pub const MAX_LINE: usize = 140;
/// Digits of an amount before the point, and behind it, at most.
const MAX_DIGITS: (usize, usize) = (12, 4);
/// Names in `transaction_data_hashes_alg`, at most.
const MAX_NAMES: usize = 32;

/// One entry of `transaction_data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionData {
    encoded: String,
    credential_ids: Vec<String>,
    what: Transaction,
}

/// What is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// A payment.
    Payment(Payment),
    /// A text, signed.
    Text(Document),
    /// Something that this wallet cannot show in full: nothing may be answered then.
    Unsupported,
}

/// A payment, in the words of whoever asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// A decimal number, as `12.50`.
    pub amount: String,
    /// Three capital letters (ISO 4217).
    pub currency: String,
    /// Who is paid.
    pub payee: String,
    /// Into which account.
    pub account: Option<String>,
    /// What for.
    pub reference: Option<String>,
}

/// A text to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// All of it.
    pub text: String,
}

impl TransactionData {
    /// An entry that the card answering the part `credential_id` is to confirm.
    pub fn new(credential_id: &str, what: Transaction) -> Self {
        let mut members = what.to_members();
        members.insert("credential_ids".into(), json!([credential_id]));
        let encoded = base64url(Value::Object(members).to_string());
        Self { encoded, credential_ids: vec![credential_id.to_owned()], what }
    }

    /// Reads an entry as it arrives.
    ///
    /// # Errors
    /// [`MessageError`] where it is no entry at all; one that we cannot show is
    /// [`Unsupported`](Transaction::Unsupported).
    pub fn parse(encoded: &str) -> Result<Self, MessageError> {
        const NAME: &str = "transaction_data";
        if encoded.len() > MAX_ENCODED {
            return Err(MessageError::TooLarge(NAME));
        }
        let bytes = from_base64url(encoded).map_err(|_| MessageError::Kind(NAME))?;
        let object = message::parse(&bytes, MAX_ENCODED)?;
        let members = Members::new(&object);
        members.required_text("type")?;
        let ids = members.texts("credential_ids", MAX_CREDENTIALS)?;
        Ok(Self {
            encoded: encoded.to_owned(),
            credential_ids: ids.ok_or(MessageError::Missing("credential_ids"))?,
            what: Transaction::read(members).unwrap_or(Transaction::Unsupported),
        })
    }

    /// The entry as it arrived: what hashes go over.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The parts of the query, any one of which may confirm it.
    pub fn credential_ids(&self) -> &[String] {
        &self.credential_ids
    }

    /// What is confirmed.
    pub const fn what(&self) -> &Transaction {
        &self.what
    }

    /// Whether every card that it names is one that can confirm it: in `dc+sd-jwt`, bound to its holder.
    pub(crate) fn fits(&self, query: &Query) -> bool {
        self.credential_ids.iter().all(|id| {
            query
                .credential(id)
                .is_some_and(|one| *one.format() == Format::SdJwtVc && one.needs_holder_binding())
        })
    }

    /// Whether a verifier may ask this: it names one part of the query, so that it is known whose key binding
    /// has to cover it, and that part asks for one card that can.
    pub fn can_be_asked(&self, query: &Query) -> bool {
        let [id] = self.credential_ids.as_slice() else { return false };
        self.fits(query) && query.credential(id).is_some_and(|part| !part.is_multiple())
    }
}

impl Transaction {
    fn read(members: Members<'_>) -> Option<Self> {
        let kind = members.required_text("type").ok()?;
        let (what, known): (Self, &[&str]) = match kind {
            PAYMENT => (
                Self::Payment(Payment::read(members)?),
                &["amount", "currency", "payee", "account", "reference"],
            ),
            TEXT => (Self::Text(Document::read(members)?), &["title", "text"]),
            _ => return None,
        };
        let always = ["type", "credential_ids", "transaction_data_hashes_alg"];
        let is_known = |name: &str| always.contains(&name) || known.contains(&name);
        let hashes = members.texts("transaction_data_hashes_alg", MAX_NAMES).ok()?;
        let hashed = hashes.is_none_or(|names| names.iter().any(|name| name == "sha-256"));
        (hashed && members.iter().all(|(name, _)| is_known(name))).then_some(what)
    }

    fn to_members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: &str| members.insert(name.to_owned(), value.into());
        match self {
            Self::Payment(payment) => {
                put("type", PAYMENT);
                put("amount", &payment.amount);
                put("currency", &payment.currency);
                put("payee", &payment.payee);
                let optional = [("account", &payment.account), ("reference", &payment.reference)];
                for (name, value) in optional {
                    value.as_deref().map(|value| put(name, value));
                }
            }
            Self::Text(document) => {
                put("type", TEXT);
                put("title", &document.title);
                put("text", &document.text);
            }
            Self::Unsupported => {
                put("type", "unsupported");
            }
        }
        members
    }
}

impl Payment {
    fn read(members: Members<'_>) -> Option<Self> {
        let payment = Self {
            amount: line(members, "amount")?,
            currency: line(members, "currency")?,
            payee: line(members, "payee")?,
            account: optional_line(members, "account")?,
            reference: optional_line(members, "reference")?,
        };
        let currency =
            payment.currency.len() == 3 && payment.currency.bytes().all(|b| b.is_ascii_uppercase());
        (currency && is_amount(&payment.amount)).then_some(payment)
    }
}

impl Document {
    fn read(members: Members<'_>) -> Option<Self> {
        let text = members.required_text("text").ok()?;
        let fits = text.chars().count() <= MAX_SIGNED_TEXT;
        fits.then_some(Self { title: line(members, "title")?, text: text.to_owned() })
    }
}

/// One line of 1 to [`MAX_LINE`] characters.
fn line(members: Members<'_>, name: &'static str) -> Option<String> {
    optional_line(members, name)?
}

/// As [`line`], where it may be missing.
#[expect(clippy::option_option, reason = "malformed, missing and present are three things")]
fn optional_line(members: Members<'_>, name: &'static str) -> Option<Option<String>> {
    let text = members.text(name).ok()?;
    let fits = text.is_none_or(|text| text.chars().count() <= MAX_LINE && !text.contains(char::is_control));
    fits.then(|| text.map(str::to_owned))
}

/// Digits, with or without a point and more digits behind it; no sign, and no zero in front but one alone.
fn is_amount(text: &str) -> bool {
    let (whole, part) = match text.split_once('.') {
        None => (text, None),
        Some((whole, part)) => (whole, Some(part)),
    };
    let digits =
        |text: &str, max| (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let leads = whole == "0" || !whole.starts_with('0');
    digits(whole, MAX_DIGITS.0) && leads && part.is_none_or(|part| digits(part, MAX_DIGITS.1))
}

#[cfg(test)]
mod tests;
