//! What an authorization server says about itself.
//!
//! Spec: RFC 8414; RFC 9126 section 5; RFC 9207 section 3; RFC 9449 section 5.1; OpenID4VCI 1.0 section 12.3.

use crate::message::{self, Members, MessageError};
use crate::web_url::{WebUrl, WebUrlError};

/// The well-known name; see [`WebUrl::well_known`].
pub const WELL_KNOWN: &str = "oauth-authorization-server";
/// Bytes of the document, at most: real ones have some 10 KiB.
pub const MAX_METADATA: usize = 128 * 1024;
/// Names in one list, at most.
pub const MAX_NAMES: usize = 256;

/// Why metadata is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// The document is malformed.
    #[error("metadata is malformed")]
    Message(#[from] MessageError),
    /// An address in it is not one that we would call.
    #[error("address in the metadata is refused")]
    Address(#[from] WebUrlError),
    /// It describes another server than the one it came from.
    #[error("metadata is of another server")]
    OtherIssuer,
    /// A public server names an address on this very machine.
    #[error("metadata leads a public server's client to this machine")]
    Loopback,
    /// An endpoint that is needed is not there.
    #[error("metadata has no {0}")]
    Endpoint(&'static str),
}

/// The members that we use. What is left out by the server is `None`, empty or its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationServerMetadata {
    /// The server's identifier.
    pub issuer: WebUrl,
    /// Where a browser is sent.
    pub authorization_endpoint: Option<WebUrl>,
    /// Where codes become tokens.
    pub token_endpoint: Option<WebUrl>,
    /// Where requests are pushed.
    pub pushed_authorization_request_endpoint: Option<WebUrl>,
    /// The server's keys.
    pub jwks_uri: Option<WebUrl>,
    /// Whether requests must be pushed.
    pub require_pushed_authorization_requests: bool,
    /// Whether answers carry `iss`.
    pub iss_parameter_supported: bool,
    /// Whether an offer's code is good without a client.
    pub pre_authorized_grant_anonymous_access: bool,
    /// `code_challenge_methods_supported`.
    pub code_challenge_methods: Vec<String>,
    /// `grant_types_supported`.
    pub grant_types: Vec<String>,
    /// `dpop_signing_alg_values_supported`.
    pub dpop_algorithms: Vec<String>,
    /// `token_endpoint_auth_methods_supported`.
    pub client_authentication: Vec<String>,
}

impl AuthorizationServerMetadata {
    /// Reads the document of the server `issuer`. Unknown members are ignored.
    ///
    /// # Errors
    /// [`MetadataError`]; [`MetadataError::OtherIssuer`] unless `issuer` stands in it, letter by letter.
    pub fn parse(body: &[u8], issuer: &str) -> Result<Self, MetadataError> {
        let members = message::parse(body, MAX_METADATA)?;
        let members = Members::new(&members);
        let named = members.required_text("issuer")?;
        if named != issuer {
            return Err(MetadataError::OtherIssuer);
        }
        let issuer = WebUrl::parse(named)?;
        let endpoint = |name| read_endpoint(members, name, &issuer);
        let names = |name| Ok::<_, MessageError>(members.texts(name, MAX_NAMES)?.unwrap_or_default());
        Ok(Self {
            authorization_endpoint: endpoint("authorization_endpoint")?,
            token_endpoint: endpoint("token_endpoint")?,
            pushed_authorization_request_endpoint: endpoint("pushed_authorization_request_endpoint")?,
            jwks_uri: endpoint("jwks_uri")?,
            require_pushed_authorization_requests: members
                .flag("require_pushed_authorization_requests", false)?,
            iss_parameter_supported: members.flag("authorization_response_iss_parameter_supported", false)?,
            pre_authorized_grant_anonymous_access: members
                .flag("pre-authorized_grant_anonymous_access_supported", false)?,
            code_challenge_methods: names("code_challenge_methods_supported")?,
            grant_types: names("grant_types_supported")?,
            dpop_algorithms: names("dpop_signing_alg_values_supported")?,
            client_authentication: names("token_endpoint_auth_methods_supported")?,
            issuer,
        })
    }

    /// The token endpoint, which every flow needs.
    ///
    /// # Errors
    /// [`MetadataError::Endpoint`].
    pub fn required_token_endpoint(&self) -> Result<&WebUrl, MetadataError> {
        self.token_endpoint.as_ref().ok_or(MetadataError::Endpoint("token_endpoint"))
    }
}

/// An endpoint that `owner` names. One on this machine counts only where its owner is here, too.
pub(crate) fn read_endpoint(
    members: Members<'_>,
    name: &'static str,
    owner: &WebUrl,
) -> Result<Option<WebUrl>, MetadataError> {
    let Some(text) = members.text(name)? else { return Ok(None) };
    let endpoint = WebUrl::parse(text)?;
    if endpoint.is_loopback() && !owner.is_loopback() {
        return Err(MetadataError::Loopback);
    }
    Ok(Some(endpoint))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::vectors;

    const SERVER: &str = "https://auth.example.com";

    fn read(more: Value) -> Result<AuthorizationServerMetadata, MetadataError> {
        let mut document = json!({"issuer": SERVER, "token_endpoint": "https://auth.example.com/token"});
        document.as_object_mut().unwrap().extend(crate::testing::members(more));
        AuthorizationServerMetadata::parse(document.to_string().as_bytes(), SERVER)
    }

    #[test]
    fn a_document_is_read() {
        let read = read(json!({"code_challenge_methods_supported": ["S256"], "unknown": {}})).unwrap();
        assert_eq!(read.required_token_endpoint().unwrap().as_str(), "https://auth.example.com/token");
        assert_eq!(read.code_challenge_methods, ["S256"]);
        assert!(!read.iss_parameter_supported);
    }

    #[test]
    fn a_document_that_does_not_fit_is_refused() {
        for (more, error) in [
            (json!({"issuer": "https://auth.example.com/"}), MetadataError::OtherIssuer),
            (json!({"issuer": 1}), MessageError::Kind("issuer").into()),
            (json!({"token_endpoint": "http://auth.example.com/token"}), WebUrlError::Insecure.into()),
            (json!({"token_endpoint": "token"}), WebUrlError::Malformed.into()),
            (json!({"token_endpoint": "http://127.0.0.1/token"}), MetadataError::Loopback),
            (json!({"token_endpoint": "https://localhost/token"}), MetadataError::Loopback),
            (json!({"grant_types_supported": "x"}), MessageError::Kind("grant_types_supported").into()),
            (
                json!({"require_pushed_authorization_requests": "yes"}),
                MessageError::Kind("require_pushed_authorization_requests").into(),
            ),
        ] {
            assert_eq!(read(more.clone()), Err(error), "{more}");
        }
        let bare =
            AuthorizationServerMetadata::parse(br#"{"issuer":"https://a.example"}"#, "https://a.example");
        let missing = bare.unwrap().required_token_endpoint().map(drop);
        assert_eq!(missing, Err(MetadataError::Endpoint("token_endpoint")));
    }

    #[test]
    fn documents_of_others_come_out_as_named() {
        let Some(folder) = vectors("oidf-conformance-suite") else { return };
        let folder = folder.join("src/test/resources/metadata/openid4vci-1_0");
        let mut run = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !name.contains("oauth-authorization-server") {
                continue;
            }
            let body = std::fs::read(&path).unwrap();
            let document: Value = serde_json::from_slice(&body).unwrap();
            let issuer = document["issuer"].as_str().unwrap_or_default();
            let read = AuthorizationServerMetadata::parse(&body, issuer);
            assert_eq!(read.is_ok(), name.starts_with("valid-"), "{name}: {read:?}");
            run += 1;
        }
        assert_eq!(run, 3);
    }
}
