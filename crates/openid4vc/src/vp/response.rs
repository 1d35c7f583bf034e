//! The wallet's answer on its way: cards or a refusal, encrypted to the verifier, posted as a form.
//!
//! The encrypted token's members are the response's parameters, `state` among them. A refusal may also come
//! in the clear, since a wallet that could not read the request has no key to encrypt to.
//!
//! Spec: OpenID4VP 1.0 sections 8.1 to 8.3 and 8.5.

use std::collections::BTreeMap;

use credential::encoding::{base64url, from_base64url};
use credential::jwe::{self, DecryptionKey, JweError};
use rand_core::CryptoRng;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq as _;

use crate::form::{self, Form, FormError};
use crate::message::{self, Members, MessageError, check_list};
use crate::vp::refusal::Refusal;
use crate::vp::request::{MAX_FRESH, Request, RequestContent};
use crate::web_url::{WebUrl, WebUrlError};

/// Bytes of a posted form, at most: a few cards with portraits.
pub const MAX_BODY: usize = 1 << 20;
/// Presentations in one answer, at most.
pub const MAX_PRESENTATIONS: usize = 32;
/// Characters of a receipt, at most: it names a handful of claims.
pub const MAX_RECEIPT: usize = 16 * 1024;

/// Bytes of a register's proof in an answer, at most.
pub const MAX_PROOF: usize = 64 * 1024;
/// The member of an answer that carries the register's proof of the cards' issuers, as base64url. OpenID4VP lets
/// responses have members of their own (section 8.1).
pub const REGISTER_PROOF: &str = "symbolon_registry_proof";

/// Why an answer cannot be made or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The form is malformed.
    #[error("answer is not an acceptable form")]
    Form(#[source] FormError),
    /// The form has an answer in the clear, or no answer at all.
    #[error("answer is neither encrypted nor a refusal")]
    Unencrypted,
    /// It cannot be encrypted or decrypted.
    #[error("answer cannot be encrypted or decrypted")]
    Jwe(#[source] JweError),
    /// Its `kid` is not the request's.
    #[error("answer is encrypted to another key")]
    OtherKey,
    /// A member is missing or malformed.
    #[error("answer is malformed")]
    Message(#[from] MessageError),
    /// Its `state` is not the request's.
    #[error("answer has another state")]
    State,
    /// The register's proof in it is too large or not base64url.
    #[error("register's proof in the answer is malformed")]
    Proof,
    /// An address in the verifier's reply is not one that we would open.
    #[error("address to continue at is refused")]
    RedirectUri(#[source] WebUrlError),
}

/// The cards that a wallet shows: for each query identifier its presentations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// `vp_token`.
    pub vp_token: BTreeMap<String, Vec<String>>,
    /// The register's proof of the cards' issuers, in its own encoding, for a verifier that has no network;
    /// see [`REGISTER_PROOF`]. Nothing in it is believed before the proof was checked.
    pub register_proof: Option<Vec<u8>>,
}

/// What a wallet answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Cards.
    Shown(Response),
    /// Nothing, and why.
    Refused(Refusal),
}

/// What was posted to a verifier, not yet opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// An encrypted answer; see [`Posted::open`].
    Encrypted(String),
    /// A refusal in the clear. Anyone could have sent it.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The request's state, where it was repeated.
        state: Option<String>,
    },
}

/// What the verifier replies to the wallet's post (section 8.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Where the person continues on the same device; its value is fresh and good once.
    pub redirect_uri: Option<WebUrl>,
    /// The operator's signed receipt for what was shown.
    pub receipt: Option<String>,
}

impl Answer {
    /// Encrypts the answer to `request`: the body of the form to post to its `response_uri`.
    ///
    /// # Errors
    /// [`ResponseError::Jwe`] where the request's key is unusable.
    pub fn to_form(&self, request: &Request, rng: &mut dyn CryptoRng) -> Result<String, ResponseError> {
        Ok(form::write(&[("response", &self.to_token(request, rng)?)]))
    }

    /// Encrypts the answer to `request`: a compact token, for a screen.
    ///
    /// # Errors
    /// [`ResponseError::Jwe`] where the request's key is unusable.
    pub fn to_token(&self, request: &Request, rng: &mut dyn CryptoRng) -> Result<String, ResponseError> {
        let content = request.content();
        let mut members = self.members();
        if let Some(state) = &content.state {
            members.insert("state".into(), state.as_str().into());
        }
        let metadata = &content.client_metadata;
        let enc = metadata.content_encryptions.first().ok_or(ResponseError::Jwe(JweError::Algorithm))?;
        let plaintext = Value::Object(members).to_string();
        jwe::encrypt(&metadata.encryption_key, *enc, Map::new(), plaintext.as_bytes(), rng)
            .map_err(ResponseError::Jwe)
    }

    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        match self {
            Self::Refused(refusal) => {
                members.insert("error".into(), refusal.name().into());
            }
            Self::Shown(response) => {
                members.insert("vp_token".into(), json!(response.vp_token));
                let proof = response.register_proof.as_ref();
                members.extend(proof.map(|proof| (REGISTER_PROOF.to_owned(), base64url(proof).into())));
            }
        }
        members
    }
}

