//! Pushed authorization requests: the server keeps the request, the browser carries its name.
//!
//! The pushed form itself is an [`AuthorizationRequest`](crate::oauth::authorize::AuthorizationRequest).
//!
//! Spec: RFC 9126.

use serde_json::{Value, json};

use crate::form;
use crate::message::{self, Members, MessageError};
use crate::web_url::WebUrl;

/// What every name of a pushed request begins with (section 2.2).
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// Bytes of a response, at most: a name and a number.
pub const MAX_BODY: usize = 8 * 1024;

/// The server's answer to a pushed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedResponse {
    /// The request's name, good once.
    pub request_uri: String,
    /// For how many seconds it is good.
    pub expires_in: u64,
}

impl PushedResponse {
    /// Reads a response. Unknown members are ignored.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(body: &[u8]) -> Result<Self, MessageError> {
        let members = message::parse(body, MAX_BODY)?;
        let members = Members::new(&members);
        Ok(Self {
            request_uri: members.required_text("request_uri")?.to_owned(),
            expires_in: members.number("expires_in")?.ok_or(MessageError::Missing("expires_in"))?,
        })
    }

    /// The response as JSON.
    pub fn to_json(&self) -> Value {
        json!({"request_uri": self.request_uri, "expires_in": self.expires_in})
    }

    /// The address to open in a browser: the endpoint, the client and the request's name.
    pub fn to_address(&self, authorization_endpoint: &WebUrl, client_id: &str) -> String {
        let mut url = authorization_endpoint.url().clone();
        let pairs = form::write(&[("client_id", client_id), ("request_uri", &self.request_uri)]);
        let query = match url.query() {
            None | Some("") => pairs,
            Some(query) => format!("{query}&{pairs}"),
        };
        url.set_query(Some(&query));
        url.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_read_back_and_leads_to_an_address() {
        let response = PushedResponse { request_uri: format!("{REQUEST_URI_PREFIX}1"), expires_in: 60 };
        assert_eq!(PushedResponse::parse(response.to_json().to_string().as_bytes()), Ok(response.clone()));
        let endpoint = WebUrl::parse("https://a.example/authorize?x=y").unwrap();
        let address = response.to_address(&endpoint, "w");
        assert!(address.starts_with("https://a.example/authorize?x=y&client_id=w&request_uri=urn%3Aietf"));
    }

    #[test]
    fn a_response_that_does_not_fit_is_refused() {
        let read = |body: &str| PushedResponse::parse(body.as_bytes()).unwrap_err();
        assert_eq!(read("[]"), MessageError::Json);
        assert_eq!(read(r#"{"request_uri":"x"}"#), MessageError::Missing("expires_in"));
        assert_eq!(read(r#"{"expires_in":1}"#), MessageError::Missing("request_uri"));
        assert_eq!(read(r#"{"request_uri":"x","expires_in":-1}"#), MessageError::Kind("expires_in"));
    }
}
