//! Showing cards: from a link or QR code to an answer that the other side has, and a line in the history.
//!
//! Nothing is shown to the person before the register has proven who asks and that they may ask it; nothing
//! leaves the device before the history says so. A refusal at any step leaves the store as it was.
//!
//! Spec: OpenID4VP 1.0 sections 5, 6.4, 8 and 14; HAIP 1.0 section 5.

mod consent;
mod counter;
mod error;
mod fetch;
pub mod show_code;

use credential::claim_path::ClaimPath;
use credential::key::RustCrypto;
use openid4vc::vp::dcql::{Candidate, Format};
use openid4vc::vp::present::Chosen;
use openid4vc::vp::refusal::Refusal;
use openid4vc::vp::request::{AnswerTo, Request, RequestContent, RequestError};
use openid4vc::vp::response::{Answer, Reply, Response};
use openid4vc::web_url::WebUrl;
use registry_client::facts::Facts;
use registry_client::trust::{Ask, Requester, TrustError};
use registry_proof::entry::Entry;
use registry_proof::freshness::Use;
use registry_proof::key::Key;
use url::Url;

pub use error::{PresentError, Said};

use fetch::Fetched;

use crate::http::{Body, Request as HttpRequest};
use crate::receipt;
use crate::store::cards::Copy;
use crate::store::entries::{How, Outcome, ReceiptState, RequestState, SharedCard, Sharing};
use crate::view::{Consent, Party};
use crate::wallet::{InHand, Wallet};

/// A request that may be answered: who asks, what for, and what would be shown. The person decides.
pub struct Asked {
    request: Request,
    requester: Requester,
    facts: Facts,
    use_name: String,
    cards: Vec<Picked>,
    consent: Consent,
}

/// A card that answers a part of the query.
struct Picked {
    query: String,
    hand: InHand,
    disclose: Vec<ClaimPath>,
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
        self.consider(fetched, Use::Login)
    }

    /// Finds out whether a request may be answered, by the proof that it brings, and with what.
    fn consider(&self, fetched: Fetched, wanted: Use) -> Result<Asked, PresentError> {
        let content = fetched.unverified.dangerous_content();
        let staple = content.verifier_info.registration.as_ref().ok_or(PresentError::NoRegistration)?;
        let use_name = staple.use_name.clone();
        let facts = self.believe(&staple.proof)?;
        let age = facts.judge(wanted, self.now())?;
        let ask = Ask {
            member: &staple.member.parse().map_err(|_| TrustError::UnknownRequester)?,
            use_name: &use_name.parse().map_err(|_| TrustError::NotRegistered)?,
            response_uri: content.answer_to.address().map(WebUrl::url),
            claims: &content.query.asked(),
        };
        let requester = facts.requester(fetched.unverified.key(), &ask, self.now(), &RustCrypto)?;
        check_types(&facts, &ask, content)?;
        let request = fetched.verify(&requester.key, self.now())?;
        let cards = self.pick_cards(request.content())?;
        let consent = consent::of(&requester, request.content(), &cards, age.duration());
        Ok(Asked { request, requester, facts, use_name, cards, consent })
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
            Some(receipt) => receipt::judge(receipt, &sharing, &asked.facts, now),
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
        let refusal = Answer::Refused(Refusal::AccessDenied);
        let form = refusal.to_form(&asked.request, &mut *self.random.rng())?;
        self.post(asked.request.content(), form).await.map(drop)
    }

    /// The first way to give what is required, with the first card that fits each part.
    fn pick_cards(&self, content: &RequestContent) -> Result<Vec<Picked>, PresentError> {
        let now = self.now();
        let mut hand = self.hand()?;
        hand.retain(|card| card.held.expires_at().is_none_or(|end| end > now));
        let candidates: Vec<Candidate<'_>> = hand
            .iter()
            .map(|card| Candidate {
                id: &card.card.id,
                format: &Format::SdJwtVc,
                vct: card.held.vct(),
                claims: card.held.claims(),
                authorities: &[],
            })
            .collect();
        let answer = content.query.answer(&candidates)?;
        let wanted = answer.needs.iter().filter(|need| need.required).filter_map(|need| need.options.first());
        let mut picked: Vec<Picked> = Vec::new();
        for query in wanted.flatten() {
            let Some(choice) = answer.choices.get(query).and_then(|choices| choices.first()) else {
                continue;
            };
            if picked.iter().any(|one| one.query == *query) {
                continue;
            }
            let hand = self.in_hand(self.store.card(&choice.candidate)?)?;
            picked.push(Picked { query: query.clone(), hand, disclose: choice.disclose.clone() });
        }
        if picked.is_empty() { Err(PresentError::NothingRequired) } else { Ok(picked) }
    }

    /// The chosen cards, bound to the request.
    fn response(&self, asked: &Asked) -> Result<Response, PresentError> {
        let signers = asked
            .cards
            .iter()
            .map(|picked| self.keys.card_key(&picked.hand.copy.key))
            .collect::<Result<Vec<_>, _>>()?;
        let chosen: Vec<Chosen<'_>> = asked
            .cards
            .iter()
            .zip(&signers)
            .map(|(picked, signer)| Chosen {
                query: &picked.query,
                card: &picked.hand.held,
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
    /// The copies that are used up.
    fn copies(&self) -> Vec<&Copy> {
        self.cards.iter().map(|picked| &picked.hand.copy).collect()
    }

    fn sharing(&self) -> Sharing {
        let cards = self.cards.iter().map(|picked| {
            let card = &picked.hand.card;
            SharedCard {
                card: card.id.clone(),
                vct: card.vct.clone(),
                title: card.about.title.clone(),
                names: picked.disclose.iter().map(|path| card.about.name_of(path)).collect(),
                paths: picked.disclose.clone(),
                reused: picked.hand.copy.uses > 0,
            }
        });
        Sharing {
            asked_by: self.consent.asks.clone(),
            through: self.consent.through.clone(),
            use_name: self.use_name.clone(),
            purpose: self.consent.purpose.clone(),
            network: self.facts.network().to_string(),
            cards: cards.collect(),
            through_member: through(&self.requester),
            how: How::Card,
            address: self.consent.address.clone(),
            kept_days: self.consent.kept_days,
            state: self.request.content().state.clone().map(RequestState),
        }
    }
}

/// The member that signs receipts: the operator where there is one.
fn through(requester: &Requester) -> String {
    requester.operator.as_ref().map_or(&requester.member, |operator| &operator.member).to_string()
}

/// A card that is asked for without any of its claims must be registered too: that one has it says enough.
fn check_types(facts: &Facts, ask: &Ask<'_>, content: &RequestContent) -> Result<(), TrustError> {
    let key = Key::Registration(ask.member.clone(), ask.use_name.clone());
    let Some(Entry::Registration(registration)) = facts.get(&key) else {
        return Err(TrustError::NotRegistered);
    };
    let registered = |vct: &&str| registration.claims.iter().any(|claims| claims.vct.as_str() == *vct);
    let beyond: Vec<String> =
        content.query.types().filter(|vct| !registered(vct)).map(str::to_owned).collect();
    if beyond.is_empty() { Ok(()) } else { Err(TrustError::TooMuch(beyond)) }
}

/// How an organisation is shown.
pub(crate) fn party(
    member: &registry_proof::name::MemberId,
    legal_name: &registry_proof::entry::Texts,
) -> Party {
    Party { member: member.to_string(), name: crate::view::Texts(legal_name.clone()) }
}
