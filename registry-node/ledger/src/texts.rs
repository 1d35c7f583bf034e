//! What members may write about themselves: bounded, without control characters.

use std::collections::BTreeSet;

use registry_proof::entry::{MAX_LANGUAGES, MAX_LIST, MAX_TEXT, Texts};

use crate::reject::Reject;

/// A text in one language at least, each with a tag of letters, digits and hyphens.
pub(crate) fn check_texts(texts: &Texts) -> Result<(), Reject> {
    let is_tag = |tag: &str| {
        (2..=16).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let fits = (1..=MAX_LANGUAGES).contains(&texts.len());
    if fits && texts.iter().all(|(tag, text)| is_tag(tag) && is_plain(text, MAX_TEXT)) {
        Ok(())
    } else {
        Err(Reject::Content)
    }
}

/// A text that shows what it is: not empty, `max` characters at most, none of them hidden.
pub(crate) fn is_plain(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(is_hidden)
}

/// Control characters, and those that turn the direction of what follows.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// `https://host[:port]`, or `http://` where the host is a loopback address.
pub(crate) fn check_origins(origins: &[String]) -> Result<(), Reject> {
    let once: BTreeSet<&String> = origins.iter().collect();
    let fits = origins.len() <= MAX_LIST && once.len() == origins.len();
    if fits && origins.iter().all(|origin| is_origin(origin)) { Ok(()) } else { Err(Reject::Content) }
}

fn is_origin(origin: &str) -> bool {
    let is_host = |host: &str| {
        (1..=200).contains(&host.len())
            && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:".contains(&b))
    };
    match origin.split_once("://") {
        Some(("https", host)) => is_host(host),
        Some(("http", host)) => is_host(host) && host.starts_with("127."),
        _ => false,
    }
}

/// Whether `uri` lies under `origin`.
pub(crate) fn is_under(uri: &str, origin: &str) -> bool {
    uri.len() <= MAX_TEXT && uri.strip_prefix(origin).is_some_and(|path| path.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(tag: &str, text: &str) -> Texts {
        Texts::from([(tag.to_owned(), text.to_owned())])
    }

    #[test]
    fn plain_texts_pass() {
        assert_eq!(check_texts(&texts("zh-Hans", "内政部")), Ok(()));
    }

    #[test]
    fn empty_long_and_deceptive_texts_are_refused() {
        for text in ["", "  ", &"x".repeat(MAX_TEXT + 1), "pay\u{202e}knab", "a\nb"] {
            assert_eq!(check_texts(&texts("en", text)), Err(Reject::Content), "{text:?}");
        }
        assert_eq!(check_texts(&Texts::new()), Err(Reject::Content));
        assert_eq!(check_texts(&texts("en<", "x")), Err(Reject::Content));
    }

    #[test]
    fn origins_are_https_or_loopback() {
        for good in ["https://bank.example", "https://bank.example:8443", "http://127.0.0.1:7400"] {
            assert_eq!(check_origins(&[good.to_owned()]), Ok(()), "{good}");
        }
        for bad in
            ["http://bank.example", "https://bank.example/x", "https://Bank.example", "ftp://x", "https://"]
        {
            assert_eq!(check_origins(&[bad.to_owned()]), Err(Reject::Content), "{bad}");
        }
    }

    #[test]
    fn an_address_lies_under_its_origin_only() {
        assert!(is_under("https://a.example/status/1", "https://a.example"));
        assert!(!is_under("https://a.example.evil/status/1", "https://a.example"));
    }
}
