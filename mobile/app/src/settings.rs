//! How a person likes the app: language, theme, text size, when it locks itself. Nothing secret, so it works before
//! unlocking; a file that cannot be read is as good as none.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wallet_core::durable;

const FILE: &str = "settings.json";
const MAX_FILE: u64 = 4096;
/// Text size in percent: WCAG 2.2 (1.4.4) asks for 200.
const TEXT_SCALES: core::ops::RangeInclusive<u16> = 80..=200;
/// Seconds in the background before the wallet locks itself, at most: an hour.
const MAX_LOCK_AFTER: u64 = 3600;
/// What it is at first: long enough to look up a code in another app.
const LOCK_AFTER: u64 = 60;

/// A language of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Text size in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16")]
pub struct TextScale(u16);

/// Seconds in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64")]
pub struct LockAfter(u64);

/// A setting out of its range.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("setting is out of its range")]
pub struct OutOfRange;

impl TryFrom<u16> for TextScale {
    type Error = OutOfRange;

    fn try_from(percent: u16) -> Result<Self, OutOfRange> {
        if TEXT_SCALES.contains(&percent) { Ok(Self(percent)) } else { Err(OutOfRange) }
    }
}

impl TryFrom<u64> for LockAfter {
    type Error = OutOfRange;

    fn try_from(seconds: u64) -> Result<Self, OutOfRange> {
        if seconds <= MAX_LOCK_AFTER { Ok(Self(seconds)) } else { Err(OutOfRange) }
    }
}

impl LockAfter {
    /// In seconds.
    pub(crate) const fn secs(self) -> u64 {
        self.0
    }
}

/// Every setting; what is not there is as the phone has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The app's language.
    pub language: Option<Language>,
    /// Light or dark.
    pub theme: Option<Theme>,
    /// How large texts are.
    pub text_scale: Option<TextScale>,
    /// After how long in the background the wallet locks itself.
    pub lock_after: LockAfter,
}

impl Default for Settings {
    fn default() -> Self {
        Self { language: None, theme: None, text_scale: None, lock_after: LockAfter(LOCK_AFTER) }
    }
}

/// One setting, and what it becomes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "name", content = "value", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Change {
    Language(Option<Language>),
    Theme(Option<Theme>),
    TextScale(Option<TextScale>),
    LockAfter(LockAfter),
}

impl Settings {
    /// Those of the folder `home`.
    pub(crate) fn read(home: &Path) -> Self {
        let bytes = durable::read(&home.join(FILE), MAX_FILE).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(crate) fn keep(&self, home: &Path) -> io::Result<()> {
        durable::make_folder(home)?;
        durable::replace(&home.join(FILE), &serde_json::to_vec(self)?)
    }

    pub(crate) fn with(self, change: Change) -> Self {
        match change {
            Change::Language(language) => Self { language, ..self },
            Change::Theme(theme) => Self { theme, ..self },
            Change::TextScale(text_scale) => Self { text_scale, ..self },
            Change::LockAfter(lock_after) => Self { lock_after, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_change_is_one_of_few() {
        let changed = |name: &str, value| {
            from_value::<Change>(json!({"name": name, "value": value}))
                .map(|change| Settings::default().with(change))
        };
        assert_eq!(changed("language", json!("zh")).unwrap().language, Some(Language::Zh));
        assert_eq!(changed("theme", json!(null)).unwrap(), Settings::default());
        assert_eq!(changed("text_scale", json!(200)).unwrap().text_scale, Some(TextScale(200)));
        for (name, value) in [
            ("language", json!("fr")),
            ("theme", json!("")),
            ("text_scale", json!(20)),
            ("text_scale", json!(201)),
            ("lock_after", json!(3601)),
            ("lock_after", json!(null)),
            ("lock_after", json!(-1)),
            ("home", json!("/")),
        ] {
            assert!(changed(name, value).is_err(), "{name}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_as_good_as_none() {
        let home = std::env::temp_dir().join(format!("symbolon-settings-{}", std::process::id()));
        assert_eq!(Settings::read(&home), Settings::default());
        let dark = Settings { theme: Some(Theme::Dark), ..Settings::default() };
        dark.keep(&home).unwrap();
        assert_eq!(Settings::read(&home), dark);
        for broken in ["", "{", r#"{"lock_after":99999}"#, &"x".repeat(5000)] {
            std::fs::write(home.join(FILE), broken).unwrap();
            assert_eq!(Settings::read(&home), Settings::default(), "{broken}");
        }
        std::fs::remove_dir_all(&home).unwrap();
    }
}
