//! The token endpoint: a code, or the token of an earlier time, for an access token.
//!
//! Spec: RFC 6749 sections 4.1.3, 5.1 and 6; RFC 9449 section 5; OpenID4VCI 1.0 section 6.

use core::fmt;

use serde_json::{Map, Value};

use crate::form::{self, Form, FormError};
use crate::message::{self, Members, MessageError, check_list, texts_of};
use crate::oauth::client_assertion::ASSERTION_TYPE;
use crate::oauth::error::ErrorCode;
use crate::oauth::pkce::{CodeVerifier, PkceError};

/// The grant type of a code that an offer carried.
pub const PRE_AUTHORIZED_CODE: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
/// Bytes of a token request or response, at most: room for a client assertion and an ID token.
pub const MAX_BODY: usize = 64 * 1024;
/// Characters of a transaction code, at most: a person types it.
pub const MAX_TX_CODE: usize = 64;
/// Entries of `authorization_details` and identifiers in one, at most.
pub const MAX_DETAILS: usize = 32;

/// Why a token request or response is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The form is malformed or a parameter is missing.
    #[error("token request is malformed")]
    Form(#[from] FormError),
    /// The grant type is none of ours.
    #[error("grant type is not supported")]
    GrantType,
    /// The code verifier is malformed.
    #[error("code verifier is refused")]
    Pkce(#[from] PkceError),
    /// The transaction code is too long.
    #[error("transaction code is larger than allowed")]
    TxCode,
    /// A client assertion without its type, or of another one.
    #[error("client assertion type is not supported")]
    AssertionType,
    /// The response is malformed.
    #[error("token response is malformed")]
    Message(#[from] MessageError),
    /// The token's type is neither DPoP nor Bearer.
    #[error("token type is not supported")]
    TokenType,
}

impl TokenError {
    /// What the client is told.
    pub const fn error(&self) -> ErrorCode {
        match self {
            Self::GrantType => ErrorCode::UnsupportedGrantType,
            Self::Pkce(_) => ErrorCode::InvalidGrant,
            Self::Form(_) | Self::TxCode | Self::AssertionType | Self::Message(_) | Self::TokenType => {
                ErrorCode::InvalidRequest
            }
        }
    }
}

/// What is given for a token. Silent in `Debug`.
pub enum Grant {
    /// The code that the browser brought back.
    AuthorizationCode {
        /// The code.
        code: String,
        /// The address it was brought back to, where the first request named one.
        redirect_uri: Option<String>,
        /// The secret that its request was made with.
        code_verifier: CodeVerifier,
    },
    /// The code of an offer.
    PreAuthorizedCode {
        /// The code.
        code: String,
        /// The code that travelled another way.
        tx_code: Option<String>,
    },
    /// What an earlier response brought along to come again with.
    RefreshToken {
        /// The token.
        token: String,
    },
}

/// A token request.
#[derive(Debug)]
pub struct TokenRequest {
    /// What is given.
    pub grant: Grant,
    /// The client, where it says who it is.
    pub client_id: Option<String>,
    /// The client's proof of it, a `private_key_jwt`.
    pub client_assertion: Option<String>,
}

impl TokenRequest {
    /// Reads a posted form. `code_verifier` is required with an authorization code.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn parse(body: &str) -> Result<Self, TokenError> {
        let form = Form::parse(body, MAX_BODY)?;
        let text = |name: &str| form.value(name).map(str::to_owned);
        let grant = match form.required("grant_type")? {
            "authorization_code" => Grant::AuthorizationCode {
                code: form.required("code")?.to_owned(),
                redirect_uri: text("redirect_uri"),
                code_verifier: CodeVerifier::parse(form.required("code_verifier")?)?,
            },
            PRE_AUTHORIZED_CODE => Grant::PreAuthorizedCode {
                code: form.required("pre-authorized_code")?.to_owned(),
                tx_code: text("tx_code"),
            },
            "refresh_token" => Grant::RefreshToken { token: form.required("refresh_token")?.to_owned() },
            _ => return Err(TokenError::GrantType),
        };
        if text("tx_code").is_some_and(|code| code.len() > MAX_TX_CODE) {
            return Err(TokenError::TxCode);
        }
        let client_assertion = text("client_assertion");
        let assertion_type = form.value("client_assertion_type");
        if assertion_type != client_assertion.as_ref().map(|_| ASSERTION_TYPE) {
            return Err(TokenError::AssertionType);
        }
        Ok(Self { grant, client_id: text("client_id"), client_assertion })
    }

    /// The form to post.
    pub fn to_form(&self) -> String {
        let mut pairs = match &self.grant {
            Grant::AuthorizationCode { code, code_verifier, .. } => vec![
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("code_verifier", code_verifier.dangerous_as_str()),
            ],
            Grant::PreAuthorizedCode { code, .. } => {
                vec![("grant_type", PRE_AUTHORIZED_CODE), ("pre-authorized_code", code.as_str())]
            }
            Grant::RefreshToken { token } => {
                vec![("grant_type", "refresh_token"), ("refresh_token", token.as_str())]
            }
        };
        let (redirect_uri, tx_code) = match &self.grant {
            Grant::AuthorizationCode { redirect_uri, .. } => (redirect_uri.as_deref(), None),
            Grant::PreAuthorizedCode { tx_code, .. } => (None, tx_code.as_deref()),
            Grant::RefreshToken { .. } => (None, None),
        };
        let assertion_type = self.client_assertion.as_ref().map(|_| ASSERTION_TYPE);
        let optional = [
            ("redirect_uri", redirect_uri),
            ("tx_code", tx_code),
            ("client_id", self.client_id.as_deref()),
            ("client_assertion_type", assertion_type),
            ("client_assertion", self.client_assertion.as_deref()),
        ];
        pairs.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        form::write(&pairs)
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AuthorizationCode { .. } => "AuthorizationCode(secret)",
            Self::PreAuthorizedCode { .. } => "PreAuthorizedCode(secret)",
            Self::RefreshToken { .. } => "RefreshToken(secret)",
        })
    }
}

