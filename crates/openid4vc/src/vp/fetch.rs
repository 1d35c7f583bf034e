//! What a wallet posts to fetch a request, where the link says `request_uri_method=post`.
//!
//! Spec: OpenID4VP 1.0 section 5.10. `wallet_metadata` is passed over: our requests suit every wallet.

use crate::form::{self, Form, FormError};
use crate::vp::request::MAX_FRESH;

/// Bytes of the form, at most: room for the metadata of a wallet.
pub const MAX_BODY: usize = 64 * 1024;

/// Why a fetch is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The form is malformed.
    #[error("fetch of a request is malformed")]
    Form(#[from] FormError),
    /// `wallet_nonce` is too long, or not of printable characters.
    #[error("wallet nonce is malformed")]
    WalletNonce,
}

/// What the wallet posts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetch {
    /// The wallet's own nonce, which the request then repeats.
    pub wallet_nonce: Option<String>,
}

impl Fetch {
    /// Reads the posted form. Unknown parameters are ignored.
    ///
    /// # Errors
    /// [`FetchError`].
    pub fn parse(body: &str) -> Result<Self, FetchError> {
        let form = Form::parse(body, MAX_BODY)?;
        let wallet_nonce = form.value("wallet_nonce");
        let fits = |nonce: &str| nonce.len() <= MAX_FRESH && nonce.bytes().all(|b| b.is_ascii_graphic());
        if !wallet_nonce.is_none_or(fits) {
            return Err(FetchError::WalletNonce);
        }
        Ok(Self { wallet_nonce: wallet_nonce.map(str::to_owned) })
    }

    /// The form to post.
    pub fn to_form(&self) -> String {
        let pairs: Vec<_> = self.wallet_nonce.iter().map(|nonce| ("wallet_nonce", nonce.as_str())).collect();
        form::write(&pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetch_is_read_back() {
        for fetch in [Fetch::default(), Fetch { wallet_nonce: Some("n+/=".into()) }] {
            assert_eq!(Fetch::parse(&fetch.to_form()), Ok(fetch));
        }
        assert_eq!(Fetch::parse("wallet_metadata=%7B%7D"), Ok(Fetch::default()));
    }

    #[test]
    fn a_fetch_that_does_not_fit_is_refused() {
        assert_eq!(Fetch::parse("wallet_nonce=a%20b"), Err(FetchError::WalletNonce));
        let long = format!("wallet_nonce={}", "n".repeat(MAX_FRESH + 1));
        assert_eq!(Fetch::parse(&long), Err(FetchError::WalletNonce));
        assert_eq!(Fetch::parse("wallet_nonce=a&wallet_nonce=b"), Err(FetchError::Form(FormError::Repeated)));
        assert_eq!(Fetch::parse(&"x".repeat(MAX_BODY + 1)), Err(FetchError::Form(FormError::TooLarge)));
    }
}
