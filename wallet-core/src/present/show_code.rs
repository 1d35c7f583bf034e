//! Showing a card as a code that any counter reads for half a minute: only what its type fixed, and only of
//! types that allow it.
//!
//! What a code shows stands in the type's metadata, whose hash the register knows: the type's steward decides, not
//! the issuer and not the counter. Without a word on it there is no code.
//!
//! Spec: SD-JWT VC draft 19 section 4 (type metadata; members of one's own are allowed).

use credential::claim_path::ClaimPath;
use credential::json;
use registry_client::facts::Facts;
use registry_proof::entry::Entry;
use registry_proof::key::Key;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::PresentError;
use super::consent::everything_shown;
use crate::cards::value_at;
use crate::counter::code;
use crate::counter::envelope::{self, Kind};
use crate::frames;
use crate::held::Held;
use crate::store::entries::{How, Outcome, ReceiptState, SharedCard, Sharing};
use crate::view::{CodeView, Party, ShownClaim, Texts};
use crate::wallet::{InHand, Wallet};

/// The member of type metadata that lists the paths of what a code shows.
const MEMBER: &str = "symbolon_code";
/// Claims of a code, at most: more is a card shown to nobody in particular.
const MAX_CLAIMS: usize = 4;
/// Bytes of type metadata, at most.
const MAX_METADATA: usize = 256 * 1024;

impl Wallet {
    /// What a code of the card would show, for the person to decide on. Nothing is used up.
    ///
    /// # Errors
    /// [`PresentError::NoCode`] where the type allows none, or the card has expired or lacks what it would show;
    /// [`PresentError::Store`].
    pub fn look_at_code(&self, card: &str) -> Result<Vec<ShownClaim>, PresentError> {
        Ok(shown_by_code(&self.hand_with_code(card)?))
    }

    /// A code of the card, good for half a minute from now at any counter. A copy is used up.
    ///
    /// # Errors
    /// As [`Wallet::look_at_code`], and [`PresentError`].
    pub fn show_code(&self, card: &str) -> Result<CodeView, PresentError> {
        let (hand, now) = (self.hand_with_code(card)?, self.now());
        let paths = &hand.card.about.code;
        let Held::SdJwtVc(held) = &hand.held else { return Err(PresentError::NoCode) };
        let signer = self.keys.card_key(&hand.copy.key)?;
        let token = held.present(paths, &code::binding(now), &*signer)?;
        let frames = frames::split(&envelope::pack(Kind::Code, &token)?)?;
        let entry = self.store.begin_sharing(now, &sharing(&hand), &[&hand.copy])?;
        self.store.end_sharing(entry, Outcome::Unknown, None, ReceiptState::WithoutNetwork)?;
        Ok(CodeView {
            entry,
            frames,
            seconds: code::LIFE.as_secs(),
            shared: shown_by_code(&hand),
            reused: hand.copy.uses > 0,
        })
    }

    fn hand_with_code(&self, card: &str) -> Result<InHand, PresentError> {
        let (hand, now) = (self.in_hand(self.store.card(card)?)?, self.now());
        let paths = &hand.card.about.code;
        let has = |path: &ClaimPath| !path.select(hand.held.claims()).is_empty();
        let good = hand.held.expires_at().is_none_or(|end| end > now);
        if good && !paths.is_empty() && paths.iter().all(has) { Ok(hand) } else { Err(PresentError::NoCode) }
    }
}

/// What the type fixed, and what the card shows in any case.
fn shown_by_code(hand: &InHand) -> Vec<ShownClaim> {
    let show = |path: ClaimPath| {
        ShownClaim::new(&path, hand.card.name_of(&path), &value_at(hand.held.claims(), &path))
    };
    everything_shown(hand, &hand.card.about.code).into_iter().map(show).collect()
}

/// A line of the history in which nobody is named, since nobody asked.
fn sharing(hand: &InHand) -> Sharing {
    let card = &hand.card;
    let paths = everything_shown(hand, &card.about.code);
    Sharing {
        asked_by: Party { member: String::new(), name: anybody() },
        through: None,
        use_name: String::new(),
        purpose: card.about.title.clone(),
        network: String::new(),
        transactions: Vec::new(),
        through_member: String::new(),
        how: How::Card,
        address: String::new(),
        kept_days: None,
        state: None,
        cards: vec![SharedCard {
            card: card.id.clone(),
            vct: card.vct.clone(),
            title: card.about.title.clone(),
            names: paths.iter().map(|path| card.name_of(path)).collect(),
            paths,
            reused: hand.copy.uses > 0,
        }],
    }
}

fn anybody() -> Texts {
    let texts = [("en", "Whoever read the code"), ("zh", "读取该码的任何人")];
    Texts::new(texts.map(|(language, text)| (language.to_owned(), text.to_owned())).into())
}

/// What a code of type `vct` shows, by its metadata; nothing unless they are the ones that the register knows.
pub(crate) fn allowed(metadata: &[u8], vct: &str, facts: &Facts) -> Vec<ClaimPath> {
    let read = || {
        let Some(Entry::Type(known)) = facts.get(&Key::Type(vct.parse().ok()?)) else { return None };
        if known.metadata_sha256 != <[u8; 32]>::from(Sha256::digest(metadata)) {
            return None;
        }
        let members = json::parse_object(metadata, MAX_METADATA).ok()?;
        let is_its_own = members.get("vct").and_then(Value::as_str) == Some(vct);
        let paths: Vec<ClaimPath> = serde_json::from_value(members.get(MEMBER)?.clone()).ok()?;
        (is_its_own && paths.len() <= MAX_CLAIMS).then_some(paths)
    };
    read().unwrap_or_default()
}
