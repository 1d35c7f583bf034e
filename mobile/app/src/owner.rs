//! Whether the phone's owner confirms with finger, face or screen lock that the wallet opens: told, for a person to see.
//!
//! The phone's hardware demands it, not the app (`docs/decisions/phone.md`); what is told here changes nothing.

use std::sync::Arc;

use serde::Serialize;
use wallet_core::keys::KeyStoreError;

use crate::app::App;
use crate::failure::Failure;

/// What the owner of this phone does to open the wallet, beside typing the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirming {
    /// They confirm, each time.
    EachTime,
    /// Nothing: the phone has a screen lock, and the wallet was made before it could be bound to it.
    NotBound,
    /// Nothing: the phone has no screen lock.
    NoLock,
    /// Nothing: no such hardware guards this wallet, as on a computer.
    Unable,
}

/// Asks the phone; waits for it.
pub(crate) type Ask = Arc<dyn Fn() -> Result<Confirming, KeyStoreError> + Send + Sync>;

#[derive(Serialize)]
pub(crate) struct Owner {
    confirming: Confirming,
}

impl App {
    /// Where the phone can say whether its owner confirms: `ask` is called for it, and may take its time.
    pub fn confirmed_by(
        &mut self,
        ask: impl Fn() -> Result<Confirming, KeyStoreError> + Send + Sync + 'static,
    ) {
        self.owner = Some(Arc::new(ask));
    }

    pub(crate) async fn owner(&self) -> Result<Owner, Failure> {
        let Some(ask) = self.owner.clone() else { return Ok(Owner { confirming: Confirming::Unable }) };
        let told = tokio::task::spawn_blocking(move || ask()).await.map_err(|_| Failure::BROKEN)?;
        let confirming = told.map_err(|error| Failure::new(error.code()))?;
        Ok(Owner { confirming })
    }
}
