//! The recovery phrase: twelve words that open a backup, and nothing else.
//!
//! They stand for 128 random bits, with four more that notice a slip of the pen. The same bits have words in
//! English and in Chinese; either set opens the backup. What the bits are worth is for [`crate::backup`].
//!
//! Spec: BIP-39, mnemonics of 128 bits.

use bip39::{Language, Mnemonic};
use secrecy::{ExposeSecret as _, SecretBox};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::random::Random;

/// Words of a phrase.
pub const WORDS: usize = 12;
/// Bytes of a phrase as it is typed, at most: the longest English words have eight letters.
pub const MAX_TYPED: usize = 512;

/// In which language the words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordList {
    /// English.
    English,
    /// Chinese, simplified: a word is one character.
    Chinese,
}

impl WordList {
    const fn language(self) -> Language {
        match self {
            Self::English => Language::English,
            Self::Chinese => Language::SimplifiedChinese,
        }
    }
}

/// Why what was typed is no recovery phrase. None of the words is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Not twelve words, but so many.
    #[error("phrase has {0} words and not {WORDS}")]
    Count(usize),
    /// The word at this place, counted from one, is in no list.
    #[error("word {0} of the phrase is none of the list")]
    Word(usize),
    /// The words do not belong together: one is another, or two have changed places.
    #[error("words of the phrase do not belong together")]
    Checksum,
}

impl PhraseError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count(_) => "phrase_length",
            Self::Word(_) => "phrase_word",
            Self::Checksum => "phrase_checksum",
        }
    }

    /// Which word is the matter, counted from one.
    pub const fn place(self) -> Option<usize> {
        match self {
            Self::Word(place) => Some(place),
            Self::Count(_) | Self::Checksum => None,
        }
    }
}

/// A recovery phrase. Silent in `Debug`, wiped when dropped.
#[derive(Debug)]
pub struct Phrase(SecretBox<[u8; 16]>);

impl Phrase {
    /// A new phrase.
    pub fn make(random: &Random) -> Self {
        Self::from_bits(Zeroizing::new(random.bytes()))
    }

    /// Reads a phrase as a person types it: twelve words of either language, in small letters or large, with
    /// any white space between them; Chinese words also with none.
    ///
    /// # Errors
    /// [`PhraseError`].
    pub fn read(typed: &str) -> Result<Self, PhraseError> {
        if typed.len() > MAX_TYPED {
            return Err(PhraseError::Count(typed.split_whitespace().count()));
        }
        let list = if typed.is_ascii() { WordList::English } else { WordList::Chinese };
        let text = Zeroizing::new(spaced(typed, list));
        match text.split_whitespace().count() {
            WORDS => {}
            other => return Err(PhraseError::Count(other)),
        }
        let mnemonic =
            Mnemonic::parse_in_normalized(list.language(), &text).map_err(|error| match error {
                bip39::Error::UnknownWord(index) => PhraseError::Word(index + 1),
                _ => PhraseError::Checksum,
            })?;
        let (bytes, _) = mnemonic.to_entropy_array();
        let bytes = Zeroizing::new(bytes);
        let mut bits = Zeroizing::new([0; 16]);
        bits.copy_from_slice(&bytes[..16]);
        Ok(Self::from_bits(bits))
    }

    /// The words, in order: to be shown once, on the person's own screen.
    pub fn words(&self, list: WordList) -> [&'static str; WORDS] {
        let mut words = [""; WORDS];
        if let Ok(mnemonic) = Mnemonic::from_entropy_in(list.language(), self.0.expose_secret()) {
            words.iter_mut().zip(mnemonic.words()).for_each(|(place, word)| *place = word);
        }
        words
    }

    /// One word, counted from one: what a screen asks back before it relies on the phrase being written down.
    pub fn word(&self, list: WordList, place: usize) -> Option<&'static str> {
        self.words(list).get(place.checked_sub(1)?).copied()
    }

    /// The bits, for the one call that makes a key of them.
    pub(crate) fn expose_secret(&self) -> &[u8; 16] {
        self.0.expose_secret()
    }

    fn from_bits(bits: Zeroizing<[u8; 16]>) -> Self {
        Self(SecretBox::new(Box::new(*bits)))
    }
}

/// What was typed, in small letters, with a space between any two words.
fn spaced(typed: &str, list: WordList) -> String {
    match list {
        WordList::English => typed.to_ascii_lowercase(),
        WordList::Chinese => typed.chars().flat_map(|one| [one, ' ']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{random, random_from};

    const ENGLISH: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    #[test]
    fn the_standards_own_phrase_stands_for_its_bits() {
        let phrase = Phrase::read(ENGLISH).unwrap();
        assert_eq!(phrase.expose_secret(), &[0x7f; 16]);
        assert_eq!(phrase.words(WordList::English).join(" "), ENGLISH);
        let zeros = Phrase::read(&format!("{} about", ["abandon"; 11].join(" "))).unwrap();
        assert_eq!(zeros.expose_secret(), &[0; 16]);
    }

    #[test]
    fn either_language_opens_the_same() {
        let phrase = Phrase::make(&random());
        for list in [WordList::English, WordList::Chinese] {
            let words = phrase.words(list);
            assert_eq!(Phrase::read(&words.join(" ")).unwrap().expose_secret(), phrase.expose_secret());
            assert_eq!(phrase.word(list, 12), Some(words[11]));
            assert_eq!((phrase.word(list, 0), phrase.word(list, 13)), (None, None));
        }
        let together = phrase.words(WordList::Chinese).concat();
        assert_eq!(Phrase::read(&together).unwrap().expose_secret(), phrase.expose_secret());
    }

    #[test]
    fn a_phrase_is_read_as_people_write_it() {
        let shouted = format!("  {}\n", ENGLISH.to_uppercase().replace(' ', "\n\t"));
        assert_eq!(Phrase::read(&shouted).unwrap().expose_secret(), &[0x7f; 16]);
    }

    #[test]
    fn slips_are_told_apart() {
        let refused = |text: &str| Phrase::read(text).unwrap_err();
        assert_eq!(refused(""), PhraseError::Count(0));
        assert_eq!(refused("legal winner"), PhraseError::Count(2));
        assert_eq!(refused(&format!("{ENGLISH} legal")), PhraseError::Count(13));
        assert_eq!(refused(&ENGLISH.replace("wave", "weve")), PhraseError::Word(5));
        assert_eq!(refused(&ENGLISH.replace("yellow", "legal")), PhraseError::Checksum);
        assert_eq!(refused(&ENGLISH.replace("year wave", "wave year")), PhraseError::Checksum);
        assert_eq!(refused(&"legal ".repeat(10_000)), PhraseError::Count(10_000));
        assert!(matches!(refused(&ENGLISH.replace("wave", "波")), PhraseError::Count(_)));
    }

    #[test]
    fn a_phrase_is_silent_and_two_differ() {
        let (one, other) = (Phrase::make(&random_from(1)), Phrase::make(&random_from(2)));
        assert_ne!(one.expose_secret(), other.expose_secret());
        let shown = format!("{one:?}");
        assert!(one.words(WordList::English).iter().all(|word| !shown.contains(word)), "{shown}");
    }
}
