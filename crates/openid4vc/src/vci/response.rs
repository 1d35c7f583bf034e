//! The issuer's answer: the cards, or a promise of them.
//!
//! Spec: OpenID4VCI 1.0 sections 8.3 and 9.2.

use credential::jwe::DecryptionKey;
use serde_json::{Map, Value, json};

use crate::message::{self, Members, MessageError};
use crate::vci::encryption::{self, EncryptionError, MAX_MESSAGE};

/// Cards in one response, at most: as many as there can be proofs.
pub const MAX_CREDENTIALS: usize = 100;

/// A credential response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialResponse {
    /// The cards (HTTP 200).
    Issued {
        /// One for each proof, in the issuer's order, each as it is kept.
        credentials: Vec<String>,
        /// What to name the cards by when telling the issuer what became of them.
        notification_id: Option<String>,
    },
    /// They come later (HTTP 202).
    Deferred {
        /// What to ask for them by.
        transaction_id: String,
        /// How many seconds to wait before asking.
        interval: u64,
    },
}

/// Why a response is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// A member is missing or malformed.
    #[error("credential response is malformed")]
    Message(#[from] MessageError),
    /// Neither cards nor a promise, or both.
    #[error("credential response has neither cards nor a transaction, or both")]
    Form,
    /// It does not open.
    #[error("credential response cannot be decrypted")]
    Encryption(#[source] EncryptionError),
}

impl CredentialResponse {
    /// Reads a response that came as JSON. Unknown members are ignored.
    ///
    /// # Errors
    /// [`ResponseError`].
    pub fn parse(body: &[u8]) -> Result<Self, ResponseError> {
        Self::from_members(&message::parse(body, MAX_MESSAGE)?)
    }

    /// Reads a response that came encrypted.
    ///
    /// # Errors
    /// [`ResponseError`].
    pub fn parse_encrypted(body: &str, key: &DecryptionKey) -> Result<Self, ResponseError> {
        let opened = encryption::open(body, key).map_err(ResponseError::Encryption)?;
        Self::from_members(&encryption::parse_opened(&opened)?)
    }

    fn from_members(members: &Map<String, Value>) -> Result<Self, ResponseError> {
        let members = Members::new(members);
        let credentials = members.list("credentials", MAX_CREDENTIALS)?;
        match (credentials, members.text("transaction_id")?) {
            (Some(credentials), None) => Ok(Self::Issued {
                credentials: credentials.iter().map(parse_credential).collect::<Result<_, _>>()?,
                notification_id: members.text("notification_id")?.map(str::to_owned),
            }),
            (None, Some(transaction_id)) => Ok(Self::Deferred {
                transaction_id: transaction_id.to_owned(),
                interval: members.number("interval")?.ok_or(MessageError::Missing("interval"))?,
            }),
            (None, None) | (Some(_), Some(_)) => Err(ResponseError::Form),
        }
    }

    /// The response as JSON, to send as it is or through
    /// [`Recipient::seal`](crate::vci::encryption::Recipient::seal).
    pub fn to_json(&self) -> Value {
        match self {
            Self::Issued { credentials, notification_id } => {
                let credentials: Vec<_> = credentials.iter().map(|one| json!({"credential": one})).collect();
                let mut response = json!({"credentials": credentials});
                if let Some(id) = notification_id {
                    response["notification_id"] = id.as_str().into();
                }
                response
            }
            Self::Deferred { transaction_id, interval } => {
                json!({"transaction_id": transaction_id, "interval": interval})
            }
        }
    }
}

/// A card is longer than other texts; its own parser bounds it.
fn parse_credential(item: &Value) -> Result<String, MessageError> {
    let credential = item.get("credential").ok_or(MessageError::Missing("credential"))?;
    credential.as_str().map(str::to_owned).ok_or(MessageError::Kind("credential"))
}

#[cfg(test)]
mod tests {
    use credential::jwe::ContentEncryption;

    use super::*;
    use crate::testing::{FixedRng, decryption_key};
    use crate::vci::encryption::Recipient;

    #[test]
    fn responses_are_read_back() {
        let issued = CredentialResponse::Issued {
            credentials: vec!["a~".into(), "b~".into()],
            notification_id: Some("n".into()),
        };
        let deferred = CredentialResponse::Deferred { transaction_id: "t".into(), interval: 60 };
        for response in [issued, deferred] {
            let json = response.to_json();
            assert_eq!(CredentialResponse::parse(json.to_string().as_bytes()), Ok(response.clone()));
            let recipient = Recipient::for_key(&decryption_key(), "k", ContentEncryption::A256Gcm);
            let sealed = recipient.seal(&json, &mut FixedRng(1)).unwrap();
            assert_eq!(CredentialResponse::parse_encrypted(&sealed, &decryption_key()), Ok(response));
        }
    }

    #[test]
    fn responses_that_do_not_fit_are_refused() {
        let read = |body: Value| CredentialResponse::parse(body.to_string().as_bytes()).unwrap_err();
        assert_eq!(read(json!({})), ResponseError::Form);
        assert_eq!(read(json!({"credential": "a"})), ResponseError::Form);
        let both = json!({"credentials": [{"credential": "a"}], "transaction_id": "t", "interval": 1});
        assert_eq!(read(both), ResponseError::Form);
        assert_eq!(read(json!({"transaction_id": "t"})), MessageError::Missing("interval").into());
        assert_eq!(read(json!({"credentials": []})), MessageError::Empty("credentials").into());
        assert_eq!(read(json!({"credentials": ["a"]})), MessageError::Missing("credential").into());
        let object = json!({"credentials": [{"credential": {}}]});
        assert_eq!(read(object), MessageError::Kind("credential").into());
        let many = vec![json!({"credential": "a"}); MAX_CREDENTIALS + 1];
        assert_eq!(read(json!({"credentials": many})), MessageError::TooLarge("credentials").into());
    }

    #[test]
    fn a_response_to_another_key_is_refused() {
        let recipient = Recipient::for_key(&decryption_key(), "k", ContentEncryption::A256Gcm);
        let sealed = recipient.seal(&json!({}), &mut FixedRng(1)).unwrap();
        let other = DecryptionKey::generate(&mut FixedRng(88));
        let read = CredentialResponse::parse_encrypted(&sealed, &other);
        assert!(matches!(read, Err(ResponseError::Encryption(_))));
    }
}
