//! Copies that an issuer promised for later: asked for when it said, and not more often.
//!
//! Spec: OpenID4VCI 1.0 section 9.

use core::time::Duration;

use credential::encoding::from_base64url;
use credential::time::UnixTime;
use openid4vc::oauth::error::ErrorCode;
use openid4vc::vci::offer::{AuthorizationCodeGrant, CredentialOffer};
use openid4vc::vci::response::CredentialResponse;
use openid4vc::web_url::WebUrl;

use super::fetch::NewKey;
use super::keep::{Came, wait_of};
use super::plan::{self, FURTHEST};
use super::{Access, Offered, ReceiveError, TokenKey};
use crate::keys::KeyHandle;
use crate::store::StoreError;
use crate::store::promises::Promise;
use crate::store::received::{Again, Received};
use crate::view::{CardView, PromiseOutcome, PromiseView};
use crate::wallet::Wallet;

/// A promise that was not kept for so long is forgotten.
const GIVE_UP: Duration = Duration::from_secs(180 * 86_400);

/// What came of asking.
enum Answer {
    Came(Box<CardView>),
    Later(u64),
}

impl Wallet {
    /// What is promised.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn promised(&self) -> Result<Vec<PromiseView>, StoreError> {
        let waits = |promise: &Promise| view(promise, PromiseOutcome::Waits { at: promise.due_at });
        Ok(self.store.promises()?.iter().map(waits).collect())
    }

    /// Asks for everything whose time has come at `now`.
    ///
    /// # Errors
    /// [`StoreError`] only: everything else is in what this gives.
    pub async fn fetch_promised(&self, now: UnixTime) -> Result<Vec<PromiseView>, StoreError> {
        let mut news = Vec::new();
        // No promise is put off further either: such a time was noted by a clock that was wrong.
        let is_due = |at: UnixTime| at <= now || at > now.plus(FURTHEST);
        for mut promise in self.store.promises()?.into_iter().filter(|promise| is_due(promise.due_at)) {
            let asked = self.ask_for(&mut promise).await;
            let outcome = self.note_promise(&promise, asked, now)?;
            news.push(view(&promise, outcome));
        }
        Ok(news)
    }

    async fn ask_for(&self, promise: &mut Promise) -> Result<Answer, ReceiveError> {
        let offered = self.prove_promise(promise).await?;
        let mut access = self.access_of(promise)?;
        let asked = self.ask_again(&offered, &promise.what.transaction_id, &access).await;
        let response = match (asked, &promise.renewal) {
            (Err(ReceiveError::Refused(ErrorCode::InvalidToken)), Some(renewal)) => {
                let server = self.authorization_server(&offered, promise.what.server.as_deref()).await?;
                access = self.refresh(&server, renewal).await?;
                access.token.clone_into(&mut promise.what.access_token);
                self.ask_again(&offered, &promise.what.transaction_id, &access).await?
            }
            (asked, _) => asked?,
        };
        match response {
            CredentialResponse::Deferred { interval, .. } => Ok(Answer::Later(interval)),
            CredentialResponse::Issued { credentials, notification_id } => {
                let keys = self.keys_of(promise)?;
                let came = Came { texts: credentials, notification: notification_id, keys };
                self.keep_promise(&offered, promise, came, &access).await
            }
        }
    }

    async fn keep_promise(
        &self,
        offered: &Offered,
        promise: &Promise,
        came: Came,
        access: &Access,
    ) -> Result<Answer, ReceiveError> {
        let here = promise.card.as_deref().map(|id| self.store.card(id)).transpose()?;
        let id = &promise.what.source.configuration;
        let delivery = self.delivery(offered, id, here.as_ref(), came, access).await?;
        let received = Received {
            deliveries: vec![delivery],
            promises: Vec::new(),
            again: access.again.clone(),
            kept_promise: Some(promise.clone()),
            at: self.now(),
        };
        let mut cards = self.keep(offered, access, received).await?;
        cards.pop().map(|card| Answer::Came(Box::new(card))).ok_or(ReceiveError::Copies)
    }

    /// Proves anew who promised.
    async fn prove_promise(&self, promise: &Promise) -> Result<Offered, ReceiveError> {
        let what = &promise.what;
        let server = what.server.clone();
        let offer = CredentialOffer {
            credential_issuer: WebUrl::parse(&what.source.issuer).map_err(|_| ReceiveError::Address)?,
            configuration_ids: vec![what.source.configuration.clone()],
            authorization_code: Some(AuthorizationCodeGrant {
                issuer_state: None,
                authorization_server: server,
            }),
            pre_authorized_code: None,
        };
        let offered = self.prove(offer).await?;
        if offered.member.as_str() == what.member { Ok(offered) } else { Err(ReceiveError::OtherCard) }
    }

    fn access_of(&self, promise: &Promise) -> Result<Access, ReceiveError> {
        let what = &promise.what;
        let handle = handle(&what.token_key)?;
        Ok(Access {
            token: what.access_token.clone(),
            key: TokenKey { signer: self.keys.token_key(&handle)?, handle },
            client_id: what.client_id.clone(),
            server: what.server.clone(),
            again: promise.renewal.clone().map_or(Again::Never, Again::Kept),
        })
    }

    fn keys_of(&self, promise: &Promise) -> Result<Vec<NewKey>, ReceiveError> {
        let key = |text: &String| {
            let handle = handle(text)?;
            Ok(NewKey { signer: self.keys.card_key(&handle)?, handle })
        };
        promise.what.keys.iter().map(key).collect()
    }

    fn note_promise(
        &self,
        promise: &Promise,
        asked: Result<Answer, ReceiveError>,
        now: UnixTime,
    ) -> Result<PromiseOutcome, StoreError> {
        let error = match asked {
            Ok(Answer::Came(card)) => return Ok(PromiseOutcome::Came { card }),
            Ok(Answer::Later(interval)) => {
                let at = now.plus(wait_of(interval));
                self.store.put_off_promise(promise, at, 0)?;
                return Ok(PromiseOutcome::Waits { at });
            }
            Err(error) => error,
        };
        let over =
            matches!(error, ReceiveError::Refused(ErrorCode::InvalidTransactionId) | ReceiveError::Denied(_));
        if over || now.since(promise.made_at) > GIVE_UP {
            self.store.forget_promise(promise)?;
            return Ok(PromiseOutcome::Over { code: error.code() });
        }
        let failures = promise.failures.saturating_add(1);
        let at = plan::retry_at(failures, now, &self.random);
        self.store.put_off_promise(promise, at, failures)?;
        Ok(PromiseOutcome::Later { code: error.code(), at })
    }
}

fn handle(text: &str) -> Result<KeyHandle, ReceiveError> {
    let bytes = from_base64url(text).map_err(|_| StoreError::Damaged)?;
    Ok(KeyHandle::from_bytes(bytes))
}

fn view(promise: &Promise, outcome: PromiseOutcome) -> PromiseView {
    PromiseView {
        id: promise.id,
        title: promise.what.title.clone(),
        issuer: promise.what.issuer_name.clone(),
        made_at: promise.made_at,
        outcome,
    }
}
