//! Proving receipts: each stands under the root of its period, which the register has.
//!
//! Whoever signed the receipt says where it stands and brings the register's proof of the root, so that no
//! node learns whose receipts a phone holds. A receipt that does not stand where it was promised to is shown as
//! missing.
//!
//! Spec: RFC 9162 section 2.1.3.2.

use std::collections::BTreeSet;

use credential::encoding::{base64url, from_base64url};
use registry_client::trust::TrustError;
use registry_proof::freshness::Use;
use registry_proof::receipts::Place;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::look_back::LookBackError;
use crate::receipt::Says;
use crate::store::StoreError;
use crate::store::entries::{Entry, ReceiptState};
use crate::store::receipts::ReceiptProof;
use crate::view::ReceiptCheck;
use crate::wallet::Wallet;

/// The code of a network that leads nowhere.
const UNREACHABLE: &str = "unreachable";

/// What the other side says of a receipt.
#[derive(Deserialize)]
struct Answer {
    period: String,
    place: Option<Place>,
    registry_proof: Option<String>,
}

impl Wallet {
    /// Lists logins that the wallet was not asked for, and proves every receipt that is not proven yet. What
    /// cannot be asked now stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prove_receipts(&self) -> Result<Vec<ReceiptCheck>, StoreError> {
        self.check_receipts().await?;
        self.list_logins().await?;
        let mut checks = Vec::new();
        let mut silent = BTreeSet::new();
        for entry in self.store.entries()? {
            let is_open = matches!(
                entry.receipt_state,
                ReceiptState::Checked | ReceiptState::LeftOut | ReceiptState::Late
            );
            let Some(says) = entry.receipt.as_deref().and_then(Says::of).filter(|_| is_open) else {
                continue;
            };
            // Who does not answer now is not waited for again.
            let check = if silent.contains(&entry.what.address) {
                ReceiptCheck { id: entry.id, receipt: entry.receipt_state, refused: Some(UNREACHABLE) }
            } else {
                self.prove_one(&entry, &says).await?
            };
            if check.refused == Some(UNREACHABLE) {
                silent.insert(entry.what.address);
            }
            checks.push(check);
        }
        Ok(checks)
    }

    async fn prove_one(&self, entry: &Entry, says: &Says) -> Result<ReceiptCheck, StoreError> {
        let outcome = self.fetch_proof(entry, says).await;
        let is_due = says.due < self.now();
        let (receipt, refused) = match outcome {
            Ok(Some(proof)) => {
                self.store.keep_proof(entry.id, &proof)?;
                (ReceiptState::Anchored, None)
            }
            Ok(None) if is_due => (ReceiptState::Late, None),
            Ok(None) => (entry.receipt_state, None),
            Err(LookBackError::Store(error)) => return Err(error),
            Err(error) => (state_after(&error, is_due).unwrap_or(entry.receipt_state), Some(error.code())),
        };
        if receipt != ReceiptState::Anchored && receipt != entry.receipt_state {
            self.store.judge_receipt(entry.id, receipt)?;
        }
        Ok(ReceiptCheck { id: entry.id, receipt, refused })
    }

    /// The proof, checked; nothing while the period is not over.
    async fn fetch_proof(&self, entry: &Entry, says: &Says) -> Result<Option<ReceiptProof>, LookBackError> {
        let receipt: [u8; 32] = Sha256::digest(entry.receipt.as_deref().unwrap_or_default()).into();
        let question = json!({ "digest": base64url(receipt), "period": says.period });
        let answer: Answer = self.inquire(&entry.what.address, "/receipts/place", &question).await?;
        if answer.period != says.period {
            return Err(LookBackError::OtherPeriod);
        }
        let Some(proof) = answer.registry_proof else { return Ok(None) };
        let registry_proof = from_base64url(proof).map_err(|_| LookBackError::Answer)?;
        let facts = self.believe(&registry_proof)?;
        facts.judge(Use::Check, self.now())?;
        let member = entry.what.through_member.parse().map_err(|_| TrustError::UnknownSigner)?;
        let root = facts.receipts_root(&member, &says.period).map_err(|_| LookBackError::OtherPeriod)?;
        let root = root.ok_or(LookBackError::NotAnchored)?.root;
        let place = answer.place.ok_or(LookBackError::LeftOut)?;
        place.check(&receipt, &root)?;
        let proof =
            ReceiptProof { period: says.period.clone(), place, registry_proof, proven_at: self.now() };
        Ok(Some(proof))
    }
}

/// What an answer that proves nothing makes of a receipt; nothing where it stays as it is.
fn state_after(error: &LookBackError, is_due: bool) -> Option<ReceiptState> {
    match error {
        // The root is there, and the receipt is not under it: whatever the time, that does not mend.
        LookBackError::LeftOut | LookBackError::Place(_) => Some(ReceiptState::LeftOut),
        error if is_due && error.is_answer() => Some(ReceiptState::Late),
        _ => None,
    }
}
