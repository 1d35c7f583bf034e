//! Asking a wallet, and deciding on its answer: every check before a single claim is believed.
//!
//! Spec: OpenID4VP 1.0 sections 5 and 8; HAIP 1.0 section 5.

use core::time::Duration;
use std::collections::BTreeMap;

use credential::claim_path::ClaimPath;
use credential::issuer::KeyReference;
use credential::jwe::DecryptionKey;
use credential::mdoc::MdocError;
use credential::sd_jwt::SdJwtError;
use credential::sd_jwt_vc;
use credential::x509::Chain;
use openid4vc::vp::dcql::{ClaimQuery, CredentialQuery, Format, Query};
use openid4vc::vp::link::{AuthorizationLink, Method};
use openid4vc::vp::refusal::Refusal;
use openid4vc::vp::request::{
    AnswerTo, ClientMetadata, RequestContent, RequestError, StapledRegistration, VerifierInfo,
};
use openid4vc::vp::response::{Answer, Posted, Response};
use openid4vc::vp::transaction::TransactionData;
use openid4vc::vp::verify::{Expected, Presented, VerifyError};
use openid4vc::web_url::{WebUrl, WebUrlError};
use registry_client::facts::Facts;
use registry_client::registry::ClientError as RegistryError;
use registry_client::trust::{TrustError, written};
use registry_proof::entry::Entry;
use registry_proof::freshness::{Age, Use};
use registry_proof::key::Key;
use registry_proof::name::MemberId;
use serde_json::{Map, Value};
use service_kit::signature::AwsLc;

use crate::claims;
use crate::client::Client;
use crate::service::Provider;
use crate::status::StatusError;
use crate::store::asks::{Ask, Card, Device, IssuerKey, Request, Shown};
use crate::store::sessions::Session;

/// The one part of a login's query.
pub const QUERY_ID: &str = "identity";

/// Why a request cannot be put.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The register gives no proof to staple.
    #[error("register gives no proof")]
    Registry(#[from] RegistryError),
    /// The request could not be signed.
    #[error("request could not be signed")]
    Sign(#[from] RequestError),
    /// A stored value is unusable.
    #[error("stored request is unusable")]
    Stored,
    /// Our own address is unusable.
    #[error("own address is unusable")]
    Address(#[from] WebUrlError),
}

/// What a halt of the register means for logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// What it said this long ago still counts.
    InGrace(Duration),
    /// Nobody can log in.
    TooLong,
}

/// Why an answer is not believed. Its code is for people, programs and the log.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The wallet shows nothing: the person said no, or it cannot answer.
    #[error("wallet refuses")]
    Refused(Refusal),
    /// The answer cannot be read.
    #[error("answer cannot be read")]
    Malformed,
    /// A presentation does not hold.
    #[error("presentation does not hold")]
    Presentation,
    /// The issuer is not believed.
    #[error("issuer is not believed")]
    Trust(#[from] TrustError),
    /// The card is not valid, or that is not known.
    #[error("card's status is not good")]
    Status(#[from] StatusError),
    /// The card has expired.
    #[error("card has expired")]
    Expired,
    /// The register was never read.
    #[error("register was never read")]
    NoRegister,
}

impl AnswerError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused(Refusal::AccessDenied) => "access_denied",
            Self::Refused(_) => "wallet_refused",
            Self::Malformed => "answer_malformed",
            Self::Presentation => "presentation_refused",
            Self::Trust(error) => error.code(),
            Self::Status(error) => error.code(),
            Self::Expired => "card_expired",
            Self::NoRegister => "register_unreachable",
        }
    }

    /// Whether asking again in a moment would change nothing.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Trust(TrustError::Stale(_) | TrustError::Ahead | TrustError::Incomplete)
            | Self::Status(StatusError::Unreachable | StatusError::Untrue | StatusError::NotAnchored)
            | Self::NoRegister => false,
            Self::Refused(_)
            | Self::Malformed
            | Self::Presentation
            | Self::Expired
            | Self::Trust(_)
            | Self::Status(StatusError::Revoked | StatusError::Suspended | StatusError::Unknown) => true,
        }
    }
}

