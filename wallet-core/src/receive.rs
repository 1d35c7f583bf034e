//! Receiving cards: from an offer to copies in the store, each bound to a key of its own.
//!
//! Nothing of an offer is shown before the register has proven who offers and that they may; nothing is
//! stored before every copy has been checked against that same issuer. A refusal leaves the store as it was.
//!
//! Cards come [again](again) where a person signs in, and [renew](renew) themselves where the issuer gave a token for
//! that; copies that were [promised](promised) are asked for when their time has come.
//!
//! Spec: OpenID4VCI 1.0 sections 3.4, 3.5, 4, 6 to 9, 11 and 12; RFC 6749 section 6; HAIP 1.0 section 4.

mod about;
pub mod again;
mod authorize;
mod check;
mod error;
mod fetch;
mod keep;
mod notify;
mod offer;
pub(crate) mod plan;
pub mod promised;
pub mod remove;
pub mod renew;

use credential::key::Signer;
use openid4vc::oauth::authorize::AuthorizationRequest;
use openid4vc::oauth::metadata::AuthorizationServerMetadata;
use openid4vc::oauth::pkce::CodeVerifier;
use openid4vc::oauth::token::{Grant, TokenResponse};
use openid4vc::vci::metadata::{Configuration, IssuerMetadata};
use openid4vc::vci::offer::CredentialOffer;
use openid4vc::web_url::WebUrl;
use registry_client::facts::Facts;
use registry_proof::name::MemberId;

pub use error::{NotTaken, ReceiveError};

use crate::keys::KeyHandle;
use crate::store::cards::Card;
use crate::store::received::Again;
use crate::store::renewals::NewRenewal;
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
    /// The cards that are here already and get fresh copies, in the order of the offer; none where it is of new ones.
    again: Vec<Card>,
}

/// A sign-in that a browser has to finish.
pub struct SignIn {
    /// Where to send the browser.
    pub address: String,
    server: AuthorizationServerMetadata,
    request: AuthorizationRequest,
    verifier: CodeVerifier,
    key: TokenKey,
}

/// The key that a token is bound to.
struct TokenKey {
    handle: KeyHandle,
    signer: Box<dyn Signer>,
}

/// What a token is used with.
struct Access {
    token: String,
    key: TokenKey,
    client_id: Option<String>,
    /// Which of the issuer's servers gave it, where an offer chose one.
    server: Option<String>,
    /// What it can be had again with.
    again: Again,
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
    /// Takes an offer up; `code` is the one that came another way. Cards that are promised for later are not
    /// among those that this gives: see [`Wallet::promised`].
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
        let key = self.new_token_key()?;
        let code = Grant::PreAuthorizedCode { code: grant.code.clone(), tx_code };
        let response = self.token(&server, code, None, &*key.signer).await?;
        let access = Access::of(response, key, None, grant.authorization_server.clone());
        self.fetch_cards(offered, &access).await
    }

    /// Begins a sign-in on the issuer's page, which comes back to `redirect_uri`.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn begin_sign_in(&self, offered: &Offered, redirect_uri: &str) -> Result<SignIn, ReceiveError> {
        let grant = offered.offer.authorization_code.clone().unwrap_or_default();
        let server = self.authorization_server(offered, grant.authorization_server.as_deref()).await?;
        let (verifier, key) = (CodeVerifier::make(&mut *self.random.rng()), self.new_token_key()?);
        let request = AuthorizationRequest {
            client_id: CLIENT_ID.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            code_challenge: verifier.challenge(),
            scope: Some(offered.scope()?),
            state: Some(self.random.token()),
            nonce: None,
            prompt: None,
            issuer_state: grant.issuer_state,
            dpop_jkt: Some(key.signer.public_key().thumbprint()),
            client_assertion: None,
        };
        let address = self.push(&server, &request, &*key.signer).await?;
        Ok(SignIn { address, server, request, verifier, key })
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
        let SignIn { server, request, verifier, key, .. } = sign_in;
        let issuer = server.issuer.as_str();
        let code = openid4vc::oauth::authorize::read_return(address, request.state.as_deref(), issuer)?;
        let redirect_uri = Some(request.redirect_uri);
        let code = Grant::AuthorizationCode { code, redirect_uri, code_verifier: verifier };
        let response = self.token(&server, code, Some(CLIENT_ID), &*key.signer).await?;
        let chosen = offered.offer.authorization_code.as_ref();
        let chosen = chosen.and_then(|grant| grant.authorization_server.clone());
        let access = Access::of(response, key, Some(CLIENT_ID.to_owned()), chosen);
        self.fetch_cards(offered, &access).await
    }

    fn new_token_key(&self) -> Result<TokenKey, ReceiveError> {
        let handle = self.keys.make_token_key()?;
        let signer = self.keys.token_key(&handle)?;
        Ok(TokenKey { handle, signer })
    }
}

impl Access {
    /// What the first token of an offer gives.
    fn of(response: TokenResponse, key: TokenKey, client_id: Option<String>, server: Option<String>) -> Self {
        let again = match response.refresh_token {
            None => Again::Never,
            Some(token) => Again::With(NewRenewal {
                server: server.clone(),
                client_id: client_id.clone(),
                token,
                key: key.handle.clone(),
            }),
        };
        Self { token: response.access_token, key, client_id, server, again }
    }
}

/// An address under the issuer's own, for a document about it.
fn well_known(of: &WebUrl, name: &str) -> Result<url::Url, ReceiveError> {
    url::Url::parse(&of.well_known(name)).map_err(|_| ReceiveError::Address)
}
