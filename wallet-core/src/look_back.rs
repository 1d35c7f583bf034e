//! Looking back: what goes wrong, and how whoever was shown something is asked about it later.
//!
//! Each question travels on a connection of its own, so that no connection tells which receipts belong to one
//! person. Where a receipt goes out with what only this wallet knows, the register says first whose address
//! that is; it is read whole, so that no node learns whom the wallet asks.

use std::sync::Arc;

use registry_client::facts::Facts;
use registry_client::registry::ClientError;
use registry_client::trust::TrustError;
use registry_proof::entry::{Entry as RegisterEntry, Standing};
use registry_proof::freshness::Use;
use registry_proof::key::Key;
use registry_proof::light::ProofError;
use registry_proof::receipts::PlaceError;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use crate::http::{Body, HttpError, Request};
use crate::store::StoreError;
use crate::store::entries::{Entry, RequestState, Sharing};
use crate::wallet::Wallet;

/// Bytes of an answer about a receipt, at most: a proof of 64 KiB in base64url, and room.
const MAX_ANSWER: usize = 128 * 1024;

/// Why looking back does not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LookBackError {
    /// The store.
    #[error("store refuses")]
    Store(#[from] StoreError),
    /// The network.
    #[error("other side cannot be reached")]
    Http(#[from] HttpError),
    /// The other side does not do what is asked: its status.
    #[error("other side refuses, status {0}")]
    Refused(u16),
    /// An answer that cannot be read.
    #[error("answer cannot be read")]
    Answer,
    /// The register, or the proof from it, does not hold.
    #[error("proof from the register does not hold")]
    Registry(#[from] ClientError),
    /// The register does not vouch for the other side.
    #[error("register does not vouch for the other side")]
    Trust(#[from] TrustError),
    /// This line of the history has no receipt that says who the wallet is.
    #[error("there is no receipt to ask with")]
    NoReceipt,
    /// The answer is about another period than the receipt's.
    #[error("answer is about another period")]
    OtherPeriod,
    /// The register has no root for the receipt's period.
    #[error("register has no root for the period")]
    NotAnchored,
    /// The period's root is in the register, and the other side does not say where under it the receipt is.
    #[error("receipt is not under the root of its period")]
    LeftOut,
    /// The receipt does not stand where the other side says.
    #[error("receipt does not stand where it is said to")]
    Place(#[from] PlaceError),
    /// The register names no registrar that can be reached.
    #[error("register names no registrar with an address")]
    NoRegistrar,
    /// More is written than a report may hold.
    #[error("text is longer than a report may be")]
    TooLong,
}

impl LookBackError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Refused(_) => "look_back_refused",
            Self::Answer => "answer_malformed",
            Self::Registry(error) => error.code(),
            Self::Trust(error) => error.code(),
            Self::NoReceipt => "no_receipt",
            Self::OtherPeriod => "receipt_period_differs",
            Self::NotAnchored => "receipts_not_anchored",
            Self::LeftOut => "receipt_left_out",
            Self::Place(error) => error.code(),
            Self::NoRegistrar => "no_registrar",
            Self::TooLong => "text_too_long",
        }
    }

    /// Whether the other side has answered, and its answer proves nothing.
    pub(crate) const fn is_answer(&self) -> bool {
        match self {
            // What this wallet knows is too old to judge any answer by.
            Self::Registry(ClientError::Proof(ProofError::TrustPeriod)) => false,
            Self::Refused(_)
            | Self::Answer
            | Self::Registry(ClientError::Answer | ClientError::Proof(_))
            | Self::Trust(_)
            | Self::OtherPeriod
            | Self::NotAnchored
            | Self::LeftOut
            | Self::Place(_) => true,
            Self::Store(_)
            | Self::Http(_)
            | Self::Registry(_)
            | Self::NoReceipt
            | Self::NoRegistrar
            | Self::TooLong => false,
        }
    }
}

impl Wallet {
    /// The facts of the whole register, fetched now, and refused where they are older than a check allows. Validators signed
    /// their time too: where it lies ahead, this phone's clock is slow, and they are no older for it.
    pub(crate) async fn fresh_register(&self) -> Result<Arc<Facts>, LookBackError> {
        let facts = self.whole_register().await?;
        match facts.judge(Use::Check, self.now()) {
            Ok(_) | Err(TrustError::Ahead) => Ok(facts),
            Err(error) => Err(error.into()),
        }
    }

    /// Posts a question and reads the answer.
    pub(crate) async fn inquire<T: DeserializeOwned>(
        &self,
        origin: &str,
        path: &str,
        question: &Value,
    ) -> Result<T, LookBackError> {
        let url = Url::parse(origin).and_then(|url| url.join(path)).map_err(|_| HttpError::Address)?;
        let body = Body::Text { media_type: "application/json", text: question.to_string() };
        let request = Request::post(url, body).header("connection", "close".to_owned());
        let answer = self.http.send(request).await?;
        if !answer.is_good() {
            return Err(LookBackError::Refused(answer.status));
        }
        let read = credential::json::parse(&answer.body, MAX_ANSWER).map_err(|_| LookBackError::Answer)?;
        serde_json::from_value(read).map_err(|_| LookBackError::Answer)
    }
}

/// Where the signer of the receipt for `what` is asked, if the register says that the address is still its own.
pub(crate) fn address<'w>(facts: &Facts, what: &'w Sharing) -> Result<&'w str, LookBackError> {
    let member = what.through_member.parse().map_err(|_| TrustError::UnknownSigner)?;
    match facts.get(&Key::Member(member)) {
        Some(RegisterEntry::Member(found)) if found.standing != Standing::Active => {
            Err(TrustError::Suspended.into())
        }
        Some(RegisterEntry::Member(found)) if found.origins.contains(&what.address) => Ok(&what.address),
        Some(RegisterEntry::Member(_)) => Err(TrustError::ForeignAddress.into()),
        _ => Err(TrustError::UnknownSigner.into()),
    }
}

/// The receipt of a line, with what says that this is the wallet that it was given to.
pub(crate) fn authority(entry: &Entry) -> Result<Value, LookBackError> {
    match (&entry.receipt, &entry.what.state) {
        (Some(receipt), Some(RequestState(state))) => Ok(json!({ "receipt": receipt, "state": state })),
        _ => Err(LookBackError::NoReceipt),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wallet_that_was_out_of_touch_too_long_holds_no_answer_against_anybody() {
        let proof = |error| LookBackError::from(ClientError::Proof(error));
        assert!(!proof(ProofError::TrustPeriod).is_answer());
        assert!(proof(ProofError::Network).is_answer());
    }
}
