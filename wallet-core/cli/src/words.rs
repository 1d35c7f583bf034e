//! The words for people: cards and sharing, who and why, what happened and what to do next.

use credential::time::UnixTime;
use serde_json::Value;
use wallet_core::view::{Consent, OfferView, Party, ShownClaim, Texts};

/// The person's language, from the environment.
pub(crate) fn language() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let tag = set("LC_ALL").or_else(|| set("LANG")).unwrap_or_default();
    let tag = tag.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
    if tag.is_empty() || tag == "C" || tag == "POSIX" { "en".to_owned() } else { tag }
}

/// A text in the person's language.
pub(crate) fn say(texts: &Texts) -> String {
    clean(texts.pick(&language()))
}

/// What a code means, and what to do next.
pub(crate) fn of_code(code: &str) -> (&'static str, &'static str) {
    match code {
        "no_wallet" => ("There is no wallet here.", "Make one with: wallet init"),
        "wallet_exists" => {
            ("There is a wallet here already.", "Use it, or choose another folder with --home.")
        }
        "pin_length" => ("A PIN has 6 to 64 characters.", "Type a longer one."),
        "wrong_pin" => ("The PIN is wrong.", "Try again."),
        "too_many_wrong_pins" => ("There were too many wrong PINs.", "Wait, and try again."),
        "key_store" => ("This device's keys cannot be used.", "Check that the wallet's folder is whole."),
        "file" | "database" | "database_key" | "database_damaged" | "lock_damaged" => {
            ("The wallet's files cannot be used.", "Check the disk and the wallet's folder.")
        }
        "database_newer" => ("A newer wallet was used here.", "Update this one."),
        "no_such_card" => ("There is no such card.", "See your cards with: wallet list"),
        "copy_taken" => ("This card was being used elsewhere at the same moment.", "Try again."),
        "no_card" => ("You have no card for this.", "Receive the card first, then try again."),
        "unreachable" => ("The other side does not answer.", "Check your connection and try again."),
        "request_not_there" => {
            ("The question is not there any more.", "Go back to the page and start again.")
        }
        "request_expired" => ("This took too long.", "Go back to the page and start again."),
        "answer_refused" => {
            ("The other side did not take the answer.", "Go back to the page and start again.")
        }
        "card_revoked" => (
            "The other side says that your card was revoked by the office that gave it to you. You are not logged in.",
            "Ask that office for a new card.",
        ),
        "card_suspended" => (
            "The other side says that your card is suspended by the office that gave it to you. You are not logged in.",
            "Ask that office when it will be good again.",
        ),
        "unknown_requester" | "unknown_signer" | "no_registration" | "not_registered" | "not_operator" => (
            "Who is asking cannot be proven. Nothing was shared.",
            "Do not go on; tell the place that sent you here.",
        ),
        "foreign_address" => {
            ("The answer would go somewhere else than to who is asking. Nothing was shared.", "Do not go on.")
        }
        "suspended" | "key_compromised" | "key_retired" => {
            ("The register has suspended who is asking. Nothing was shared.", "Try again another day.")
        }
        "proof_too_old" | "proof_ahead" => {
            ("The proof of who is asking is too old.", "Check this computer's clock; try again in a while.")
        }
        "not_accredited" | "unknown_type" | "wrong_issuer" => (
            "Who offers this card may not give it out. Nothing was received.",
            "Do not go on; ask the authority.",
        ),
        "registry_unreachable" => ("The register does not answer.", "Check your connection and try again."),
        "no_wallet_link" => ("This page does not ask for your wallet.", "Check the address."),
        "no_way_back" => ("The page did not say where to go on.", "Go back to the page and start again."),
        "page_refuses" => {
            ("The page does not let you in.", "Go back to where you came from and start again.")
        }
        "declined" => ("Nothing was shared.", "Nothing more to do."),
        "offer_declined" => ("Nothing was received.", "The offer stays good until it runs out."),
        "code_needed" => ("This card needs a code that came another way.", "Run it again with --code."),
        "code_wrong" => (
            "The code is not right, or the offer has run out.",
            "Compare it and try again, or ask for a new offer.",
        ),
        "browser_needed" => (
            "This card is received by signing in on a page.",
            "Run it again with --person-number and --code.",
        ),
        "sign_in_failed" => ("Number and code do not fit.", "Compare both with your letter and try again."),
        _ => (
            "This cannot go on. Nothing was shared or received.",
            "Start again; if it happens again, report the code.",
        ),
    }
}

