//! Looking back: who saw what, when, and what they signed for it.

use core::time::Duration;

use credential::encoding::base64url;
use credential::time::UnixTime;
use registry_proof::bundle::{MAX_STAPLED, ProofBundle};
use registry_proof::entry::Entry as RegisterEntry;
use registry_proof::header::Header;
use registry_proof::key::Key;
use serde_json::Value;

use crate::look_back::authority;
use crate::receipt;
use crate::store::StoreError;
use crate::store::entries::{Entry, ReceiptState, SharedCard};
use crate::store::receipts::ReceiptProof;
use crate::view::{
    CardShared, Deletion, HistoryLine, NamedClaim, ProofDetails, ReceiptChecks, ReceiptDetails,
};
use crate::wallet::Wallet;

const DAY: u64 = 86_400;

impl Wallet {
    /// The history, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn history(&self) -> Result<Vec<HistoryLine>, StoreError> {
        Ok(self.store.entries()?.into_iter().map(line).collect())
    }

    /// One line of the history with its receipt.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    pub fn receipt(&self, id: i64) -> Result<ReceiptDetails, StoreError> {
        let entry = self.store.entry(id)?;
        let proof = self.store.proof(id)?;
        let kept = entry.what.kept_days.map(|days| Duration::from_secs(u64::from(days) * DAY));
        Ok(ReceiptDetails {
            address: entry.what.address.clone(),
            cards: entry.what.cards.iter().map(card).collect(),
            kept_until: kept.map(|kept| entry.at.plus(kept)),
            token: entry.receipt.clone(),
            says: entry.receipt.as_deref().and_then(receipt::claims).map(Value::Object),
            checked: checked(entry.receipt_state),
            proof: proof.map(|proof| details(&entry, &proof)).transpose()?,
            can_ask: authority(&entry).is_ok(),
            line: line(entry),
        })
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
        let Ok(facts) = self.fresh_register().await else { return Ok(()) };
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
    let done_at = entry.deletion_done_at;
    HistoryLine {
        id: entry.id,
        at: entry.at,
        asks: entry.what.asked_by,
        through: entry.what.through,
        purpose: entry.what.purpose,
        how: entry.what.how,
        shared: entry.what.cards.into_iter().flat_map(|card| card.names).collect(),
        transactions: entry.what.transactions,
        kept_days: entry.what.kept_days,
        outcome: entry.outcome,
        receipt: entry.receipt_state,
        deletion: entry.deletion_asked_at.map(|asked_at| Deletion { asked_at, done_at }),
        reported_at: entry.reported_at,
    }
}

fn card(card: &SharedCard) -> CardShared {
    let claims = card.paths.iter().zip(&card.names);
    CardShared {
        title: card.title.clone(),
        vct: card.vct.clone(),
        claims: claims.map(|(path, name)| NamedClaim { path: path.clone(), name: name.clone() }).collect(),
    }
}

const fn checked(state: ReceiptState) -> ReceiptChecks {
    let (signed, anchored) = match state {
        ReceiptState::Missing | ReceiptState::Unchecked | ReceiptState::WithoutNetwork => (None, None),
        ReceiptState::Wrong => (Some(false), None),
        ReceiptState::Checked => (Some(true), None),
        ReceiptState::Anchored => (Some(true), Some(true)),
        ReceiptState::LeftOut | ReceiptState::Late => (Some(true), Some(false)),
    };
    ReceiptChecks { signed, anchored }
}

/// What the kept proof says; it was checked before it was kept.
fn details(entry: &Entry, proof: &ReceiptProof) -> Result<ProofDetails, StoreError> {
    let bundle =
        ProofBundle::from_cbor(&proof.registry_proof, MAX_STAPLED).map_err(|_| StoreError::Damaged)?;
    let header = Header::from_bytes(&bundle.header).map_err(|_| StoreError::Damaged)?;
    let member = entry.what.through_member.parse().map_err(|_| StoreError::Damaged)?;
    let key = Key::Receipts(member, proof.period.clone());
    let value = bundle.entries.into_iter().find(|proven| proven.key == key).and_then(|proven| proven.value);
    match value.map(|value| RegisterEntry::from_bytes(&value.0)) {
        Some(Ok(RegisterEntry::Receipts(root))) => Ok(ProofDetails {
            period: proof.period.clone(),
            root: base64url(root.root),
            anchored_at: UnixTime::from_secs(root.at.get() / 1000),
            height: header.height,
            proven_at: proof.proven_at,
        }),
        _ => Err(StoreError::Damaged),
    }
}
