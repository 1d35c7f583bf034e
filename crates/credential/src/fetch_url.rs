//! Addresses that outsiders name and we may fetch.
//!
//! A credential says where its issuer's keys and its type's description lie, so whoever made it chooses what
//! a verifier asks for. Such an address is of this type or it is not asked. The caller that fetches it:
//!
//! 1. resolves the host once, refuses where any answer is not a globally reachable address (RFC 6890), and
//!    connects to the address that it judged, so that a second answer cannot differ;
//! 2. follows no redirect, or reads each target into a [`FetchUrl`] first, three at most;
//! 3. sends no cookie, credential or referrer, and takes status 200 only;
//! 4. stops after a few seconds, and after the number of bytes that the reader of the answer names
//!    (`MAX_DOCUMENT` of that module), counted after any decompression.
//!
//! Spec: SD-JWT VC draft 19 sections 3 and 7.1.

use core::fmt;

use url::{Host, Url};

/// Bytes of an address, at most: servers refuse longer ones.
pub const MAX_URL: usize = 2048;

/// Host names that lead into the caller's own network.
const INTERNAL: [&str; 6] = ["localhost", "local", "internal", "localdomain", "arpa", "onion"];

/// An `https` address of a public host name, in its normal form, without user, password or fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchUrl(Url);

/// Why an address is not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchUrlError {
    /// Not an absolute address in its normal form, or longer than [`MAX_URL`].
    #[error("address is malformed or too long")]
    Malformed,
    /// Not `https`.
    #[error("address is not https")]
    Scheme,
    /// An IP address, in whatever notation.
    #[error("address names its host by number")]
    Number,
    /// A host of the inner network, or a name without a dot.
    #[error("address names an internal host")]
    Internal,
    /// A user or password.
    #[error("address carries a user")]
    User,
    /// A fragment, or a query where there may be none.
    #[error("address has a query or fragment where none may be")]
    Suffix,
}

impl FetchUrl {
    /// Reads an address. It must be written in its normal form, so that no two readers see different hosts
    /// in it; a missing `/` behind the host is allowed.
    ///
    /// # Errors
    /// [`FetchUrlError`].
    pub fn parse(text: &str) -> Result<Self, FetchUrlError> {
        if text.len() > MAX_URL {
            return Err(FetchUrlError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| FetchUrlError::Malformed)?;
        if url.scheme() != "https" {
            return Err(FetchUrlError::Scheme);
        }
        check_host(&url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchUrlError::User);
        }
        if url.fragment().is_some() {
            return Err(FetchUrlError::Suffix);
        }
        let normal = url.as_str();
        if normal != text && normal.strip_suffix('/') != Some(text) {
            return Err(FetchUrlError::Malformed);
        }
        Ok(Self(url))
    }

    /// Where the issuer `iss` publishes its keys: `/.well-known/jwt-vc-issuer` between its host and its path
    /// (SD-JWT VC section 4).
    ///
    /// # Errors
    /// Those of [`FetchUrl::parse`], and [`FetchUrlError::Suffix`] where `iss` has a query.
    pub fn of_issuer_metadata(iss: &str) -> Result<Self, FetchUrlError> {
        let Self(mut url) = Self::parse(iss)?;
        if url.query().is_some() {
            return Err(FetchUrlError::Suffix);
        }
        let path = url.path().strip_suffix('/').unwrap_or(url.path());
        let path = format!("/.well-known/jwt-vc-issuer{path}");
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name of its host.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl fmt::Display for FetchUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn check_host(url: &Url) -> Result<(), FetchUrlError> {
    let name = match url.host().ok_or(FetchUrlError::Malformed)? {
        Host::Domain(name) => name,
        Host::Ipv4(_) | Host::Ipv6(_) => return Err(FetchUrlError::Number),
    };
    let (_, last) = name.rsplit_once('.').ok_or(FetchUrlError::Internal)?;
    if last.is_empty() || INTERNAL.contains(&last) {
        return Err(FetchUrlError::Internal);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> FetchUrlError {
        FetchUrl::parse(text).unwrap_err()
    }

    #[test]
    fn public_https_addresses_are_read() {
        for text in ["https://a.example/x?y=1", "https://a.example:8443/", "https://a.example/%C3%A9"] {
            assert_eq!(FetchUrl::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(FetchUrl::parse("https://a.example").unwrap().as_str(), "https://a.example/");
    }

    #[test]
    fn other_schemes_are_refused() {
        for text in ["http://a.example/", "ftp://a.example/", "file:///etc/passwd", "data:,x", "urn:a:b"] {
            assert_eq!(refused(text), FetchUrlError::Scheme, "{text}");
        }
    }

    #[test]
    fn hosts_by_number_are_refused_in_every_notation() {
        for host in [
            "127.0.0.1",
            "169.254.169.254",
            "[::1]",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "1.1",
            "127.0.0.1.",
        ] {
            assert_eq!(refused(&format!("https://{host}/")), FetchUrlError::Number, "{host}");
        }
    }

    #[test]
    fn internal_hosts_are_refused() {
        let inner = INTERNAL.map(|last| format!("a.{last}"));
        for host in
            inner.iter().map(String::as_str).chain(["localhost", "printer", "a.example.", "a.home.arpa"])
        {
            assert_eq!(refused(&format!("https://{host}/")), FetchUrlError::Internal, "{host}");
        }
    }

    #[test]
    fn users_and_fragments_are_refused() {
        for text in ["https://u@a.example/", "https://u:p@a.example/", "https://:p@a.example/"] {
            assert_eq!(refused(text), FetchUrlError::User, "{text}");
        }
        assert_eq!(refused("https://a.example/#f"), FetchUrlError::Suffix);
    }

    #[test]
    fn addresses_that_two_readers_could_read_differently_are_refused() {
        for text in [
            "https:\\\\a.example/",
            "https://a.example\\@b.example/",
            "https://a.example/../x",
            "https://A.example/",
            "https://a.example:443/",
            " https://a.example/",
            "https://a.exa\tmple/",
            "https:a.example",
            "//a.example/",
            "",
        ] {
            assert_eq!(refused(text), FetchUrlError::Malformed, "{text}");
        }
    }

    #[test]
    fn an_address_has_so_many_characters_and_no_more() {
        let of_length = |length: usize| format!("{:a<length$}", "https://a.example/");
        let longest = FetchUrl::parse(&of_length(MAX_URL)).unwrap();
        assert_eq!(longest.to_string(), of_length(MAX_URL));
        assert_eq!(refused(&of_length(MAX_URL + 1)), FetchUrlError::Malformed);
    }

    #[test]
    fn the_well_known_part_stands_between_host_and_path() {
        for (iss, expected) in [
            ("https://example.com", "https://example.com/.well-known/jwt-vc-issuer"),
            ("https://example.com/", "https://example.com/.well-known/jwt-vc-issuer"),
            ("https://example.com/tenant/1234", "https://example.com/.well-known/jwt-vc-issuer/tenant/1234"),
            ("https://example.com:8443/t/", "https://example.com:8443/.well-known/jwt-vc-issuer/t"),
        ] {
            assert_eq!(FetchUrl::of_issuer_metadata(iss).unwrap().as_str(), expected);
        }
        assert_eq!(FetchUrl::of_issuer_metadata("https://a.example/?q"), Err(FetchUrlError::Suffix));
        assert_eq!(FetchUrl::of_issuer_metadata("did:web:a.example"), Err(FetchUrlError::Scheme));
    }
}