/// As [`of_code`], where a card was to be received.
pub(crate) fn of_offer_code(code: &str) -> (&'static str, &'static str) {
    match code {
        "unknown_signer"
        | "suspended"
        | "key_compromised"
        | "key_retired"
        | "registry_proof_invalid"
        | "registry_answer_malformed"
        | "proof_incomplete" => (
            "Who offers this card cannot be proven. Nothing was received.",
            "Do not go on; ask the authority.",
        ),
        "proof_too_old" | "proof_ahead" => {
            ("The proof of who offers this is too old.", "Check this computer's clock; try again in a while.")
        }
        "other_card" | "invalid_signature" | "wrong_number_of_copies" | "credential_type_missing" => (
            "What came is not the card that was offered. Nothing was kept.",
            "Tell the authority; report the code.",
        ),
        "access_denied" => {
            ("You said no on the page. Nothing was received.", "The offer stays good until it runs out.")
        }
        "document_not_there" => {
            ("The place that offers this card does not answer as it should.", "Try again later.")
        }
        other => of_code(other),
    }
}

/// What the person decides on, in words.
pub(crate) fn consent(consent: &Consent) -> String {
    let mut text = format!("Who asks:      {}\n", party(&consent.asks));
    if let Some(through) = &consent.through {
        text += &format!("Through:       {}\n", party(through));
    }
    text += &format!("Answer to:     {}\n", consent.address);
    text += &format!("Why:           {}\n", say(&consent.purpose));
    if let Some(days) = consent.kept_days {
        text += &format!("Kept for:      {days} days\n");
    }
    for card in &consent.cards {
        text += &format!("\nFrom your card \"{}\" they will see:\n", say(&card.title));
        text += &lines(card.shared.iter().map(claim_line));
        if card.shared.is_empty() {
            text += "  that you have it, and nothing of what it says\n";
        }
        if !card.not_shared.is_empty() {
            let names: Vec<String> = card.not_shared.iter().map(say).collect();
            text += &format!("They will not see: {}\n", names.join("; "));
        }
        if card.reused {
            text += "Note: all copies of this card were shown before. Who saw this copy can tell that it is you.\n";
        }
    }
    if consent.proof_age_seconds > 60 {
        text +=
            &format!("\nThe register's proof of this is {} minutes old.\n", consent.proof_age_seconds / 60);
    }
    text
}

/// An offer, in words.
pub(crate) fn offer(offer: &OfferView) -> String {
    let cards: Vec<String> = offer.cards.iter().map(say).collect();
    format!(
        "Who offers:    {}\nAddress:       {}\nCard:          {}\n",
        party(&offer.issuer),
        offer.address,
        cards.join("; ")
    )
}

/// A claim on a line of its own.
pub(crate) fn claim(claim: &ShownClaim, indent: &str) -> String {
    format!("{indent}{}", claim_line(claim))
}

fn claim_line(claim: &ShownClaim) -> String {
    format!("{}: {}", say(&claim.name), value(&claim.value))
}

fn lines(texts: impl Iterator<Item = String>) -> String {
    texts.map(|text| format!("  {text}\n")).collect()
}

fn party(party: &Party) -> String {
    format!("{} ({} in the register)", say(&party.name), party.member)
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
    let rewrites = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if rewrites(c) { ' ' } else { c }).collect()
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
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(UnixTime::from_secs(0)), "1970-01-01");
        assert_eq!(day(UnixTime::from_secs(951_782_400)), "2000-02-29");
        assert_eq!(moment(UnixTime::from_secs(1_800_000_000)), "2027-01-15 08:00 UTC");
    }

    #[test]
    fn words_cannot_rewrite_the_terminal() {
        assert_eq!(clean("Bank\u{1b}[2J\n\u{202e}x"), "Bank [2J  x");
    }
}
