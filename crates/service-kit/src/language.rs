//! The reader's language: English or Chinese, by `ui_locales` or `Accept-Language`.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// The tag for the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }

    /// The short tag under which texts by language are kept.
    pub fn key(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The text of the reader's language.
    pub fn pick<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// The first language of a list that we know: `zh-CN en` as in `ui_locales`, or as in `Accept-Language`,
    /// where weights count.
    pub fn choose(list: &str) -> Option<Self> {
        let mut best: Option<(Self, u16)> = None;
        for item in list.split([',', ' ']).filter(|item| !item.is_empty()).take(32) {
            let mut parts = item.trim().split(';');
            let language = match parts.next().and_then(|tag| tag.split('-').next()) {
                Some(tag) if tag.eq_ignore_ascii_case("en") => Self::English,
                Some(tag) if tag.eq_ignore_ascii_case("zh") => Self::Chinese,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > 0 && best.is_none_or(|(_, held)| weight > held) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// A weight such as `0.85`, in thousandths; what is no weight counts as none.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u16>()) {
        ("1", _) => 1000,
        ("0", Ok(value)) => value,
        _ => 0,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = core::convert::Infallible;

    /// `?ui_locales=` first, then `Accept-Language`, then English.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let asked = parts.uri.query().and_then(|query| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == "ui_locales")
                .map(|(_, value)| value.into_owned())
        });
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(asked
            .as_deref()
            .and_then(Self::choose)
            .or_else(|| accepted.and_then(Self::choose))
            .unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_wins() {
        assert_eq!(Language::choose("fr zh-CN en"), Some(Language::Chinese));
        assert_eq!(Language::choose("de-DE, en;q=0.7, zh;q=0.9"), Some(Language::Chinese));
        assert_eq!(Language::choose("en-GB,zh;q=0.9"), Some(Language::English));
        assert_eq!(Language::choose("fr, zh;q=0"), None);
    }
}
