//! The history as one file, which anybody can check: receipts, where each stands, and the register's proofs.
//!
//! It says who saw what by name of claim, never a claim's value. What lets the wallet act on a receipt is not
//! in it, so whoever is given the file can check it and do nothing else.

use credential::encoding::base64url;
use credential::time::UnixTime;
use registry_client::trust::written;
use registry_proof::receipts::Place;
use serde::{Deserialize, Serialize};

use crate::store::StoreError;
use crate::store::entries::{Entry, How, Outcome, ReceiptState};
use crate::store::receipts::ReceiptProof;
use crate::view::{Party, Texts};
use crate::wallet::Wallet;

/// What the file says it is.
pub const FORMAT: &str = "symbolon-history-1";

/// The file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// [`FORMAT`].
    pub format: String,
    /// When it was written.
    pub exported_at: UnixTime,
    /// The history, the newest line first.
    pub lines: Vec<ExportedLine>,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedLine {
    /// When.
    pub at: UnixTime,
    /// Who asked.
    pub asked_by: Party,
    /// In whose hands the asking was, where that is another.
    pub through: Option<Party>,
    /// The network that they belong to.
    pub network: String,
    /// The member that signed the receipt.
    pub signed_by: String,
    /// The registered use.
    #[serde(rename = "use")]
    pub use_name: String,
    /// Why.
    pub purpose: Texts,
    /// How.
    pub how: How,
    /// What was shared, by path.
    pub shared: Vec<String>,
    /// What was shared, by name.
    pub names: Vec<Texts>,
    /// For how many days it is kept.
    pub kept_days: Option<u32>,
    /// How it went.
    pub outcome: Outcome,
    /// What the wallet knows of the receipt.
    pub receipt_state: ReceiptState,
    /// The receipt.
    pub receipt: Option<String>,
    /// Where it stands.
    pub proof: Option<ExportedProof>,
}

/// Where a receipt stands, and what proves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedProof {
    /// The period.
    pub period: String,
    /// The place under the period's root.
    pub place: Place,
    /// The register's proof of the root and of the key that signed the receipt: CBOR as base64url.
    pub registry_proof: String,
    /// When the wallet checked it.
    pub proven_at: UnixTime,
}

impl Wallet {
    /// The history with receipts and proofs, as JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn export_history(&self) -> Result<String, StoreError> {
        let line = |entry: Entry| Ok(exported(self.store.proof(entry.id)?, entry));
        let export = Export {
            format: FORMAT.to_owned(),
            exported_at: self.now(),
            lines: self.store.entries()?.into_iter().map(line).collect::<Result<_, StoreError>>()?,
        };
        serde_json::to_string_pretty(&export).map_err(|_| StoreError::Damaged)
    }
}

fn exported(proof: Option<ReceiptProof>, entry: Entry) -> ExportedLine {
    let what = entry.what;
    ExportedLine {
        at: entry.at,
        asked_by: what.asked_by,
        through: what.through,
        network: what.network,
        signed_by: what.through_member,
        use_name: what.use_name,
        purpose: what.purpose,
        how: what.how,
        shared: what.cards.iter().flat_map(|card| &card.paths).map(written).collect(),
        names: what.cards.into_iter().flat_map(|card| card.names).collect(),
        kept_days: what.kept_days,
        outcome: entry.outcome,
        receipt_state: entry.receipt_state,
        receipt: entry.receipt,
        proof: proof.map(|proof| ExportedProof {
            period: proof.period,
            place: proof.place,
            registry_proof: base64url(proof.registry_proof),
            proven_at: proof.proven_at,
        }),
    }
}
