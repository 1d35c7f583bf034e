//! The error codes of OAuth and OpenID4VCI, and the body that carries them.
//!
//! Spec: RFC 6749 sections 4.1.2.1 and 5.2; RFC 6750 section 3.1; RFC 9126 section 2.3; RFC 9449 section
//! 12.2; OpenID4VCI 1.0 sections 6.3, 8.3.1, 9.3 and 11.3.

use serde_json::{Value, json};

use crate::message::{self, Members, MessageError};

/// Bytes of an error body, at most: a code and a sentence.
pub const MAX_BODY: usize = 8 * 1024;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// An error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as it is sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest => "invalid_request",
    /// The client is unknown or did not prove who it is.
    InvalidClient => "invalid_client",
    /// The code is wrong, used, expired or another client's; or the transaction code is wrong.
    InvalidGrant => "invalid_grant",
    /// The client may not do this.
    UnauthorizedClient => "unauthorized_client",
    /// The grant type is none of ours.
    UnsupportedGrantType => "unsupported_grant_type",
    /// The response type is none of ours.
    UnsupportedResponseType => "unsupported_response_type",
    /// The scope is unknown or malformed.
    InvalidScope => "invalid_scope",
    /// The person or the server said no.
    AccessDenied => "access_denied",
    /// Something broke.
    ServerError => "server_error",
    /// Come back later.
    TemporarilyUnavailable => "temporarily_unavailable",
    /// A person has to sign in, and the client wanted no page.
    LoginRequired => "login_required",
    /// `request_uri` is unknown, used or expired.
    InvalidRequestUri => "invalid_request_uri",
    /// The access token is wrong or expired.
    InvalidToken => "invalid_token",
    /// The access token does not reach that far.
    InsufficientScope => "insufficient_scope",
    /// The DPoP proof is refused.
    InvalidDpopProof => "invalid_dpop_proof",
    /// The DPoP proof must hold the server's nonce.
    UseDpopNonce => "use_dpop_nonce",
    /// `authorization_details` are malformed or unknown.
    InvalidAuthorizationDetails => "invalid_authorization_details",
    /// The credential request is malformed.
    InvalidCredentialRequest => "invalid_credential_request",
    /// No such configuration.
    UnknownCredentialConfiguration => "unknown_credential_configuration",
    /// No such identifier.
    UnknownCredentialIdentifier => "unknown_credential_identifier",
    /// A key proof is missing or refused.
    InvalidProof => "invalid_proof",
    /// A key proof holds an old nonce: fetch a new one.
    InvalidNonce => "invalid_nonce",
    /// The encryption is none of ours, or is required.
    InvalidEncryptionParameters => "invalid_encryption_parameters",
    /// The credential will not be issued.
    CredentialRequestDenied => "credential_request_denied",
    /// No such deferred issuance.
    InvalidTransactionId => "invalid_transaction_id",
    /// No such notification.
    InvalidNotificationId => "invalid_notification_id",
    /// The notification is malformed.
    InvalidNotificationRequest => "invalid_notification_request",
    /// The wallet's provider has not attested it, or the attestation does not hold.
    InvalidClientAttestation => "invalid_client_attestation",
    /// The proof of possession beside an attestation must hold the server's challenge.
    UseAttestationChallenge => "use_attestation_challenge",
    /// A code that we do not know.
    Unrecognized => "unrecognized",
}

impl ErrorCode {
    /// The error of this code.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.iter().copied().find(|one| one.as_str() == name).unwrap_or(Self::Unrecognized)
    }
}

/// An error as JSON. A description that arrives is dropped: it is another's text and not for our screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorResponse {
    /// The code.
    pub error: ErrorCode,
}

impl ErrorResponse {
    /// Reads an error body.
    ///
    /// # Errors
    /// [`MessageError`] where it is no error body.
    pub fn parse(body: &[u8]) -> Result<Self, MessageError> {
        let members = message::parse(body, MAX_BODY)?;
        let error = Members::new(&members).required_text("error")?;
        Ok(Self { error: ErrorCode::from_name(error) })
    }

    /// The body, with a sentence for whoever debugs the client.
    pub fn to_json(self, description: &str) -> Value {
        json!({"error": self.error.as_str(), "error_description": description})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back() {
        for code in ErrorCode::ALL {
            let body = ErrorResponse { error: *code }.to_json("why").to_string();
            assert_eq!(ErrorResponse::parse(body.as_bytes()).unwrap().error, *code);
        }
    }

    #[test]
    fn other_bodies_are_refused_and_other_codes_unrecognized() {
        assert_eq!(ErrorResponse::parse(b"{}"), Err(MessageError::Missing("error")));
        assert_eq!(ErrorResponse::parse(b"<html>"), Err(MessageError::Json));
        let other = ErrorResponse::parse(br#"{"error":"x"}"#).unwrap();
        assert_eq!(other.error, ErrorCode::Unrecognized);
    }
}
