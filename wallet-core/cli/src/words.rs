//! The words for people: cards and sharing, who and why, what happened and what to do next.
//!
//! A language is one file with one [`Words`]: the compiler says what is missing of the phrases, a test what is
//! missing of the codes. `{}` stands for what is filled in, in the order of every language.

mod cards;
mod chinese;
mod consent;
mod counter;
mod english;
mod history;

use credential::time::UnixTime;
use serde_json::Value;
use wallet_core::outside;
use wallet_core::view::{Party, ShownClaim, Texts};

pub(crate) use cards::{card, kept, left_out, offer, promise, renewal};
pub(crate) use consent::consent;
use counter::CounterWords;
pub(crate) use history::{deletion, history, receipt, receipt_details, reported};

use crate::rules::{Rule, Topic};

/// What happened, and what to do next.
type Pair = (&'static str, &'static str);

/// Everything that is said, in one language.
pub(crate) struct Words {
    /// What a code means.
    refusal: fn(&str) -> Option<Pair>,
    /// As `refusal`, where a card was to be received and that makes a difference.
    offer_refusal: fn(&str) -> Option<Pair>,
    /// What a code's rule says; nothing where the table of rules says it in this language.
    rule: fn(&str, Topic) -> Option<&'static str>,
    /// A phrase of the lens on tokens, by its English; nothing where it is English.
    phrase: fn(&str) -> Option<&'static str>,
    pub(crate) this_is: &'static str,
    pub(crate) from_picture: &'static str,
    pub(crate) signed_by: &'static str,
    pub(crate) by_carried_key: &'static str,
    pub(crate) by_named_key: &'static str,
    pub(crate) by_certificate: &'static str,
    pub(crate) checks: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) nothing_wrong: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) fails: &'static str,
    pub(crate) not_checked: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) of_document: &'static str,
    pub(crate) the_rule: &'static str,
    pub(crate) do_not_rely: &'static str,
    pub(crate) unknown: Pair,
    pub(crate) try_again: &'static str,
    pub(crate) try_again_in: &'static str,
    pub(crate) too_much: Pair,
    pub(crate) type_one: &'static str,
    pub(crate) pin: &'static str,
    pub(crate) choose_pin: &'static str,
    pub(crate) ready: &'static str,
    pub(crate) no_cards: &'static str,
    pub(crate) card: &'static str,
    pub(crate) no_end: &'static str,
    pub(crate) until: &'static str,
    pub(crate) who_offers: &'static str,
    pub(crate) address: &'static str,
    pub(crate) offered: &'static str,
    pub(crate) receive_question: &'static str,
    pub(crate) receive: &'static str,
    pub(crate) dont: &'static str,
    pub(crate) code: &'static str,
    pub(crate) open_page: &'static str,
    pub(crate) close_page: &'static str,
    pub(crate) new_card: &'static str,
    pub(crate) who_asks: &'static str,
    pub(crate) through: &'static str,
    pub(crate) answer_to: &'static str,
    pub(crate) why: &'static str,
    pub(crate) kept_for: &'static str,
    pub(crate) will_see: &'static str,
    pub(crate) unasked: &'static str,
    pub(crate) only_that: &'static str,
    pub(crate) they_would_like: &'static str,
    pub(crate) will_not_see: &'static str,
    pub(crate) instead: &'static str,
    pub(crate) not_given: &'static str,
    pub(crate) confirm_payment: &'static str,
    pub(crate) confirm_text: &'static str,
    pub(crate) reused: &'static str,
    pub(crate) proof_age: &'static str,
    pub(crate) in_register: &'static str,
    pub(crate) share_question: &'static str,
    pub(crate) share: &'static str,
    pub(crate) shared: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) receipt_checked: &'static str,
    pub(crate) receipt_unchecked: &'static str,
    pub(crate) receipt_missing: &'static str,
    pub(crate) receipt_wrong: &'static str,
    pub(crate) receipt_anchored: &'static str,
    pub(crate) receipt_left_out: &'static str,
    pub(crate) receipt_late: &'static str,
    pub(crate) nothing_shown: &'static str,
    pub(crate) line_through: &'static str,
    pub(crate) line_why: &'static str,
    pub(crate) line_what: &'static str,
    pub(crate) they_have_it: &'static str,
    pub(crate) they_refused: &'static str,
    pub(crate) not_known: &'static str,
    pub(crate) ends_soon: &'static str,
    pub(crate) suspended: &'static str,
    pub(crate) revoked: &'static str,
    pub(crate) not_checked_since: &'static str,
    pub(crate) get_again: &'static str,
    pub(crate) fresh_copies: &'static str,
    pub(crate) renewed: &'static str,
    pub(crate) renewed_later: &'static str,
    pub(crate) renewal_fails: &'static str,
    pub(crate) renewal_over: &'static str,
    pub(crate) nothing_due: &'static str,
    pub(crate) promise_waits: &'static str,
    pub(crate) promise_came: &'static str,
    pub(crate) promise_over: &'static str,
    pub(crate) remove_question: &'static str,
    pub(crate) remove: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) counter: &'static CounterWords,
    pub(crate) by_session: &'static str,
    pub(crate) deletion_asked: &'static str,
    pub(crate) deletion_done: &'static str,
    pub(crate) reported: &'static str,
    pub(crate) kept_until: &'static str,
    pub(crate) proven_by: &'static str,
    pub(crate) checked_means: &'static str,
    pub(crate) not_proven: &'static str,
    pub(crate) exported: &'static str,
    pub(crate) told: &'static str,
    pub(crate) session_ended: &'static str,
    pub(crate) no_session: &'static str,
    pub(crate) phrase_shown: &'static str,
    pub(crate) ask_word: &'static str,
    pub(crate) type_phrase: &'static str,
    pub(crate) backup_made: &'static str,
    pub(crate) left_out: &'static str,
    pub(crate) restored: &'static str,
    pub(crate) move_in: &'static str,
    pub(crate) frames: &'static str,
    pub(crate) arrived: &'static str,
    pub(crate) ask_check: &'static str,
    pub(crate) moved_out: &'static str,
    pub(crate) pin_changed: &'static str,
    pub(crate) erase_means: &'static str,
    pub(crate) erase_question: &'static str,
    pub(crate) erase_sure: &'static str,
    pub(crate) erase: &'static str,
    pub(crate) erased: &'static str,
}

