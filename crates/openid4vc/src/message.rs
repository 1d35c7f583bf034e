//! Reading the members of a JSON message: present or not, of the right kind, no larger than allowed.

use core::time::Duration;

use credential::time::UnixTime;
use serde_json::{Map, Value};

/// Characters of one text member where nothing tighter is said: a long URL, an access token as a JWT.
pub const MAX_TEXT: usize = 8 * 1024;

/// Why a message's member is refused. The name is the specification's, never the sender's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The text is no acceptable JSON object.
    #[error("message is not an acceptable json object")]
    Json,
    /// A required member is not there.
    #[error("member {0} is missing")]
    Missing(&'static str),
    /// A member is of the wrong kind.
    #[error("member {0} is of the wrong kind")]
    Kind(&'static str),
    /// A member that must hold something is empty.
    #[error("member {0} is empty")]
    Empty(&'static str),
    /// A member is longer, or has more elements, than allowed.
    #[error("member {0} is larger than allowed")]
    TooLarge(&'static str),
}

/// The members of one JSON object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    pub(crate) const fn new(members: &'a Map<String, Value>) -> Self {
        Self(members)
    }

    /// The members of `value`, which the message calls `name`.
    pub(crate) fn of(value: &'a Value, name: &'static str) -> Result<Self, MessageError> {
        value.as_object().map(Self).ok_or(MessageError::Kind(name))
    }

    pub(crate) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    /// A text of 1 to [`MAX_TEXT`] characters.
    pub(crate) fn text(self, name: &'static str) -> Result<Option<&'a str>, MessageError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => check_text(value, name).map(Some),
        }
    }

    pub(crate) fn required_text(self, name: &'static str) -> Result<&'a str, MessageError> {
        self.text(name)?.ok_or(MessageError::Missing(name))
    }

    pub(crate) fn flag(self, name: &'static str, default: bool) -> Result<bool, MessageError> {
        match self.0.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or(MessageError::Kind(name)),
        }
    }

    pub(crate) fn number(self, name: &'static str) -> Result<Option<u64>, MessageError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(MessageError::Kind(name)),
        }
    }

    pub(crate) fn time(self, name: &'static str) -> Result<Option<UnixTime>, MessageError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => UnixTime::from_claim(value).map(Some).ok_or(MessageError::Kind(name)),
        }
    }

    /// Holds `exp` and `nbf`, where present, against the present (RFC 7519 sections 4.1.4 and 4.1.5), for clocks that
    /// differ by up to `skew`: one that has passed is refused as `expired`, one that lies ahead as `future`.
    pub(crate) fn check_dates<E: From<MessageError>>(
        self,
        now: UnixTime,
        skew: Duration,
        expired: E,
        future: E,
    ) -> Result<(), E> {
        if self.time("exp")?.is_some_and(|end| end.plus(skew) <= now) {
            return Err(expired);
        }
        if self.time("nbf")?.is_some_and(|begin| begin > now.plus(skew)) {
            return Err(future);
        }
        Ok(())
    }

    pub(crate) fn object(self, name: &'static str) -> Result<Option<Self>, MessageError> {
        self.0.get(name).map(|value| Self::of(value, name)).transpose()
    }

    pub(crate) fn required_object(self, name: &'static str) -> Result<Self, MessageError> {
        self.object(name)?.ok_or(MessageError::Missing(name))
    }

    /// An array of 1 to `max` elements.
    pub(crate) fn list(self, name: &'static str, max: usize) -> Result<Option<&'a [Value]>, MessageError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => check_list(value, name, max).map(Some),
        }
    }

    pub(crate) fn required_list(self, name: &'static str, max: usize) -> Result<&'a [Value], MessageError> {
        self.list(name, max)?.ok_or(MessageError::Missing(name))
    }

    /// An array of 1 to `max` texts.
    pub(crate) fn texts(self, name: &'static str, max: usize) -> Result<Option<Vec<String>>, MessageError> {
        self.list(name, max)?.map(|items| texts_of(items, name)).transpose()
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.0.iter()
    }

    pub(crate) fn len(self) -> usize {
        self.0.len()
    }
}