impl Refusal {
    /// The form of a refusal in the clear, for a request that cannot be answered encrypted.
    pub fn to_plain_form(self, state: Option<&str>) -> String {
        let mut pairs = vec![("error", self.name())];
        pairs.extend(state.map(|state| ("state", state)));
        form::write(&pairs)
    }
}

impl Posted {
    /// Reads what a wallet posted.
    ///
    /// # Errors
    /// [`ResponseError::Form`]; [`ResponseError::Unencrypted`] where cards came in the clear.
    pub fn parse(body: &str) -> Result<Self, ResponseError> {
        let form = Form::parse(body, MAX_BODY).map_err(ResponseError::Form)?;
        if let Some(token) = form.value("response") {
            return Ok(Self::Encrypted(token.to_owned()));
        }
        let error = form.value("error").ok_or(ResponseError::Unencrypted)?;
        let state = form.value("state").filter(|state| state.len() <= MAX_FRESH);
        Ok(Self::Refused { refusal: Refusal::from_name(error), state: state.map(str::to_owned) })
    }

    /// Opens the answer to `request` with its own key. A refusal in the clear is taken as one where its
    /// state is right.
    ///
    /// # Errors
    /// [`ResponseError`].
    pub fn open(&self, request: &RequestContent, key: &DecryptionKey) -> Result<Answer, ResponseError> {
        match self {
            Self::Encrypted(token) => open_token(token, request, key),
            Self::Refused { refusal, state } => {
                check_state(state.as_deref(), request)?;
                Ok(Answer::Refused(*refusal))
            }
        }
    }
}

fn open_token(token: &str, request: &RequestContent, key: &DecryptionKey) -> Result<Answer, ResponseError> {
    let opened = key.decrypt(token).map_err(ResponseError::Jwe)?;
    let kid = request.client_metadata.encryption_key.get("kid");
    if opened.header.get("kid").is_some_and(|found| Some(found) != kid) {
        return Err(ResponseError::OtherKey);
    }
    let members = message::parse(&opened.bytes, MAX_BODY)?;
    let members = Members::new(&members);
    check_state(members.text("state")?, request)?;
    if let Some(error) = members.text("error")? {
        return Ok(Answer::Refused(Refusal::from_name(error)));
    }
    let vp_token = parse_vp_token(members.required_object("vp_token")?)?;
    let register_proof = members.value(REGISTER_PROOF).map(parse_proof).transpose()?;
    Ok(Answer::Shown(Response { vp_token, register_proof }))
}

fn parse_proof(proof: &Value) -> Result<Vec<u8>, ResponseError> {
    let text = proof.as_str().filter(|text| text.len() <= MAX_PROOF.div_ceil(3) * 4);
    text.and_then(|text| from_base64url(text).ok()).ok_or(ResponseError::Proof)
}

/// Always arrays, also for one presentation (section 8.1).
fn parse_vp_token(members: Members<'_>) -> Result<BTreeMap<String, Vec<String>>, ResponseError> {
    if members.len() == 0 {
        return Err(MessageError::Empty("vp_token").into());
    }
    let mut count = 0;
    let mut vp_token = BTreeMap::new();
    for (id, presentations) in members.iter() {
        let presentations = check_list(presentations, "vp_token", MAX_PRESENTATIONS)?;
        count += presentations.len();
        if count > MAX_PRESENTATIONS {
            return Err(MessageError::TooLarge("vp_token").into());
        }
        let texts = presentations.iter().map(|one| one.as_str().map(str::to_owned));
        let texts: Option<Vec<String>> = texts.collect();
        vp_token.insert(id.clone(), texts.ok_or(MessageError::Kind("vp_token"))?);
    }
    Ok(vp_token)
}

fn check_state(found: Option<&str>, request: &RequestContent) -> Result<(), ResponseError> {
    let equal = match (found, request.state.as_deref()) {
        (Some(found), Some(wanted)) => bool::from(found.as_bytes().ct_eq(wanted.as_bytes())),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if equal { Ok(()) } else { Err(ResponseError::State) }
}

impl Reply {
    /// Reads the verifier's reply. Unknown members are ignored.
    ///
    /// # Errors
    /// [`ResponseError::Message`] and [`ResponseError::RedirectUri`].
    pub fn parse(body: &[u8]) -> Result<Self, ResponseError> {
        let members = message::parse(body, MAX_BODY)?;
        let members = Members::new(&members);
        let redirect_uri = members.text("redirect_uri")?.map(WebUrl::parse_for_browser).transpose();
        let receipt = match members.value("receipt") {
            None => None,
            Some(receipt) => Some(receipt.as_str().ok_or(MessageError::Kind("receipt"))?.to_owned()),
        };
        if receipt.as_ref().is_some_and(|receipt| receipt.len() > MAX_RECEIPT) {
            return Err(MessageError::TooLarge("receipt").into());
        }
        Ok(Self { redirect_uri: redirect_uri.map_err(ResponseError::RedirectUri)?, receipt })
    }

    /// The reply as JSON.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        if let Some(uri) = &self.redirect_uri {
            members.insert("redirect_uri".into(), uri.as_str().into());
        }
        if let Some(receipt) = &self.receipt {
            members.insert("receipt".into(), receipt.as_str().into());
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests;