impl Provider {
    /// A fresh request for `device`: ids, nonce and key of its own.
    pub fn new_request(&self, device: Device, query: &Query, transactions: &[TransactionData]) -> Request {
        Request {
            id: self.random.token(),
            device,
            nonce: self.random.token(),
            state: self.random.token(),
            encryption_key: DecryptionKey::generate(&mut *self.random.rng()).dangerous_to_jwk(),
            query: query.as_json().clone(),
            transaction_data: transactions.iter().map(|one| one.encoded().to_owned()).collect(),
            fetched: false,
        }
    }

    /// The link or QR text of a request.
    ///
    /// # Errors
    /// [`AskError::Address`].
    pub fn wallet_link(&self, request: &Request) -> Result<String, AskError> {
        let request_uri = WebUrl::parse(&self.link(&format!("/vp/request/{}", request.id)))?;
        let link = AuthorizationLink { client_id: self.client_id.clone(), request_uri, method: Method::Post };
        Ok(link.to_string())
    }

    /// The signed request, with the registration that it is made under stapled to it.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn sign_request(
        &self,
        client: &Client,
        ask: &Ask,
        request: &Request,
        wallet_nonce: Option<String>,
    ) -> Result<String, AskError> {
        let proof = self.register.staple(&client.member, &client.use_name, &self.clock).await?;
        let mut content = self.content(ask, request)?;
        content.wallet_nonce = wallet_nonce;
        content.verifier_info.registration = Some(StapledRegistration {
            member: client.member.to_string(),
            use_name: client.use_name.to_string(),
            proof,
        });
        Ok(content.sign(&self.request_key, &self.request_signer)?)
    }

    /// What a stored request asks; the answer is held against it.
    fn content(&self, ask: &Ask, request: &Request) -> Result<RequestContent, AskError> {
        let key = DecryptionKey::from_jwk(&request.encryption_key).map_err(|_| AskError::Stored)?;
        let transactions = request.transaction_data.iter().map(|text| TransactionData::parse(text));
        Ok(RequestContent {
            client_id: self.client_id.clone(),
            answer_to: AnswerTo::Address(WebUrl::parse(&self.link(&format!("/vp/response/{}", request.id)))?),
            nonce: request.nonce.clone(),
            state: Some(request.state.clone()),
            query: Query::parse(&request.query).map_err(|_| AskError::Stored)?,
            transaction_data: transactions.collect::<Result<_, _>>().map_err(|_| AskError::Stored)?,
            client_metadata: ClientMetadata::for_key(&key, &request.id),
            verifier_info: VerifierInfo::default(),
            wallet_nonce: None,
            issued_at: Some(self.clock.now()),
            expires_at: Some(ask.expires_at),
        })
    }

    /// Decides on what a wallet posted.
    ///
    /// # Errors
    /// [`AnswerError`]: nothing may be believed then.
    pub async fn decide(&self, ask: &Ask, request: &Request, body: &str) -> Result<Shown, AnswerError> {
        let content = self.content(ask, request).map_err(|_| AnswerError::Malformed)?;
        let key = DecryptionKey::from_jwk(&request.encryption_key).map_err(|_| AnswerError::Malformed)?;
        let posted = Posted::parse(body).map_err(|_| AnswerError::Malformed)?;
        let response = match posted.open(&content, &key) {
            Ok(Answer::Shown(response)) => response,
            Ok(Answer::Refused(refusal)) => return Err(AnswerError::Refused(refusal)),
            Err(_) => return Err(AnswerError::Malformed),
        };
        let facts =
            self.register.facts_for(Use::Check, self.clock.now()).await.ok_or(AnswerError::NoRegister)?;
        self.tell_age(&facts)?;
        let presented = self.verify(&content, &response, &facts)?;
        let cards: Vec<Card> = presented.iter().map(Proven::card).collect();
        for card in &cards {
            self.check_card(&facts, card).await?;
        }
        let card = cards.into_iter().next().ok_or(AnswerError::Presentation)?;
        let identifier = &self.login.identifier;
        Ok(shown(&presented, &content.query, identifier, card, request.device, self.clock.now()))
    }

    /// Whether the session's card is still good, by what the register and its status list say now.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub async fn recheck(&self, session: &Session) -> Result<(), AnswerError> {
        let facts =
            self.register.facts_for(Use::Check, self.clock.now()).await.ok_or(AnswerError::NoRegister)?;
        self.tell_age(&facts)?;
        let (card, now) = (&session.card, self.clock.now());
        if card.expires_at.is_some_and(|end| end <= now) {
            return Err(AnswerError::Expired);
        }
        let issuer: MemberId = card.issuer.parse().map_err(|_| AnswerError::Presentation)?;
        facts.same_issuer(&card.key.reference()?, &issuer, now, &AwsLc)?;
        self.check_card(&facts, card).await
    }

    /// Whether the register lets a relying party ask this through us, as wallets will hold against us. What is
    /// not known now is left to them.
    ///
    /// # Errors
    /// [`TrustError`].
    pub async fn check_registered(&self, client: &Client, query: &Query) -> Result<(), TrustError> {
        let now = self.clock.now();
        let Some(facts) = self.register.facts_for(Use::Login, now).await else { return Ok(()) };
        if facts.judge(Use::Login, now).is_err() {
            return Ok(());
        }
        let ask = registry_client::trust::Ask {
            member: &client.member,
            use_name: &client.use_name,
            response_uri: Some(&self.origin),
            claims: &query.asked(),
        };
        facts.requester(&self.request_key, &ask, now, &AwsLc)?;
        check_types(&facts, client, query)
    }

    /// Whether the register halts, or was never read, which people have to be told.
    pub async fn halt(&self) -> Option<Halt> {
        let now = self.clock.now();
        let Some(facts) = self.register.facts_for(Use::Check, now).await else { return Some(Halt::TooLong) };
        match facts.judge(Use::Check, now) {
            Ok(Age::Fresh(_)) => None,
            Ok(Age::InGrace(age)) => Some(Halt::InGrace(age)),
            Err(_) => Some(Halt::TooLong),
        }
    }

    fn tell_age(&self, facts: &Facts) -> Result<(), TrustError> {
        if let Age::InGrace(age) = facts.judge(Use::Check, self.clock.now())? {
            tracing::warn!(
                seconds = age.as_secs(),
                "the register halts; its last proof is used within the grace"
            );
        }
        Ok(())
    }

    /// Every presentation of the answer with the member that issued its card, in the order of the answer.
    fn verify(
        &self,
        content: &RequestContent,
        response: &Response,
        facts: &Facts,
    ) -> Result<Vec<Proven>, AnswerError> {
        let (now, client_id) = (self.clock.now(), content.client_id.to_string());
        let mut issuers = Vec::new();
        let verified = Expected::of(content, &client_id, now).verify(
            response,
            |claimed| {
                let (by, vct, at) = (claimed.reference, claimed.vct, claimed.issued_at);
                let signer = match claimed.format {
                    Format::Mdoc => facts.document_issuer(by, vct, at, now, &AwsLc)?,
                    Format::SdJwtVc | Format::Other(_) => facts.issuer(by, vct, at, now, &AwsLc)?,
                };
                issuers.push(signer.member);
                Ok::<_, TrustError>(signer.key)
            },
            &AwsLc,
        );
        let verified = verified.map_err(|error| {
            tracing::info!(error = &error as &dyn std::error::Error, "a presentation is refused");
            match error {
                VerifyError::Issuer(error) => AnswerError::Trust(error),
                VerifyError::Presentation(sd_jwt_vc::VerifyError::SdJwt(SdJwtError::Expired))
                | VerifyError::Document(MdocError::Expired) => AnswerError::Expired,
                VerifyError::Query(_)
                | VerifyError::Format
                | VerifyError::Transaction
                | VerifyError::Presentation(_)
                | VerifyError::Document(_) => AnswerError::Presentation,
            }
        })?;
        let each =
            |(query, all): (String, Vec<Presented>)| all.into_iter().map(move |one| (query.clone(), one));
        let presented: Vec<_> = verified.into_iter().flat_map(each).collect();
        if presented.len() != issuers.len() {
            return Err(AnswerError::Presentation);
        }
        let proven = presented.into_iter().zip(issuers);
        Ok(proven.map(|((query, presented), issuer)| Proven { query, presented, issuer }).collect())
    }

    /// Issuer still in good standing, and the status list says valid. A card without a status is good as long
    /// as its issuer is.
    async fn check_card(&self, facts: &Facts, card: &Card) -> Result<(), AnswerError> {
        let issuer: MemberId = card.issuer.parse().map_err(|_| AnswerError::Presentation)?;
        facts.may_issue(&issuer, &card.vct, card.issued_at, self.clock.now())?;
        if let Some((uri, index)) = &card.status {
            self.status.check(&self.register, facts, &issuer, (uri, *index), self.clock.now()).await?;
        }
        Ok(())
    }

    /// The query of a login.
    ///
    /// # Errors
    /// [`AskError::Stored`], which the configuration's own names exclude.
    pub fn login_query(&self, paths: &[ClaimPath]) -> Result<Query, AskError> {
        Query::for_card(QUERY_ID, self.vct.as_str(), paths).map_err(|_| AskError::Stored)
    }
}

