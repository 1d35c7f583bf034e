//! Keeping what came: copies of new cards, fresh copies of cards that are here, promises.

use core::time::Duration;

use credential::claim_path::ClaimPath;
use credential::encoding::base64url;
use openid4vc::vci::metadata::Configuration;
use openid4vc::vci::notification::Event;
use openid4vc::vci::response::CredentialResponse;

use super::check::format_of;
use super::fetch::NewKey;
use super::{Access, Offered, ReceiveError, about};
use crate::keys::KeyHandle;
use crate::present::show_code;
use crate::store::cards::{Card, Source};
use crate::store::promises::{NewPromise, Promised};
use crate::store::received::{Delivery, Received, Whose};
use crate::view::CardView;
use crate::wallet::Wallet;

/// How soon a promise is asked for, at least: an issuer that says "now" waits all the same.
const SOONEST: Duration = Duration::from_secs(30);
/// How late, at most: an issuer that says "never" is asked all the same.
const LATEST: Duration = Duration::from_secs(7 * 86_400);

impl Wallet {
    /// Fetches every card of an offer, and keeps them once all copies of all have been checked.
    pub(super) async fn fetch_cards(
        &self,
        offered: &Offered,
        access: &Access,
    ) -> Result<Vec<CardView>, ReceiveError> {
        let (mut deliveries, mut promises) = (Vec::new(), Vec::new());
        for (place, id) in offered.offer.configuration_ids.iter().enumerate() {
            let here = offered.again.get(place);
            let keys = self.make_keys(&offered.metadata)?;
            match self.ask(offered, id, &keys, access).await? {
                CredentialResponse::Issued { credentials, notification_id } => {
                    let came = Came { texts: credentials, notification: notification_id, keys };
                    deliveries.push(self.delivery(offered, id, here, came, access).await?);
                }
                CredentialResponse::Deferred { transaction_id, interval } => {
                    let due_at = self.now().plus(wait_of(interval));
                    let what = self.promise_of(offered, id, &transaction_id, access, &keys)?;
                    promises.push(NewPromise { card: here.map(|card| card.id.clone()), due_at, what });
                }
            }
        }
        let again = access.again.clone();
        let received = Received { deliveries, promises, again, kept_promise: None, at: self.now() };
        self.keep(offered, access, received).await
    }

    /// Keeps what came, and then tells the issuer so.
    pub(super) async fn keep(
        &self,
        offered: &Offered,
        access: &Access,
        received: Received,
    ) -> Result<Vec<CardView>, ReceiveError> {
        self.store.keep_received(&received)?;
        for delivery in &received.deliveries {
            self.keep_staple(offered, &delivery.card);
            self.notify(offered, access, delivery.notification.as_deref(), Event::Accepted).await;
        }
        self.destroy_unneeded_keys();
        let view = |delivery: Delivery| {
            let card = self.store.card(&delivery.card.id)?;
            Ok(self.card_view(&self.in_hand(card)?)?)
        };
        received.deliveries.into_iter().map(view).collect()
    }

    /// The copies that came for a card that is `here`, or a new one, every one of them checked.
    pub(super) async fn delivery(
        &self,
        offered: &Offered,
        id: &str,
        here: Option<&Card>,
        came: Came,
        access: &Access,
    ) -> Result<Delivery, ReceiveError> {
        let configuration = offered.configuration(id)?;
        let notification = came.notification;
        match self.check(offered, configuration, came.keys, &came.texts) {
            Ok(copies) => Ok(Delivery {
                card: self.card_of(offered, id, here).await?,
                whose: if here.is_some() { Whose::Old } else { Whose::New },
                copies,
                notification,
            }),
            Err(error) => {
                self.notify(offered, access, notification.as_deref(), Event::Failure).await;
                Err(error)
            }
        }
    }

    async fn card_of(&self, offered: &Offered, id: &str, here: Option<&Card>) -> Result<Card, ReceiveError> {
        let configuration = offered.configuration(id)?;
        let mut about = about::of(configuration.display.as_ref(), offered.view.issuer.name.clone());
        about.code = self.code_of(offered, id, &vct(configuration)).await;
        let source = Some(source(offered, id));
        Ok(match here {
            Some(card) => {
                if about.code.is_empty() {
                    about.code.clone_from(&card.about.code);
                }
                Card { about, source, ..card.clone() }
            }
            None => Card {
                id: self.new_card_id(),
                format: format_of(configuration)?,
                vct: vct(configuration),
                issuer: offered.member.to_string(),
                received_at: self.now(),
                about,
                source,
            },
        })
    }

    /// What a code of this type shows, by the type's metadata, which the issuer serves and the register knows.
    /// Without them there is no code, and the card is received all the same.
    async fn code_of(&self, offered: &Offered, id: &str, vct: &str) -> Vec<ClaimPath> {
        let Ok(address) = offered.offer.credential_issuer.url().join(&format!("/types/{id}")) else {
            return Vec::new();
        };
        match self.document(address).await {
            Ok(metadata) => show_code::allowed(&metadata, vct, &offered.facts),
            Err(_) => Vec::new(),
        }
    }

    /// Keeps the issuer's proof that came with its metadata, for a counter without the network. The card is good
    /// without it, so this may fail quietly.
    fn keep_staple(&self, offered: &Offered, card: &Card) {
        if let Some(staple) = offered.staple() {
            let at = offered.facts.time().get() / 1000;
            let _ = self.store.keep_issuer_proof(&card.issuer, &card.vct, at, &staple);
        }
    }

    fn new_card_id(&self) -> String {
        self.random.bytes::<6>().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn promise_of(
        &self,
        offered: &Offered,
        id: &str,
        transaction_id: &str,
        access: &Access,
        keys: &[NewKey],
    ) -> Result<Promised, ReceiveError> {
        let configuration = offered.configuration(id)?;
        let about = about::of(configuration.display.as_ref(), offered.view.issuer.name.clone());
        let text = |handle: &KeyHandle| base64url(handle.as_bytes());
        Ok(Promised {
            source: source(offered, id),
            member: offered.member.to_string(),
            title: about.title,
            issuer_name: about.issuer_name,
            server: access.server.clone(),
            client_id: access.client_id.clone(),
            transaction_id: transaction_id.to_owned(),
            access_token: access.token.clone(),
            token_key: text(&access.key.handle),
            keys: keys.iter().map(|key| text(&key.handle)).collect(),
        })
    }
}

/// What came for one card.
pub(super) struct Came {
    pub(super) texts: Vec<String>,
    pub(super) notification: Option<String>,
    pub(super) keys: Vec<NewKey>,
}

/// How long an issuer wants to be left alone, within bounds.
pub(super) fn wait_of(interval: u64) -> Duration {
    Duration::from_secs(interval).clamp(SOONEST, LATEST)
}

fn source(offered: &Offered, id: &str) -> Source {
    Source { issuer: offered.metadata.credential_issuer.as_str().to_owned(), configuration: id.to_owned() }
}

fn vct(configuration: &Configuration) -> String {
    configuration.card_type().unwrap_or_default().to_owned()
}
