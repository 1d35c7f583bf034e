//! The rules of the model, property by property.

use core::slice;

use serde_json::{Map, Value};

use crate::time::UnixTime;
use crate::vcdm::{BASE_CONTEXT, MAX_CONTEXTS, MAX_URL, MAX_VALUES, VcdmError, date};

type Members = Map<String, Value>;

pub(super) fn check_credential(members: &Members) -> Result<(), VcdmError> {
    check_envelope(members, "VerifiableCredential")?;
    check_names(members)?;
    check_subjects(members)?;
    check_all(members, "credentialStatus", VcdmError::Status, |status| {
        is_typed(status) && has_url(status, "id", Presence::Optional)
    })?;
    check_all(members, "credentialSchema", VcdmError::Schema, |schema| {
        is_typed(schema) && has_url(schema, "id", Presence::Required)
    })?;
    for name in ["refreshService", "termsOfUse", "evidence"] {
        check_all(members, name, VcdmError::Untyped, is_typed)?;
    }
    check_all(members, "proof", VcdmError::Proof, is_typed)
}

/// What credentials and presentations have in common.
pub(super) fn check_envelope(members: &Members, wanted: &str) -> Result<(), VcdmError> {
    check_context(members)?;
    check_type(members, wanted)?;
    if has_url(members, "id", Presence::Optional) { Ok(()) } else { Err(VcdmError::Id) }
}

/// A list that begins with the base context.
fn check_context(members: &Members) -> Result<(), VcdmError> {
    let contexts = members.get("@context").and_then(Value::as_array).ok_or(VcdmError::Context)?;
    let is_context = |context: &Value| match context {
        Value::String(url) => is_url(url),
        Value::Object(_) => true,
        _ => false,
    };
    let begins = contexts.first().is_some_and(|first| first == BASE_CONTEXT);
    let fits = begins && contexts.len() <= MAX_CONTEXTS && contexts.iter().all(is_context);
    if fits { Ok(()) } else { Err(VcdmError::Context) }
}

pub(super) fn check_type(members: &Members, wanted: &str) -> Result<(), VcdmError> {
    let types = texts(members.get("type")).ok_or(VcdmError::Type)?;
    if types.contains(&wanted) { Ok(()) } else { Err(VcdmError::Type) }
}

/// The issuer's URL.
pub(super) fn check_issuer(members: &Members) -> Result<String, VcdmError> {
    let issuer = members.get("issuer").ok_or(VcdmError::Issuer)?;
    if let Value::Object(described) = issuer {
        check_names(described)?;
    }
    named_by_url(issuer).ok_or(VcdmError::Issuer).map(str::to_owned)
}

/// A URL, or an object with one as its `id`.
pub(super) fn named_by_url(value: &Value) -> Option<&str> {
    let url = match value {
        Value::Object(members) => members.get("id")?.as_str(),
        other => other.as_str(),
    };
    url.filter(|url| is_url(url))
}

pub(super) fn check_period(members: &Members) -> Result<(Option<UnixTime>, Option<UnixTime>), VcdmError> {
    let read = |name: &str| match members.get(name) {
        None => Ok(None),
        Some(value) => value.as_str().and_then(date::parse).map(Some).ok_or(VcdmError::Period),
    };
    let (begin, end) = (read("validFrom")?, read("validUntil")?);
    match (begin, end) {
        (Some(begin), Some(end)) if begin > end => Err(VcdmError::Period),
        period => Ok(period),
    }
}

fn check_subjects(members: &Members) -> Result<(), VcdmError> {
    if !members.contains_key("credentialSubject") {
        return Err(VcdmError::Subject);
    }
    check_all(members, "credentialSubject", VcdmError::Subject, |subject| {
        !subject.is_empty() && has_url(subject, "id", Presence::Optional)
    })
}

fn check_names(members: &Members) -> Result<(), VcdmError> {
    let is_member = |name: &str| matches!(name, "@value" | "@language" | "@direction");
    let is_value = |value: &Value| match value {
        Value::String(_) => true,
        Value::Object(parts) => {
            parts.get("@value").is_some_and(Value::is_string)
                && parts.iter().all(|(name, part)| is_member(name) && part.is_string())
        }
        _ => false,
    };
    for name in ["name", "description"] {
        let all = values(members, name);
        if members.contains_key(name) && !(1..=MAX_VALUES).contains(&all.len()) || !all.iter().all(is_value) {
            return Err(VcdmError::Name);
        }
    }
    Ok(())
}

/// Every value of a property must be an object that `fits`; a property that is there must have one.
fn check_all(
    members: &Members,
    name: &str,
    error: VcdmError,
    fits: impl Fn(&Members) -> bool,
) -> Result<(), VcdmError> {
    let all = values(members, name);
    let counted = !members.contains_key(name) || (1..=MAX_VALUES).contains(&all.len());
    let is_fit = |value: &Value| value.as_object().is_some_and(&fits);
    if counted && all.iter().all(is_fit) { Ok(()) } else { Err(error) }
}

/// The values of a property: none, one, or the elements of a list.
pub(super) fn values<'a>(members: &'a Members, name: &str) -> &'a [Value] {
    match members.get(name) {
        None => &[],
        Some(Value::Array(all)) => all,
        Some(one) => slice::from_ref(one),
    }
}

fn is_typed(members: &Members) -> bool {
    texts(members.get("type")).is_some()
}

/// One text, or a list of them; never an empty one.
fn texts(value: Option<&Value>) -> Option<Vec<&str>> {
    let all = match value? {
        Value::Array(all) => all.as_slice(),
        one => slice::from_ref(one),
    };
    let texts: Option<Vec<&str>> =
        all.iter().map(|one| one.as_str().filter(|text| !text.is_empty() && text.len() <= MAX_URL)).collect();
    texts.filter(|texts| (1..=MAX_VALUES).contains(&texts.len()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Optional,
    Required,
}

fn has_url(members: &Members, name: &str, presence: Presence) -> bool {
    match members.get(name) {
        None => presence == Presence::Optional,
        Some(value) => value.as_str().is_some_and(is_url),
    }
}

/// A scheme, a colon, and characters that a URL may have (RFC 3986 appendix A).
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let is_character = |b: u8| {
        b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`')
    };
    is_scheme
        && !rest.is_empty()
        && rest.bytes().all(is_character)
        && (text.len() <= MAX_URL || scheme == "data")
}