impl IssuerKey {
    fn of(reference: &KeyReference) -> Self {
        match reference {
            KeyReference::Kid(kid) => Self::Kid(kid.clone()),
            KeyReference::X5c(chain) => Self::X5c(chain.to_x5c()),
        }
    }

    fn reference(&self) -> Result<KeyReference, AnswerError> {
        match self {
            Self::Kid(kid) => Ok(KeyReference::Kid(kid.clone())),
            Self::X5c(texts) => {
                Chain::from_x5c(texts).map(KeyReference::X5c).map_err(|_| AnswerError::Presentation)
            }
        }
    }
}

/// A presentation, and who issued its card.
struct Proven {
    query: String,
    presented: Presented,
    issuer: MemberId,
}

/// A card that is asked for without any of its claims must be registered too: that one has it says enough.
fn check_types(facts: &Facts, client: &Client, query: &Query) -> Result<(), TrustError> {
    let key = Key::Registration(client.member.clone(), client.use_name.clone());
    let Some(Entry::Registration(registration)) = facts.get(&key) else {
        return Err(TrustError::NotRegistered);
    };
    let registered = |vct: &&str| registration.claims.iter().any(|claims| claims.vct.as_str() == *vct);
    let beyond: Vec<String> = query.types().filter(|vct| !registered(vct)).map(str::to_owned).collect();
    if beyond.is_empty() { Ok(()) } else { Err(TrustError::TooMuch(beyond)) }
}

