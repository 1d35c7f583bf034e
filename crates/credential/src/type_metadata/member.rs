//! Members of a document, read strictly: one that is there must be of its kind.

use serde_json::{Map, Value};

use crate::type_metadata::integrity::{Integrity, IntegrityError};
use crate::type_metadata::{MAX_TEXT, TypeMetadataError};

pub(super) fn text<'m>(
    members: &'m Map<String, Value>,
    name: &str,
) -> Result<Option<&'m str>, TypeMetadataError> {
    let read = |value: &'m Value| value.as_str().ok_or(TypeMetadataError::Member);
    members.get(name).map(read).transpose()
}

pub(super) fn object<'m>(
    members: &'m Map<String, Value>,
    name: &str,
) -> Result<Option<&'m Map<String, Value>>, TypeMetadataError> {
    let read = |value: &'m Value| value.as_object().ok_or(TypeMetadataError::Member);
    members.get(name).map(read).transpose()
}

/// Each object of an array, read by `read`; at most `max` of them.
pub(super) fn objects<T>(
    members: &Map<String, Value>,
    name: &str,
    max: usize,
    read: impl Fn(&Map<String, Value>) -> Result<T, TypeMetadataError>,
) -> Result<Option<Vec<T>>, TypeMetadataError> {
    let Some(items) = members.get(name) else { return Ok(None) };
    let items = items.as_array().ok_or(TypeMetadataError::Member)?;
    if items.len() > max {
        return Err(TypeMetadataError::TooMany);
    }
    let object = |item: &Value| read(item.as_object().ok_or(TypeMetadataError::Member)?);
    items.iter().map(object).collect::<Result<_, _>>().map(Some)
}

/// A text for people. Whoever shows it escapes it for the place where it is shown.
pub(super) fn shown(members: &Map<String, Value>, name: &str) -> Result<Option<String>, TypeMetadataError> {
    match text(members, name)? {
        Some(text) if text.len() > MAX_TEXT => Err(TypeMetadataError::TooLong),
        text => Ok(text.map(str::to_owned)),
    }
}

pub(super) fn required<T>(member: Option<T>) -> Result<T, TypeMetadataError> {
    member.ok_or(TypeMetadataError::Member)
}

pub(super) fn integrity(
    members: &Map<String, Value>,
    name: &str,
) -> Result<Option<Integrity>, TypeMetadataError> {
    let Some(value) = members.get(name) else { return Ok(None) };
    let text = value.as_str().ok_or(TypeMetadataError::Integrity(IntegrityError::Malformed))?;
    Integrity::parse(text).map(Some).map_err(TypeMetadataError::Integrity)
}
