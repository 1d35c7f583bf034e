//! Maps by namespace, which come from the issuer with digests and from the device without.

use core::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::cbor::value::Value;
use crate::cbor::{Item, Key, MAX_ITEMS};
use crate::mdoc::elements::Elements;
use crate::mdoc::item::IssuerSignedItem;
use crate::mdoc::{MAX_MDOC, MdocError};

/// Reads `IssuerNameSpaces`: no digest id and no element twice in one namespace. What is in all the items together
/// counts as one document.
pub(super) fn read_issuer_signed(
    item: &Item<'_>,
) -> Result<BTreeMap<String, Vec<IssuerSignedItem>>, MdocError> {
    let left = Cell::new(MAX_ITEMS);
    by_name(item, MdocError::Form, |items| {
        let items = items.as_array().filter(|items| !items.is_empty()).ok_or(MdocError::Form)?;
        let items =
            items.iter().map(|item| IssuerSignedItem::read(item, &left)).collect::<Result<Vec<_>, _>>()?;
        check_repetition(&items)?;
        Ok(items)
    })
}

fn check_repetition(items: &[IssuerSignedItem]) -> Result<(), MdocError> {
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for item in items {
        if !ids.insert(item.digest_id) {
            return Err(MdocError::RepeatedDigestId);
        }
        if !names.insert(item.identifier.as_str()) {
            return Err(MdocError::RepeatedElement);
        }
    }
    Ok(())
}

/// Reads what `DeviceNameSpacesBytes` hold.
pub(super) fn read_device_signed(item: &Item<'_>) -> Result<Elements, MdocError> {
    let embedded = item.embedded().ok_or(MdocError::Form)?;
    let namespaces = Item::parse(embedded, MAX_MDOC).map_err(MdocError::Cbor)?;
    let read = |elements: &Item<'_>| by_name(elements, MdocError::Form, |value| Ok(Value::from(value)));
    let mut all = Elements::default();
    for (namespace, elements) in by_name(&namespaces, MdocError::Form, read)? {
        for (name, value) in elements {
            all.insert(&namespace, &name, value);
        }
    }
    Ok(all)
}

/// A map whose keys must be texts.
pub(super) fn by_name<T>(
    item: &Item<'_>,
    otherwise: MdocError,
    read: impl Fn(&Item<'_>) -> Result<T, MdocError>,
) -> Result<BTreeMap<String, T>, MdocError> {
    let members = item.as_map().ok_or(otherwise)?.iter();
    let named = |(key, member): (&Key<'_>, &Item<'_>)| match key {
        Key::Text(name) => Ok(((*name).to_owned(), read(member)?)),
        Key::Unsigned(_) | Key::Negative(_) => Err(otherwise),
    };
    members.map(named).collect()
}
