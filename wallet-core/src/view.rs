//! What a screen may see. Nothing here is secret, and nothing here can be shown to anyone else.

mod cards;
mod consent;
mod history;
mod moving;
mod offer;

use std::collections::BTreeMap;

use credential::claim_path::{ClaimPath, PathElement};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use cards::{
    CardDetails, CardState, CardView, CodeView, PromiseOutcome, PromiseView, RenewalOutcome, RenewalView,
};
pub use consent::{
    AskedClaim, CardConsent, CardName, Choice, ChosenCard, Consent, NeedConsent, NeedOption, ShownAtCounter,
    TooMuch, TransactionView,
};
pub use history::{
    CardShared, Deletion, HistoryLine, NamedClaim, ProofDetails, ReceiptCheck, ReceiptChecks, ReceiptDetails,
    Reported,
};
pub use moving::{BackupView, ErasingView, MoveInView};
pub use offer::{Needs, OfferView};

use crate::outside;

/// A text by language (BCP 47 tag), whoever wrote it: nothing is in it that would not be seen as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct Texts(BTreeMap<String, String>);

impl From<BTreeMap<String, String>> for Texts {
    fn from(texts: BTreeMap<String, String>) -> Self {
        Self::new(texts)
    }
}

impl Texts {
    /// These texts, made [plain](outside::plain).
    pub fn new(texts: BTreeMap<String, String>) -> Self {
        Self(texts.into_iter().map(|(tag, text)| (outside::plain(&tag), outside::plain(&text))).collect())
    }

    /// One text, whatever the language.
    pub fn one(text: &str) -> Self {
        Self::new([("en".to_owned(), text.to_owned())].into())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each language's tag, and the text in it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }

    /// The text in `language`, else in English, else in any; empty where there is none.
    pub fn pick(&self, language: &str) -> &str {
        let in_language = |wanted: &str| {
            let fits = |tag: &str| tag == wanted || tag.split('-').next() == wanted.split('-').next();
            self.0.iter().find(|(tag, _)| fits(tag)).map(|(_, text)| text.as_str())
        };
        in_language(language)
            .or_else(|| in_language("en"))
            .or_else(|| self.0.values().next().map(String::as_str))
            .unwrap_or_default()
    }
}

/// An organisation, as the registry proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its name in the registry.
    pub member: String,
    /// Its legal name.
    pub name: Texts,
}

/// A claim with its value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownClaim {
    /// Which.
    pub path: ClaimPath,
    /// What it is called.
    pub name: Texts,
    /// What it says.
    pub value: Value,
}

impl ShownClaim {
    /// A claim, its path and value made [plain](outside::plain_value).
    pub fn new(path: &ClaimPath, name: Texts, value: &Value) -> Self {
        Self { path: outside::plain_path(path), name, value: outside::plain_value(value) }
    }
}

/// A claim's name where nobody gave it one: its path, in words.
pub(crate) fn plain_name(path: &ClaimPath) -> Texts {
    let words = path.steps().iter().map(|step| match step {
        PathElement::Name(name) => name.replace('_', " "),
        PathElement::Index(index) => format!("{}", index + 1),
        PathElement::All => "each".to_owned(),
    });
    Texts::one(&words.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_plain_wherever_they_are_read_from() {
        let read: Texts = serde_json::from_str(r#"{"en\u202e": "The\u202e knab\u001b[2J"}"#).unwrap();
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(written, r#"{"en":"The knab [2J"}"#);
        assert_eq!(serde_json::from_str::<Texts>(&written).unwrap(), read);
    }
}
