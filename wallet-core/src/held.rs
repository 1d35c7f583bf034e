//! A card in its holder's hands, in whichever format: what the rest of the wallet needs of it.
//!
//! What a mobile document says is JSON here, elements by namespace, as queries name them; the document itself
//! stays as its issuer signed it. It is kept as base64url, as it came (OpenID4VCI 1.0 appendix A.2.4).

use credential::claim_path::{ClaimPath, PathElement};
use credential::encoding::from_base64url;
use credential::issuer::{IssuerReference, KeyReference};
use credential::key::{PublicKey, VerifySignature};
use credential::mdoc::{self, MAX_MDOC, MdocError};
use credential::sd_jwt_vc::{self, StatusReference};
use credential::time::UnixTime;
use openid4vc::vp::dcql::{Authority, Format};
use openid4vc::vp::present::HeldCard;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cards::own_claims;

/// The formats of cards that a wallet keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CardFormat {
    /// `dc+sd-jwt`.
    #[default]
    #[serde(rename = "dc+sd-jwt")]
    SdJwtVc,
    /// `mso_mdoc`.
    #[serde(rename = "mso_mdoc")]
    Mdoc,
}

impl CardFormat {
    /// Its name in every protocol, and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SdJwtVc => "dc+sd-jwt",
            Self::Mdoc => "mso_mdoc",
        }
    }

    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::SdJwtVc, Self::Mdoc].into_iter().find(|format| format.name() == name)
    }

    /// The format as a query names it.
    pub(crate) const fn to_query(self) -> Format {
        match self {
            Self::SdJwtVc => Format::SdJwtVc,
            Self::Mdoc => Format::Mdoc,
        }
    }
}

/// Why a card is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeldError {
    /// As an SD-JWT VC.
    #[error("{0}")]
    SdJwtVc(#[from] sd_jwt_vc::VerifyError),
    /// As a mobile document.
    #[error("{0}")]
    Mdoc(#[from] MdocError),
}

impl HeldError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SdJwtVc(error) => error.code(),
            Self::Mdoc(error) => error.code(),
        }
    }
}

/// A copy of a card, read.
#[derive(Debug)]
pub(crate) enum Held {
    SdJwtVc(Box<sd_jwt_vc::Held>),
    Mdoc(Box<Document>),
}

/// A mobile document, and what it says as JSON.
#[derive(Debug)]
pub(crate) struct Document {
    document: mdoc::hold::Held,
    claims: Map<String, Value>,
}

impl Held {
    /// Reads a copy as it came, or as it was kept. Nothing is believed before [`Held::verify_issued`].
    pub(crate) fn parse(format: CardFormat, text: &str) -> Result<Self, HeldError> {
        match format {
            CardFormat::SdJwtVc => Ok(Self::SdJwtVc(Box::new(sd_jwt_vc::Held::parse(text)?))),
            CardFormat::Mdoc => {
                if text.len() > MAX_MDOC.div_ceil(3) * 4 {
                    return Err(MdocError::Form.into());
                }
                let bytes = from_base64url(text).map_err(|_| MdocError::Form)?;
                let document = mdoc::hold::Held::parse(&bytes)?;
                let claims = document.elements().to_json();
                Ok(Self::Mdoc(Box::new(Document { document, claims })))
            }
        }
    }

    /// Checks the issuer's signature, digests and dates.
    pub(crate) fn verify_issued(
        &self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), HeldError> {
        match self {
            Self::SdJwtVc(card) => Ok(card.verify_issued(issuer_key, now, backend)?),
            Self::Mdoc(card) => Ok(card.document.verify_issued(issuer_key, now, backend)?),
        }
    }

