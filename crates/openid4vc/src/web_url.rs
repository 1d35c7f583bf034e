//! Addresses that messages name: `https`, or plain `http` on this very machine for development.
//!
//! Spec: OpenID4VCI 1.0 section 12.2.1, RFC 8252 section 7.3 (loopback).

use url::{Host, Url};

/// Characters of an address, at most: what common servers and QR codes bear.
pub const MAX_URL: usize = 2048;

/// Why a text is not an address that we would call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebUrlError {
    /// Not an absolute URL, or too long.
    #[error("address is malformed or too long")]
    Malformed,
    /// Neither `https` nor `http` to a loopback address.
    #[error("address is neither https nor loopback")]
    Insecure,
    /// Carries a user, a password or a fragment.
    #[error("address carries a user or a fragment")]
    Decorated,
}

/// An address, kept as it was written, since specifications compare it as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl {
    text: String,
    url: Url,
}

impl WebUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`WebUrlError`].
    pub fn parse(text: &str) -> Result<Self, WebUrlError> {
        let address = Self::parse_for_browser(text)?;
        if address.url.fragment().is_some() { Err(WebUrlError::Decorated) } else { Ok(address) }
    }

    /// Reads an address that a browser is sent to: it may have a fragment, in which the page finds what no server
    /// is told (OpenID4VP 1.0 section 8.2).
    ///
    /// # Errors
    /// [`WebUrlError`].
    pub fn parse_for_browser(text: &str) -> Result<Self, WebUrlError> {
        if text.len() > MAX_URL || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(WebUrlError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| WebUrlError::Malformed)?;
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => {}
            ("http", Some(host)) if is_loopback(&host) => {}
            _ => return Err(WebUrlError::Insecure),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(WebUrlError::Decorated);
        }
        Ok(Self { text: text.to_owned(), url })
    }

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address, taken apart.
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Scheme, host and port: `https://issuer.example`.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether it leads to this very machine.
    pub fn is_loopback(&self) -> bool {
        self.url.host().as_ref().is_some_and(is_loopback)
    }

    /// The well-known address of `name` for this identifier: `/.well-known/name` stands between host and
    /// path (RFC 8414 section 3.1, OpenID4VCI 1.0 section 12.2.2).
    pub fn well_known(&self, name: &str) -> String {
        let path = self.url.path().trim_end_matches('/');
        format!("{}/.well-known/{name}{path}", self.origin())
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_are_taken() {
        for text in
            ["https://a.example/x?y=z", "http://127.0.0.21:7200", "http://[::1]/", "http://localhost:1/"]
        {
            assert_eq!(WebUrl::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in
            ["http://a.example/", "ftp://a.example/", "http://localhost.example/", "javascript:alert(1)"]
        {
            assert_eq!(WebUrl::parse(text), Err(WebUrlError::Insecure), "{text}");
        }
        for text in ["", "a/b", "https://", "https://a.example/ x", "https://a\n.example"] {
            assert_eq!(WebUrl::parse(text), Err(WebUrlError::Malformed), "{text}");
        }
        for text in ["https://u@a.example/", "https://u:p@a.example/", "https://a.example/#f"] {
            assert_eq!(WebUrl::parse(text), Err(WebUrlError::Decorated), "{text}");
        }
        assert_eq!(
            WebUrl::parse(&format!("https://a.example/{}", "x".repeat(MAX_URL))),
            Err(WebUrlError::Malformed)
        );
    }

    #[test]
    fn a_well_known_name_stands_between_host_and_path() {
        let at = |text: &str| WebUrl::parse(text).unwrap().well_known("openid-credential-issuer");
        assert_eq!(
            at("https://a.example/tenant"),
            "https://a.example/.well-known/openid-credential-issuer/tenant"
        );
        assert_eq!(
            at("http://127.0.0.21:7200"),
            "http://127.0.0.21:7200/.well-known/openid-credential-issuer"
        );
    }
}
