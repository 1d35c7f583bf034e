//! Why a command did nothing, as a screen gets it: a stable code, and what the screen's sentence needs besides.

use core::time::Duration;

use serde::Serialize;
use wallet_core::backup::BackupError;
use wallet_core::frames::FrameError;
use wallet_core::look_back::LookBackError;
use wallet_core::move_phone::MoveError;
use wallet_core::picture::PictureError;
use wallet_core::present::PresentError;
use wallet_core::receive::ReceiveError;
use wallet_core::restore::RestoreError;
use wallet_core::store::StoreError;
use wallet_core::unlock::{PinError, UnlockError};
use wallet_core::view::{Party, Texts, TooMuch};
use wallet_core::wallet::OpenError;

use crate::link::LinkError;

/// Why a command did nothing. The words for it are the screen's.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The stable code.
    pub code: &'static str,
    /// How long to wait before the next try, in seconds, where that is the matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u64>,
    /// Who asked for too much, and for what.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub much: Option<Box<Much>>,
}

/// A request for too much.
#[derive(Debug, Serialize)]
pub struct Much {
    /// Under which name it can be reported, where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who asked.
    pub party: Party,
    /// In whose hands the asking is, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Party>,
    /// What was too much, by name.
    pub claims: Vec<Texts>,
}

impl Failure {
    /// A code alone.
    pub const fn new(code: &'static str) -> Self {
        Self { code, wait_seconds: None, much: None }
    }

    /// The wallet is locked, or there is none.
    pub const LOCKED: Self = Self::new("locked");
    /// What was looked at is not there any more: it was answered, or it took too long.
    pub const GONE: Self = Self::new("gone");
    /// Something of ours does not hold together.
    pub const BROKEN: Self = Self::new("broken");

    fn after(self, wait: Option<Duration>) -> Self {
        match wait {
            Some(wait) => Self { wait_seconds: Some(wait.as_secs()), ..self },
            None => self,
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let wait = match &error {
            OpenError::Unlock(error) => error.wait(),
            _ => None,
        };
        Self::new(error.code()).after(wait)
    }
}

impl From<UnlockError> for Failure {
    fn from(error: UnlockError) -> Self {
        Self::new(error.code()).after(error.wait())
    }
}

impl From<PinError> for Failure {
    fn from(_: PinError) -> Self {
        Self::new("pin_length")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.code())
    }
}

impl From<ReceiveError> for Failure {
    fn from(error: ReceiveError) -> Self {
        Self::new(error.code())
    }
}

impl From<PresentError> for Failure {
    fn from(error: PresentError) -> Self {
        let failure = Self::new(error.code());
        match error {
            PresentError::TooMuch(view) => {
                let TooMuch { asks: party, through, claims, .. } = *view;
                Self { much: Some(Box::new(Much { id: None, party, through, claims })), ..failure }
            }
            _ => failure,
        }
    }
}

impl From<PictureError> for Failure {
    fn from(error: PictureError) -> Self {
        Self::new(error.code())
    }
}

impl From<LookBackError> for Failure {
    fn from(error: LookBackError) -> Self {
        match error {
            // Whoever is asked too often, or is busy, says nothing about the receipt.
            LookBackError::Refused(429 | 503) => Self::new("temporarily_unavailable"),
            error => Self::new(error.code()),
        }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        Self::new(error.code())
    }
}

impl From<RestoreError> for Failure {
    fn from(error: RestoreError) -> Self {
        Self::new(error.code())
    }
}

impl From<MoveError> for Failure {
    fn from(error: MoveError) -> Self {
        Self::new(error.code())
    }
}

impl From<FrameError> for Failure {
    fn from(error: FrameError) -> Self {
        Self::new(error.code())
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        Self::new(error.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_that_is_asked_too_often_says_nothing_about_a_receipt() {
        let code = |status| Failure::from(LookBackError::Refused(status)).code;
        assert_eq!((code(429), code(503)), ("temporarily_unavailable", "temporarily_unavailable"));
        assert_eq!((code(404), code(403)), ("look_back_refused", "look_back_refused"));
    }
}
