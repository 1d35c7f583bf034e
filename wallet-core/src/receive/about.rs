//! Names and looks of a card, from its issuer's metadata: bounded, and refused where they could not be read.
//!
//! Spec: OpenID4VCI 1.0 section 12.2.4 and appendix B.2.

use credential::claim_path::ClaimPath;
use serde_json::Value;

use crate::store::cards::{About, ClaimName};
use crate::view::Texts;

/// Claims that are given names, at most.
const MAX_CLAIMS: usize = 256;
/// Languages of one name, at most.
const MAX_LANGUAGES: usize = 24;
/// Characters of one name, at most.
const MAX_NAME: usize = 120;
/// Contrast between text and ground, at least (WCAG 2.2, 1.4.3).
const MIN_CONTRAST: f64 = 4.5;

/// What a card's metadata says, beside the issuer's proven name.
pub(super) fn of(metadata: Option<&Value>, issuer_name: Texts) -> About {
    let color = |name: &str| {
        let first = metadata?.get("display")?.as_array()?.first()?;
        first.get(name)?.as_str().filter(|text| luminance(text).is_some()).map(str::to_owned)
    };
    let (mut background, mut text) = (color("background_color"), color("text_color"));
    if !is_readable(background.as_deref(), text.as_deref()) {
        (background, text) = (None, None);
    }
    About {
        title: title(metadata),
        issuer_name,
        background,
        text,
        claims: claims(metadata),
        code: Vec::new(),
    }
}

/// The card's name.
pub(super) fn title(metadata: Option<&Value>) -> Texts {
    names(metadata.and_then(|metadata| metadata.get("display")))
}

fn claims(metadata: Option<&Value>) -> Vec<ClaimName> {
    let described = metadata.and_then(|metadata| metadata.get("claims")).and_then(Value::as_array);
    let claim = |claim: &Value| {
        let path: ClaimPath = serde_json::from_value(claim.get("path")?.clone()).ok()?;
        Some(ClaimName { path, name: names(claim.get("display")) })
    };
    described.into_iter().flatten().take(MAX_CLAIMS).filter_map(claim).collect()
}

/// `[{"name", "locale"}]`
fn names(display: Option<&Value>) -> Texts {
    let one = |entry: &Value| {
        let name = entry.get("name")?.as_str()?.trim();
        let locale = entry.get("locale").and_then(Value::as_str).unwrap_or("en");
        let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && locale.len() <= 35;
        fits.then(|| (locale.to_owned(), name.to_owned()))
    };
    let entries = display.and_then(Value::as_array);
    Texts::new(entries.into_iter().flatten().take(MAX_LANGUAGES).filter_map(one).collect())
}

fn is_readable(background: Option<&str>, text: Option<&str>) -> bool {
    let luminances = background.and_then(luminance).zip(text.and_then(luminance));
    luminances
        .is_some_and(|(ground, text)| (ground.max(text) + 0.05) / (ground.min(text) + 0.05) >= MIN_CONTRAST)
}

/// The relative luminance of `#rrggbb` (WCAG 2.2).
fn luminance(color: &str) -> Option<f64> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn about(metadata: Value) -> About {
        of(Some(&metadata), Texts::one("Ministry"))
    }

    #[test]
    fn names_and_looks_are_read() {
        let about = about(json!({
            "display": [
                {"name": "Personal identity", "locale": "en", "background_color": "#0b4f4c", "text_color": "#ffffff"},
                {"name": "个人身份", "locale": "zh"},
            ],
            "claims": [{"path": ["given_name"], "display": [{"name": "Given names", "locale": "en"}]}, {"path": []}],
        }));
        assert_eq!((about.title.pick("zh-CN"), about.title.pick("fr")), ("个人身份", "Personal identity"));
        assert_eq!(about.background.as_deref(), Some("#0b4f4c"));
        assert_eq!(about.claims.len(), 1);
    }

    #[test]
    fn looks_that_cannot_be_read_are_dropped() {
        for (ground, text) in
            [("#ffffff", "#eeeeee"), ("red", "#ffffff"), ("#12345", "#ffffff"), ("#ééé", "#ffffff")]
        {
            let about =
                about(json!({"display": [{"name": "x", "background_color": ground, "text_color": text}]}));
            assert_eq!((about.background, about.text), (None, None), "{ground} {text}");
        }
    }

    #[test]
    fn hostile_metadata_is_read_without_harm() {
        for metadata in [
            json!(null),
            json!([]),
            json!({"display": {}, "claims": 1}),
            json!({"display": [1, {"name": 2}, {"name": "x".repeat(1000)}]}),
        ] {
            assert_eq!(about(metadata).title, Texts::default());
        }
    }
}
