//! Showing cards at a counter, without the network: the request comes as QR codes, the answer goes as QR codes.
//!
//! Who asks is proven as it is online, by the register's proof that the request brings; its age is judged for
//! this use. The answer is encrypted to the key of this one request, and brings the register's proof of the card's
//! issuer, so that a counter whose own copy of the register is older believes it all the same.
//!
//! Spec: OpenID4VP 1.0 sections 5, 8.1 and 8.3.

use core::time::Duration;

use openid4vc::vp::request::UnverifiedRequest;
use openid4vc::vp::response::Answer;
use registry_proof::entry::Entry;
use registry_proof::freshness::Use;
use registry_proof::key::{Key, Purpose};
use registry_proof::name::{MemberId, Vct};

use super::fetch::Fetched;
use super::{Asked, PresentError, transaction};
use crate::counter::envelope::{self, Kind};
use crate::frames;
use crate::store::StoreError;
use crate::store::entries::{Outcome, ReceiptState};
use crate::view::ShownAtCounter;
use crate::wallet::Wallet;

/// A proof of a card's issuer is fetched anew after so long: a quarter of a day, and counters take it for a day and more.
const PREPARE_EVERY: Duration = Duration::from_secs(6 * 3600);

impl Wallet {
    /// Finds out whether a counter's request, collected from its screen, may be answered, and with what. The
    /// network is not used.
    ///
    /// # Errors
    /// [`PresentError`]; nothing has changed then.
    pub fn look_at_counter(&self, message: &[u8]) -> Result<Asked, PresentError> {
        let text = envelope::open(Kind::Request, message)?;
        let unverified = UnverifiedRequest::parse_shown(&text)?;
        let fetched = Fetched { unverified, wallet_nonce: None };
        let (asker, request) = self.prove_request(fetched, Use::Counter)?;
        if !transaction::can_all_be_shown(request.content()) {
            return Err(PresentError::Transaction);
        }
        self.consider(asker, request)
    }

    /// Shows what the consent says: the answer as QR codes, for the counter that asked and no other.
    ///
    /// # Errors
    /// [`PresentError`]. Once there are codes, the copies count as used: they may have been read.
    pub fn show_at_counter(&self, asked: Asked) -> Result<ShownAtCounter, PresentError> {
        let now = self.now();
        if asked.request.content().expires_at.is_some_and(|end| end <= now) {
            return Err(PresentError::TooLate);
        }
        let mut response = self.response(&asked)?;
        response.register_proof = self.issuers_proof(&asked)?;
        let token = Answer::Shown(response).to_token(&asked.request, &mut *self.random.rng())?;
        let frames = frames::split(&envelope::pack(Kind::Answer, &token)?)?;
        let entry = self.store.begin_sharing(now, &asked.sharing(), &asked.copies())?;
        self.store.end_sharing(entry, Outcome::Unknown, None, ReceiptState::WithoutNetwork)?;
        Ok(ShownAtCounter { entry, frames })
    }

    /// Whether a card's issuer has no proof for counters without the network, or an old one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn counters_due(&self) -> Result<bool, StoreError> {
        let now = self.now();
        for card in self.store.cards()? {
            let at = self.store.issuer_proof_at(&card.issuer, &card.vct)?;
            if at.is_none_or(|at| now.since(at) >= PREPARE_EVERY) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps the register's proofs of every card's issuer, as of now, for counters without the network. The
    /// whole register is fetched, so that no node learns whose cards are here. Gives the number of proofs.
    ///
    /// # Errors
    /// [`PresentError::Registry`], [`PresentError::Store`].
    pub async fn prepare_for_counters(&self) -> Result<usize, PresentError> {
        let registry = self.registry()?;
        let snapshot = registry.snapshot().await?;
        let facts = registry.accept(&snapshot)?;
        self.keep_head(registry);
        let keys: Vec<&Key> = facts.entries().map(|(key, _): (&Key, &Entry)| key).collect();
        let mut kept = 0;
        for card in self.store.cards()? {
            let (Ok(issuer), Ok(vct)) = (card.issuer.parse::<MemberId>(), card.vct.parse::<Vct>()) else {
                continue;
            };
            let wanted: Vec<Key> =
                keys.iter().filter(|key| is_about(key, &issuer, &vct)).map(|key| Key::clone(key)).collect();
            let proof = snapshot.only(&wanted).to_cbor();
            self.store.keep_issuer_proof(&card.issuer, &card.vct, facts.time().get() / 1000, &proof)?;
            kept += 1;
        }
        Ok(kept)
    }

    /// The register's proof of the issuer, where all cards are of one issuer and type: proofs of two do not
    /// stand under one header, and the counter has its own copy of the register anyway.
    fn issuers_proof(&self, asked: &Asked) -> Result<Option<Vec<u8>>, StoreError> {
        let mut cards = asked.picked.iter().map(|picked| (&picked.hand.card.issuer, &picked.hand.card.vct));
        match cards.next() {
            Some((issuer, vct)) if cards.all(|other| other == (issuer, vct)) => {
                self.store.issuer_proof(issuer, vct)
            }
            _ => Ok(None),
        }
    }
}

/// Whether an entry says something of the issuer or its right to issue the type.
fn is_about(key: &Key, issuer: &MemberId, vct: &Vct) -> bool {
    match key {
        Key::Network => true,
        Key::Member(member) => member == issuer,
        Key::MemberKey(member, purpose, _) => member == issuer && *purpose == Purpose::Issuer,
        Key::Type(found) => found == vct,
        Key::Accreditation(member, found) => member == issuer && found == vct,
        Key::Registration(..)
        | Key::Status(..)
        | Key::Receipts(..)
        | Key::Proposal(_)
        | Key::Material(_)
        | Key::Origin(_)
        | Key::Tally(_) => false,
    }
}
