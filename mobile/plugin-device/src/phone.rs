//! The line to the phone's own half: a command and a message there, a message or a reason back.

use serde_json::Value;
use wallet_core::keys::KeyStoreError;

/// Does commands with the phone's hardware.
pub trait Phone: Send + Sync {
    /// Does one command and waits for it: for as long as its owner takes where they have to confirm.
    ///
    /// # Errors
    /// [`Refusal`].
    fn ask(&self, command: Command, message: Value) -> Result<Value, Refusal>;
}

/// What the phone can be asked to do. Its name is that of a method in Kotlin and in Swift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Make the device key, in the place of any other.
    MakeDeviceKey,
    /// Mix an input with the device key.
    Mix,
    /// Make a key.
    MakeKey,
    /// The public half of a key.
    PublicKey,
    /// Sign with a key.
    Sign,
    /// Destroy a key.
    DestroyKey,
    /// The counters.
    Counts,
    /// Move a counter forward.
    Advance,
    /// Destroy all keys.
    Destroy,
    /// Prove what this phone is.
    Attest,
    /// Whether its owner confirms each use of the device key.
    Owner,
    /// Make the screen bright, or as it was.
    Bright,
    /// Tell the page how much of its edges the system covers.
    Insets,
    /// Ask the phone's owner where a file goes, and write it there.
    SaveFile,
}

impl Command {
    /// The method's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MakeDeviceKey => "makeDeviceKey",
            Self::Mix => "mix",
            Self::MakeKey => "makeKey",
            Self::PublicKey => "publicKey",
            Self::Sign => "sign",
            Self::DestroyKey => "destroyKey",
            Self::Counts => "counts",
            Self::Advance => "advance",
            Self::Destroy => "destroy",
            Self::Attest => "attest",
            Self::Owner => "owner",
            Self::Bright => "bright",
            Self::Insets => "insets",
            Self::SaveFile => "saveFile",
        }
    }
}

/// Why the phone did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its owner did not confirm, or broke it off.
    #[error("owner did not confirm")]
    NotConfirmed,
    /// It lets nobody confirm for now.
    #[error("phone lets nobody confirm for now")]
    ConfirmingLocked,
    /// There is no device key any more.
    #[error("device key is gone for good")]
    Gone,
    /// There is no such key.
    #[error("no such key")]
    Unknown,
    /// The phone has no hardware for keys, or gave a key that is not in it.
    #[error("phone has no hardware for keys")]
    NoHardware,
    /// Something threw an exception there. What it said is not taken along: nobody knows what is in it.
    #[error("the phone's part failed")]
    Failed,
}

impl Refusal {
    /// The reason behind a code that the phone gave. One that is not known here is a failure.
    pub fn from_code(code: Option<&str>) -> Self {
        match code {
            Some("not_confirmed") => Self::NotConfirmed,
            Some("confirming_locked") => Self::ConfirmingLocked,
            Some("gone") => Self::Gone,
            Some("unknown") => Self::Unknown,
            Some("no_hardware") => Self::NoHardware,
            Some(_) | None => Self::Failed,
        }
    }
}

impl From<Refusal> for KeyStoreError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotConfirmed => Self::NotConfirmed,
            Refusal::ConfirmingLocked => Self::ConfirmingLocked,
            Refusal::Gone => Self::Gone,
            Refusal::Unknown => Self::Unknown,
            Refusal::NoHardware => Self::NoHardware,
            Refusal::Failed => Self::Phone(Box::new(refusal)),
        }
    }
}
