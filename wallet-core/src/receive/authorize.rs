//! The issuer's authorization server: pushed requests and tokens, bound to a key that is made for each offer.
//!
//! Spec: RFC 9126; RFC 6749 section 5; RFC 9449 sections 5, 7 and 8.

use credential::key::Signer;
use openid4vc::oauth::authorize::AuthorizationRequest;
use openid4vc::oauth::dpop::{self, Target};
use openid4vc::oauth::error::{ErrorCode, ErrorResponse};
use openid4vc::oauth::metadata::{self, AuthorizationServerMetadata, MetadataError};
use openid4vc::oauth::par::PushedResponse;
use openid4vc::oauth::token::{Grant, TokenRequest, TokenResponse, TokenType};
use openid4vc::web_url::WebUrl;

use super::error::NotTaken;
use super::{CLIENT_ID, Offered, ReceiveError, well_known};
use crate::http::{Answer, Body, Request};
use crate::wallet::Wallet;

const FORM: &str = "application/x-www-form-urlencoded";

/// What is posted, and the token that goes along.
pub(super) struct Post<'a> {
    pub(super) to: &'a WebUrl,
    pub(super) media_type: &'static str,
    pub(super) text: String,
    pub(super) token: Option<&'a str>,
    /// The server that wants to know which wallet this is, where it does.
    pub(super) server: Option<&'a AuthorizationServerMetadata>,
}

impl Wallet {
    pub(super) async fn authorization_server(
        &self,
        offered: &Offered,
        chosen: Option<&str>,
    ) -> Result<AuthorizationServerMetadata, ReceiveError> {
        let server = offered.metadata.authorization_server(chosen)?;
        let body = self.document(well_known(server, metadata::WELL_KNOWN)?).await?;
        Ok(AuthorizationServerMetadata::parse(&body, server.as_str())?)
    }

    /// Pushes a request: gives the address to open.
    pub(super) async fn push(
        &self,
        server: &AuthorizationServerMetadata,
        request: &AuthorizationRequest,
        dpop: &dyn Signer,
    ) -> Result<String, ReceiveError> {
        let missing = |name: &'static str| ReceiveError::Metadata(MetadataError::Endpoint(name));
        let to = server.pushed_authorization_request_endpoint.as_ref();
        let to = to.ok_or_else(|| missing("pushed_authorization_request_endpoint"))?;
        let page = server.authorization_endpoint.as_ref();
        let page = page.ok_or_else(|| missing("authorization_endpoint"))?;
        let post = Post { to, media_type: FORM, text: request.to_form(), token: None, server: Some(server) };
        let pushed = PushedResponse::parse(&self.post_with_proof(&post, dpop).await?.body)?;
        Ok(pushed.to_address(page, CLIENT_ID))
    }

    /// Gives a code, or a token of before, for a token that is bound to `dpop`.
    pub(super) async fn token(
        &self,
        server: &AuthorizationServerMetadata,
        grant: Grant,
        client_id: Option<&str>,
        dpop: &dyn Signer,
    ) -> Result<TokenResponse, ReceiveError> {
        let request = TokenRequest { grant, client_id: client_id.map(str::to_owned), client_assertion: None };
        let to = server.required_token_endpoint()?;
        let post = Post { to, media_type: FORM, text: request.to_form(), token: None, server: Some(server) };
        let response = TokenResponse::parse(&self.post_with_proof(&post, dpop).await?.body)?;
        match response.token_type {
            TokenType::Dpop => Ok(response),
            TokenType::Bearer => Err(ReceiveError::Unbound),
        }
    }

    /// Posts with a DPoP proof, and once more where the server wants its own nonce in it.
    pub(super) async fn post_with_proof(
        &self,
        post: &Post<'_>,
        dpop: &dyn Signer,
    ) -> Result<Answer, ReceiveError> {
        let answer = self.post_once(post, dpop, None).await?;
        let refused = match refusal(&answer) {
            None => return Ok(answer),
            Some(code) => code,
        };
        match (&answer.dpop_nonce, refused) {
            (Some(nonce), ErrorCode::UseDpopNonce) => {
                let answer = self.post_once(post, dpop, Some(nonce)).await?;
                match refusal(&answer) {
                    None => Ok(answer),
                    Some(code) => Err(refused_with(code, &answer)),
                }
            }
            _ => Err(refused_with(refused, &answer)),
        }
    }

    async fn post_once(
        &self,
        post: &Post<'_>,
        dpop: &dyn Signer,
        nonce: Option<&str>,
    ) -> Result<Answer, ReceiveError> {
        let target = Target { method: "POST", url: post.to.as_str(), access_token: post.token, nonce };
        let proof = dpop::make(&target, dpop, self.now(), &mut *self.random.rng())?;
        let body = Body::Text { media_type: post.media_type, text: post.text.clone() };
        let mut request = Request::post(post.to.url().clone(), body).header("dpop", proof);
        if let Some(token) = post.token {
            request = request.header("authorization", format!("DPoP {token}"));
        }
        if let (Some(server), Some(provider)) = (post.server, &self.provider) {
            for (name, value) in provider.headers(server, CLIENT_ID, self.now(), &self.random)? {
                request = request.header(name, value);
            }
        }
        Ok(self.http.send(request).await?)
    }
}

/// The code of a refusal; none where the answer is good.
fn refusal(answer: &Answer) -> Option<ErrorCode> {
    let read = || ErrorResponse::parse(&answer.body).map_or(ErrorCode::ServerError, |error| error.error);
    (!answer.is_good()).then(read)
}

fn refused_with(code: ErrorCode, answer: &Answer) -> ReceiveError {
    match code {
        ErrorCode::InvalidGrant => ReceiveError::NotTaken(NotTaken::read(&answer.body)),
        ErrorCode::CredentialRequestDenied => ReceiveError::Denied(NotTaken::read(&answer.body)),
        code => ReceiveError::Refused(code),
    }
}
