//! Looking back: who saw what, when, and what they signed for it.

use crate::receipt;
use crate::store::StoreError;
use crate::store::entries::{Entry, ReceiptState};
use crate::view::HistoryLine;
use crate::wallet::Wallet;

impl Wallet {
    /// The history, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn history(&self) -> Result<Vec<HistoryLine>, StoreError> {
        Ok(self.store.entries()?.into_iter().map(line).collect())
    }

    /// Checks receipts whose signers were not proven when they came, against the whole register. Without the
    /// network they stay as they are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn check_receipts(&self) -> Result<(), StoreError> {
        let open: Vec<Entry> = self
            .store
            .entries()?
            .into_iter()
            .filter(|entry| entry.receipt_state == ReceiptState::Unchecked)
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let Ok(facts) = self.whole_register().await else { return Ok(()) };
        for entry in open {
            let receipt = entry.receipt.as_deref().unwrap_or_default();
            let state = receipt::judge(receipt, &entry.what, &facts, entry.at);
            if state != ReceiptState::Unchecked {
                self.store.judge_receipt(entry.id, state)?;
            }
        }
        Ok(())
    }
}

fn line(entry: Entry) -> HistoryLine {
    let shared = entry.what.cards.into_iter().flat_map(|card| card.names).collect();
    HistoryLine {
        id: entry.id,
        at: entry.at,
        asks: entry.what.asked_by,
        through: entry.what.through,
        purpose: entry.what.purpose,
        shared,
        outcome: entry.outcome,
        receipt: entry.receipt_state,
    }
}
