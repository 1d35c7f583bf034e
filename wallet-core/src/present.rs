//! Showing cards: from a link or QR code to an answer that the other side has, and a line in the history.
//!
//! Nothing is shown to the person before the register has proven who asks and that they may ask it; nothing
//! leaves the device before the history says so. A refusal at any step leaves the store as it was.
//!
//! Spec: OpenID4VP 1.0 sections 5, 6.4, 8 and 14; HAIP 1.0 section 5.

pub(crate) mod asker;
mod choice;
mod consent;
mod counter;
mod error;
mod fetch;
pub mod show_code;
mod transaction;

use std::collections::BTreeMap;

use credential::claim_path::ClaimPath;
use openid4vc::vp::present::Chosen;
use openid4vc::vp::refusal::Refusal;
use openid4vc::vp::request::{AnswerTo, Request, RequestContent, RequestError};
use openid4vc::vp::response::{Answer, Reply, Response};
use registry_proof::freshness::Use;
use url::Url;

pub use error::{PresentError, Said};

use fetch::Fetched;

use crate::http::{Body, Request as HttpRequest};
use crate::receipt;
use crate::store::cards::Copy;
use crate::store::entries::{How, Outcome, ReceiptState, RequestState, SharedCard, Sharing};
use crate::view::{CardName, Choice, Consent};
use crate::wallet::{InHand, Wallet};
use asker::Asker;
use choice::{CardOffer, Offers};

/// A request that may be answered: who asks, what for, and what would be shown. The person decides.
pub struct Asked {
    request: Request,
    asker: Asker,
    offers: Offers,
    picked: Vec<Picked>,
    consent: Consent,
}

/// A card that answers a part of the query, and what else could have.
struct Picked {
    query: String,
    hand: InHand,
    offer: CardOffer,
    way: usize,
    disclose: Vec<ClaimPath>,
    instead: Vec<CardName>,
    several: bool,
}

/// What came of sharing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The line in the history.
    pub entry: i64,
    /// Where the person continues, on the same device.
    pub redirect_uri: Option<Url>,
    /// What is known of the receipt.
    pub receipt: ReceiptState,
}

impl Asked {
    /// What the person decides on.
    pub const fn consent(&self) -> &Consent {
        &self.consent
    }
}

impl Wallet {
    /// Fetches the request behind a link and finds out whether it may be answered, and with what.
    ///
    /// # Errors
    /// [`PresentError`]; nothing has changed then, and the other side has learnt nothing but the fetch.
    pub async fn look_at_request(&self, link: &str) -> Result<Asked, PresentError> {
        let fetched = self.fetch_request(link).await?;
        let (asker, request) = self.prove_request(fetched, Use::Login)?;
        self.check_transactions(&request).await?;
        self.consider(asker, request)
    }

    /// Finds out who asks, by the proof that the request brings, and whether they may ask all of it.
    fn prove_request(&self, fetched: Fetched, wanted: Use) -> Result<(Asker, Request), PresentError> {
        let asker = self.prove_asker(&fetched, wanted)?;
        let request = fetched.verify(asker.key(), self.now())?;
        self.check_registered(&asker, request.content())?;
        Ok((asker, request))
    }

    /// What would be shown where the person changes nothing.
    fn consider(&self, asker: Asker, request: Request) -> Result<Asked, PresentError> {
        let offers = self.offers(request.content())?;
        let choice = offers.usual();
        let picked = self.take(&request, &offers, &choice)?;
        let consent = consent::of(&asker, request.content(), &offers, &choice, &picked);
        Ok(Asked { request, asker, offers, picked, consent })
    }

    /// The cards of a choice. What the other side says it could not check is not put before the person either.
    fn take(&self, request: &Request, offers: &Offers, choice: &Choice) -> Result<Vec<Picked>, PresentError> {
        let picked = self.pick(offers, choice)?;
        picked.iter().try_for_each(|one| request.check_algorithm(one.hand.held.to_present()))?;
        Ok(picked)
    }

    /// Takes another choice than the usual one; the consent then says what it comes to.
    ///
    /// # Errors
    /// [`PresentError::NotOffered`] where the consent does not offer that; `asked` is as it was then.
    pub fn choose(&self, asked: &mut Asked, choice: &Choice) -> Result<(), PresentError> {
        let picked = self.take(&asked.request, &asked.offers, choice)?;
        asked.consent = consent::of(&asked.asker, asked.request.content(), &asked.offers, choice, &picked);
        asked.picked = picked;
        Ok(())
    }

