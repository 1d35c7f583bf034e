//! What a relying party asks for: the parameters of an authorization request, read once into what cannot be
//! wrong.
//!
//! Spec: OpenID Connect Core section 3.1.2.1; RFC 7636; RFC 9700. Only the code flow with S256 is spoken.

use std::collections::BTreeSet;

use openid4vc::form::Form;
use openid4vc::oauth::pkce::CodeChallenge;
use serde::{Deserialize, Serialize};
use service_kit::language::Language;
use url::Url;

use crate::client::Client;

/// Characters of `state` and `nonce`, at most: they are repeated.
const MAX_REPEATED: usize = 512;
/// Acr: the card was shown from another device than the browser's.
pub const ACR_OTHER_DEVICE: &str = "urn:symbolon:acr:other-device";
/// Acr: the card was shown on the browser's own device, where a relayed code cannot be.
pub const ACR_SAME_DEVICE: &str = "urn:symbolon:acr:same-device";

/// A checked authorization request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// Where the browser is answered; one of the relying party's.
    pub redirect_uri: Url,
    /// What is asked for; `openid` among it, and nothing that the relying party may not ask.
    pub scopes: BTreeSet<String>,
    /// Repeated to the relying party.
    pub state: Option<String>,
    /// Repeated in the ID token.
    pub nonce: Option<String>,
    /// PKCE, S256.
    pub code_challenge: String,
    /// Whether the person may be asked, must be, or must not.
    pub prompt: Prompt,
    /// How long ago a card may have been shown, in seconds.
    pub max_age: Option<u64>,
    /// Whether only the browser's own device will do.
    pub same_device_only: bool,
    /// The DPoP key that the code will be bound to.
    #[serde(default)]
    pub dpop_jkt: Option<String>,
    /// The language that the relying party wants.
    pub chinese: Option<bool>,
}

/// `prompt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Ask where that is needed.
    #[default]
    AsNeeded,
    /// Ask in any case.
    Login,
    /// Do not ask.
    None,
}

/// Why an authorization request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The redirect address is missing or not the relying party's: nothing may be sent there.
    #[error("redirect_uri is not one of this relying party's")]
    RedirectUri,
    /// Another error, which the relying party is told.
    #[error("{1}")]
    Other(&'static str, &'static str),
}

const fn invalid(description: &'static str) -> RequestError {
    RequestError::Other("invalid_request", description)
}

impl Parameters {
    /// Reads the parameters of `client`'s request.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn read(form: &Form, client: &Client) -> Result<Self, RequestError> {
        let redirect_uri = redirect_uri(form, client)?;
        if form.value("response_type") != Some("code") {
            return Err(RequestError::Other("unsupported_response_type", "response_type must be code"));
        }
        if form.value("response_mode").is_some_and(|mode| mode != "query") {
            return Err(invalid("response_mode must be query"));
        }
        if form.value("request").is_some() {
            return Err(RequestError::Other("request_not_supported", "request objects are not taken here"));
        }
        let challenge = form.value("code_challenge").ok_or(invalid("code_challenge is missing"))?;
        let challenge = CodeChallenge::parse(challenge, form.value("code_challenge_method"))
            .map_err(|_| invalid("code_challenge must be of S256"))?;
        let max_age =
            form.value("max_age").map(str::parse).transpose().map_err(|_| invalid("max_age is no number"))?;
        Ok(Self {
            redirect_uri,
            scopes: scopes(form, client)?,
            state: repeated(form, "state")?,
            nonce: repeated(form, "nonce")?,
            code_challenge: challenge.to_string(),
            prompt: prompt(form)?,
            max_age,
            same_device_only: same_device_only(form, client),
            dpop_jkt: form.value("dpop_jkt").map(str::to_owned),
            chinese: form.value("ui_locales").and_then(Language::choose).map(|l| l == Language::Chinese),
        })
    }

    /// The language of the pages: the relying party's wish before the browser's.
    pub fn language(&self, browser: Language) -> Language {
        match self.chinese {
            Some(true) => Language::Chinese,
            Some(false) => Language::English,
            None => browser,
        }
    }

    /// Whether only a card will do, whatever a session could say: claims are asked for, or that the person be
    /// asked, which `max_age=0` means too.
    pub fn needs_card(&self) -> bool {
        self.prompt == Prompt::Login
            || self.max_age == Some(0)
            || !crate::claims::of_scopes(&self.scopes).is_empty()
    }

    /// The address that takes the browser back with `answer`, `state` and `iss` (RFC 9207).
    pub fn back(&self, issuer: &str, answer: &[(&str, &str)]) -> Url {
        back_to(&self.redirect_uri, self.state.as_deref(), issuer, answer)
    }
}

/// The address that takes the browser back to a relying party.
pub fn back_to(redirect_uri: &Url, state: Option<&str>, issuer: &str, answer: &[(&str, &str)]) -> Url {
    let mut url = redirect_uri.clone();
    {
        let mut query = url.query_pairs_mut();
        query.extend_pairs(answer);
        if let Some(state) = state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
    }
    url
}

/// The redirect address, if it is exactly one of the relying party's.
///
/// # Errors
/// [`RequestError::RedirectUri`].
pub fn redirect_uri(form: &Form, client: &Client) -> Result<Url, RequestError> {
    let asked = form.value("redirect_uri").ok_or(RequestError::RedirectUri)?;
    let known = client.redirect_uris.iter().find(|known| known.as_str() == asked);
    known.cloned().ok_or(RequestError::RedirectUri)
}

fn scopes(form: &Form, client: &Client) -> Result<BTreeSet<String>, RequestError> {
    let asked: BTreeSet<String> = form
        .value("scope")
        .unwrap_or_default()
        .split(' ')
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    if !asked.contains("openid") {
        return Err(RequestError::Other("invalid_scope", "scope must contain openid"));
    }
    let known: BTreeSet<&str> = crate::claims::scopes().collect();
    // A scope that we do not know is passed over (OpenID Connect Core section 3.1.2.1).
    let asked: BTreeSet<String> = asked.into_iter().filter(|scope| known.contains(scope.as_str())).collect();
    if asked.is_subset(&client.scopes) {
        Ok(asked)
    } else {
        Err(RequestError::Other("invalid_scope", "this relying party may not ask for that scope"))
    }
}

fn repeated(form: &Form, name: &'static str) -> Result<Option<String>, RequestError> {
    match form.value(name) {
        Some(value) if value.len() > MAX_REPEATED => Err(invalid("state or nonce is too long")),
        value => Ok(value.map(str::to_owned)),
    }
}

fn prompt(form: &Form) -> Result<Prompt, RequestError> {
    let asked: Vec<&str> =
        form.value("prompt").unwrap_or_default().split(' ').filter(|p| !p.is_empty()).collect();
    match asked.as_slice() {
        ["none"] => Ok(Prompt::None),
        asked if asked.contains(&"none") => Err(invalid("prompt=none stands alone")),
        asked if asked.iter().any(|p| matches!(*p, "login" | "consent" | "select_account")) => {
            Ok(Prompt::Login)
        }
        _ => Ok(Prompt::AsNeeded),
    }
}

/// The relying party's ceiling, or a request for nothing less.
fn same_device_only(form: &Form, client: &Client) -> bool {
    let mut asked =
        form.value("acr_values").unwrap_or_default().split(' ').filter(|acr| !acr.is_empty()).peekable();
    !client.cross_device || (asked.peek().is_some() && asked.all(|acr| acr == ACR_SAME_DEVICE))
}
