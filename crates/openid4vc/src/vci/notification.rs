//! The wallet tells the issuer what became of its cards.
//!
//! Nothing hangs on it: a wallet that cannot tell keeps its cards, and an issuer answers the same message the
//! same way however often it comes.
//!
//! Spec: OpenID4VCI 1.0 section 11.

use serde_json::{Value, json};

use crate::message::{self, Members, MessageError};

/// Bytes of a notification, at most: an identifier, an event and a sentence.
pub const MAX_BODY: usize = 16 * 1024;

/// What became of the cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// They are kept.
    Accepted,
    /// They could not be kept.
    Failure,
    /// The person threw them away.
    Deleted,
}

impl Event {
    const ALL: [Self; 3] = [Self::Accepted, Self::Failure, Self::Deleted];

    /// The event as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "credential_accepted",
            Self::Failure => "credential_failure",
            Self::Deleted => "credential_deleted",
        }
    }
}

/// A notification. A description that arrives is held against its alphabet and dropped: it is another's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What the issuer named the cards by.
    pub notification_id: String,
    /// What became of them.
    pub event: Event,
}

impl Notification {
    /// Reads a notification. Unknown members are ignored.
    ///
    /// # Errors
    /// [`MessageError`]: answer with `invalid_notification_request`.
    pub fn parse(body: &[u8]) -> Result<Self, MessageError> {
        let members = message::parse(body, MAX_BODY)?;
        let members = Members::new(&members);
        let named = members.required_text("event")?;
        let event = Event::ALL.into_iter().find(|event| event.as_str() == named);
        if members.text("event_description")?.is_some_and(|text| !text.bytes().all(may_describe)) {
            return Err(MessageError::Kind("event_description"));
        }
        Ok(Self {
            notification_id: members.required_text("notification_id")?.to_owned(),
            event: event.ok_or(MessageError::Kind("event"))?,
        })
    }

    /// The notification as JSON.
    pub fn to_json(&self) -> Value {
        json!({"notification_id": self.notification_id, "event": self.event.as_str()})
    }
}

/// Printable ASCII without quotes and backslashes (section 11.1).
const fn may_describe(byte: u8) -> bool {
    matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::error::{ErrorCode, ErrorResponse};
    use crate::testing::inline_example;

    fn read(body: &Value) -> Result<Notification, MessageError> {
        Notification::parse(body.to_string().as_bytes())
    }

    #[test]
    fn notifications_are_read_back() {
        for event in Event::ALL {
            let sent = Notification { notification_id: "n".into(), event };
            assert_eq!(read(&sent.to_json()), Ok(sent));
        }
    }

    #[test]
    fn the_examples_of_the_specification_are_read() {
        let Some(accepted) = inline_example(r#""event": "credential_accepted""#) else { return };
        let accepted = Notification::parse(accepted.as_bytes()).unwrap();
        assert_eq!(accepted, Notification { notification_id: "3fwe98js".into(), event: Event::Accepted });
        let failure = inline_example("Could not store the Credential").unwrap();
        assert_eq!(Notification::parse(failure.as_bytes()).unwrap().event, Event::Failure);
        let refused = ErrorResponse::parse(inline_example("invalid_notification_id\"").unwrap().as_bytes());
        assert_eq!(refused.unwrap().error, ErrorCode::InvalidNotificationId);
    }

    #[test]
    fn notifications_that_do_not_fit_are_refused() {
        let with = |name: &str, value: Value| {
            let mut body = json!({"notification_id": "n", "event": "credential_accepted"});
            body[name] = value;
            read(&body).unwrap_err()
        };
        assert_eq!(
            read(&json!({"event": "credential_deleted"})),
            Err(MessageError::Missing("notification_id"))
        );
        assert_eq!(read(&json!({"notification_id": "n"})), Err(MessageError::Missing("event")));
        assert_eq!(with("event", json!("credential_lost")), MessageError::Kind("event"));
        assert_eq!(with("event", json!(1)), MessageError::Kind("event"));
        assert_eq!(with("notification_id", json!("")), MessageError::Empty("notification_id"));
        for text in ["a \"quote\"", "back\\slash", "line\nbreak", "é"] {
            assert_eq!(
                with("event_description", json!(text)),
                MessageError::Kind("event_description"),
                "{text}"
            );
        }
        assert_eq!(Notification::parse(b"{"), Err(MessageError::Json));
    }
}