    /// Shows what the consent says.
    ///
    /// # Errors
    /// [`PresentError`]. From [`PresentError::Http`] on the copies count as used: the answer may have arrived.
    pub async fn share(&self, asked: Asked) -> Result<Shared, PresentError> {
        let now = self.now();
        if asked.request.content().expires_at.is_some_and(|end| end <= now) {
            return Err(PresentError::TooLate);
        }
        let answer = Answer::Shown(self.response(&asked)?);
        let form = answer.to_form(&asked.request, &mut *self.random.rng())?;
        let sharing = asked.sharing();
        let entry = self.store.begin_sharing(now, &sharing, &asked.copies())?;
        let answer = self.post(asked.request.content(), form).await?;
        if !answer.is_good() {
            self.store.end_sharing(entry, Outcome::Refused, None, ReceiptState::Missing)?;
            return Err(PresentError::Refused(Said::read(&answer.body)));
        }
        // The other side has it: a reply that cannot be read changes nothing about that.
        let reply = Reply::parse(&answer.body).unwrap_or_default();
        let state = match &reply.receipt {
            None => ReceiptState::Missing,
            Some(receipt) => receipt::judge(receipt, &sharing, &asked.asker.facts, now),
        };
        self.store.end_sharing(entry, Outcome::Shared, reply.receipt.as_deref(), state)?;
        let redirect_uri = reply.redirect_uri.map(|address| address.url().clone());
        Ok(Shared { entry, redirect_uri, receipt: state })
    }

    /// Says no: the other side learns that, and nothing else. A counter without the network sees that nothing
    /// is shown to it.
    ///
    /// # Errors
    /// [`PresentError::Http`] where it cannot be told.
    pub async fn decline(&self, asked: &Asked) -> Result<(), PresentError> {
        if asked.request.content().answer_to == AnswerTo::Screen {
            return Ok(());
        }
        self.refuse(&asked.request, Refusal::AccessDenied).await
    }

    /// Whoever asks for a confirmation that cannot be shown is told so (OpenID4VP 1.0 section 8.5).
    async fn check_transactions(&self, request: &Request) -> Result<(), PresentError> {
        if transaction::can_all_be_shown(request.content()) {
            return Ok(());
        }
        // The other side may have gone; the answer is no either way.
        let _ = self.refuse(request, Refusal::InvalidTransactionData).await;
        Err(PresentError::Transaction)
    }

    async fn refuse(&self, request: &Request, refusal: Refusal) -> Result<(), PresentError> {
        let form = Answer::Refused(refusal).to_form(request, &mut *self.random.rng())?;
        self.post(request.content(), form).await.map(drop)
    }

    /// The chosen cards, bound to the request.
    fn response(&self, asked: &Asked) -> Result<Response, PresentError> {
        if asked.picked.is_empty() {
            return Err(PresentError::NothingChosen);
        }
        let signers = asked
            .picked
            .iter()
            .map(|picked| self.keys.card_key(&picked.hand.copy.key))
            .collect::<Result<Vec<_>, _>>()?;
        let chosen: Vec<Chosen<'_>> = asked
            .picked
            .iter()
            .zip(&signers)
            .map(|(picked, signer)| Chosen {
                query: &picked.query,
                card: picked.hand.held.to_present(),
                disclose: &picked.disclose,
                signer: &**signer,
            })
            .collect();
        Ok(asked.request.present(&chosen, self.now())?)
    }

    async fn post(
        &self,
        content: &RequestContent,
        form: String,
    ) -> Result<crate::http::Answer, PresentError> {
        let address = content.answer_to.address().ok_or(RequestError::ResponseMode)?.url().clone();
        let body = Body::Text { media_type: "application/x-www-form-urlencoded", text: form };
        Ok(self.http.send(HttpRequest::post(address, body)).await?)
    }
}

impl Asked {
    /// The copies that are used up. One card may answer two parts: its copy is used once by that.
    fn copies(&self) -> Vec<&Copy> {
        let copies = self.picked.iter().map(|picked| (picked.hand.copy.id, &picked.hand.copy));
        copies.collect::<BTreeMap<i64, &Copy>>().into_values().collect()
    }

    fn sharing(&self) -> Sharing {
        let cards = self.picked.iter().map(|picked| {
            let card = &picked.hand.card;
            let shown = consent::everything_shown(&picked.hand, &picked.disclose);
            SharedCard {
                card: card.id.clone(),
                vct: card.vct.clone(),
                title: card.about.title.clone(),
                names: shown.iter().map(|path| card.name_of(path)).collect(),
                paths: picked.disclose.clone(),
                reused: picked.hand.copy.uses > 0,
            }
        });
        Sharing {
            asked_by: self.consent.asks.clone(),
            through: self.consent.through.clone(),
            use_name: self.asker.use_name.to_string(),
            purpose: self.consent.purpose.clone(),
            network: self.asker.facts.network().to_string(),
            cards: cards.collect(),
            transactions: self.consent.transactions.clone(),
            through_member: self.asker.receipt_member().to_string(),
            how: How::Card,
            address: self.consent.address.clone(),
            kept_days: self.consent.kept_days,
            state: self.request.content().state.clone().map(RequestState),
        }
    }
}
