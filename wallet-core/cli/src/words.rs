//! The words for people: cards and sharing, who and why, what happened and what to do next.
//!
//! A language is one file with one [`Words`]: the compiler says what is missing of the phrases, a test what is
//! missing of the codes. `{}` stands for what is filled in, in the order of every language.

mod chinese;
mod counter;
mod english;

use credential::time::UnixTime;
use serde_json::Value;
use wallet_core::outside;
use wallet_core::store::entries::{How, Outcome, ReceiptState};
use wallet_core::view::{
    AskedClaim, BackupView, CardConsent, CardState, CardView, Consent, Deletion, HistoryLine, NeedConsent,
    OfferView, Party, PromiseOutcome, PromiseView, ReceiptDetails, RenewalOutcome, RenewalView, Reported,
    ShownClaim, Texts, TransactionView,
};

use counter::CounterWords;

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

/// What the person decides on, in words.
pub(crate) fn consent(consent: &Consent) -> String {
    let words = words();
    let mut lines = vec![fill(words.who_asks, &[&party(&consent.asks)])];
    lines.extend(consent.through.as_ref().map(|through| fill(words.through, &[&party(through)])));
    lines.push(match consent.address.as_str() {
        "" => words.counter.answer_on_screen.to_owned(),
        address => fill(words.answer_to, &[&clean(address)]),
    });
    lines.push(fill(words.why, &[&say(&consent.purpose)]));
    lines.extend(consent.kept_days.map(|days| fill(words.kept_for, &[&days.to_string()])));
    for card in &consent.cards {
        lines.push(String::new());
        lines.push(fill(words.will_see, &[&say(&card.title)]));
        lines.extend(card.shared.iter().map(seen));
        if card.shared.is_empty() {
            lines.push(words.only_that.to_owned());
        }
        lines.extend(not_seen(card));
        if card.reused {
            lines.push(words.reused.to_owned());
        }
    }
    lines.extend(consent.transactions.iter().map(transaction));
    lines.extend(consent.needs.iter().zip(&consent.choice.options).filter_map(not_given));
    if consent.proof_age_seconds > 60 {
        lines.push(String::new());
        lines.push(fill(words.proof_age, &[&(consent.proof_age_seconds / 60).to_string()]));
    }
    lines.join("\n")
}

/// A claim that is shown; one that nobody asked for says so.
fn seen(asked: &AskedClaim) -> String {
    let line = self::claim(&asked.claim, "  ");
    if asked.unasked { format!("{line}\n    {}", words().unasked) } else { line }
}

/// What of a card stays, and what could be shared beside or instead of it.
fn not_seen(card: &CardConsent) -> Vec<String> {
    let words = words();
    let optional: Vec<Texts> = card.optional.iter().map(|asked| asked.claim.name.clone()).collect();
    let others: Vec<Texts> = card.instead.iter().map(|other| other.title.clone()).collect();
    let lines = [
        (words.they_would_like, optional),
        (words.will_not_see, card.not_shared.clone()),
        (words.instead, others),
    ];
    let filled = lines.into_iter().filter(|(_, texts)| !texts.is_empty());
    filled.map(|(phrase, texts)| fill(phrase, &[&list(&texts)])).collect()
}

/// What sharing confirms: a text with every one of its lines.
fn transaction(transaction: &TransactionView) -> String {
    let words = words();
    let (first, rest) = match transaction {
        TransactionView::Payment { amount, currency, payee, account, reference } => {
            let more = [account, reference].into_iter().flatten().map(|text| clean(text)).collect();
            (fill(words.confirm_payment, &[&clean(amount), &clean(currency), &clean(payee)]), more)
        }
        TransactionView::Text { title, text } => {
            (fill(words.confirm_text, &[&clean(title)]), text.lines().map(clean).collect::<Vec<_>>())
        }
    };
    let rest: String = rest.iter().map(|line| format!("\n  {line}")).collect();
    format!("\n{first}{rest}")
}

/// An optional thing that is not given, and could be.
fn not_given((need, option): (&NeedConsent, &Option<usize>)) -> Option<String> {
    let first = need.options.first().filter(|_| option.is_none())?;
    Some(format!("\n{}", fill(words().not_given, &[&list(&first.cards)])))
}

/// An offer, in words.
pub(crate) fn offer(offer: &OfferView) -> String {
    let words = words();
    [
        fill(words.who_offers, &[&party(&offer.issuer)]),
        fill(words.address, &[&clean(&offer.address)]),
        fill(words.offered, &[&list(&offer.cards)]),
    ]
    .join("\n")
}

/// A card on one line.
pub(crate) fn card(card: &CardView) -> String {
    let words = words();
    let until = card.valid_until.map(|end| fill(words.until, &[&day(end)]));
    let until = until.as_deref().unwrap_or(words.no_end);
    let (unused, all) = (card.unused_copies.to_string(), card.copies.to_string());
    let line = fill(words.card, &[&card.id, &say(&card.title), &say(&card.issuer), until, &unused, &all]);
    line + &ribbon(card)
}

/// What is to be said of a card that is not simply good.
fn ribbon(card: &CardView) -> String {
    let words = words();
    match card.state {
        CardState::Ready => String::new(),
        CardState::EndsSoon => words.ends_soon.to_owned(),
        CardState::Suspended => words.suspended.to_owned(),
        CardState::Revoked => words.revoked.to_owned(),
        CardState::NotChecked => {
            fill(words.not_checked_since, &[&card.checked_at.map(moment).unwrap_or_default()])
        }
        CardState::GetAgain => fill(words.get_again, &[&card.id]),
    }
}

