//! Whether the phone asks its owner when the wallet opens: for the owner to see. Nothing depends on what is told here.

use wallet_core::keys::KeyStoreError;

use crate::keys::ask;
use crate::message::{Empty, OfOwner};
use crate::phone::{Command, Phone};

/// What guards the device key beside the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The owner confirms each use.
    Owner,
    /// Nobody: the key was made before the phone had what it could be bound to. It has a screen lock.
    NobodyYet,
    /// Nobody: the phone has no screen lock.
    Nobody,
}

/// What guards the device key of this phone; where there is none yet, the one that would be made.
///
/// # Errors
/// [`KeyStoreError::Phone`], [`KeyStoreError::Gone`] where the key was there and is not.
pub fn guard(phone: &dyn Phone) -> Result<Guard, KeyStoreError> {
    let OfOwner { confirms, lock } = ask(phone, Command::Owner, &Empty {})?;
    Ok(match (confirms, lock) {
        (true, _) => Guard::Owner,
        (false, true) => Guard::NobodyYet,
        (false, false) => Guard::Nobody,
    })
}
