//! What a camera read, a person pasted, or another app opened us with: told apart before anything is done with it.
//!
//! Only the four schemes of offers and requests lead anywhere, and only in their standard's shape. A scheme is not
//! ours alone, so a link says nothing about who made it: that is proven later, from what it leads to.
//!
//! Spec: OpenID4VCI 1.0 section 4.1; OpenID4VP 1.0 section 5; HAIP 1.0 sections 4.2 and 5.1.

use openid4vc::vci::offer::{self, OfferError, OfferLink};
use openid4vc::vp::link as request;
use url::{Host, Url};

/// Bytes of a text that is looked at, at most: what a QR code holds.
pub(crate) const MAX_SCANNED: usize = 4096;
/// Bytes of the address of a web page, at most.
const MAX_PAGE: usize = 2048;

/// What a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A link to an offer of cards.
    Offer(String),
    /// A link to somebody's request to see cards.
    Request(String),
    /// The address of a web page: shown, never called.
    Page(Url),
}

/// Why a text leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No URL, or too long.
    #[error("text is no link")]
    Malformed,
    /// A scheme that a wallet has nothing to do with.
    #[error("link is of a scheme that is unknown here")]
    Scheme,
    /// An offer's scheme without its shape.
    #[error("link is no offer")]
    Offer(#[from] OfferError),
    /// A request's scheme without its shape.
    #[error("link is no request")]
    Request(#[from] request::LinkError),
}

impl LinkError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "link_malformed",
            Self::Scheme => "link_scheme_unknown",
            Self::Offer(error) => error.code(),
            Self::Request(error) => error.code(),
        }
    }
}

impl Link {
    /// Tells what a text is.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn read(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > MAX_SCANNED {
            return Err(LinkError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| LinkError::Malformed)?;
        match url.scheme() {
            scheme if offer::SCHEMES.contains(&scheme) => {
                OfferLink::parse(text)?;
                Ok(Self::Offer(text.to_owned()))
            }
            scheme if request::SCHEMES.contains(&scheme) => {
                request::AuthorizationLink::parse(text)?;
                Ok(Self::Request(text.to_owned()))
            }
            "https" if is_page(&url) => Ok(Self::Page(url)),
            _ => Err(LinkError::Scheme),
        }
    }

    /// As [`Link::read`], for what opens the app: an offer or a request, and no page.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn read_opening(text: &str) -> Result<String, LinkError> {
        match Self::read(text)? {
            Self::Offer(text) | Self::Request(text) => Ok(text),
            Self::Page(_) => Err(LinkError::Scheme),
        }
    }
}

/// A page that a person may be asked about: by name, without a password in its address.
fn is_page(url: &Url) -> bool {
    let named = matches!(url.host(), Some(Host::Domain(name)) if name.contains('.'));
    named && url.username().is_empty() && url.password().is_none() && url.as_str().len() <= MAX_PAGE
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = "openid4vp://?client_id=decentralized_identifier%3Adid%3Asymbolon%3Ademo%3Alogin&request_uri=https%3A%2F%2Flogin.example%2Fr%2F1";
    const OFFER: &str =
        "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fagency.example%2Fo%2F1";

    #[test]
    fn offers_and_requests_are_told_apart() {
        assert_eq!(Link::read(&format!(" {OFFER}\n")).unwrap(), Link::Offer(OFFER.to_owned()));
        assert_eq!(Link::read(REQUEST).unwrap(), Link::Request(REQUEST.to_owned()));
        assert!(matches!(Link::read(&REQUEST.replace("openid4vp", "haip-vp")), Ok(Link::Request(_))));
        assert!(matches!(
            Link::read(&OFFER.replace("openid-credential-offer", "haip-vci")),
            Ok(Link::Offer(_))
        ));
        assert!(matches!(Link::read("https://bank.example/login?a=b"), Ok(Link::Page(_))));
    }

    #[test]
    fn what_is_of_another_scheme_or_shape_is_refused() {
        for (text, code) in [
            ("", "link_malformed"),
            ("hello", "link_malformed"),
            ("openid4vp", "link_malformed"),
            ("javascript:alert(1)", "link_scheme_unknown"),
            ("data:text/html,x", "link_scheme_unknown"),
            ("file:///etc/passwd", "link_scheme_unknown"),
            ("intent://scan/#Intent;scheme=openid4vp;end", "link_scheme_unknown"),
            ("http://bank.example/", "link_scheme_unknown"),
            ("https://user:secret@bank.example/", "link_scheme_unknown"),
            ("https://10.0.0.1/", "link_scheme_unknown"),
            ("https://router/", "link_scheme_unknown"),
            ("openid4vp://?client_id=bank&request_uri=https%3A%2F%2Fa.example", "client_id_without_prefix"),
            ("openid4vp://", "parameter_missing"),
            ("openid-credential-offer://", "offer_missing"),
            ("haip-vci://?credential_offer=%7B%7D", "member_missing"),
            (
                "openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fagency.example%2Fo",
                "address_insecure",
            ),
        ] {
            assert_eq!(Link::read(text).unwrap_err().code(), code, "{text}");
        }
        let long = format!("{REQUEST}&x={}", "x".repeat(MAX_SCANNED));
        assert_eq!(Link::read(&long).unwrap_err().code(), "link_malformed");
    }

    #[test]
    fn no_page_opens_the_app() {
        assert_eq!(Link::read_opening(OFFER).unwrap(), OFFER);
        assert!(Link::read_opening("https://bank.example/").is_err());
    }
}