/// How a renewal went.
pub(crate) fn renewal(renewal: &RenewalView) -> String {
    let (words, title) = (words(), say(&renewal.title));
    match &renewal.outcome {
        RenewalOutcome::Renewed => fill(words.renewed, &[&title]),
        RenewalOutcome::Promised => fill(words.renewed_later, &[&title]),
        RenewalOutcome::Later { code, at } => {
            fill(words.renewal_fails, &[&title, of_offer_code(code).0, &moment(*at), code])
        }
        RenewalOutcome::Over { code } => {
            fill(words.renewal_over, &[&title, of_offer_code(code).0, &renewal.card, code])
        }
    }
}

/// How it is with a card that was promised.
pub(crate) fn promise(promise: &PromiseView) -> String {
    let (words, title, issuer) = (words(), say(&promise.title), say(&promise.issuer));
    match &promise.outcome {
        PromiseOutcome::Waits { at } | PromiseOutcome::Later { at, .. } => {
            fill(words.promise_waits, &[&title, &issuer, &moment(*at)])
        }
        PromiseOutcome::Came { card } => fill(words.promise_came, &[&title, &issuer, &card.id]),
        PromiseOutcome::Over { code } => {
            fill(words.promise_over, &[&title, &issuer, of_offer_code(code).0, code])
        }
    }
}

/// What is in a backup, by the phrase for where it is.
pub(crate) fn kept(phrase: &str, place: &str, view: &BackupView) -> String {
    let (cards, entries) = (view.cards.len().to_string(), view.entries.to_string());
    fill(phrase, &[place, &cards, &entries]) + &left_out(view)
}

/// What did not fit, on a line of its own; nothing where all did.
pub(crate) fn left_out(view: &BackupView) -> String {
    match view.left_out {
        0 => String::new(),
        count => format!("\n{}", fill(words().left_out, &[&count.to_string()])),
    }
}

/// A line of the history.
pub(crate) fn history(line: &HistoryLine) -> String {
    let words = words();
    let through = line.through.as_ref().map(|party| fill(words.line_through, &[&say(&party.name)]));
    let outcome = match line.outcome {
        Outcome::Shared => words.they_have_it,
        Outcome::Refused => words.they_refused,
        Outcome::Unknown => words.not_known,
    };
    let what = match line.how {
        How::Card => list(&line.shared),
        How::Session => words.by_session.to_owned(),
    };
    let mut lines = vec![
        format!("{}. {}  {}{}", line.id, moment(line.at), say(&line.asks.name), through.unwrap_or_default()),
        fill(words.line_why, &[&say(&line.purpose)]),
        fill(words.line_what, &[&what]),
        format!("  {outcome} {}", receipt(line.receipt)),
    ];
    lines.extend(line.deletion.map(|wish| format!("  {}", deletion(wish))));
    lines.extend(line.reported_at.map(|at| format!("  {}", fill(words.reported, &[&day(at)]))));
    lines.join("\n")
}

/// How a wish to have something deleted stands.
pub(crate) fn deletion(wish: Deletion) -> String {
    match wish.done_at {
        Some(done_at) => fill(words().deletion_done, &[&day(done_at)]),
        None => fill(words().deletion_asked, &[&day(wish.asked_at)]),
    }
}

/// A line of the history with its receipt.
pub(crate) fn receipt_details(details: &ReceiptDetails) -> String {
    let words = words();
    let mut lines = vec![history(&details.line)];
    lines.extend(details.kept_until.map(|end| format!("  {}", fill(words.kept_until, &[&day(end)]))));
    lines.extend(details.proof.as_ref().map(|proof| {
        let (anchored, height) = (moment(proof.anchored_at), proof.height.to_string());
        format!("  {}", fill(words.proven_by, &[&clean(&proof.period), &anchored, &height]))
    }));
    if details.token.is_some() {
        lines.push(format!("  {}", words.checked_means));
    }
    lines.extend(details.token.as_deref().map(|token| format!("\n{}", clean(token))));
    lines.join("\n")
}

/// What became of a report.
pub(crate) fn reported(reported: &Reported) -> String {
    let words = words();
    let session =
        reported.session_ended.map(|ended| if ended { words.session_ended } else { words.no_session });
    let told = reported.to.as_ref().map(|party| fill(words.told, &[&say(&party.name)]));
    let refused = reported.refused.map(|code| {
        let (message, next) = of_code(code);
        format!("{message} {next}")
    });
    [session.map(str::to_owned), told, refused].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// What a receipt is worth.
pub(crate) fn receipt(state: ReceiptState) -> &'static str {
    let words = words();
    match state {
        ReceiptState::Checked => words.receipt_checked,
        ReceiptState::Unchecked => words.receipt_unchecked,
        ReceiptState::Missing => words.receipt_missing,
        ReceiptState::Wrong => words.receipt_wrong,
        ReceiptState::WithoutNetwork => words.counter.no_receipt,
        ReceiptState::Anchored => words.receipt_anchored,
        ReceiptState::LeftOut => words.receipt_left_out,
        ReceiptState::Late => words.receipt_late,
    }
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
