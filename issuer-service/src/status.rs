//! Status lists: signed, kept, anchored, and only then published.
//!
//! A round signs a new version of every list and writes it down, anchors each in the registry, and then
//! publishes all of them in one transaction. A crash leaves a round that the next start takes up where it
//! stopped: what was signed is anchored again (the registry knows it already, or takes it now) and
//! published. No version is signed twice under one number.
//!
//! Spec: Token Status List draft 20, sections 5 and 8.

use core::time::Duration;

use credential::status_list::{Status, StatusList, StatusListError, TokenClaims};
use credential::time::UnixTime;

use crate::registry::AnchorError;
use crate::service::Issuer;
use crate::store::status::{ListState, Round, Version};

/// How often the keeper looks whether there is something to do, beside being told.
const LOOK: Duration = Duration::from_secs(5);
/// How long it waits after a round that failed.
const RETRY: Duration = Duration::from_secs(1);
/// How long a list is signed on after the last of its copies has run out.
const KEPT_ON: Duration = Duration::from_secs(86_400);
/// A place has three states: valid, revoked, suspended.
const BITS: u8 = 2;

/// Why a round did not end.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// A list could not be packed or signed.
    #[error("status list could not be signed")]
    Sign(#[from] StatusListError),
    /// The registry did not take an anchor.
    #[error("status list was not anchored")]
    Anchor(#[from] AnchorError),
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

impl Issuer {
    /// Publishes whatever is due until the process ends. To be spawned once.
    pub async fn keep_lists(self) {
        loop {
            match self.publish_due().await {
                Ok(()) => {
                    let _ = tokio::time::timeout(LOOK, self.publish_now.notified()).await;
                }
                Err(error) => {
                    self.metrics.count("status_rounds_failed_total", &[]);
                    tracing::warn!(error = %error, cause = ?std::error::Error::source(&error), "status lists wait");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Finishes a round that was cut short, and holds one if a change or the lists' age asks for it.
    pub async fn publish_due(&self) -> Result<(), RoundError> {
        let _one_at_a_time = self.rounds.lock().await;
        let begun = self.store.signed_unpublished().await?;
        if !begun.is_empty() {
            self.anchor_and_publish(begun, None).await?;
        }
        self.store.retire_lists(self.clock.now().minus(KEPT_ON)).await?;
        self.store.ensure_lists(self.status.lists, self.status.size, self.random.clone()).await?;
        if self.change_is_due().await? || self.lists_are_old().await? {
            let now = self.clock.now();
            let Round { change, lists } = self.store.round().await?;
            let versions =
                lists.iter().map(|list| self.sign_list(list, now)).collect::<Result<Vec<_>, _>>()?;
            self.store.keep_signed(versions.clone(), now).await?;
            self.anchor_and_publish(versions, Some(change)).await?;
        }
        self.published_once.store(true, std::sync::atomic::Ordering::SeqCst);
        self.store.forget_expired(self.clock.now()).await?;
        Ok(())
    }

    /// Waits until a change has been published, or the time is over. `true` when it has.
    pub async fn wait_for_publication(
        &self,
        change: u64,
        patience: Duration,
    ) -> Result<bool, rusqlite::Error> {
        self.publish_now.notify_one();
        let published = async {
            loop {
                let told = self.published.notified();
                if self.store.is_published(change).await? {
                    return Ok(true);
                }
                // The answer may have come between the two lines above; looking again costs little.
                let _ = tokio::time::timeout(Duration::from_millis(200), told).await;
            }
        };
        tokio::time::timeout(patience, published).await.unwrap_or(Ok(false))
    }

    /// The address of a list; the registry anchors it and copies refer to it.
    pub fn list_uri(&self, list: &str) -> String {
        self.link(&format!("/status/{list}"))
    }

    async fn anchor_and_publish(
        &self,
        versions: Vec<Version>,
        change: Option<u64>,
    ) -> Result<(), RoundError> {
        if let Some(registry) = &self.registry {
            for version in &versions {
                registry
                    .anchor(
                        &self.list_uri(&version.list),
                        version.sequence,
                        version.token.as_bytes(),
                        &self.clock,
                        &self.random,
                    )
                    .await?;
            }
        }
        self.store.publish(versions, change).await?;
        self.metrics.count("status_rounds_total", &[]);
        self.published.notify_waiters();
        Ok(())
    }

    /// Changes are collected until the last round is `every` seconds ago.
    async fn change_is_due(&self) -> Result<bool, rusqlite::Error> {
        let last = self.store.oldest_published().await?;
        let waits =
            last.is_some_and(|at| self.clock.now().since(at) < Duration::from_secs(self.status.every));
        Ok(!waits && self.store.unpublished_change().await?.is_some())
    }

    /// Lists are renewed when half of their life is over.
    async fn lists_are_old(&self) -> Result<bool, rusqlite::Error> {
        let oldest = self.store.oldest_published().await?;
        Ok(oldest
            .is_some_and(|at| self.clock.now().since(at) >= Duration::from_secs(self.status.lifetime / 2)))
    }

    fn sign_list(&self, state: &ListState, now: UnixTime) -> Result<Version, StatusListError> {
        let mut list = StatusList::new(BITS, state.size)?;
        for &position in &state.revoked {
            list.set(position, Status::Invalid)?;
        }
        for &position in &state.suspended {
            list.set(position, Status::Suspended)?;
        }
        let uri = self.list_uri(&state.name);
        let claims = TokenClaims {
            uri: &uri,
            issued_at: now,
            expires_at: Some(now.plus(Duration::from_secs(self.status.lifetime))),
            ttl: Some(Duration::from_secs(self.status.ttl)),
        };
        let token = list.to_token(&claims, &self.key_reference, &*self.signer)?;
        Ok(Version { list: state.name.clone(), sequence: state.sequence, token })
    }
}
