//! Asking again for cards that were promised for later.
//!
//! The answer is a [`CredentialResponse`](crate::vci::response::CredentialResponse): the cards, or the same
//! promise once more. Keys were proven when the cards were first asked for; how to encrypt the answer is said anew.
//!
//! Spec: OpenID4VCI 1.0 section 9.

use credential::jwe::DecryptionKey;
use serde_json::{Map, Value, json};

use crate::message::{self, Members, MessageError};
use crate::oauth::error::ErrorCode;
use crate::vci::encryption::{self, EncryptionError, Recipient};

/// Bytes of a request, at most: an identifier and one key.
pub const MAX_BODY: usize = 16 * 1024;

/// A deferred credential request.
#[derive(Clone, PartialEq)]
pub struct DeferredRequest {
    /// What the cards were promised under.
    pub transaction_id: String,
    /// How to encrypt the response.
    pub response_encryption: Option<Recipient>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeferredError {
    /// A member is missing or malformed.
    #[error("deferred credential request is malformed")]
    Message(#[from] MessageError),
    /// The encryption is refused.
    #[error("encryption of the deferred credential request is refused")]
    Encryption(#[source] EncryptionError),
    /// An encrypted response is wanted, and the request is not (section 10).
    #[error("encrypted response needs an encrypted request")]
    Unencrypted,
}

impl DeferredError {
    /// What the wallet is told.
    pub const fn error(&self) -> ErrorCode {
        match self {
            Self::Message(_) => ErrorCode::InvalidCredentialRequest,
            Self::Encryption(_) | Self::Unencrypted => ErrorCode::InvalidEncryptionParameters,
        }
    }
}

impl DeferredRequest {
    /// Reads a request that came as JSON. Unknown members are ignored.
    ///
    /// # Errors
    /// [`DeferredError`]; [`DeferredError::Unencrypted`] where it wants an encrypted response.
    pub fn parse(body: &[u8]) -> Result<Self, DeferredError> {
        let request = Self::from_members(&message::parse(body, MAX_BODY)?)?;
        if request.response_encryption.is_some() { Err(DeferredError::Unencrypted) } else { Ok(request) }
    }

    /// Reads a request that came encrypted.
    ///
    /// # Errors
    /// [`DeferredError`].
    pub fn parse_encrypted(body: &str, key: &DecryptionKey) -> Result<Self, DeferredError> {
        let opened = encryption::open(body, key).map_err(DeferredError::Encryption)?;
        Self::from_members(&encryption::parse_opened(&opened)?)
    }

    fn from_members(members: &Map<String, Value>) -> Result<Self, DeferredError> {
        let members = Members::new(members);
        let response_encryption = match members.object("credential_response_encryption")? {
            None => None,
            Some(members) => Some(Recipient::parse(members).map_err(DeferredError::Encryption)?),
        };
        let transaction_id = members.required_text("transaction_id")?.to_owned();
        Ok(Self { transaction_id, response_encryption })
    }

    /// The request as JSON, to send as it is or through [`Recipient::seal`].
    pub fn to_json(&self) -> Value {
        let mut request = json!({"transaction_id": self.transaction_id});
        if let Some(recipient) = &self.response_encryption {
            request["credential_response_encryption"] = recipient.to_json();
        }
        request
    }
}

/// With the identifier and the token, the cards can be fetched.
impl core::fmt::Debug for DeferredRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("DeferredRequest(secret)")
    }
}

#[cfg(test)]
mod tests {
    use credential::jwe::ContentEncryption;

    use super::*;
    use crate::testing::{FixedRng, decryption_key, inline_example};
    use crate::vci::response::CredentialResponse;

    fn recipient() -> Recipient {
        Recipient::for_key(&decryption_key(), "k", ContentEncryption::A128Gcm)
    }

    fn refused(body: &Value) -> DeferredError {
        DeferredRequest::parse(body.to_string().as_bytes()).unwrap_err()
    }

    #[test]
    fn requests_are_read_back() {
        let plain = DeferredRequest { transaction_id: "t".into(), response_encryption: None };
        assert_eq!(DeferredRequest::parse(plain.to_json().to_string().as_bytes()), Ok(plain.clone()));
        let encrypted = DeferredRequest { response_encryption: Some(recipient()), ..plain };
        let sealed = recipient().seal(&encrypted.to_json(), &mut FixedRng(1)).unwrap();
        assert_eq!(DeferredRequest::parse_encrypted(&sealed, &decryption_key()), Ok(encrypted));
    }

    #[test]
    fn the_examples_of_the_specification_are_read() {
        let Some(request) = inline_example("POST /deferred_credential") else { return };
        assert_eq!(DeferredRequest::parse(request.as_bytes()).unwrap().transaction_id, "8xLOxBtZp8");
        let later = inline_example(r#""interval": 86400"#).unwrap();
        let later = CredentialResponse::parse(later.as_bytes()).unwrap();
        let expected = CredentialResponse::Deferred { transaction_id: "8xLOxBtZp8".into(), interval: 86_400 };
        assert_eq!(later, expected);
        let refused = inline_example("invalid_transaction_id").unwrap();
        let refused = crate::oauth::error::ErrorResponse::parse(refused.as_bytes()).unwrap();
        assert_eq!(refused.error, ErrorCode::InvalidTransactionId);
    }

    #[test]
    fn requests_that_do_not_fit_are_refused() {
        assert_eq!(refused(&json!({})), MessageError::Missing("transaction_id").into());
        assert_eq!(refused(&json!({"transaction_id": 1})), MessageError::Kind("transaction_id").into());
        assert_eq!(refused(&json!({"transaction_id": ""})), MessageError::Empty("transaction_id").into());
        assert_eq!(DeferredRequest::parse(b"[]"), Err(MessageError::Json.into()));
        let long = format!(r#"{{"transaction_id":"t"}}{}"#, " ".repeat(MAX_BODY));
        assert_eq!(DeferredRequest::parse(long.as_bytes()), Err(MessageError::Json.into()));
        let key = json!({"transaction_id": "t",
            "credential_response_encryption": {"jwk": {"kty": "RSA"}, "enc": "A128GCM"}});
        assert_eq!(refused(&key), DeferredError::Encryption(EncryptionError::Key));
    }

    #[test]
    fn an_encrypted_response_needs_an_encrypted_request() {
        let request = DeferredRequest { transaction_id: "t".into(), response_encryption: Some(recipient()) };
        assert_eq!(refused(&request.to_json()), DeferredError::Unencrypted);
        assert_eq!(DeferredError::Unencrypted.error(), ErrorCode::InvalidEncryptionParameters);
    }

    #[test]
    fn an_identifier_is_silent() {
        let request = DeferredRequest { transaction_id: "4711".into(), response_encryption: None };
        assert!(!format!("{request:?}").contains("4711"));
    }
}