    /// As it is presented.
    pub(crate) fn to_present(&self) -> HeldCard<'_> {
        match self {
            Self::SdJwtVc(card) => HeldCard::SdJwtVc(card),
            Self::Mdoc(card) => HeldCard::Mdoc(&card.document),
        }
    }

    /// Who says to have issued it.
    pub(crate) fn issuer(&self) -> IssuerReference {
        match self {
            Self::SdJwtVc(card) => card.issuer().clone(),
            Self::Mdoc(card) => card.document.issuer(),
        }
    }

    /// Who says to vouch for whoever issued it: what its certificates name (OpenID4VP 1.0 section 6.1.1.1).
    pub(crate) fn authorities(&self) -> Vec<Authority> {
        match self.issuer().key {
            KeyReference::X5c(chain) => chain.authority_keys().map(Authority::of_key).collect(),
            KeyReference::Kid(_) => Vec::new(),
        }
    }

    /// The type.
    pub(crate) fn vct(&self) -> &str {
        match self {
            Self::SdJwtVc(card) => card.vct(),
            Self::Mdoc(card) => card.document.doc_type(),
        }
    }

    /// Everything that it says.
    pub(crate) const fn claims(&self) -> &Map<String, Value> {
        match self {
            Self::SdJwtVc(card) => card.claims(),
            Self::Mdoc(card) => &card.claims,
        }
    }

    /// The claims about the person, one by one: a document's are its elements.
    pub(crate) fn own_paths(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(card) => own_claims(card.claims()).map(|(name, _)| ClaimPath::name(name)).collect(),
            Self::Mdoc(card) => card.elements(),
        }
    }

    /// Everything about the person that is seen where `chosen` is shown: also what cannot be left out, or not
    /// apart from it. Each element of a document is shown by itself.
    pub(crate) fn seen(&self, chosen: &[ClaimPath]) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(card) => {
                let own = self.own_paths();
                let seen = card.seen(chosen).into_iter();
                seen.filter(|path| own.iter().any(|claim| claim.covers(path))).collect()
            }
            Self::Mdoc(_) => chosen.to_vec(),
        }
    }

    /// The key that it is bound to.
    pub(crate) const fn holder_key(&self) -> &PublicKey {
        match self {
            Self::SdJwtVc(card) => card.holder_key(),
            Self::Mdoc(card) => card.document.device_key(),
        }
    }

    /// When it was issued, as far as it says.
    pub(crate) const fn issued_at(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(card) => card.issued_at(),
            Self::Mdoc(card) => Some(card.document.validity().signed),
        }
    }

    /// Until when it is valid.
    pub(crate) const fn expires_at(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(card) => card.expires_at(),
            Self::Mdoc(card) => Some(card.document.validity().valid_until),
        }
    }

    /// Where its status is kept.
    pub(crate) const fn status(&self) -> Option<&StatusReference> {
        match self {
            Self::SdJwtVc(card) => card.status(),
            Self::Mdoc(card) => card.document.status(),
        }
    }

    /// What would tell two copies to be of one card if they shared it: the place of their status, and each
    /// salt.
    pub(crate) fn marks(&self) -> Vec<Vec<u8>> {
        let (status, salts) = match self {
            Self::SdJwtVc(card) => (card.status(), disclosures(card.as_str())),
            Self::Mdoc(card) => (card.document.status(), card.document.salts()),
        };
        let place = |status: &StatusReference| format!("{} {}", status.uri, status.index).into_bytes();
        status.map(place).into_iter().chain(salts).collect()
    }
}

impl Document {
    fn elements(&self) -> Vec<ClaimPath> {
        let path = |namespace: &str, name: &str| {
            ClaimPath::new([namespace, name].map(|step| PathElement::Name(step.to_owned())).to_vec()).ok()
        };
        self.document.elements().iter().filter_map(|(namespace, name, _)| path(namespace, name)).collect()
    }
}

/// Each disclosure, its salt in it.
fn disclosures(text: &str) -> Vec<Vec<u8>> {
    text.split('~').skip(1).filter(|part| !part.is_empty()).map(|part| part.as_bytes().to_vec()).collect()
}
