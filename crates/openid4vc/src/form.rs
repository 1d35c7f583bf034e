//! `application/x-www-form-urlencoded`, as OAuth sends requests and as links carry their parameters.
//!
//! Spec: RFC 6749 section 3.1 and appendix B: no parameter twice; one without a value counts as left out.

use std::collections::BTreeMap;

use url::Url;
use url::form_urlencoded::{self, Serializer};

/// Parameters in one form, at most: no message here has more than twenty.
pub const MAX_PARAMETERS: usize = 64;

/// Why a form is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More bytes or parameters than allowed.
    #[error("form is larger than allowed")]
    TooLarge,
    /// A parameter stands there twice.
    #[error("form repeats a parameter")]
    Repeated,
    /// A required parameter is not there.
    #[error("parameter {0} is missing")]
    Missing(&'static str),
}

/// The parameters of one form.
///
/// `Debug` shows names only: values are codes, tokens and verifiers.
#[derive(Clone, PartialEq, Eq)]
pub struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a body of at most `max_len` bytes.
    ///
    /// # Errors
    /// [`FormError::TooLarge`] and [`FormError::Repeated`].
    pub fn parse(body: &str, max_len: usize) -> Result<Self, FormError> {
        if body.len() > max_len {
            return Err(FormError::TooLarge);
        }
        let mut parameters = BTreeMap::new();
        for (index, (name, value)) in form_urlencoded::parse(body.as_bytes()).enumerate() {
            if index >= MAX_PARAMETERS {
                return Err(FormError::TooLarge);
            }
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(FormError::Repeated);
            }
        }
        parameters.retain(|_, value| !value.is_empty());
        Ok(Self(parameters))
    }

    /// Reads the query of `url`.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub fn from_query(url: &Url, max_len: usize) -> Result<Self, FormError> {
        Self::parse(url.query().unwrap_or_default(), max_len)
    }

    /// The value of one parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// [`FormError::Missing`].
    pub fn required(&self, name: &'static str) -> Result<&str, FormError> {
        self.value(name).ok_or(FormError::Missing(name))
    }
}

impl core::fmt::Debug for Form {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Writes a form of these pairs, in this order.
pub fn write(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_back() {
        let form = Form::parse(&write(&[("a", "x y&="), ("b", "ü")]), 100).unwrap();
        assert_eq!((form.value("a"), form.value("b"), form.value("c")), (Some("x y&="), Some("ü"), None));
    }

    #[test]
    fn a_repeated_parameter_is_refused() {
        assert_eq!(Form::parse("a=1&a=2", 100), Err(FormError::Repeated));
    }

    #[test]
    fn a_large_form_is_refused() {
        assert_eq!(Form::parse("a=12345", 6), Err(FormError::TooLarge));
        let many: Vec<_> = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=1")).collect();
        assert_eq!(Form::parse(&many.join("&"), 10_000), Err(FormError::TooLarge));
    }

    #[test]
    fn an_empty_parameter_counts_as_missing() {
        assert_eq!(Form::parse("a=", 100).unwrap().required("a"), Err(FormError::Missing("a")));
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Form::parse("code=secret", 100).unwrap()), r#"{"code"}"#);
    }
}
