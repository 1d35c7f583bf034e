//! The authorization request, as it is pushed, and what the browser brings back.
//!
//! Spec: RFC 6749 section 4.1, RFC 9126, RFC 9207 (`iss`), RFC 9449 section 10 (`dpop_jkt`), OpenID4VCI 1.0
//! section 5, OpenID Connect Core section 3.1.2.1.

use url::Url;

use crate::form::{self, Form, FormError};
use crate::oauth::client_assertion::ASSERTION_TYPE;
use crate::oauth::error::ErrorCode;
use crate::oauth::pkce::{CodeChallenge, PkceError};

/// Bytes of a pushed request, at most: a dozen parameters and a client assertion.
pub const MAX_REQUEST: usize = 32 * 1024;
/// Characters of one value that we store and give back, at most: `state`, `nonce`, `scope`.
pub const MAX_VALUE: usize = 1024;
/// Characters of an address that a browser is sent to, at most.
pub const MAX_RETURN: usize = 4096;

/// Why a request or its answer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// The form is malformed or a parameter is missing.
    #[error("authorization request is malformed")]
    Form(#[from] FormError),
    /// `response_type` is not `code`.
    #[error("response type is not supported")]
    ResponseType,
    /// The code challenge is not S256.
    #[error("code challenge is refused")]
    Pkce(#[from] PkceError),
    /// `request_uri` or `request` in a pushed request (RFC 9126 section 2.1).
    #[error("pushed request refers to another request")]
    Nested,
    /// A value is longer than allowed.
    #[error("parameter is larger than allowed")]
    TooLarge,
    /// A client assertion without its type, or of another one.
    #[error("client assertion type is not supported")]
    AssertionType,
    /// What came back is no URL.
    #[error("returned address is malformed")]
    Return,
    /// `state` is another session's.
    #[error("answer has another state")]
    State,
    /// `iss` is another server (RFC 9207), or is missing where the server sends it.
    #[error("answer is from another server")]
    Issuer,
    /// The server refused.
    #[error("authorization was refused")]
    Refused(ErrorCode),
}

impl AuthorizeError {
    /// What the client is told.
    pub const fn error(&self) -> ErrorCode {
        match self {
            Self::ResponseType => ErrorCode::UnsupportedResponseType,
            Self::Refused(code) => *code,
            Self::Form(_)
            | Self::Pkce(_)
            | Self::Nested
            | Self::TooLarge
            | Self::AssertionType
            | Self::Return
            | Self::State
            | Self::Issuer => ErrorCode::InvalidRequest,
        }
    }
}

/// A request for an authorization code, with S256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// The client.
    pub client_id: String,
    /// Where the browser comes back to, compared as text with what is registered.
    pub redirect_uri: String,
    /// What the client shows of its secret.
    pub code_challenge: CodeChallenge,
    /// What is asked for.
    pub scope: Option<String>,
    /// The client's own session.
    pub state: Option<String>,
    /// What goes into the ID token (OpenID Connect).
    pub nonce: Option<String>,
    /// `prompt` (OpenID Connect).
    pub prompt: Option<String>,
    /// What ties the request to an offer (OpenID4VCI).
    pub issuer_state: Option<String>,
    /// Thumbprint of the key that the code is bound to.
    pub dpop_jkt: Option<String>,
    /// The client's proof of who it is.
    pub client_assertion: Option<String>,
}

impl AuthorizationRequest {
    /// Reads a pushed form.
    ///
    /// # Errors
    /// [`AuthorizeError`].
    pub fn parse(body: &str) -> Result<Self, AuthorizeError> {
        Self::from_form(&Form::parse(body, MAX_REQUEST)?)
    }

    /// Reads the parameters of a form.
    ///
    /// # Errors
    /// [`AuthorizeError`].
    pub fn from_form(form: &Form) -> Result<Self, AuthorizeError> {
        if form.value("request_uri").is_some() || form.value("request").is_some() {
            return Err(AuthorizeError::Nested);
        }
        if form.required("response_type")? != "code" {
            return Err(AuthorizeError::ResponseType);
        }
        let challenge = form.required("code_challenge")?;
        let text = |name: &str| match form.value(name) {
            Some(value) if value.len() > MAX_VALUE => Err(AuthorizeError::TooLarge),
            value => Ok(value.map(str::to_owned)),
        };
        let required = |name: &'static str| text(name)?.ok_or(AuthorizeError::Form(FormError::Missing(name)));
        let client_assertion = form.value("client_assertion").map(str::to_owned);
        if form.value("client_assertion_type") != client_assertion.as_ref().map(|_| ASSERTION_TYPE) {
            return Err(AuthorizeError::AssertionType);
        }
        Ok(Self {
            client_id: required("client_id")?,
            redirect_uri: required("redirect_uri")?,
            code_challenge: CodeChallenge::parse(challenge, form.value("code_challenge_method"))?,
            scope: text("scope")?,
            state: text("state")?,
            nonce: text("nonce")?,
            prompt: text("prompt")?,
            issuer_state: text("issuer_state")?,
            dpop_jkt: text("dpop_jkt")?,
            client_assertion,
        })
    }

