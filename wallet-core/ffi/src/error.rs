//! Why the wallet did not do something.

use core::time::Duration;

use wallet_core::backup::BackupError;
use wallet_core::frames::FrameError;
use wallet_core::keys::KeyStoreError;
use wallet_core::look_back::LookBackError;
use wallet_core::move_phone::MoveError;
use wallet_core::phrase::PhraseError;
use wallet_core::present::PresentError;
use wallet_core::receive::ReceiveError;
use wallet_core::restore::RestoreError;
use wallet_core::store::StoreError;
use wallet_core::unlock::PinError;
use wallet_core::wallet::OpenError;

use crate::records::consent::AskedTooMuch;

/// Why the wallet did not do something: what the app does about it, and a stable code for the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum WalletError {
    /// The wallet is locked: ask for the PIN.
    #[error("wallet is locked")]
    Locked,
    /// A wrong PIN, or none that was looked at: there were too many wrong ones, so say how long to wait.
    #[error("wait {seconds} seconds")]
    Wait {
        /// From now.
        seconds: u64,
    },
    /// The phone's owner did not confirm: leave it at that, without a word of failure.
    #[error("not confirmed")]
    NotConfirmed,
    /// More was asked than is registered: say by whom. Nothing was shared.
    #[error("too much was asked")]
    TooMuch {
        /// Who asked for what.
        much: Box<AskedTooMuch>,
    },
    /// Everything else: say it in words. The guide for app makers says where the words for its codes are.
    #[error("{code}")]
    Failed {
        /// The stable code.
        code: String,
    },
}

impl WalletError {
    /// Something of ours does not hold together.
    pub(crate) fn broken() -> Self {
        Self::failed("broken")
    }

    /// A stable code.
    pub(crate) fn failed(code: &str) -> Self {
        match code {
            "not_confirmed" => Self::NotConfirmed,
            code => Self::Failed { code: code.to_owned() },
        }
    }

    fn after(wait: Option<Duration>, code: &str) -> Self {
        match wait.map_or(0, |wait| wait.as_secs()) {
            0 => Self::failed(code),
            seconds => Self::Wait { seconds },
        }
    }
}

impl From<OpenError> for WalletError {
    fn from(error: OpenError) -> Self {
        let wait = match &error {
            OpenError::Unlock(error) => error.wait(),
            _ => None,
        };
        Self::after(wait, error.code())
    }
}

impl From<PresentError> for WalletError {
    fn from(error: PresentError) -> Self {
        match error {
            PresentError::TooMuch(view) => Self::TooMuch { much: Box::new((*view).into()) },
            error => Self::failed(error.code()),
        }
    }
}

impl From<PinError> for WalletError {
    fn from(_: PinError) -> Self {
        Self::failed("pin_length")
    }
}

/// What has a code and nothing besides.
macro_rules! coded {
    ($($error:ty),*) => {
        $(impl From<$error> for WalletError {
            fn from(error: $error) -> Self {
                Self::failed(error.code())
            }
        })*
    };
}

coded!(
    StoreError,
    ReceiveError,
    BackupError,
    RestoreError,
    PhraseError,
    KeyStoreError,
    FrameError,
    LookBackError,
    MoveError
);
