//! Fetching a signed request.
//!
//! Spec: OpenID4VP 1.0 section 5.10; RFC 9101 section 5.2.3.

use credential::key::{PublicKey, RustCrypto};
use credential::time::UnixTime;
use openid4vc::vp::link::{AuthorizationLink, Method};
use openid4vc::vp::request::{MEDIA_TYPE, Request, RequestError, UnverifiedRequest, WalletContext};

use super::PresentError;
use crate::http::{Body, Request as HttpRequest};
use crate::wallet::Wallet;

/// A request that came, and what it is held against.
pub(super) struct Fetched {
    pub(super) unverified: UnverifiedRequest,
    pub(super) wallet_nonce: Option<String>,
}

impl Wallet {
    pub(super) async fn fetch_request(&self, link: &str) -> Result<Fetched, PresentError> {
        let link = AuthorizationLink::parse(link.trim())?;
        let url = link.request_uri.url().clone();
        let wallet_nonce = (link.method == Method::Post).then(|| self.random.token());
        let request = match &wallet_nonce {
            None => HttpRequest::get(url, MEDIA_TYPE),
            Some(nonce) => {
                HttpRequest::post(url, Body::Form(vec![("wallet_nonce".to_owned(), nonce.clone())]))
                    .header("accept", MEDIA_TYPE.to_owned())
            }
        };
        let answer = self.http.send(request).await?;
        if !answer.is_good() {
            return Err(PresentError::Fetch(answer.status));
        }
        let text = core::str::from_utf8(&answer.body).map_err(|_| RequestError::TooLarge)?;
        let unverified = UnverifiedRequest::parse(text.trim(), &link.client_id)?;
        Ok(Fetched { unverified, wallet_nonce })
    }
}

impl Fetched {
    /// Holds the request against its signer's key and the nonce that went along.
    pub(super) fn verify(self, key: &PublicKey, now: UnixTime) -> Result<Request, RequestError> {
        let context = WalletContext { wallet_nonce: self.wallet_nonce.as_deref(), now };
        self.unverified.verify(key, &context, &RustCrypto)
    }
}
