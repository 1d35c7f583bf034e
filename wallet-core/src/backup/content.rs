//! What a backup holds, in the clear.
//!
//! JSON, deflated, behind its length, with zeros after it up to the next power of two: so a file's length says
//! little. Whoever opens a move or a backup checks what is in it as if a stranger had written it.

use core::time::Duration;
use std::io::{Read as _, Write as _};

use credential::sd_jwt::binding::MAX_CLOCK_SKEW;
use credential::time::UnixTime;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use registry_proof::freshness::MAX_AHEAD_MS;
use registry_proof::light::{Head, TRUST_PERIOD_MS};
use registry_proof::time::Millis;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::held::CardFormat;
use crate::outside::{is_plain, plain};
use crate::store::cards::{About, Card, Source};
use crate::store::entries::{Entry, Outcome, ReceiptState, Sharing};
use crate::view::{BackupView, TransactionView};
use crate::wallet::Setup;

/// Bytes of the JSON, at most: a little of it may unpack to a thousand times as much.
const MAX_JSON: usize = 16 * 1024 * 1024;
/// Cards, at most: many times what anyone holds.
const MAX_CARDS: usize = 1000;
/// Lines of history, at most: ten a day for five years.
const MAX_ENTRIES: usize = 20_000;
/// Status lists, at most: some for each card.
const MAX_LISTS: usize = 10_000;
/// Characters of a card's name in the store, at most.
const MAX_ID: usize = 64;

/// Why content cannot be packed or unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// More than fits, even without any history.
    #[error("content is larger than allowed")]
    TooLarge,
    /// It is not what a wallet would have written.
    #[error("content cannot be read")]
    Unreadable,
}

impl ContentError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "backup_too_large",
            Self::Unreadable => "backup_damaged",
        }
    }
}

/// Everything that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) made_at: UnixTime,
    pub(crate) setup: Setup,
    pub(crate) head: Option<Head>,
    pub(crate) lists: Vec<SeenList>,
    pub(crate) cards: Vec<KeptCard>,
    /// The newest first.
    pub(crate) entries: Vec<KeptEntry>,
}

/// A status list that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenList {
    pub(crate) uri: String,
    pub(crate) issued_at: UnixTime,
}

/// A card without its copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptCard {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) format: CardFormat,
    pub(crate) vct: String,
    pub(crate) issuer: String,
    pub(crate) received_at: UnixTime,
    pub(crate) about: About,
    pub(crate) source: Option<Source>,
}

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptEntry {
    pub(crate) at: UnixTime,
    pub(crate) outcome: Outcome,
    pub(crate) what: Sharing,
    pub(crate) receipt: Option<String>,
    pub(crate) receipt_state: ReceiptState,
    #[serde(default)]
    pub(crate) deletion_asked_at: Option<UnixTime>,
    #[serde(default)]
    pub(crate) deletion_done_at: Option<UnixTime>,
    #[serde(default)]
    pub(crate) reported_at: Option<UnixTime>,
}

/// Content, ready to be encrypted.
pub(crate) struct Packed {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    pub(crate) view: BackupView,
}

impl Content {
    /// Packs to a power of two of `min` to `max` bytes. Of a history that does not fit the oldest lines stay out.
    pub(crate) fn pack(mut self, min: usize, max: usize) -> Result<Packed, ContentError> {
        let all = self.entries.len();
        self.entries.truncate(MAX_ENTRIES);
        loop {
            let json = Zeroizing::new(serde_json::to_vec(&self).map_err(|_| ContentError::Unreadable)?);
            let deflated = deflate(&json)?;
            let padded = (4 + deflated.len()).next_power_of_two().max(min);
            if json.len() <= MAX_JSON && padded <= max {
                let view = self.view(all);
                return Ok(Packed { bytes: pad(&deflated, padded)?, view });
            }
            match self.entries.len() {
                0 => return Err(ContentError::TooLarge),
                count => self.entries.truncate(count * 7 / 8),
            }
        }
    }

