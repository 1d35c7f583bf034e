//! Which lists an issuer has, so that all can be fetched beforehand (section 9).
//!
//! Spec: Token Status List draft 20 section 9.3.

use serde_json::{Map, Value};

use crate::json;
use crate::status_list::StatusListError;

/// Bytes of an aggregation, at most: [`MAX_LISTS`] addresses of 49 characters, with what stands between them.
pub const MAX_AGGREGATION: usize = 512 * 1024;
/// Lists of one issuer, at most: at a million entries each, more than there are people.
pub const MAX_LISTS: usize = 10_000;
/// Characters of the address of a list or an aggregation, at most.
pub const MAX_URI: usize = 2048;

/// The addresses of an issuer's lists, as they came: none is to be fetched before it was held against the
/// issuer's own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregation {
    /// `status_lists`.
    pub lists: Vec<String>,
}

impl Aggregation {
    /// Reads an aggregation, of which every address is one that `is_own` takes: of the issuer's own host.
    ///
    /// # Errors
    /// [`StatusListError::Aggregation`].
    pub fn parse_own(bytes: &[u8], is_own: impl Fn(&str) -> bool) -> Result<Self, StatusListError> {
        Self::read(bytes, |uri| (uri.len() <= MAX_URI && is_own(uri)).then(|| uri.to_owned()))
    }

    /// Reads an aggregation.
    ///
    /// # Errors
    /// [`StatusListError::Aggregation`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatusListError> {
        Self::read(bytes, read_uri)
    }

    fn read(bytes: &[u8], read_uri: impl Fn(&str) -> Option<String>) -> Result<Self, StatusListError> {
        let malformed = StatusListError::Aggregation;
        let members = json::parse_object(bytes, MAX_AGGREGATION).map_err(|_| malformed)?;
        let all = members.get("status_lists").and_then(Value::as_array).ok_or(malformed)?;
        if all.len() > MAX_LISTS {
            return Err(malformed);
        }
        let lists = all
            .iter()
            .map(|uri| uri.as_str().and_then(&read_uri).ok_or(malformed))
            .collect::<Result<_, _>>()?;
        Ok(Self { lists })
    }
}

/// `aggregation_uri` of a `status_list` claim.
pub(super) fn read_address(list: &Map<String, Value>) -> Result<Option<String>, StatusListError> {
    match list.get("aggregation_uri") {
        None => Ok(None),
        Some(uri) => uri.as_str().and_then(read_uri).map(Some).ok_or(StatusListError::Aggregation),
    }
}

/// An address that may be of a list or an aggregation.
pub(super) fn read_uri(uri: &str) -> Option<String> {
    (uri.starts_with("https://") && uri.len() <= MAX_URI).then(|| uri.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn addresses_are_read() {
        let aggregation = Aggregation::parse(br#"{"status_lists":["https://a.example/1"],"x":1}"#).unwrap();
        assert_eq!(aggregation.lists, ["https://a.example/1"]);
        assert!(Aggregation::parse(br#"{"status_lists":[]}"#).unwrap().lists.is_empty());
    }

    #[test]
    fn an_address_of_another_host_spoils_the_aggregation() {
        let parse =
            |text: &str| Aggregation::parse_own(text.as_bytes(), |uri| uri.starts_with("http://127.0.0.1/"));
        let own = parse(r#"{"status_lists":["http://127.0.0.1/1"]}"#).unwrap();
        assert_eq!(own.lists, ["http://127.0.0.1/1"]);
        let mixed = parse(r#"{"status_lists":["http://127.0.0.1/1","https://b.example/1"]}"#);
        assert_eq!(mixed, Err(StatusListError::Aggregation));
    }

    #[test]
    fn an_aggregation_and_its_addresses_are_read_up_to_their_limits() {
        let parse =
            |lists: &[&str]| Aggregation::parse(json!({"status_lists": lists}).to_string().as_bytes());
        assert_eq!(parse(&["https://a.example"; MAX_LISTS]).unwrap().lists.len(), MAX_LISTS);
        assert_eq!(parse(&["https://a.example"; MAX_LISTS + 1]), Err(StatusListError::Aggregation));
        let of_length = |length: usize| format!("{:x<length$}", "https://a.example/");
        let parse_own = |uri: &str| {
            let text = json!({"status_lists": [uri]}).to_string();
            Aggregation::parse_own(text.as_bytes(), |_| true)
        };
        assert!(parse(&[&of_length(MAX_URI)]).is_ok() && parse_own(&of_length(MAX_URI)).is_ok());
        assert_eq!(parse(&[&of_length(MAX_URI + 1)]), Err(StatusListError::Aggregation));
        assert_eq!(parse_own(&of_length(MAX_URI + 1)), Err(StatusListError::Aggregation));
    }

    #[test]
    fn other_aggregations_are_refused() {
        for bad in [
            json!({}),
            json!([]),
            json!({"status_lists": "https://a.example"}),
            json!({"status_lists": [1]}),
            json!({"status_lists": ["http://a.example"]}),
        ] {
            let text = bad.to_string();
            assert_eq!(Aggregation::parse(text.as_bytes()), Err(StatusListError::Aggregation));
        }
        let large = " ".repeat(MAX_AGGREGATION) + r#"{"status_lists":[]}"#;
        assert_eq!(Aggregation::parse(large.as_bytes()), Err(StatusListError::Aggregation));
        let twice = Aggregation::parse(br#"{"status_lists":[],"status_lists":[]}"#);
        assert_eq!(twice, Err(StatusListError::Aggregation));
    }
}
