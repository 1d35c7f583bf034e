//! Who asks, proven by the register, and whether all that is asked lies inside what is registered.

use core::time::Duration;

use credential::key::{PublicKey, RustCrypto};
use credential::time::UnixTime;
use openid4vc::vp::request::RequestContent;
use openid4vc::web_url::WebUrl;
use registry_client::facts::Facts;
use registry_client::trust::{Ask, Requester, TrustError, written};
use registry_proof::entry;
use registry_proof::freshness::Use;
use registry_proof::key::Key;
use registry_proof::name::{MemberId, UseName};

use super::PresentError;
use super::fetch::Fetched;
use crate::view::{Party, Texts, TooMuch, plain_name};
use crate::wallet::Wallet;

/// Who asks, and the facts that prove it.
pub(super) struct Asker {
    pub(super) requester: Requester,
    pub(super) facts: Facts,
    pub(super) use_name: UseName,
    pub(super) proof_age: Duration,
}

impl Wallet {
    /// The party that the stapled proof leads to. That its key signed the request is still to be seen.
    /// `wanted` says how old the proof may be.
    pub(super) fn prove_asker(&self, fetched: &Fetched, wanted: Use) -> Result<Asker, PresentError> {
        let content = fetched.unverified.dangerous_content();
        let staple = content.verifier_info.registration.as_ref().ok_or(PresentError::NoRegistration)?;
        let use_name: UseName = staple.use_name.parse().map_err(|_| TrustError::NotRegistered)?;
        let facts = self.believe(&staple.proof)?;
        let age = facts.judge(wanted, self.now())?;
        let ask = Ask {
            member: &staple.member.parse().map_err(|_| TrustError::UnknownRequester)?,
            use_name: &use_name,
            response_uri: content.answer_to.address().map(WebUrl::url),
            // What is asked is judged once it is known that they ask it.
            claims: &[],
        };
        let requester = facts.requester(fetched.unverified.key(), &ask, self.now(), &RustCrypto)?;
        Ok(Asker { requester, facts, use_name, proof_age: age.duration() })
    }

    /// Refuses what lies outside the registration, alternatives and optional parts included.
    pub(super) fn check_registered(
        &self,
        asker: &Asker,
        content: &RequestContent,
    ) -> Result<(), PresentError> {
        let (facts, member) = (&asker.facts, &asker.requester.member);
        let claims = facts.beyond(member, &asker.use_name, &content.query.asked())?;
        let types = facts.types_beyond(member, &asker.use_name, content.query.types())?;
        if claims.is_empty() && types.is_empty() {
            return Ok(());
        }
        let cards = self.store.cards()?;
        let of_type = |vct: &str| cards.iter().find(|card| card.vct == vct);
        let claim_names = claims.iter().map(|(vct, path)| match of_type(vct) {
            Some(card) => card.name_of(path),
            None => plain_name(path),
        });
        let type_names =
            types.iter().map(|vct| of_type(vct).map_or(Texts::one(vct), |card| card.about.title.clone()));
        let paths = claims.iter().map(|(_, path)| written(path)).chain(types.iter().cloned());
        Err(PresentError::TooMuch(Box::new(TooMuch {
            asks: asker.asks(),
            through: asker.through(),
            address: content.answer_to.address().map(WebUrl::origin).unwrap_or_default(),
            use_name: asker.use_name.to_string(),
            purpose: Texts::new(asker.requester.purpose.clone()),
            claims: claim_names.chain(type_names).collect(),
            paths: paths.map(|path| crate::outside::plain(&path)).collect(),
        })))
    }
}

impl Asker {
    /// The key that signs their requests.
    pub(super) const fn key(&self) -> &PublicKey {
        &self.requester.key
    }

    pub(super) fn asks(&self) -> Party {
        party(&self.requester.member, &self.requester.legal_name)
    }

    /// Since when the register has them.
    pub(super) fn since(&self) -> Option<UnixTime> {
        match self.facts.get(&Key::Member(self.requester.member.clone())) {
            Some(entry::Entry::Member(member)) => Some(since(member)),
            _ => None,
        }
    }

    /// In whose hands the asking is, where that is another.
    pub(super) fn through(&self) -> Option<Party> {
        let operator = self.requester.operator.as_ref()?;
        Some(party(&operator.member, &operator.legal_name))
    }

    /// The member that signs receipts: the operator where there is one.
    pub(super) fn receipt_member(&self) -> &MemberId {
        self.requester.operator.as_ref().map_or(&self.requester.member, |operator| &operator.member)
    }
}

/// Since when the register has a member.
pub(crate) fn since(member: &entry::Member) -> UnixTime {
    UnixTime::from_secs(member.since.get() / 1000)
}

/// How an organisation is shown.
pub(crate) fn party(member: &MemberId, legal_name: &entry::Texts) -> Party {
    Party { member: member.to_string(), name: Texts::new(legal_name.clone()) }
}
