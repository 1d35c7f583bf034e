//! What goes to the phone's half and what comes back. Bytes are base64url without padding.
//!
//! Kotlin and Swift read and write the same members, by the same names. What comes back is read into these and nothing
//! else: a member that is missing or of another kind is an error, and lengths are checked by [`crate::keys`].

use serde::{Deserialize, Serialize};
use wallet_core::keys::KeyStoreError;

/// What a key is for. A handle of one purpose leads to no key of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Cards are bound to it.
    Card,
    /// Tokens of agencies are bound to it.
    Token,
}

/// A number that only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Counter {
    /// Guesses at the PIN.
    Guesses,
    /// The guess that was right last.
    Right,
    /// The newest state of the store.
    State,
}

/// For [`crate::phone::Command::MakeDeviceKey`].
#[derive(Serialize)]
pub(crate) struct MakeDeviceKey {
    /// Whether a key outside of hardware is refused.
    pub(crate) hardware: bool,
}

/// For [`crate::phone::Command::Mix`].
#[derive(Serialize)]
pub(crate) struct Mix {
    pub(crate) input: String,
    /// Whether a device key outside of hardware is refused.
    pub(crate) hardware: bool,
}

/// Its answer. A secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mixed {
    pub(crate) output: String,
}

/// For [`crate::phone::Command::MakeKey`].
#[derive(Serialize)]
pub(crate) struct MakeKey {
    pub(crate) purpose: Purpose,
    /// Whether a key outside of hardware is refused.
    pub(crate) hardware: bool,
}

/// Its answer, and that to [`NamedKey`]: a point of P-256, uncompressed, and its key's handle.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) handle: String,
    pub(crate) public: String,
}

/// For [`crate::phone::Command::PublicKey`] and [`crate::phone::Command::DestroyKey`].
#[derive(Serialize)]
pub(crate) struct NamedKey<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) handle: &'a str,
}

/// For [`crate::phone::Command::Sign`].
#[derive(Serialize)]
pub(crate) struct Sign<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) handle: &'a str,
    pub(crate) message: String,
}

/// Its answer: an ECDSA signature over the message's SHA-256 digest, in DER.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signed {
    pub(crate) signature: String,
}

/// The answer to [`crate::phone::Command::Counts`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) guesses: u64,
    pub(crate) right: u64,
    pub(crate) state: u64,
}

/// For [`crate::phone::Command::Advance`]: a lower number changes nothing.
#[derive(Serialize)]
pub(crate) struct Advance {
    pub(crate) counter: Counter,
    pub(crate) to: u64,
}

/// For [`crate::phone::Command::Attest`].
#[derive(Serialize)]
pub(crate) struct Attest {
    pub(crate) challenge: String,
}

/// The answer to [`crate::phone::Command::Owner`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfOwner {
    /// Whether each use of the device key is confirmed; of one that is not there yet, whether it would be.
    pub(crate) confirms: bool,
    /// Whether the phone has a screen lock.
    pub(crate) lock: bool,
}

/// For [`crate::phone::Command::Bright`].
#[derive(Serialize)]
pub(crate) struct Bright {
    pub(crate) on: bool,
}

/// For [`crate::phone::Command::SaveFile`].
#[derive(Serialize)]
pub(crate) struct SaveFile<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: String,
}

/// Its answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    /// Whether it is written; not where the phone's owner broke it off.
    pub(crate) saved: bool,
}

/// What goes to a command that needs nothing, and what comes from one that gives nothing (or `null`).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Empty {}

/// What came back is not what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the phone's part answered something else")]
pub(crate) struct Strange;

impl From<Strange> for KeyStoreError {
    fn from(strange: Strange) -> Self {
        Self::Phone(Box::new(strange))
    }
}
