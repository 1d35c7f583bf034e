//! Nothing is said in one language alone.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

#[test]
fn days_are_those_of_the_calendar() {
    assert_eq!(day(UnixTime::from_secs(0)), "1970-01-01");
    assert_eq!(day(UnixTime::from_secs(951_782_400)), "2000-02-29");
    assert_eq!(moment(UnixTime::from_secs(1_800_000_000)), "2027-01-15 08:00 UTC");
}

/// The codes in a source file: what stands in quotes after an arrow, and is not changed there.
fn codes_in(source: &str, found: &mut BTreeSet<String>) {
    for rest in source.split("=> \"").skip(1) {
        let (code, after) = rest.split_once('"').unwrap();
        if !after.starts_with('.') && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            found.insert(code.to_owned());
        }
    }
}

fn codes_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes_below(&path, found);
        } else {
            codes_in(&std::fs::read_to_string(path).unwrap(), found);
        }
    }
}

/// Codes of the library that a person meets in `verify` only, which speaks of tokens in their own words.
const TECHNICAL: [&str; 7] = [
    "profile_unsupported",
    "request_malformed",
    "signing_failed",
    "vp_holder_key_not_named",
    "vp_without_credential",
    "vp_credential_not_bound",
    "vp_missing",
];

/// What needs no words by its code: the name of a format, which only looks like one, and what has words of its own
/// that name who asked for what ([`Words::too_much`]).
const NOT_BY_CODE: [&str; 2] = ["mso_mdoc", "too_much"];

#[test]
fn every_code_of_the_wallet_has_words_in_every_language() {
    let mut codes = BTreeSet::new();
    codes_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../src"), &mut codes);
    codes.retain(|code| !NOT_BY_CODE.contains(&code.as_str()));
    assert!(codes.len() > 40, "{codes:?}");
    for code in
        codes.iter().filter(|code| !TECHNICAL.contains(&code.as_str()) && !code.starts_with("status_"))
    {
        for (language, words) in LANGUAGES {
            let found = (words.refusal)(code)
                .or_else(|| (words.offer_refusal)(code))
                .or_else(|| (words.counter.refusal)(code));
            assert!(found.is_some(), "{code} has no words in {language}");
        }
    }
}

#[test]
fn no_language_has_words_for_a_code_that_another_lacks() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words");
    let mut codes = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let quoted = source.split('"').skip(1).step_by(2).map(str::to_owned);
        codes
            .extend(quoted.filter(|text| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }
    for code in codes {
        let has = LANGUAGES.map(|(_, words)| {
            [words.refusal, words.offer_refusal, words.counter.refusal]
                .map(|refusal| refusal(&code).is_some())
        });
        assert_eq!(has[0], has[1], "{code}");
    }
}

#[test]
fn every_rule_has_words_in_every_language() {
    let source = include_str!("../../../../crates/credential/src/code.rs");
    let mut codes: BTreeSet<String> = BTreeSet::new();
    codes_in(source, &mut codes);
    codes_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inspect"), &mut codes);
    codes_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/check"), &mut codes);
    codes_in(include_str!("../../../src/check.rs"), &mut codes);
    let mut ruled = 0;
    for topic in [Topic::Token, Topic::Mdoc, Topic::DataModel, Topic::Cbor] {
        for code in &codes {
            let Some(rule) = crate::rules::of_code(code, topic) else { continue };
            ruled += usize::from(topic == Topic::Token);
            let shared = crate::rules::of_code(code, Topic::Token) != Some(rule);
            for (language, words) in &LANGUAGES[1..] {
                let said = (words.rule)(code, topic);
                assert!(said.is_some(), "the rule of {code} has no words in {language}");
                let elsewhere = said != (words.rule)(code, Topic::Token);
                assert_eq!(shared, elsewhere, "the rule of {code} for {topic:?} in {language}");
            }
        }
    }
    assert!(ruled > 200, "{ruled}");
}

/// The texts in quotes behind one of `marks` in a source file.
fn quoted_behind<'s>(source: &'s str, marks: &[&str]) -> Vec<&'s str> {
    let behind = |mark: &&str| {
        let rests = source.split(*mark).skip(1);
        rests.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).collect::<Vec<_>>()
    };
    marks.iter().flat_map(behind).collect()
}

#[test]
fn every_phrase_of_the_lens_has_words_in_every_language() {
    const MARKS: [&str; 12] = [
        "&str =",
        "holds(",
        "Check::of(",
        "Check::fails(",
        "not_checked(",
        "Finding::new(",
        "Finding::broken(",
        "look_at(",
        "but(",
        ", of(",
        "NAME,",
        "not_checked(\"status\",",
    ];
    let mut found = BTreeSet::new();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![home.join("src/checks.rs"), home.join("src/verify.rs")];
    for folder in ["src/inspect", "src/checks"] {
        files.extend(std::fs::read_dir(home.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    for file in files {
        let source = std::fs::read_to_string(file).unwrap();
        let quoted = source.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
        let things = quoted.filter(|text| ["a ", "an ", "the "].iter().any(|begin| text.starts_with(begin)));
        found.extend(things.chain(quoted_behind(&source, &MARKS)).map(str::to_owned));
    }
    // What is compared and never said: marks of PEM, and names of types in JSON.
    let is_data = |text: &str| {
        text.starts_with('-')
            || (!text.contains(' ') && text.contains("able"))
            || text.starts_with("Bitstring")
    };
    found.retain(|phrase| !is_data(phrase));
    assert!(found.len() > 70, "{found:?}");
    for phrase in found {
        for (language, words) in &LANGUAGES[1..] {
            assert!((words.phrase)(&phrase).is_some(), "{phrase:?} has no words in {language}");
        }
    }
}

#[test]
fn gaps_are_filled_in_order_and_what_fills_them_is_not_read_again() {
    assert_eq!(fill("{} of {}", &["{}", "2"]), "{} of 2");
    assert_eq!(fill("none", &["x"]), "none");
}

#[test]
fn words_cannot_rewrite_the_terminal() {
    assert_eq!(clean("Bank\u{1b}[2J\n\u{202e}x"), "Bank [2J x");
}
