//! The phone's screen: bright while a code is shown, and what the system covers of the page's edges.
//!
//! That nobody takes a picture of it is not asked for here: the phone's half sees to that as soon as it starts.

use wallet_core::keys::KeyStoreError;

use crate::keys::tell;
use crate::message::{Bright, Empty};
use crate::phone::{Command, Phone};

/// Makes the screen as bright as it goes, and keeps it on; or as it was.
///
/// # Errors
/// [`KeyStoreError::Phone`].
pub fn bright(phone: &dyn Phone, on: bool) -> Result<(), KeyStoreError> {
    tell(phone, Command::Bright, &Bright { on })
}

/// Has the page told anew how much of its edges the system covers: it forgets that when it loads.
///
/// # Errors
/// [`KeyStoreError::Phone`].
pub fn tell_insets(phone: &dyn Phone) -> Result<(), KeyStoreError> {
    tell(phone, Command::Insets, &Empty {})
}