/// Every language: the beginning of its tag, and its words. The first is for everybody else.
const LANGUAGES: [(&str, &Words); 2] = [("en", &english::WORDS), ("zh", &chinese::WORDS)];

/// The person's language, from the environment.
fn language() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let tag = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
    let tag = tag.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
    if tag.is_empty() || tag == "C" || tag == "POSIX" { "en".to_owned() } else { tag }
}

/// The words of the person's language.
pub(crate) fn words() -> &'static Words {
    let language = language();
    let first = language.split('-').next().unwrap_or_default();
    LANGUAGES.iter().find(|(tag, _)| *tag == first).map_or(LANGUAGES[0].1, |(_, words)| words)
}

/// Whether the person reads Chinese.
pub(crate) fn is_chinese() -> bool {
    language().split('-').next() == Some("zh")
}

/// A text in the person's language.
pub(crate) fn say(texts: &Texts) -> String {
    clean(texts.pick(&language()))
}

/// A phrase with its gaps filled.
pub(crate) fn fill(phrase: &str, gaps: &[&str]) -> String {
    let mut parts = phrase.split("{}");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, gap) in parts.zip(gaps) {
        text += gap;
        text += part;
    }
    text
}

/// What a code means, and what to do next.
pub(crate) fn of_code(code: &str) -> Pair {
    let words = words();
    (words.refusal)(code).or_else(|| (words.counter.refusal)(code)).unwrap_or(words.unknown)
}

/// As [`of_code`], for whoever asks or checks at a counter.
pub(crate) fn of_counter_code(code: &str) -> Pair {
    (words().counter.refusal)(code).unwrap_or_else(|| of_code(code))
}

/// As [`of_code`], where a card was to be received.
pub(crate) fn of_offer_code(code: &str) -> Pair {
    (words().offer_refusal)(code).unwrap_or_else(|| of_code(code))
}

/// What a code's rule says, in the person's language.
pub(crate) fn of_rule(code: &str, topic: Topic, rule: &Rule) -> &'static str {
    (words().rule)(code, topic).unwrap_or(rule.says)
}

/// A phrase of the lens on tokens, in the person's language.
pub(crate) fn phrase(english: &str) -> &str {
    (words().phrase)(english).unwrap_or(english)
}

/// Whether the library's own words about a refusal, which are English, are in the person's language.
pub(crate) fn is_english() -> bool {
    core::ptr::eq(words(), LANGUAGES[0].1)
}

/// A claim on a line of its own.
pub(crate) fn claim(claim: &ShownClaim, indent: &str) -> String {
    format!("{indent}{}: {}", say(&claim.name), value(&claim.value))
}

/// A claim for which nobody gave a name.
pub(crate) fn plain_claim(name: &str, value: &Value) -> String {
    format!("  {}: {}", clean(&name.replace('_', " ")), self::value(value))
}

pub(crate) fn list(texts: &[Texts]) -> String {
    texts.iter().map(say).collect::<Vec<_>>().join("; ")
}

pub(crate) fn party(party: &Party) -> String {
    fill(words().in_register, &[&say(&party.name), &party.member])
}

/// A value as people write it.
fn value(value: &Value) -> String {
    match value {
        Value::String(text) => clean(text),
        Value::Array(items) => items.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let member =
                |(name, inner): (&String, &Value)| format!("{}: {}", clean(name), self::value(inner));
            members.iter().map(member).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Without characters that could rewrite the terminal.
pub(crate) fn clean(text: &str) -> String {
    outside::plain(text)
}

/// A day, as year-month-day (civil-from-days, proleptic Gregorian).
pub(crate) fn day(time: UnixTime) -> String {
    let days = i64::try_from(time.secs() / 86_400).unwrap_or(i64::MAX / 1_000_000).min(100_000_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Date and time, UTC.
pub(crate) fn moment(time: UnixTime) -> String {
    let rest = time.secs() % 86_400;
    format!("{} {:02}:{:02} UTC", day(time), rest / 3600, rest / 60 % 60)
}

#[cfg(test)]
mod tests;
