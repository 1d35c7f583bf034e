//! A wallet asks for cards: one configuration or identifier, and a proof for each key.
//!
//! Spec: OpenID4VCI 1.0 sections 8.2 and 8.3.1.

use serde_json::{Map, Value, json};

use credential::jwe::DecryptionKey;

use crate::message::{self, Members, MessageError, texts_of};
use crate::oauth::error::ErrorCode;
use crate::vci::encryption::{self, EncryptionError, MAX_MESSAGE, Recipient};

/// Proofs in one request, at most, whatever an issuer's own batch.
pub const MAX_PROOFS: usize = 100;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A configuration of the issuer's metadata (`credential_configuration_id`).
    Configuration(String),
    /// An identifier of the token response (`credential_identifier`).
    Identifier(String),
}

/// A credential request.
#[derive(Clone, Debug, PartialEq)]
pub struct CredentialRequest {
    /// What is wanted.
    pub wanted: Wanted,
    /// Key proofs of type `jwt`; see [`Expected::verify`](crate::vci::proof::Expected::verify).
    pub proofs: Vec<String>,
    /// How to encrypt the response.
    pub response_encryption: Option<Recipient>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A member is missing or malformed.
    #[error("credential request is malformed")]
    Message(#[from] MessageError),
    /// Neither a configuration nor an identifier, or both.
    #[error("credential request must name one configuration or one identifier")]
    Wanted,
    /// `proofs` is missing, or not of exactly one type that we take.
    #[error("key proofs are missing or of another type")]
    Proofs,
    /// The encryption is refused.
    #[error("encryption of the credential request is refused")]
    Encryption(#[source] EncryptionError),
    /// An encrypted response is wanted, and the request is not (section 8.2): anyone on the way could have
    /// put in a key.
    #[error("encrypted response needs an encrypted request")]
    Unencrypted,
}

impl RequestError {
    /// What the wallet is told.
    pub const fn error(&self) -> ErrorCode {
        match self {
            Self::Message(_) | Self::Wanted => ErrorCode::InvalidCredentialRequest,
            Self::Proofs => ErrorCode::InvalidProof,
            Self::Encryption(_) | Self::Unencrypted => ErrorCode::InvalidEncryptionParameters,
        }
    }
}

impl CredentialRequest {
    /// Reads a request that came as JSON.
    ///
    /// # Errors
    /// [`RequestError`]; [`RequestError::Unencrypted`] where it wants an encrypted response.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let request = Self::from_members(&message::parse(body, MAX_MESSAGE)?)?;
        if request.response_encryption.is_some() { Err(RequestError::Unencrypted) } else { Ok(request) }
    }

    /// Reads a request that came encrypted.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn parse_encrypted(body: &str, key: &DecryptionKey) -> Result<Self, RequestError> {
        let opened = encryption::open(body, key).map_err(RequestError::Encryption)?;
        Self::from_members(&encryption::parse_opened(&opened)?)
    }

    fn from_members(members: &Map<String, Value>) -> Result<Self, RequestError> {
        let members = Members::new(members);
        let configuration = members.text("credential_configuration_id")?;
        let identifier = members.text("credential_identifier")?;
        let wanted = match (configuration, identifier) {
            (Some(id), None) => Wanted::Configuration(id.to_owned()),
            (None, Some(id)) => Wanted::Identifier(id.to_owned()),
            (None, None) | (Some(_), Some(_)) => return Err(RequestError::Wanted),
        };
        let response_encryption = match members.object("credential_response_encryption")? {
            None => None,
            Some(members) => Some(Recipient::parse(members).map_err(RequestError::Encryption)?),
        };
        Ok(Self { wanted, proofs: parse_proofs(members)?, response_encryption })
    }

    /// The request as JSON, to send as it is or through [`Recipient::seal`].
    pub fn to_json(&self) -> Value {
        let mut request = json!({"proofs": {"jwt": self.proofs}});
        match &self.wanted {
            Wanted::Configuration(id) => request["credential_configuration_id"] = id.as_str().into(),
            Wanted::Identifier(id) => request["credential_identifier"] = id.as_str().into(),
        }
        if let Some(recipient) = &self.response_encryption {
            request["credential_response_encryption"] = recipient.to_json();
        }
        request
    }
}

/// Exactly one type of proofs (section 8.2), and `jwt` is the one that we take.
fn parse_proofs(members: Members<'_>) -> Result<Vec<String>, RequestError> {
    let proofs = members.object("proofs")?.ok_or(RequestError::Proofs)?;
    if proofs.len() != 1 {
        return Err(RequestError::Proofs);
    }
    let list = proofs.list("jwt", MAX_PROOFS)?.ok_or(RequestError::Proofs)?;
    Ok(texts_of(list, "jwt")?)
}

