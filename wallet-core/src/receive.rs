//! Receiving cards: from an offer to copies in the store, each bound to a key of its own.
//!
//! Nothing of an offer is shown before the register has proven who offers and that they may; nothing is
//! stored before every copy has been checked against that same issuer. A refusal leaves the store as it was.
//!
//! Spec: OpenID4VCI 1.0 sections 3.4, 3.5, 4, 6 to 8 and 12; HAIP 1.0 section 4.

mod about;
mod authorize;
mod error;
mod fetch;
mod offer;

use credential::key::{Algorithm, SigningKey};
use openid4vc::oauth::authorize::AuthorizationRequest;
use openid4vc::oauth::metadata::AuthorizationServerMetadata;
use openid4vc::oauth::pkce::CodeVerifier;
use openid4vc::oauth::token::Grant;
use openid4vc::vci::metadata::{Configuration, IssuerMetadata};
use openid4vc::vci::offer::CredentialOffer;
use openid4vc::web_url::WebUrl;
use registry_client::facts::Facts;
use registry_proof::name::MemberId;

pub use error::{NotTaken, ReceiveError};

use crate::view::{CardView, Needs, OfferView};
use crate::wallet::Wallet;

/// How this wallet is called where a server wants a name.
pub const CLIENT_ID: &str = "symbolon-wallet";
/// Copies of one card, at most: uses before any copy is shown twice.
pub const MAX_COPIES: usize = 10;

/// An offer whose issuer is proven: the person decides.
pub struct Offered {
    offer: CredentialOffer,
    metadata: IssuerMetadata,
    facts: Facts,
    member: MemberId,
    view: OfferView,
}

/// A sign-in that a browser has to finish.
pub struct SignIn {
    /// Where to send the browser.
    pub address: String,
    server: AuthorizationServerMetadata,
    request: AuthorizationRequest,
    verifier: CodeVerifier,
    dpop: SigningKey,
}

/// What a token is used with.
struct Access {
    token: String,
    dpop: SigningKey,
    client_id: Option<&'static str>,
}

impl Offered {
    /// What the person decides on.
    pub const fn view(&self) -> &OfferView {
        &self.view
    }

    fn configuration(&self, id: &str) -> Result<&Configuration, ReceiveError> {
        self.metadata.configurations.get(id).ok_or(ReceiveError::UnknownCard)
    }

    /// The scopes of everything that is offered.
    fn scope(&self) -> Result<String, ReceiveError> {
        let scope = |id: &String| self.configuration(id)?.scope.clone().ok_or(ReceiveError::UnsupportedCard);
        Ok(self.offer.configuration_ids.iter().map(scope).collect::<Result<Vec<_>, _>>()?.join(" "))
    }
}

impl Wallet {
    /// Takes an offer up; `code` is the one that came another way.
    ///
    /// # Errors
    /// [`ReceiveError`]; [`ReceiveError::CodeNeeded`] and [`ReceiveError::SignInNeeded`] before anything was
    /// sent.
    pub async fn receive(
        &self,
        offered: &Offered,
        code: Option<&str>,
    ) -> Result<Vec<CardView>, ReceiveError> {
        let grant = offered.offer.pre_authorized_code.as_ref().ok_or(ReceiveError::SignInNeeded)?;
        let tx_code = match (offered.view.needs == Needs::Nothing, code) {
            (true, _) => None,
            (false, Some(code)) => Some(code.chars().filter(|c| !c.is_whitespace()).collect()),
            (false, None) => return Err(ReceiveError::CodeNeeded),
        };
        let server = self.authorization_server(offered, grant.authorization_server.as_deref()).await?;
        let dpop = self.dpop_key();
        let code = Grant::PreAuthorizedCode { code: grant.code.clone(), tx_code };
        let token = self.token(&server, code, None, &dpop).await?;
        self.fetch_cards(offered, &Access { token, dpop, client_id: None }).await
    }

    /// Begins a sign-in on the issuer's page, which comes back to `redirect_uri`.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn begin_sign_in(&self, offered: &Offered, redirect_uri: &str) -> Result<SignIn, ReceiveError> {
        let grant = offered.offer.authorization_code.clone().unwrap_or_default();
        let server = self.authorization_server(offered, grant.authorization_server.as_deref()).await?;
        let (verifier, dpop) = (CodeVerifier::make(&mut *self.random.rng()), self.dpop_key());
        let request = AuthorizationRequest {
            client_id: CLIENT_ID.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            code_challenge: verifier.challenge(),
            scope: Some(offered.scope()?),
            state: Some(self.random.token()),
            nonce: None,
            prompt: None,
            issuer_state: grant.issuer_state,
            dpop_jkt: Some(credential::key::Signer::public_key(&dpop).thumbprint()),
            client_assertion: None,
        };
        let address = self.push(&server, &request, &dpop).await?;
        Ok(SignIn { address, server, request, verifier, dpop })
    }

    /// Ends a sign-in with the address that the browser came back to, and takes the offer up.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn end_sign_in(
        &self,
        offered: &Offered,
        sign_in: SignIn,
        address: &str,
    ) -> Result<Vec<CardView>, ReceiveError> {
        let SignIn { server, request, verifier, dpop, .. } = sign_in;
        let issuer = server.issuer.as_str();
        let code = openid4vc::oauth::authorize::read_return(address, request.state.as_deref(), issuer)?;
        let redirect_uri = Some(request.redirect_uri);
        let code = Grant::AuthorizationCode { code, redirect_uri, code_verifier: verifier };
        let token = self.token(&server, code, Some(CLIENT_ID), &dpop).await?;
        self.fetch_cards(offered, &Access { token, dpop, client_id: Some(CLIENT_ID) }).await
    }

    fn dpop_key(&self) -> SigningKey {
        SigningKey::generate(Algorithm::Es256, &mut *self.random.rng())
    }
}

/// An address under the issuer's own, for a document about it.
fn well_known(of: &WebUrl, name: &str) -> Result<url::Url, ReceiveError> {
    url::Url::parse(&of.well_known(name)).map_err(|_| ReceiveError::Address)
}