impl Proven {
    fn card(&self) -> Card {
        let presented = &self.presented;
        Card {
            issuer: self.issuer.to_string(),
            vct: presented.vct().to_owned(),
            issued_at: presented.issued_at(),
            expires_at: presented.expires_at(),
            key: IssuerKey::of(&presented.issuer.key),
            status: presented.status().map(|status| (status.uri.clone(), status.index)),
        }
    }

    /// The paths of its part of the query that it has something for.
    fn paths<'q>(&self, query: &'q Query) -> impl Iterator<Item = &'q ClaimPath> {
        let asked = query.credential(&self.query).map(CredentialQuery::claims).unwrap_or_default();
        asked.iter().map(ClaimQuery::path).filter(|path| !path.select(self.presented.claims()).is_empty())
    }
}

/// Only what was asked for, whatever else the wallet sent; the login identifier apart, which nobody is told.
fn shown(
    presented: &[Proven],
    query: &Query,
    identifier: &str,
    card: Card,
    device: Device,
    at: credential::time::UnixTime,
) -> Shown {
    let mut parts: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    let (mut shared, mut identifiers) = (Vec::new(), Vec::new());
    for one in presented {
        let mut claims = claims::only(one.presented.claims(), one.paths(query));
        identifiers.push(claims.remove(identifier).and_then(|value| value.as_str().map(str::to_owned)));
        parts.entry(one.query.clone()).or_default().push(claims);
        shared.extend(one.paths(query).map(written));
    }
    let claims = parts.values().flatten().next().cloned().unwrap_or_default();
    let identifier = identifiers.into_iter().next().flatten();
    Shown { identifier, claims, parts, shared, card, at, device, first: None }
}