/// Reads one JSON object of at most `max` bytes, without repeated members.
pub(crate) fn parse(text: &[u8], max: usize) -> Result<Map<String, Value>, MessageError> {
    credential::json::parse_object(text, max).map_err(|_| MessageError::Json)
}

pub(crate) fn check_text<'a>(value: &'a Value, name: &'static str) -> Result<&'a str, MessageError> {
    match value.as_str().ok_or(MessageError::Kind(name))? {
        "" => Err(MessageError::Empty(name)),
        text if text.len() > MAX_TEXT => Err(MessageError::TooLarge(name)),
        text => Ok(text),
    }
}

pub(crate) fn check_list<'a>(
    value: &'a Value,
    name: &'static str,
    max: usize,
) -> Result<&'a [Value], MessageError> {
    let items = value.as_array().ok_or(MessageError::Kind(name))?;
    if items.is_empty() {
        return Err(MessageError::Empty(name));
    }
    if items.len() > max { Err(MessageError::TooLarge(name)) } else { Ok(items) }
}

pub(crate) fn texts_of(items: &[Value], name: &'static str) -> Result<Vec<String>, MessageError> {
    items.iter().map(|item| check_text(item, name).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read<T>(
        value: &Value,
        read: impl Fn(Members<'_>) -> Result<T, MessageError>,
    ) -> Result<T, MessageError> {
        read(Members::of(value, "message").unwrap())
    }

    #[test]
    fn a_member_of_the_wrong_kind_is_refused() {
        let value = json!({"a": 1, "b": [], "c": "", "d": ["x", 2], "e": "y"});
        assert_eq!(read(&value, |m| m.text("a").map(drop)), Err(MessageError::Kind("a")));
        assert_eq!(read(&value, |m| m.list("b", 3).map(drop)), Err(MessageError::Empty("b")));
        assert_eq!(read(&value, |m| m.text("c").map(drop)), Err(MessageError::Empty("c")));
        assert_eq!(read(&value, |m| m.texts("d", 3).map(drop)), Err(MessageError::Kind("d")));
        assert_eq!(read(&value, |m| m.list("d", 1).map(drop)), Err(MessageError::TooLarge("d")));
        assert_eq!(read(&value, |m| m.flag("e", true)), Err(MessageError::Kind("e")));
        assert_eq!(read(&value, |m| m.number("e").map(drop)), Err(MessageError::Kind("e")));
        assert_eq!(read(&value, |m| m.time("e").map(drop)), Err(MessageError::Kind("e")));
        assert_eq!(read(&value, |m| m.required_object("e").map(drop)), Err(MessageError::Kind("e")));
        assert_eq!(read(&value, |m| m.required_text("f").map(drop)), Err(MessageError::Missing("f")));
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        let value = json!({"a": "x".repeat(MAX_TEXT + 1)});
        assert_eq!(read(&value, |m| m.text("a").map(drop)), Err(MessageError::TooLarge("a")));
    }

    #[test]
    fn a_message_counts_from_its_begin_to_its_end() {
        let now = UnixTime::from_secs(1000);
        let (expired, future) = (MessageError::Empty("exp"), MessageError::Empty("nbf"));
        let check =
            |value: Value| read(&value, |m| m.check_dates(now, Duration::from_secs(60), expired, future));
        assert_eq!(check(json!({})), Ok(()));
        assert_eq!(check(json!({"exp": 941, "nbf": 1060})), Ok(()));
        assert_eq!(check(json!({"exp": 940})), Err(expired));
        assert_eq!(check(json!({"nbf": 1061})), Err(future));
        for name in ["exp", "nbf"] {
            for value in [json!("1001"), json!(-1), json!(null), json!([1001])] {
                assert_eq!(check(json!({name: value})), Err(MessageError::Kind(name)), "{name} {value}");
            }
        }
    }

    #[test]
    fn a_message_with_a_repeated_member_is_refused() {
        assert_eq!(parse(br#"{"a":1,"a":2}"#, 100), Err(MessageError::Json));
    }
}
