//! Files that the phone's owner keeps where they want: the phone's own dialog asks where.

use credential::encoding::base64url;
use wallet_core::keys::KeyStoreError;

use crate::keys::ask;
use crate::message::{SaveFile, Saved};
use crate::phone::{Command, Phone};

/// Asks the phone's owner where a file of this name goes, and writes it there; whether they chose a place. Waits for as
/// long as they take.
///
/// # Errors
/// [`KeyStoreError::Phone`] where it could not be written.
pub fn save(phone: &dyn Phone, name: &str, bytes: &[u8]) -> Result<bool, KeyStoreError> {
    let asked = SaveFile { name, bytes: base64url(bytes) };
    ask(phone, Command::SaveFile, &asked).map(|Saved { saved }| saved)
}