    /// The form to push.
    pub fn to_form(&self) -> String {
        let challenge = self.code_challenge.to_string();
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let optional = [
            ("scope", self.scope.as_deref()),
            ("state", self.state.as_deref()),
            ("nonce", self.nonce.as_deref()),
            ("prompt", self.prompt.as_deref()),
            ("issuer_state", self.issuer_state.as_deref()),
            ("dpop_jkt", self.dpop_jkt.as_deref()),
            ("client_assertion_type", self.client_assertion.as_ref().map(|_| ASSERTION_TYPE)),
            ("client_assertion", self.client_assertion.as_deref()),
        ];
        pairs.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        form::write(&pairs)
    }
}

/// The code from the address that a browser came back to, once `state` and `iss` are right.
///
/// # Errors
/// [`AuthorizeError::Return`], [`AuthorizeError::State`], [`AuthorizeError::Issuer`],
/// [`AuthorizeError::Refused`].
pub fn read_return(address: &str, state: Option<&str>, issuer: &str) -> Result<String, AuthorizeError> {
    if address.len() > MAX_RETURN {
        return Err(AuthorizeError::TooLarge);
    }
    let url = Url::parse(address).map_err(|_| AuthorizeError::Return)?;
    let form = Form::from_query(&url, MAX_RETURN)?;
    if form.value("state") != state {
        return Err(AuthorizeError::State);
    }
    if form.value("iss") != Some(issuer) {
        return Err(AuthorizeError::Issuer);
    }
    if let Some(error) = form.value("error") {
        return Err(AuthorizeError::Refused(ErrorCode::from_name(error)));
    }
    Ok(form.required("code")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::pkce::CodeVerifier;
    use crate::testing::FixedRng;

    fn request() -> AuthorizationRequest {
        AuthorizationRequest {
            client_id: "wallet".into(),
            redirect_uri: "https://wallet.example/cb".into(),
            code_challenge: CodeVerifier::make(&mut FixedRng(1)).challenge(),
            scope: Some("openid pid".into()),
            state: Some("s".into()),
            nonce: Some("n".into()),
            prompt: None,
            issuer_state: Some("i".into()),
            dpop_jkt: Some("t".into()),
            client_assertion: Some("a.b.c".into()),
        }
    }

    fn with(name: &str, value: &str) -> Result<AuthorizationRequest, AuthorizeError> {
        let body = request().to_form();
        let kept = body.split('&').filter(|pair| pair.split('=').next() != Some(name));
        let mut body = kept.collect::<Vec<_>>().join("&");
        body.push('&');
        body.push_str(&form::write(&[(name, value)]));
        AuthorizationRequest::parse(&body)
    }

    #[test]
    fn a_request_is_read_back() {
        assert_eq!(AuthorizationRequest::parse(&request().to_form()), Ok(request()));
    }

    #[test]
    fn a_request_that_does_not_fit_is_refused() {
        for name in ["client_id", "redirect_uri", "code_challenge", "response_type"] {
            assert_eq!(with(name, ""), Err(AuthorizeError::Form(FormError::Missing(name))));
        }
        assert_eq!(with("response_type", "token"), Err(AuthorizeError::ResponseType));
        assert_eq!(with("code_challenge_method", "plain"), Err(AuthorizeError::Pkce(PkceError::Method)));
        assert_eq!(with("code_challenge_method", ""), Err(AuthorizeError::Pkce(PkceError::Method)));
        assert_eq!(with("code_challenge", "x"), Err(AuthorizeError::Pkce(PkceError::Challenge)));
        assert_eq!(with("request_uri", "urn:x"), Err(AuthorizeError::Nested));
        assert_eq!(with("request", "a.b.c"), Err(AuthorizeError::Nested));
        assert_eq!(with("client_assertion_type", "urn:x"), Err(AuthorizeError::AssertionType));
        assert_eq!(with("state", &"x".repeat(MAX_VALUE + 1)), Err(AuthorizeError::TooLarge));
        let large = AuthorizationRequest::parse(&"x".repeat(MAX_REQUEST + 1));
        assert_eq!(large, Err(AuthorizeError::Form(FormError::TooLarge)));
    }

    #[test]
    fn a_return_counts_with_the_right_state_and_server() {
        const SERVER: &str = "https://issuer.example";
        let read = |query: &str| read_return(&format!("app:/cb?{query}"), Some("s"), SERVER);
        let iss = "iss=https%3A%2F%2Fissuer.example";
        assert_eq!(read(&format!("code=c&state=s&{iss}")), Ok("c".into()));
        assert_eq!(read(&format!("code=c&state=t&{iss}")), Err(AuthorizeError::State));
        assert_eq!(read(&format!("code=c&{iss}")), Err(AuthorizeError::State));
        assert_eq!(read("code=c&state=s"), Err(AuthorizeError::Issuer));
        assert_eq!(read("code=c&state=s&iss=https%3A%2F%2Fother.example"), Err(AuthorizeError::Issuer));
        let refused = AuthorizeError::Refused(ErrorCode::AccessDenied);
        assert_eq!(read(&format!("error=access_denied&state=s&{iss}")), Err(refused));
        assert_eq!(read(&format!("state=s&{iss}")), Err(AuthorizeError::Form(FormError::Missing("code"))));
        assert_eq!(read_return("nonsense", Some("s"), SERVER), Err(AuthorizeError::Return));
        assert_eq!(read_return(&"x".repeat(MAX_RETURN + 1), None, SERVER), Err(AuthorizeError::TooLarge));
    }
}
