//! What a counter believes of an answer: what is checked online is checked here, in the same order.
//!
//! An answer opens with the request's own key, so one for another counter or another request is noise here. Its
//! cards are bound to the request's nonce and to this counter, and were signed less than a minute ago.
//!
//! Spec: OpenID4VP 1.0 sections 8.3, 8.6 and 14.1.2 (replay).

use core::time::Duration;

use credential::issuer::IssuerReference;
use credential::key::{PublicKey, RustCrypto};
use credential::sd_jwt_vc;
use credential::status_list::Status;
use credential::time::UnixTime;
use openid4vc::vp::response::{Answer, Posted};
use openid4vc::vp::verify::{ClaimedIssuer, Expected, Presented, Verified, VerifyError};
use registry_client::facts::Facts;
use registry_client::trust::TrustError;
use registry_proof::time::Millis;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cards::own_claims;
use crate::counter::CounterError;
use crate::counter::ask::Question;
use crate::counter::bundle::Offline;
use crate::counter::envelope::{self, Kind};
use crate::present::asker::party;
use crate::view::Party;

/// How long before the check the person may have agreed: the time that an answer takes to be shown and read.
pub const MAX_ANSWER_AGE: Duration = Duration::from_secs(60);

/// A card that was shown, and holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// Who issued it.
    pub issuer: Party,
    /// Its type.
    pub vct: String,
    /// What was shown of it.
    pub claims: Map<String, Value>,
    /// How old the register's word on the issuer is, in seconds.
    pub issuer_proof_age_seconds: u64,
    /// How old the knowledge is that it was not revoked, in seconds; none for a card that cannot be revoked.
    pub status_age_seconds: Option<u64>,
    /// Whether it could have been shown at another counter too, within half a minute.
    pub anywhere: bool,
}

impl Question {
    /// Checks the answer to this question, which is used up by it. Nothing of an answer is believed where one of
    /// its cards does not hold.
    ///
    /// # Errors
    /// [`CounterError`]. Who wants to hear another answer after a bad one keeps the question's bytes till then.
    pub fn check(self, message: &[u8], offline: &Offline, now: UnixTime) -> Result<Vec<Seen>, CounterError> {
        if self.expires_at() <= now {
            return Err(CounterError::TooLate);
        }
        let token = envelope::open(Kind::Answer, message)?;
        let response = match Posted::Encrypted(token).open(&self.content, &self.key)? {
            Answer::Shown(response) => response,
            Answer::Refused(_) => return Err(CounterError::Declined),
        };
        let facts = offline.newest(response.register_proof.as_deref(), now)?;
        let client_id = self.content.client_id.to_string();
        let expected = Expected { max_age: MAX_ANSWER_AGE, ..Expected::of(&self.content, &client_id, now) };
        let trust = |claimed: &ClaimedIssuer<'_>| key_of(&facts, claimed, now);
        let presented = expected.verify(&response, trust, &RustCrypto)?;
        let cards = presented.into_values().flatten();
        let seen = |card: Presented| match card.credential() {
            Verified::SdJwtVc(held) => offline.seen(&facts, &card.issuer, held, now),
            // A document says not when its holder agreed, so that it could be an old answer.
            Verified::Mdoc(_) => Err(VerifyError::Format.into()),
        };
        cards.map(seen).collect()
    }
}

impl Offline {
    /// The last checks of a card that holds otherwise: its status, and what is to be said of it.
    pub(super) fn seen(
        &self,
        facts: &Facts,
        issuer: &IssuerReference,
        card: &sd_jwt_vc::Verified,
        now: UnixTime,
    ) -> Result<Seen, CounterError> {
        let issuer = facts.issuer(issuer, card.vct(), card.issued_at(), now, &RustCrypto)?;
        let status_age = match card.status() {
            None => None,
            Some(reference) => {
                let (found, age) = self.status(facts, &issuer.member, reference, now)?;
                if found.status != Status::Valid {
                    return Err(CounterError::NotValid(found.status));
                }
                Some(age)
            }
        };
        Ok(Seen {
            issuer: party(&issuer.member, &issuer.legal_name),
            vct: card.vct().to_owned(),
            claims: own_claims(card.claims()).map(|(name, value)| (name.clone(), value.clone())).collect(),
            issuer_proof_age_seconds: Millis::from_secs(now.secs()).since(facts.time()).as_secs(),
            status_age_seconds: status_age.map(|age| age.as_secs()),
            anywhere: false,
        })
    }
}

/// The key of a card's issuer, where it is believed.
pub(super) fn key_of(
    facts: &Facts,
    claimed: &ClaimedIssuer<'_>,
    now: UnixTime,
) -> Result<PublicKey, TrustError> {
    let found = facts.issuer(claimed.reference, claimed.vct, claimed.issued_at, now, &RustCrypto)?;
    Ok(found.key)
}
