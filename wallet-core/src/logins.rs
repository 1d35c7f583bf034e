//! Logins that the wallet was not asked for: in a browser that was logged in already, a relying party learns
//! that it is the same person, and the wallet learns of it when it asks.
//!
//! It asks with the receipt that the browser's session began with. Whoever gave that receipt learns nothing
//! that it did not know: that one and these belong together, for it signed them all.

use core::time::Duration;

use credential::time::UnixTime;
use registry_client::facts::Facts;
use serde::Deserialize;

use crate::look_back::{LookBackError, address, authority};
use crate::receipt;
use crate::store::StoreError;
use crate::store::entries::{Entry, How, Outcome, ReceiptState};
use crate::wallet::Wallet;

/// For so long after a card was shown a session may last, whoever keeps it; after that it is asked once more.
const LONGEST_SESSION: Duration = Duration::from_secs(24 * 3600);
/// For so long the other side keeps these receipts.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// Receipts of one session that are read, at most.
const MAX_LOGINS: usize = 200;

#[derive(Deserialize)]
struct Answer {
    receipts: Vec<String>,
}

impl Wallet {
    /// Adds logins by session to the history. What cannot be asked now is asked the next time.
    pub(crate) async fn list_logins(&self) -> Result<(), StoreError> {
        let now = self.now();
        let mut open = self.store.entries()?;
        open.retain(|entry| is_open(entry, now));
        if open.is_empty() {
            return Ok(());
        }
        let Ok(facts) = self.fresh_register().await else { return Ok(()) };
        for entry in open {
            match self.list_logins_after(&entry, &facts).await {
                Err(LookBackError::Store(error)) => return Err(error),
                Ok(()) if now.since(entry.at) > LONGEST_SESSION => self.store.logins_are_listed(entry.id)?,
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    async fn list_logins_after(&self, first: &Entry, facts: &Facts) -> Result<(), LookBackError> {
        let origin = address(facts, &first.what)?;
        let answer: Answer = self.inquire(origin, "/receipts/logins", &authority(first)?).await?;
        for token in answer.receipts.iter().take(MAX_LOGINS) {
            if self.store.knows_receipt(token)? {
                continue;
            }
            // One that does not hold is no login of this person's: nothing is added.
            if let Some((at, what)) = receipt::judge_login(token, first, facts, self.now()) {
                self.store.add_login(at, &what, token)?;
            }
        }
        Ok(())
    }
}

fn is_open(entry: &Entry, now: UnixTime) -> bool {
    let holds = match entry.receipt_state {
        ReceiptState::Checked | ReceiptState::Anchored | ReceiptState::LeftOut | ReceiptState::Late => true,
        ReceiptState::Missing
        | ReceiptState::Unchecked
        | ReceiptState::Wrong
        | ReceiptState::WithoutNetwork => false,
    };
    let can_ask =
        entry.what.how == How::Card && entry.outcome == Outcome::Shared && entry.what.state.is_some();
    holds && can_ask && !entry.logins_listed && now.since(entry.at) < KEPT
}
