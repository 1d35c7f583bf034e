//! The nonce endpoint: a fresh value that key proofs are made over.
//!
//! Spec: OpenID4VCI 1.0 section 7.

use serde_json::{Value, json};

use crate::message::{self, Members, MessageError};

/// Bytes of a response, at most: one value.
pub const MAX_BODY: usize = 4096;
/// Characters of a nonce, at most: every proof repeats it.
pub const MAX_NONCE: usize = 512;

/// The issuer's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonceResponse {
    /// The value.
    pub c_nonce: String,
}

impl NonceResponse {
    /// Reads an answer. Unknown members are ignored.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(body: &[u8]) -> Result<Self, MessageError> {
        let members = message::parse(body, MAX_BODY)?;
        let c_nonce = Members::new(&members).required_text("c_nonce")?;
        if c_nonce.len() > MAX_NONCE {
            return Err(MessageError::TooLarge("c_nonce"));
        }
        Ok(Self { c_nonce: c_nonce.to_owned() })
    }

    /// The answer as JSON.
    pub fn to_json(&self) -> Value {
        json!({"c_nonce": self.c_nonce})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_back() {
        let response = NonceResponse { c_nonce: "n".into() };
        assert_eq!(NonceResponse::parse(response.to_json().to_string().as_bytes()), Ok(response));
    }

    #[test]
    fn other_answers_are_refused() {
        let read = |body: &str| NonceResponse::parse(body.as_bytes()).unwrap_err();
        assert_eq!(read("{}"), MessageError::Missing("c_nonce"));
        assert_eq!(read(r#"{"c_nonce":1}"#), MessageError::Kind("c_nonce"));
        assert_eq!(read(r#"{"c_nonce":""}"#), MessageError::Empty("c_nonce"));
        let long = json!({"c_nonce": "n".repeat(MAX_NONCE + 1)}).to_string();
        assert_eq!(read(&long), MessageError::TooLarge("c_nonce"));
        assert_eq!(read(&" ".repeat(MAX_BODY + 1)), MessageError::Json);
    }
}