/// How an access token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenType {
    /// With a proof by the key that it is bound to (RFC 9449).
    Dpop,
    /// By whoever has it.
    Bearer,
}

/// A token response. Silent in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// How it is used.
    pub token_type: TokenType,
    /// For how many seconds it is good.
    pub expires_in: Option<u64>,
    /// What to come again with, once.
    pub refresh_token: Option<String>,
    /// The ID token, from an OpenID provider.
    pub id_token: Option<String>,
    /// The identifiers that a credential request has to use, where there are any (OpenID4VCI 1.0 section
    /// 6.2).
    pub credential_identifiers: Vec<String>,
}

impl TokenResponse {
    /// Reads a response. Unknown members are ignored.
    ///
    /// # Errors
    /// [`TokenError::Message`] and [`TokenError::TokenType`].
    pub fn parse(body: &[u8]) -> Result<Self, TokenError> {
        let members = message::parse(body, MAX_BODY)?;
        let members = Members::new(&members);
        let token_type = members.required_text("token_type")?;
        let token_type = match token_type {
            name if name.eq_ignore_ascii_case("DPoP") => TokenType::Dpop,
            name if name.eq_ignore_ascii_case("Bearer") => TokenType::Bearer,
            _ => return Err(TokenError::TokenType),
        };
        Ok(Self {
            access_token: members.required_text("access_token")?.to_owned(),
            token_type,
            expires_in: members.number("expires_in")?,
            refresh_token: members.text("refresh_token")?.map(str::to_owned),
            id_token: members.text("id_token")?.map(str::to_owned),
            credential_identifiers: parse_identifiers(members)?,
        })
    }

    /// The response as JSON; `credential_identifiers` are not written, since our issuers give none.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("access_token".into(), self.access_token.as_str().into());
        let name = match self.token_type {
            TokenType::Dpop => "DPoP",
            TokenType::Bearer => "Bearer",
        };
        members.insert("token_type".into(), name.into());
        if let Some(seconds) = self.expires_in {
            members.insert("expires_in".into(), seconds.into());
        }
        if let Some(token) = &self.refresh_token {
            members.insert("refresh_token".into(), token.as_str().into());
        }
        if let Some(token) = &self.id_token {
            members.insert("id_token".into(), token.as_str().into());
        }
        Value::Object(members)
    }
}

fn parse_identifiers(members: Members<'_>) -> Result<Vec<String>, MessageError> {
    const NAME: &str = "authorization_details";
    let mut identifiers = Vec::new();
    let details = members.value(NAME).map(|details| check_list(details, NAME, MAX_DETAILS)).transpose()?;
    for entry in details.unwrap_or_default() {
        let entry = Members::of(entry, NAME)?;
        if entry.text("type")? == Some("openid_credential") {
            let found = entry.required_list("credential_identifiers", MAX_DETAILS)?;
            identifiers.extend(texts_of(found, "credential_identifiers")?);
        }
    }
    if identifiers.len() > MAX_DETAILS { Err(MessageError::TooLarge(NAME)) } else { Ok(identifiers) }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenResponse({:?}, secret)", self.token_type)
    }
}

#[cfg(test)]
mod tests;
