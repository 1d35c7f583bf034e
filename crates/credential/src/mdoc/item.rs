//! One element as its issuer signed it: `IssuerSignedItem` (ISO 18013-5 section 8.3.2.1.2.2).

use core::cell::Cell;

use crate::cbor::Item;
use crate::cbor::value::Value;
use crate::mdoc::{MAX_MDOC, MdocError};

/// Bytes of a salt, at least (section 9.1.2.5).
const MIN_SALT: usize = 16;

/// An item and the bytes that its digest goes over, tag 24 and byte string included.
#[derive(Clone, Debug)]
pub(super) struct IssuerSignedItem {
    pub(super) digest_id: u64,
    pub(super) identifier: String,
    pub(super) salt: Vec<u8>,
    pub(super) value: Value,
    pub(super) raw: Vec<u8>,
}

impl IssuerSignedItem {
    /// Digest ids beyond 31 bits, which section 9.1.2.4 leaves out and some issuers use, name digests as well. `left`
    /// is how many data items of the document may still be read.
    pub(super) fn read(item: &Item<'_>, left: &Cell<usize>) -> Result<Self, MdocError> {
        let embedded = item.embedded().ok_or(MdocError::Item)?;
        let fields = Item::parse_within(embedded, MAX_MDOC, left).map_err(MdocError::Cbor)?;
        let salt = fields.member("random").and_then(Item::as_bytes).ok_or(MdocError::Item)?;
        if salt.len() < MIN_SALT {
            return Err(MdocError::Salt);
        }
        let value = fields.member("elementValue").ok_or(MdocError::Item)?;
        let digest_id = fields.member("digestID").and_then(Item::as_unsigned);
        let identifier = fields.member("elementIdentifier").and_then(Item::as_text);
        Ok(Self {
            digest_id: digest_id.ok_or(MdocError::Item)?,
            identifier: identifier.ok_or(MdocError::Item)?.to_owned(),
            salt: salt.to_vec(),
            value: value.into(),
            raw: item.raw().to_vec(),
        })
    }

    /// A new item.
    pub(super) fn make(digest_id: u64, identifier: &str, salt: &[u8], value: Value) -> Self {
        let fields = Value::map([
            ("digestID", digest_id.into()),
            ("random", salt.into()),
            ("elementIdentifier", identifier.into()),
            ("elementValue", value.clone()),
        ]);
        let raw = Value::embedded(fields.encode()).encode();
        Self { digest_id, identifier: identifier.to_owned(), salt: salt.to_vec(), value, raw }
    }
}
