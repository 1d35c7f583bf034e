//! The checks of a bitstring status list, each by itself. This explains and decides nothing.
//!
//! The list is GZIP and begins at the highest bit: nothing here is shared with token status lists.
//!
//! Spec: Bitstring Status List 1.0 sections 2.2 and 3.2.

use credential::bitstring::list::{StatusListCredential, UnpackedList};
use credential::bitstring::{BitstringError, StatusEntry};
use credential::key::{PublicKey, RustCrypto};
use credential::time::UnixTime;
use credential::vcdm::jwt::{UnverifiedCredential, VerifiedCredential};
use serde_json::Value;

use crate::checks::Check;
use crate::checks::data_model::{self, dangerous_read};

/// What a list is held against.
pub(crate) struct Asked<'a> {
    /// The issuer's key, where it is known.
    pub(crate) key: Option<&'a PublicKey>,
    /// The entry that is looked up, if any.
    pub(crate) entry: Option<&'a StatusEntry>,
    pub(crate) at: UnixTime,
}

/// Bits of an entry where none is named: the specification's default.
pub(crate) const DEFAULT_SIZE: u8 = 1;

/// Every check of the list `text`.
pub(crate) fn of(text: &str, asked: &Asked<'_>) -> Vec<Check> {
    let model =
        data_model::Asked { key: asked.key, audience: None, nonce: None, presented: false, at: asked.at };
    let mut checks = data_model::of_credential(text, &model);
    let Ok(credential) = UnverifiedCredential::parse(text) else { return checks };
    let members = credential.dangerous_credential().members();
    checks.push(address(members.get("id").and_then(Value::as_str), asked.entry));
    let size = asked.entry.map_or(DEFAULT_SIZE, |entry| entry.size);
    let list = dangerous_unpack(text, asked.at, size);
    checks.push(match &list {
        Err(BitstringError::Credential(_)) => {
            Check::not_checked("list", "what comes before it does not hold")
        }
        list => Check::of("list", list, BitstringError::code),
    });
    if let (Ok(list), Some(entry)) = (list, asked.entry) {
        checks.push(place(&list, entry));
    }
    checks
}

/// The status that the list gives to `entry`.
pub(crate) fn look_up(
    text: &str,
    key: &PublicKey,
    entry: &StatusEntry,
    at: UnixTime,
) -> Result<u8, BitstringError> {
    let credential = UnverifiedCredential::parse(text).map_err(BitstringError::Credential)?;
    let verified = credential.verify(key, at, &RustCrypto).map_err(BitstringError::Credential)?;
    StatusListCredential::read(&verified)?.unpack(entry.size)?.status(entry)
}

/// The list as it would be if its signature held.
pub(crate) fn dangerous_unpack(text: &str, at: UnixTime, size: u8) -> Result<UnpackedList, BitstringError> {
    let verified: VerifiedCredential = dangerous_read(text, at).map_err(BitstringError::Credential)?;
    StatusListCredential::read(&verified)?.unpack(size)
}

/// A list that names no address of its own is only where it was found.
fn address(id: Option<&str>, entry: Option<&StatusEntry>) -> Check {
    const NAME: &str = "address";
    match (id, entry) {
        (_, None) => Check::not_checked(NAME, "where the token came from is not known"),
        (None, Some(_)) => Check::not_checked(NAME, "the list names none"),
        (Some(id), Some(entry)) if id == entry.list => Check::holds(NAME),
        (Some(_), Some(_)) => Check::fails(NAME, BitstringError::List.code(), &BitstringError::List),
    }
}

fn place(list: &UnpackedList, entry: &StatusEntry) -> Check {
    const NAME: &str = "place in the list";
    match list.status(entry) {
        Err(BitstringError::List) => Check::not_checked(NAME, "what comes before it does not hold"),
        found => Check::of(NAME, &found, BitstringError::code),
    }
}
