//! The link or QR code that starts a presentation: who asks, and where the request can be fetched.
//!
//! Nothing in a link is believed: the signed request repeats `client_id`, and only its own parameters count.
//!
//! Spec: OpenID4VP 1.0 sections 5.7 and 5.10; RFC 9101 section 5.2; HAIP 1.0 section 5.1.

use url::Url;

use crate::form::{self, Form, FormError};
use crate::vp::client_id::{ClientId, ClientIdError};
use crate::web_url::{WebUrl, WebUrlError};

/// Characters of a link, at most: what a QR code holds.
pub const MAX_LINK: usize = 4096;
/// The schemes under which wallets are started.
pub const SCHEMES: [&str; 2] = ["openid4vp", "haip-vp"];

/// How the request is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// By HTTP GET.
    #[default]
    Get,
    /// By HTTP POST, with a nonce of the wallet's.
    Post,
}

/// A link to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationLink {
    /// Who says to ask.
    pub client_id: ClientId,
    /// Where the signed request is.
    pub request_uri: WebUrl,
    /// How to fetch it.
    pub method: Method,
}

/// Why a link is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No URL, or too long.
    #[error("link is malformed or too long")]
    Malformed,
    /// A scheme that starts something else.
    #[error("link is not for presentations")]
    Scheme,
    /// Parameters are missing or repeated.
    #[error("link has unacceptable parameters")]
    Form(#[source] FormError),
    /// The client identifier is not one that we support.
    #[error("client identifier of the link is refused")]
    ClientId(#[source] ClientIdError),
    /// The request's address is not one that we would call.
    #[error("request address of the link is refused")]
    RequestUri(#[source] WebUrlError),
    /// `request_uri_method` is neither `get` nor `post`.
    #[error("request method of the link is not supported")]
    Method,
}

impl AuthorizationLink {
    /// Reads `openid4vp://?client_id=..&request_uri=..[&request_uri_method=..]`. A request inside the link
    /// is refused, since it would have no place for a signature's certificates.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.len() > MAX_LINK {
            return Err(LinkError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| LinkError::Malformed)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(LinkError::Scheme);
        }
        let form = Form::from_query(&url, MAX_LINK).map_err(LinkError::Form)?;
        let method = match form.value("request_uri_method") {
            None | Some("get") => Method::Get,
            Some("post") => Method::Post,
            Some(_) => return Err(LinkError::Method),
        };
        let client_id = form.required("client_id").map_err(LinkError::Form)?;
        // Who asks comes first: a request inside the link is refused for who cannot be proven, where that is so.
        let client_id = client_id.parse().map_err(LinkError::ClientId)?;
        let request_uri = form.required("request_uri").map_err(LinkError::Form)?;
        let request_uri = WebUrl::parse(request_uri).map_err(LinkError::RequestUri)?;
        Ok(Self { client_id, request_uri, method })
    }
}

impl core::fmt::Display for AuthorizationLink {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let client_id = self.client_id.to_string();
        let mut pairs = vec![("client_id", client_id.as_str()), ("request_uri", self.request_uri.as_str())];
        if self.method == Method::Post {
            pairs.push(("request_uri_method", "post"));
        }
        write!(f, "openid4vp://?{}", form::write(&pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = "decentralized_identifier%3Adid%3Asymbolon%3Ademo%3Alogin";

    fn parse(rest: &str) -> Result<AuthorizationLink, LinkError> {
        AuthorizationLink::parse(&format!("openid4vp://?client_id={CLIENT}{rest}"))
    }

    #[test]
    fn a_link_is_read_back() {
        let link =
            parse("&request_uri=http%3A%2F%2F127.0.0.31%3A7300%2Fr%2F1&request_uri_method=post").unwrap();
        assert_eq!(link.method, Method::Post);
        assert_eq!(link.request_uri.as_str(), "http://127.0.0.31:7300/r/1");
        assert_eq!(AuthorizationLink::parse(&link.to_string()), Ok(link));
    }

    #[test]
    fn unacceptable_links_are_refused() {
        let uri = "&request_uri=https%3A%2F%2Fa.example%2Fr";
        assert_eq!(parse(""), Err(LinkError::Form(FormError::Missing("request_uri"))));
        assert_eq!(parse(&format!("{uri}{uri}")), Err(LinkError::Form(FormError::Repeated)));
        assert_eq!(parse(&format!("{uri}&request_uri_method=put")), Err(LinkError::Method));
        let insecure = parse("&request_uri=http%3A%2F%2Fa.example%2Fr");
        assert_eq!(insecure, Err(LinkError::RequestUri(WebUrlError::Insecure)));
        let link = |text: &str| AuthorizationLink::parse(text);
        assert_eq!(link(&format!("https://a.example/?client_id={CLIENT}{uri}")), Err(LinkError::Scheme));
        assert_eq!(link("nonsense"), Err(LinkError::Malformed));
        assert_eq!(link(&"x".repeat(MAX_LINK + 1)), Err(LinkError::Malformed));
        let registered = link(&format!("openid4vp://?client_id=bank{uri}"));
        assert_eq!(registered, Err(LinkError::ClientId(ClientIdError::PreRegistered)));
        let unsigned =
            link("openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fa.example&response_type=vp_token");
        assert_eq!(unsigned, Err(LinkError::ClientId(ClientIdError::Unsupported)));
    }
}
