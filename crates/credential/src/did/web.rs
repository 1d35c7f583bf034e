//! did:web: an identifier that names the address of its own document.
//!
//! Nothing is fetched here: the address that comes out is a [`FetchUrl`], which says what its caller has to do. The
//! document has at most [`MAX_DOCUMENT`](crate::did::document::MAX_DOCUMENT) bytes.
//!
//! Spec: did:web method specification, sections 2.3 and 2.5.2.

use core::fmt;
use core::str::FromStr;

use crate::did::DidError;
use crate::did::syntax::Did;
use crate::fetch_url::FetchUrl;

/// Parts of the path, at most: no directory of identifiers needs more.
pub const MAX_PATH: usize = 8;
/// Characters of a host name, at most (RFC 1035 section 2.3.4).
pub const MAX_HOST: usize = 253;
/// Characters of one label of a host name, at most (RFC 1035 section 2.3.4).
pub const MAX_LABEL: usize = 63;
/// The port that an `https` address leaves out.
const HTTPS: u16 = 443;

/// `did:web:<host>[%3A<port>][:<path>]*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebDid {
    did: Did,
    url: FetchUrl,
}

impl WebDid {
    /// The identifier, to hold the document against.
    pub const fn did(&self) -> &Did {
        &self.did
    }

    /// Where its document lies.
    pub const fn document_url(&self) -> &FetchUrl {
        &self.url
    }
}

impl FromStr for WebDid {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let did: Did = text.parse()?;
        let id = text.strip_prefix("did:web:").ok_or(DidError::Method)?;
        let mut parts = id.split(':');
        let authority = parts.next().unwrap_or_default();
        let (host, port) = match authority.split_once("%3A") {
            Some((host, port)) => (host, Some(read_port(port)?)),
            None => (authority, None),
        };
        let path: Vec<&str> = parts.collect();
        if !is_host(host) {
            return Err(DidError::Host);
        }
        if path.len() > MAX_PATH || !path.iter().all(|part| is_path_part(part)) {
            return Err(DidError::Path);
        }
        let port = port.filter(|port| *port != HTTPS).map_or_else(String::new, |port| format!(":{port}"));
        let path = if path.is_empty() { ".well-known".to_owned() } else { path.join("/") };
        let url = FetchUrl::parse(&format!("https://{host}{port}/{path}/did.json"));
        Ok(Self { did, url: url.map_err(|_| DidError::Host)? })
    }
}

impl fmt::Display for WebDid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.did.fmt(f)
    }
}

fn read_port(text: &str) -> Result<u16, DidError> {
    match text.parse::<u16>() {
        Ok(port) if port > 0 && port.to_string() == text => Ok(port),
        _ => Err(DidError::Host),
    }
}

/// Labels in lower case, of which the last is no number. That the name is public is [`FetchUrl`]'s to say.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= MAX_HOST
        && host.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Unreserved characters as they are: whatever is percent-encoded could become another path on its way.
fn is_path_part(part: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !part.is_empty() && part != "." && part != ".." && part.bytes().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, DidError> {
        text.parse::<WebDid>().map(|did| did.document_url().as_str().to_owned())
    }

    #[test]
    fn a_host_a_port_and_a_path_become_an_address() {
        assert_eq!(url("did:web:a.example").unwrap(), "https://a.example/.well-known/did.json");
        assert_eq!(url("did:web:a.example:u:bob").unwrap(), "https://a.example/u/bob/did.json");
        assert_eq!(url("did:web:a.example%3A8443").unwrap(), "https://a.example:8443/.well-known/did.json");
        assert_eq!(url("did:web:a.example%3A443").unwrap(), "https://a.example/.well-known/did.json");
        let did: WebDid = "did:web:xn--bcher-kva.example".parse().unwrap();
        assert_eq!(did.document_url().host(), "xn--bcher-kva.example");
        assert_eq!(did.did().as_str(), did.to_string());
    }

    #[test]
    fn hosts_that_are_not_public_names_are_refused() {
        for host in [
            "localhost",
            "example",
            "a.localhost",
            "a.local",
            "a.internal",
            "a.localdomain",
            "1.0.0.127.in-addr.arpa",
            "a.onion",
            "127.0.0.1",
            "10.1",
            "a.0x7f",
            "a.1",
            "%5B%3A%3A1%5D",
            "A.example",
            "-a.example",
            "a-.example",
            "a..example",
            ".example",
            "a.example.",
            "a_b.example",
            "a.example%3a80",
            "a.example%2Fx",
            "user%40a.example",
            "a.example%3A",
            "a.example%3A0",
            "a.example%3A080",
            "a.example%3A65536",
            "a.example%3A80%3A80",
        ] {
            assert_eq!(url(&format!("did:web:{host}")), Err(DidError::Host), "{host}");
        }
    }

    #[test]
    fn a_host_and_its_labels_have_so_many_characters_and_no_more() {
        let label = |length: usize| url(&format!("did:web:{}.example", "a".repeat(length)));
        assert!(label(MAX_LABEL).is_ok());
        assert_eq!(label(MAX_LABEL + 1), Err(DidError::Host));
        let host = |length: usize| url(&format!("did:web:{}{}", "a.".repeat(120), "b".repeat(length - 240)));
        assert!(host(MAX_HOST).is_ok());
        assert_eq!(host(MAX_HOST + 1), Err(DidError::Host));
    }

    #[test]
    fn paths_that_could_lead_elsewhere_are_refused() {
        for path in ["..", ".", "a:..:b", "", ":b", "%2e%2e", "a%2Fb", "a%3Fb", "a%00", "a%23"] {
            let text = format!("did:web:a.example:{path}:x");
            assert_eq!(url(&text), Err(DidError::Path), "{path}");
        }
    }

    #[test]
    fn a_path_has_so_many_parts_of_unreserved_characters_and_no_more() {
        assert_eq!(
            url("did:web:a.example:A-0:_.:..."),
            Ok("https://a.example/A-0/_./.../did.json".to_owned())
        );
        let deep = |parts: usize| url(&format!("did:web:a.example{}", ":x".repeat(parts)));
        assert!(deep(MAX_PATH).is_ok());
        assert_eq!(deep(MAX_PATH + 1), Err(DidError::Path));
    }

    #[test]
    fn other_forms_and_methods_are_refused() {
        assert_eq!(url("did:key:z6Mk"), Err(DidError::Method));
        for text in ["did:web:", "did:web:a.example:", "did:web:a.example#k", "did:web:a.example/x"] {
            assert_eq!(url(text), Err(DidError::Form), "{text}");
        }
    }
}
