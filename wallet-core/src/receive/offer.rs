//! Reading an offer, and finding out whether its issuer may make it.

use credential::encoding::from_base64url;
use credential::key::Algorithm;
use credential::time::UnixTime;
use openid4vc::vci::metadata::{self, IssuerMetadata};
use openid4vc::vci::offer::{CredentialOffer, InputMode, OfferLink};
use openid4vc::web_url::WebUrl;
use registry_client::facts::Facts;
use registry_client::registry::ClientError;
use registry_client::trust::TrustError;
use registry_proof::entry::{Entry, Member, Role, Standing};
use registry_proof::freshness::Use;
use registry_proof::key::Key;
use registry_proof::name::{MemberId, Vct};
use registry_proof::time::Millis;
use serde_json::Value;

use super::{Offered, ReceiveError, about, well_known};
use crate::http::Request;
use crate::present::asker::{party, since};
use crate::view::{Needs, OfferView, Texts};
use crate::wallet::Wallet;

/// The member of the metadata that holds the register's proof of the issuer, base64url.
const STAPLE: &str = "symbolon_registry_proof";

impl Wallet {
    /// Reads an offer (a link, its JSON, or an address of it) and finds out who makes it.
    ///
    /// # Errors
    /// [`ReceiveError`]; nothing has changed then.
    pub async fn look_at_offer(&self, text: &str) -> Result<Offered, ReceiveError> {
        let offer = self.read_offer(text.trim()).await?;
        self.prove(offer).await
    }

    /// Finds out who stands behind an offer, and that they may give out what is in it.
    pub(super) async fn prove(&self, offer: CredentialOffer) -> Result<Offered, ReceiveError> {
        let issuer = &offer.credential_issuer;
        let body = self.document(well_known(issuer, metadata::WELL_KNOWN)?).await?;
        let metadata = IssuerMetadata::parse(&body, issuer.as_str())?;
        let facts = self.facts_about(&metadata).await?;
        facts.judge(Use::Receive, self.now())?;
        let mut members = Vec::new();
        for id in &offer.configuration_ids {
            let card = metadata.configurations.get(id).ok_or(ReceiveError::UnknownCard)?;
            let vct = card.card_type().filter(|_| card.is_receivable(Algorithm::Es256));
            let vct = vct.ok_or(ReceiveError::UnsupportedCard)?;
            members.push(accredited(&facts, issuer, vct, self.now())?);
        }
        let (member, named) = members.first().copied().ok_or(ReceiveError::UnknownCard)?;
        let view = OfferView {
            issuer: party(member, &named.legal_name),
            issuer_since: Some(since(named)),
            address: issuer.origin(),
            cards: offer.configuration_ids.iter().map(|id| title(&metadata, id)).collect(),
            needs: needs(&offer),
        };
        let member = member.clone();
        Ok(Offered { offer, metadata, facts, member, view, again: Vec::new() })
    }

    async fn read_offer(&self, text: &str) -> Result<CredentialOffer, ReceiveError> {
        if text.starts_with('{') {
            return Ok(CredentialOffer::parse(text.as_bytes())?);
        }
        match OfferLink::parse(text)? {
            OfferLink::Offer(offer) => Ok(*offer),
            OfferLink::Address(address) => {
                Ok(CredentialOffer::parse(&self.document(address.url().clone()).await?)?)
            }
        }
    }

    /// What the register says, stapled to the metadata; where nothing is stapled, the whole register, so
    /// that no node learns whose offer this is.
    async fn facts_about(&self, metadata: &IssuerMetadata) -> Result<Facts, ReceiveError> {
        let Some(staple) = metadata.members.get(STAPLE) else {
            return Ok((*self.whole_register().await?).clone());
        };
        Ok(self.believe(&read_staple(staple).ok_or(ClientError::Answer)?)?)
    }

    /// A JSON document.
    pub(super) async fn document(&self, url: url::Url) -> Result<Vec<u8>, ReceiveError> {
        let answer = self.http.send(Request::get(url, "application/json")).await?;
        if answer.is_good() { Ok(answer.body) } else { Err(ReceiveError::Fetch(answer.status)) }
    }
}

impl Offered {
    /// The register's proof that came with the issuer's metadata.
    pub(super) fn staple(&self) -> Option<Vec<u8>> {
        self.metadata.members.get(STAPLE).and_then(read_staple)
    }
}

fn read_staple(staple: &Value) -> Option<Vec<u8>> {
    staple.as_str().and_then(|text| from_base64url(text).ok())
}

/// The active member under whose address the issuer stands and that may issue the type now.
fn accredited<'f>(
    facts: &'f Facts,
    issuer: &WebUrl,
    vct: &str,
    now: UnixTime,
) -> Result<(&'f MemberId, &'f Member), TrustError> {
    let vct: Vct = vct.parse().map_err(|_| TrustError::UnknownType)?;
    if facts.get(&Key::Type(vct.clone())).is_none() {
        return Err(TrustError::UnknownType);
    }
    let origin = issuer.origin();
    let (id, member) = facts
        .entries()
        .find_map(|(key, entry)| match (key, entry) {
            (Key::Member(id), Entry::Member(member)) if member.origins.contains(&origin) => {
                Some((id, member))
            }
            _ => None,
        })
        .ok_or(TrustError::UnknownSigner)?;
    if member.standing != Standing::Active {
        return Err(TrustError::Suspended);
    }
    let now = Millis::from_secs(now.secs());
    match facts.get(&Key::Accreditation(id.clone(), vct)) {
        Some(Entry::Accreditation(found))
            if member.roles.contains(&Role::Issuer) && found.from <= now && now <= found.until =>
        {
            Ok((id, member))
        }
        _ => Err(TrustError::NotAccredited),
    }
}

fn title(metadata: &IssuerMetadata, id: &str) -> Texts {
    let display = metadata.configurations.get(id).and_then(|card| card.display.as_ref());
    let title = about::title(display);
    if title.is_empty() { Texts::one(id) } else { title }
}

fn needs(offer: &CredentialOffer) -> Needs {
    match offer.pre_authorized_code.as_ref().map(|grant| &grant.tx_code) {
        Some(None) => Needs::Nothing,
        Some(Some(code)) => {
            Needs::Code { length: code.length, digits: code.input_mode == InputMode::Numeric }
        }
        None => Needs::SignIn,
    }
}
