//! An offer: what an issuer has for this person, and the code to take it up with.
//!
//! Spec: OpenID4VCI 1.0 section 4.

use core::fmt;

use serde_json::{Map, Value, json};
use url::Url;

use crate::form::{self, Form, FormError};
use crate::message::{self, Members, MessageError};
use crate::oauth::token::{MAX_TX_CODE, PRE_AUTHORIZED_CODE};
use crate::web_url::{WebUrl, WebUrlError};

/// The schemes under which wallets are started.
pub const SCHEMES: [&str; 2] = ["openid-credential-offer", "haip-vci"];
/// Characters of a link, at most: what a QR code holds.
pub const MAX_LINK: usize = 4096;
/// Bytes of an offer, at most.
pub const MAX_OFFER: usize = 16 * 1024;
/// Configurations in one offer, at most: a person judges each.
pub const MAX_CONFIGURATIONS: usize = 16;
/// Characters of a transaction code's description (section 4.1.1).
pub const MAX_DESCRIPTION: usize = 300;

/// Why an offer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// No URL, or too long.
    #[error("offer link is malformed or too long")]
    Link,
    /// A scheme that starts something else.
    #[error("link is not an offer")]
    Scheme,
    /// Parameters are repeated.
    #[error("offer link has unacceptable parameters")]
    Form(#[source] FormError),
    /// Neither an offer nor its address, or both.
    #[error("offer link must have an offer or its address")]
    Source,
    /// A member is missing or malformed.
    #[error("offer is malformed")]
    Message(#[from] MessageError),
    /// The issuer's or the offer's address is not one that we would call.
    #[error("address in the offer is refused")]
    Address(#[source] WebUrlError),
    /// The issuer's identifier has a query.
    #[error("issuer identifier is malformed")]
    Issuer,
    /// A configuration is offered twice.
    #[error("offer repeats a configuration")]
    Repeated,
    /// A code or state of white space only.
    #[error("code of the offer is blank")]
    Blank,
    /// The transaction code is of an unknown kind, or too long, or its description is.
    #[error("transaction code of the offer is malformed")]
    TxCode,
}

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialOffer {
    /// Who offers.
    pub credential_issuer: WebUrl,
    /// What is offered: names in the issuer's metadata.
    pub configuration_ids: Vec<String>,
    /// Whether it can be taken up by signing in.
    pub authorization_code: Option<AuthorizationCodeGrant>,
    /// Whether it can be taken up with a code.
    pub pre_authorized_code: Option<PreAuthorizedCodeGrant>,
}

/// Taking up by signing in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationCodeGrant {
    /// What ties the sign-in to this offer.
    pub issuer_state: Option<String>,
    /// Which of the issuer's servers.
    pub authorization_server: Option<String>,
}

/// Taking up with a code. Silent in `Debug`, since the code is worth a card.
#[derive(Clone, PartialEq, Eq)]
pub struct PreAuthorizedCodeGrant {
    /// The code.
    pub code: String,
    /// Another code that comes another way; there whenever one is needed.
    pub tx_code: Option<TxCode>,
    /// Which of the issuer's servers.
    pub authorization_server: Option<String>,
}

/// What the person is asked to type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxCode {
    /// Of which characters.
    pub input_mode: InputMode,
    /// How many, where it is said.
    pub length: Option<usize>,
    /// How it came, in the issuer's words.
    pub description: Option<String>,
}

/// The characters of a transaction code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputMode {
    /// Digits.
    #[default]
    Numeric,
    /// Any.
    Text,
}

/// What an offer's link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferLink {
    /// The offer itself.
    Offer(Box<CredentialOffer>),
    /// The address to fetch it from.
    Address(WebUrl),
}

impl OfferLink {
    /// Reads `openid-credential-offer://?credential_offer=..` or `..?credential_offer_uri=..`.
    ///
    /// # Errors
    /// [`OfferError`].
    pub fn parse(text: &str) -> Result<Self, OfferError> {
        if text.len() > MAX_LINK {
            return Err(OfferError::Link);
        }
        let url = Url::parse(text).map_err(|_| OfferError::Link)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(OfferError::Scheme);
        }
        let form = Form::from_query(&url, MAX_LINK).map_err(OfferError::Form)?;
        match (form.value("credential_offer"), form.value("credential_offer_uri")) {
            (Some(offer), None) => Ok(Self::Offer(Box::new(CredentialOffer::parse(offer.as_bytes())?))),
            (None, Some(uri)) => WebUrl::parse(uri).map(Self::Address).map_err(OfferError::Address),
            (None, None) | (Some(_), Some(_)) => Err(OfferError::Source),
        }
    }
}

impl fmt::Display for OfferLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = match self {
            Self::Offer(offer) => form::write(&[("credential_offer", &offer.to_json().to_string())]),
            Self::Address(uri) => form::write(&[("credential_offer_uri", uri.as_str())]),
        };
        write!(f, "openid-credential-offer://?{query}")
    }
}

