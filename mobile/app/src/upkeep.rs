//! What the wallet does by itself while it is open: it looks what became of its cards, fetches what was promised, puts
//! fresh copies in the place of used ones, and keeps the register's proofs for counters without the network.
//!
//! One at a time, for so long at most, and never while a person decides on something or has just shown a card. Each part
//! of it may be broken off anywhere, as by a crash; whoever locks the wallet does so. What failed is no news to anybody: it is
//! tried again at its time, and a card that nobody could ask about says so by itself.

use core::pin::pin;
use core::time::Duration;
use std::sync::Arc;

use serde::Serialize;
use tokio::time::timeout;
use wallet_core::store::StoreError;
use wallet_core::wallet::Wallet;

use crate::app::App;
use crate::failure::Failure;

/// All of it takes so long at most: an office that answers slowly is left for the next time.
const LONGEST: Duration = Duration::from_secs(90);

/// What came of it.
#[derive(Serialize)]
pub(crate) struct KeptUp {
    /// Whether cards are other than before.
    pub(crate) changed: bool,
}

impl App {
    /// Does what is due. Where it is being done already, nothing.
    pub(crate) async fn keep_up(&self) -> Result<KeptUp, Failure> {
        let mut locks = pin!(self.locks.notified());
        locks.as_mut().enable();
        let wallet = self.wallet()?;
        let Ok(_alone) = self.upkeep.try_acquire() else { return Ok(KeptUp { changed: false }) };
        let before = wallet.cards()?;
        tokio::select! {
            biased;
            () = locks => return Err(Failure::LOCKED),
            // What came before its time was over stays.
            done = timeout(LONGEST, self.do_what_is_due(&wallet)) => done.unwrap_or(Ok(()))?,
        }
        Ok(KeptUp { changed: wallet.cards()? != before })
    }

    async fn do_what_is_due(&self, wallet: &Arc<Wallet>) -> Result<(), StoreError> {
        if self.leaves_time(wallet)? && wallet.states_due()? {
            wallet.refresh_states().await?;
        }
        if self.leaves_time(wallet)? {
            wallet.fetch_promised(wallet.now()).await?;
        }
        if self.leaves_time(wallet)? {
            wallet.renew_copies(wallet.now()).await?;
        }
        if self.leaves_time(wallet)? && wallet.counters_due()? {
            // Without the register the proofs stay as old as they are, and counters are told their age.
            let _ = wallet.prepare_for_counters().await;
        }
        Ok(())
    }

    /// Whether the person is neither deciding on something nor has just shown a card.
    fn leaves_time(&self, wallet: &Wallet) -> Result<bool, StoreError> {
        let now = self.now();
        Ok(self.inner().pending.is_empty(now) && wallet.quiet_for(now)?.is_none())
    }
}