    /// Unpacks what [`Content::pack`] made, and what anybody else may have.
    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self, ContentError> {
        let (length, rest) = bytes.split_first_chunk().ok_or(ContentError::Unreadable)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| ContentError::Unreadable)?;
        let json = inflate(rest.get(..length).ok_or(ContentError::Unreadable)?)?;
        let mut content: Self = serde_json::from_slice(&json).map_err(|_| ContentError::Unreadable)?;
        let fits = content.cards.len() <= MAX_CARDS
            && content.entries.len() <= MAX_ENTRIES
            && content.lists.len() <= MAX_LISTS
            && content.cards.iter().all(|card| is_id(&card.id));
        if !fits {
            return Err(ContentError::Unreadable);
        }
        content.cards.iter_mut().for_each(|card| card.about.keep_what_is_plain());
        content.entries.iter_mut().for_each(|entry| entry.what.keep_what_is_plain());
        Ok(content)
    }

    /// Without what says nothing at `now`: a head or a list of a time to come, behind which every true one would be an
    /// old one; and a head that is trusted no longer.
    pub(crate) fn seen_at(mut self, now: UnixTime) -> Self {
        let moment = Millis::from_secs(now.secs());
        let is_trusted = |head: &Head| {
            let age = moment.since(head.time);
            head.time <= moment.plus(MAX_AHEAD_MS) && age <= Duration::from_millis(TRUST_PERIOD_MS)
        };
        self.head = self.head.filter(is_trusted);
        self.lists.retain(|list| list.issued_at <= now.plus(MAX_CLOCK_SKEW));
        self
    }

    /// Receipts that this phone has not checked itself are unchecked.
    pub(crate) fn doubt_receipts(&mut self) {
        for entry in &mut self.entries {
            entry.receipt_state = match entry.receipt_state {
                ReceiptState::Checked
                | ReceiptState::Anchored
                | ReceiptState::LeftOut
                | ReceiptState::Late => ReceiptState::Unchecked,
                known @ (ReceiptState::Missing
                | ReceiptState::Unchecked
                | ReceiptState::Wrong
                | ReceiptState::WithoutNetwork) => known,
            };
        }
    }

    /// What is in it, of a history of so many lines.
    pub(crate) fn view(&self, all: usize) -> BackupView {
        BackupView {
            made_at: self.made_at,
            cards: self.cards.iter().map(|card| card.about.title.clone()).collect(),
            entries: self.entries.len(),
            left_out: all - self.entries.len(),
        }
    }
}

impl From<Card> for KeptCard {
    fn from(card: Card) -> Self {
        let Card { id, format, vct, issuer, received_at, about, source } = card;
        Self { id, format, vct, issuer, received_at, about, source }
    }
}

impl From<KeptCard> for Card {
    fn from(card: KeptCard) -> Self {
        let KeptCard { id, format, vct, issuer, received_at, about, source } = card;
        Self { id, format, vct, issuer, received_at, about, source }
    }
}

impl From<Entry> for KeptEntry {
    /// The register's proof of a receipt stays behind: it is fetched anew, so the receipt is one that waits for it.
    fn from(entry: Entry) -> Self {
        let receipt_state = match entry.receipt_state {
            ReceiptState::Anchored => ReceiptState::Checked,
            other => other,
        };
        Self {
            at: entry.at,
            outcome: entry.outcome,
            what: entry.what,
            receipt: entry.receipt,
            receipt_state,
            deletion_asked_at: entry.deletion_asked_at,
            deletion_done_at: entry.deletion_done_at,
            reported_at: entry.reported_at,
        }
    }
}

fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(plain)
}

impl About {
    /// Colours go onto a screen as they are: what is none is dropped. What a code may show is for the issuer to say
    /// anew, when the card is had again.
    fn keep_what_is_plain(&mut self) {
        self.code.clear();
        let is_color = |text: &String| {
            let digits = text.strip_prefix('#').unwrap_or_default();
            digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        self.background = self.background.take().filter(is_color);
        self.text = self.text.take().filter(is_color);
    }
}

impl Sharing {
    /// Names in the register and the address go onto a screen too. What was confirmed was plain, or it would not have
    /// been confirmed.
    fn keep_what_is_plain(&mut self) {
        for party in self.through.iter_mut().chain([&mut self.asked_by]) {
            party.member = plain(&party.member);
        }
        self.address = plain(&self.address);
        self.transactions.retain(TransactionView::is_plain);
    }
}

impl TransactionView {
    fn is_plain(&self) -> bool {
        match self {
            Self::Payment { amount, currency, payee, account, reference } => {
                let mut texts = [amount, currency, payee].into_iter().chain(account).chain(reference);
                texts.all(|text| is_plain(text))
            }
            Self::Text { title, text } => is_plain(title) && is_plain(text),
        }
    }
}

fn deflate(json: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(json).map_err(|_| ContentError::Unreadable)?;
    Ok(Zeroizing::new(encoder.finish().map_err(|_| ContentError::Unreadable)?))
}

fn inflate(deflated: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    let mut json = Zeroizing::new(Vec::new());
    let most = MAX_JSON as u64 + 1;
    let read = DeflateDecoder::new(deflated).take(most).read_to_end(&mut json);
    match read {
        Ok(length) if length <= MAX_JSON => Ok(json),
        _ => Err(ContentError::Unreadable),
    }
}

/// The length, the bytes, and zeros up to `padded`.
fn pad(deflated: &[u8], padded: usize) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    let length = u32::try_from(deflated.len()).map_err(|_| ContentError::TooLarge)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(padded));
    bytes.extend(length.to_be_bytes());
    bytes.extend(deflated);
    bytes.resize(padded, 0);
    Ok(bytes)
}