impl CredentialOffer {
    /// Reads an offer. Unknown members and grants are ignored.
    ///
    /// # Errors
    /// [`OfferError`].
    pub fn parse(body: &[u8]) -> Result<Self, OfferError> {
        let members = message::parse(body, MAX_OFFER)?;
        let members = Members::new(&members);
        let issuer = members.required_text("credential_issuer")?;
        let credential_issuer = WebUrl::parse(issuer).map_err(OfferError::Address)?;
        if credential_issuer.url().query().is_some() {
            return Err(OfferError::Issuer);
        }
        const IDS: &str = "credential_configuration_ids";
        let configuration_ids = members.texts(IDS, MAX_CONFIGURATIONS)?.ok_or(MessageError::Missing(IDS))?;
        let mut distinct = configuration_ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() != configuration_ids.len() {
            return Err(OfferError::Repeated);
        }
        let (mut authorization_code, mut pre_authorized_code) = (None, None);
        if let Some(grants) = members.object("grants")? {
            authorization_code =
                grants.object("authorization_code")?.map(AuthorizationCodeGrant::parse).transpose()?;
            pre_authorized_code =
                grants.object(PRE_AUTHORIZED_CODE)?.map(PreAuthorizedCodeGrant::parse).transpose()?;
        }
        Ok(Self { credential_issuer, configuration_ids, authorization_code, pre_authorized_code })
    }

    /// The offer as JSON.
    pub fn to_json(&self) -> Value {
        let mut grants = Map::new();
        if let Some(grant) = &self.authorization_code {
            grants.insert("authorization_code".into(), grant.to_json());
        }
        if let Some(grant) = &self.pre_authorized_code {
            grants.insert(PRE_AUTHORIZED_CODE.into(), grant.to_json());
        }
        let mut offer = json!({
            "credential_issuer": self.credential_issuer.as_str(),
            "credential_configuration_ids": self.configuration_ids,
        });
        if !grants.is_empty() {
            offer["grants"] = grants.into();
        }
        offer
    }
}

impl AuthorizationCodeGrant {
    fn parse(members: Members<'_>) -> Result<Self, OfferError> {
        Ok(Self {
            issuer_state: visible(members.text("issuer_state")?)?,
            authorization_server: members.text("authorization_server")?.map(str::to_owned),
        })
    }

    fn to_json(&self) -> Value {
        object([("issuer_state", &self.issuer_state), ("authorization_server", &self.authorization_server)])
    }
}

impl PreAuthorizedCodeGrant {
    fn parse(members: Members<'_>) -> Result<Self, OfferError> {
        const CODE: &str = "pre-authorized_code";
        Ok(Self {
            code: visible(members.text(CODE)?)?.ok_or(MessageError::Missing(CODE))?,
            tx_code: members.object("tx_code")?.map(TxCode::parse).transpose()?,
            authorization_server: members.text("authorization_server")?.map(str::to_owned),
        })
    }

    fn to_json(&self) -> Value {
        let mut grant = object([("authorization_server", &self.authorization_server)]);
        grant["pre-authorized_code"] = self.code.as_str().into();
        if let Some(tx_code) = &self.tx_code {
            grant["tx_code"] = tx_code.to_json();
        }
        grant
    }
}

impl fmt::Debug for PreAuthorizedCodeGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreAuthorizedCodeGrant(secret, {:?})", self.tx_code)
    }
}

impl TxCode {
    fn parse(members: Members<'_>) -> Result<Self, OfferError> {
        let input_mode = match members.text("input_mode")? {
            None | Some("numeric") => InputMode::Numeric,
            Some("text") => InputMode::Text,
            Some(_) => return Err(OfferError::TxCode),
        };
        let length = match members.number("length")? {
            None => None,
            Some(length) => {
                let length = usize::try_from(length).map_err(|_| OfferError::TxCode)?;
                Some(length).filter(|length| (1..=MAX_TX_CODE).contains(length))
            }
        };
        if members.value("length").is_some() && length.is_none() {
            return Err(OfferError::TxCode);
        }
        let description = members.text("description")?;
        if description.is_some_and(|text| text.chars().count() > MAX_DESCRIPTION) {
            return Err(OfferError::TxCode);
        }
        Ok(Self { input_mode, length, description: description.map(str::to_owned) })
    }

    fn to_json(&self) -> Value {
        let mut tx_code = object([("description", &self.description)]);
        tx_code["input_mode"] = match self.input_mode {
            InputMode::Numeric => "numeric".into(),
            InputMode::Text => "text".into(),
        };
        if let Some(length) = self.length {
            tx_code["length"] = length.into();
        }
        tx_code
    }
}

fn visible(text: Option<&str>) -> Result<Option<String>, OfferError> {
    match text {
        Some(text) if text.trim().is_empty() => Err(OfferError::Blank),
        text => Ok(text.map(str::to_owned)),
    }
}

fn object<const N: usize>(members: [(&str, &Option<String>); N]) -> Value {
    let present = members.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    present.map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests;