#[cfg(test)]
mod tests {
    use credential::jwe::ContentEncryption;

    use super::*;
    use crate::testing::{FixedRng, decryption_key, members};

    fn recipient() -> Recipient {
        Recipient::for_key(&decryption_key(), "k", ContentEncryption::A128Gcm)
    }

    fn with(name: &str, value: Value) -> RequestError {
        let mut request = members(json!({"credential_configuration_id": "pid", "proofs": {"jwt": ["a"]}}));
        request.insert(name.into(), value);
        request.retain(|_, value| !value.is_null());
        let sealed = recipient().seal(&Value::Object(request), &mut FixedRng(1)).unwrap();
        CredentialRequest::parse_encrypted(&sealed, &decryption_key()).unwrap_err()
    }

    #[test]
    fn requests_are_read_back() {
        let plain = CredentialRequest {
            wanted: Wanted::Configuration("pid".into()),
            proofs: vec!["a".into(), "b".into()],
            response_encryption: None,
        };
        assert_eq!(CredentialRequest::parse(plain.to_json().to_string().as_bytes()), Ok(plain.clone()));
        let encrypted = CredentialRequest {
            wanted: Wanted::Identifier("id".into()),
            response_encryption: Some(recipient()),
            ..plain
        };
        let sealed = recipient().seal(&encrypted.to_json(), &mut FixedRng(1)).unwrap();
        assert_eq!(CredentialRequest::parse_encrypted(&sealed, &decryption_key()), Ok(encrypted));
    }

    #[test]
    fn requests_that_do_not_fit_are_refused() {
        for (name, value, error) in [
            ("credential_identifier", json!("id"), RequestError::Wanted),
            ("credential_configuration_id", Value::Null, RequestError::Wanted),
            (
                "credential_configuration_id",
                json!(1),
                MessageError::Kind("credential_configuration_id").into(),
            ),
            ("proofs", Value::Null, RequestError::Proofs),
            ("proofs", json!({}), RequestError::Proofs),
            ("proofs", json!({"jwt": ["a"], "di_vp": [{}]}), RequestError::Proofs),
            ("proofs", json!({"attestation": ["a"]}), RequestError::Proofs),
            ("proofs", json!({"jwt": []}), MessageError::Empty("jwt").into()),
            ("proofs", json!({"jwt": [1]}), MessageError::Kind("jwt").into()),
            ("proofs", json!({"jwt": vec!["a"; MAX_PROOFS + 1]}), MessageError::TooLarge("jwt").into()),
        ] {
            assert_eq!(with(name, value.clone()), error, "{name} {value}");
        }
        assert_eq!(CredentialRequest::parse(b"{"), Err(MessageError::Json.into()));
    }

    #[test]
    fn unacceptable_encryption_is_refused() {
        let with_recipient = |name: &str, value: Value| {
            let mut recipient = recipient().to_json();
            recipient[name] = value;
            with("credential_response_encryption", recipient)
        };
        let refused = |error| RequestError::Encryption(error);
        assert_eq!(
            with_recipient("enc", json!("A128CBC-HS256")),
            refused(EncryptionError::ContentEncryption)
        );
        assert_eq!(with_recipient("zip", json!("DEF")), refused(EncryptionError::Compression));
        assert_eq!(with_recipient("jwk", json!({"kty": "RSA"})), refused(EncryptionError::Key));
        let mut jwk = recipient().jwk;
        jwk["alg"] = "ECDH-ES+A128KW".into();
        assert_eq!(with_recipient("jwk", jwk), refused(EncryptionError::Key));
    }

    #[test]
    fn an_encrypted_response_needs_an_encrypted_request() {
        let request = CredentialRequest {
            wanted: Wanted::Configuration("pid".into()),
            proofs: vec!["a".into()],
            response_encryption: Some(recipient()),
        };
        let read = CredentialRequest::parse(request.to_json().to_string().as_bytes());
        assert_eq!(read, Err(RequestError::Unencrypted));
    }

    #[test]
    fn a_request_to_another_key_is_refused() {
        let sealed = recipient().seal(&json!({}), &mut FixedRng(1)).unwrap();
        let other = DecryptionKey::generate(&mut FixedRng(88));
        let read = CredentialRequest::parse_encrypted(&sealed, &other);
        assert!(matches!(read, Err(RequestError::Encryption(EncryptionError::Jwe(_)))));
    }

    #[test]
    fn each_refusal_has_its_code() {
        assert_eq!(RequestError::Wanted.error(), ErrorCode::InvalidCredentialRequest);
        assert_eq!(RequestError::Proofs.error(), ErrorCode::InvalidProof);
        assert_eq!(RequestError::Unencrypted.error(), ErrorCode::InvalidEncryptionParameters);
    }
}
