//! What the maker of a phone says of it: that a key was made in its hardware, for a challenge, by this app.
//!
//! A wallet's provider asks for it before it vouches for keys (OpenID4VCI 1.0, appendix D). No provider is asked yet, so
//! nothing in the wallet calls this; on a phone it is one line of `mobile/DEVICE-CHECK.md`.

use credential::encoding::{base64url, from_base64url};
use serde::Deserialize;
use wallet_core::keys::KeyStoreError;

use crate::keys::{DeviceKeys, ask};
use crate::message::{Attest, Strange};
use crate::phone::Command;

/// Parts of an attestation, at most: chains of Android have three to six certificates.
pub const MAX_PARTS: usize = 10;
/// Bytes of one part, at most.
pub const MAX_PART: usize = 16 * 1024;

/// An attestation as the phone's maker forms it. Nothing in it was checked.
#[derive(Debug, PartialEq, Eq)]
pub enum Attestation {
    /// Android: certificates in DER, the key's own first.
    KeyChain(Vec<Vec<u8>>),
    /// Apple: the object that App Attest gives, in CBOR.
    AppAttest(Vec<u8>),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Answer {
    Chain(Vec<String>),
    AppAttest(String),
}

impl DeviceKeys {
    /// Has the phone's maker attest this phone for a challenge: 32 bytes that the asker chose at random.
    ///
    /// # Errors
    /// [`KeyStoreError`]; among them that there is no hardware that could.
    pub fn attest(&self, challenge: &[u8; 32]) -> Result<Attestation, KeyStoreError> {
        let answer = ask(self.phone(), Command::Attest, &Attest { challenge: base64url(challenge) })?;
        Ok(match answer {
            Answer::Chain(parts) if parts.is_empty() || parts.len() > MAX_PARTS => return Err(Strange.into()),
            Answer::Chain(parts) => {
                Attestation::KeyChain(parts.iter().map(|part| bytes(part)).collect::<Result<_, _>>()?)
            }
            Answer::AppAttest(part) => Attestation::AppAttest(bytes(&part)?),
        })
    }
}

fn bytes(part: &str) -> Result<Vec<u8>, Strange> {
    match from_base64url(part) {
        Ok(bytes) if !bytes.is_empty() && bytes.len() <= MAX_PART => Ok(bytes),
        _ => Err(Strange),
    }
}
