//! Arguments of commands: each with a limit, so that nothing a page sends is larger than it has to be.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de};
use wallet_core::phrase::{Phrase, PhraseError};
use wallet_core::unlock::{Pin, PinError};
use zeroize::Zeroizing;

/// A text of at most `MAX` bytes.
#[derive(Debug)]
pub(crate) struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() <= MAX { Ok(Self(text)) } else { Err(de::Error::custom("text is too long")) }
    }
}

/// Bytes that travel as base64 with padding, at most `MAX` of them.
pub(crate) struct Bytes<const MAX: usize>(Vec<u8>);

impl<const MAX: usize> Bytes<MAX> {
    pub(crate) fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl<const MAX: usize> fmt::Debug for Bytes<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Bytes<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > MAX.div_ceil(3) * 4 {
            return Err(de::Error::custom("bytes are too many"));
        }
        STANDARD.decode(text).map(Self).map_err(|_| de::Error::custom("bytes are not base64"))
    }
}

/// A PIN as it was typed. Silent in `Debug`, wiped when dropped.
#[derive(Debug)]
pub(crate) struct TypedPin(SecretString);

impl TypedPin {
    /// As the wallet takes it.
    pub(crate) fn into_pin(self) -> Result<Pin, PinError> {
        Pin::new(self.0.expose_secret().to_owned())
    }
}

impl<'de> Deserialize<'de> for TypedPin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// More is no PIN, whatever its characters are.
        const MAX: usize = 4 * wallet_core::unlock::MAX_PIN;
        let text = SecretString::from(String::deserialize(deserializer)?);
        if text.expose_secret().len() <= MAX {
            Ok(Self(text))
        } else {
            Err(de::Error::custom("pin is too long"))
        }
    }
}

/// The words of a recovery phrase as they were typed. Silent in `Debug`, wiped when dropped.
pub(crate) struct TypedWords(Vec<SecretString>);

impl TypedWords {
    /// Words of a phrase, at most.
    const MAX_WORDS: usize = 24;
    /// Bytes of a word, at most.
    const MAX_WORD: usize = 48;
}

impl TypedWords {
    /// The phrase that they make.
    pub(crate) fn into_phrase(self) -> Result<Phrase, PhraseError> {
        let longest = Self::MAX_WORDS * (Self::MAX_WORD + 1);
        let mut typed = Zeroizing::new(String::with_capacity(longest));
        for word in &self.0 {
            typed.push_str(word.expose_secret());
            typed.push(' ');
        }
        Phrase::read(&typed)
    }
}

impl fmt::Debug for TypedWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypedWords({})", self.0.len())
    }
}

impl<'de> Deserialize<'de> for TypedWords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        let words: Vec<SecretString> = words.into_iter().map(SecretString::from).collect();
        let short = words.iter().all(|word| word.expose_secret().len() <= Self::MAX_WORD);
        if short && words.len() <= Self::MAX_WORDS {
            Ok(Self(words))
        } else {
            Err(de::Error::custom("words are too many or too long"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(from_value::<Text<3>>(json!("abc")).is_ok());
        assert!(from_value::<Text<3>>(json!("abcd")).is_err());
        assert!(from_value::<Bytes<3>>(json!("AAAA")).is_ok());
        assert!(from_value::<Bytes<3>>(json!("AAAAAAAA")).is_err());
        assert!(from_value::<TypedPin>(json!("1".repeat(257))).is_err());
        assert!(from_value::<TypedWords>(json!(vec!["word"; 25])).is_err());
        assert!(from_value::<TypedWords>(json!(["x".repeat(49)])).is_err());
    }

    #[test]
    fn what_is_of_another_kind_is_refused() {
        for wrong in [Value::Null, json!(1), json!({}), json!(["a", 1])] {
            assert!(from_value::<Text<9>>(wrong.clone()).is_err());
            assert!(from_value::<Bytes<9>>(wrong.clone()).is_err());
            assert!(from_value::<TypedPin>(wrong.clone()).is_err());
            assert!(from_value::<TypedWords>(wrong).is_err());
        }
        assert!(from_value::<Bytes<9>>(json!("not base64!")).is_err());
    }

    #[test]
    fn secrets_are_silent() {
        let pin: TypedPin = from_value(json!("246810")).unwrap();
        let words: TypedWords = from_value(json!(["abandon", "zoo"])).unwrap();
        let shown = format!("{pin:?} {words:?}");
        assert!(!shown.contains("246810") && !shown.contains("zoo"), "{shown}");
    }
}
