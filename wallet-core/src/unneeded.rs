//! Destroying keys that nothing needs any more: a phone's key store keeps each until it is told.

use crate::keys::KeyStoreError;
use crate::store::unneeded::Unneeded;
use crate::wallet::Wallet;

impl Wallet {
    /// Destroys the keys of copies and renewals that are gone. Nothing hangs on it: what does not succeed is tried when
    /// the wallet next opens, or drops something else.
    pub(crate) fn destroy_unneeded_keys(&self) {
        for key in self.store.unneeded_keys().unwrap_or_default() {
            let destroyed = match &key {
                Unneeded::Card(handle) => self.keys.destroy_card_key(handle),
                Unneeded::Token(handle) => self.keys.destroy_token_key(handle),
            };
            if matches!(destroyed, Ok(()) | Err(KeyStoreError::Unknown)) {
                let _ = self.store.forget_key(&key);
            }
        }
    }
}
