//! Texts that somebody outside wrote: names, purposes, what a card says. Before a person sees one, all is taken
//! out of it that is not seen or makes other text look different from what it is.
//!
//! Markup stays, as text: a screen never reads it as markup.
//!
//! Spec: Unicode Technical Report 36 section 2.5; Unicode Standard Annex 9 section 2.

use credential::claim_path::{ClaimPath, PathElement};
use serde_json::Value;

/// `text` as a person may see it: control characters and line ends become spaces; what turns the direction of
/// other text, or is not there to be seen, is left out. Done twice, it changes nothing more.
pub fn plain(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_unseen(*c));
    shown.map(|c| if breaks_line(c) { ' ' } else { c }).collect()
}

/// As [`plain`], for every text in a value, names of members included.
pub fn plain_value(value: &Value) -> Value {
    match value {
        Value::String(text) => plain(text).into(),
        Value::Array(items) => items.iter().map(plain_value).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (plain(name), plain_value(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// As [`plain`], for the names in a path.
pub fn plain_path(path: &ClaimPath) -> ClaimPath {
    let step = |step: &PathElement| match step {
        PathElement::Name(name) => PathElement::Name(plain(name)),
        PathElement::Index(_) | PathElement::All => step.clone(),
    };
    ClaimPath::new(path.steps().iter().map(step).collect()).unwrap_or_else(|_| path.clone())
}

/// Whether [`plain`] leaves `text` as it is, but for its line ends.
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !(is_unseen(c) || breaks_line(c)))
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Marks, embeddings, overrides and isolates of direction; the other characters that are invisible by
/// themselves, but for the joiners, without which some scripts cannot be written.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_turns_or_hides_text_is_taken_out() {
        for (hostile, shown) in [
            ("The\u{202e} knab", "The knab"),
            ("a\u{2066}b\u{2069}c\u{200f}d", "abcd"),
            ("a\u{0}b\r\nc\u{1b}[2Jd\u{85}e", "a b  c [2Jd e"),
            ("a\u{2028}b", "a b"),
            ("pay\u{200b}pal\u{feff}\u{ad}", "paypal"),
            ("x\u{e0041}\u{e007f}", "x"),
        ] {
            assert_eq!(plain(hostile), shown);
            assert_eq!(plain(shown), shown);
            assert!(is_plain(shown) && !is_plain(hostile), "{hostile:?}");
        }
    }

    #[test]
    fn texts_of_every_script_and_markup_stay_as_they_are() {
        for text in
            ["<b>Bank</b> & \"x\"", "个人身份", "بنك", "क्\u{200d}ष", "می\u{200c}خواهم", "Zoë", "👩\u{200d}⚕️"]
        {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn every_text_of_a_value_is_made_plain() {
        let value = json!({"a\u{202e}": ["x\u{0}", 1, {"b": "\u{2066}y"}], "c": true});
        assert_eq!(plain_value(&value), json!({"a": ["x ", 1, {"b": "y"}], "c": true}));
    }
}
