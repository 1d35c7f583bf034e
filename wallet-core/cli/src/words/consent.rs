//! What a person decides on, in words.

use wallet_core::view::{AskedClaim, CardConsent, Consent, NeedConsent, Texts, TransactionView};

use super::{claim, clean, fill, list, party, say, words};

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

#[cfg(test)]
mod tests {
    use wallet_core::view::ShownClaim;

    use super::*;

    #[test]
    fn a_claim_that_nobody_asked_for_says_so() {
        let path = serde_json::from_value(serde_json::json!(["address"])).unwrap();
        let shown = ShownClaim::new(&path, Texts::one("Address"), &"Quay 1".into());
        let asked = AskedClaim { claim: shown, required: true, unasked: false, switch: None };
        assert_eq!(seen(&asked), claim(&asked.claim, "  "));
        let unasked = AskedClaim { unasked: true, ..asked };
        assert!(seen(&unasked).ends_with(words().unasked), "{}", seen(&unasked));
    }
}
