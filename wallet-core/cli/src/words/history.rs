//! What was shared, and what its receipts are worth, in words.

use wallet_core::store::entries::{How, Outcome, ReceiptState};
use wallet_core::view::{Deletion, HistoryLine, ReceiptDetails, Reported};

use super::{clean, day, fill, list, moment, of_code, say, words};

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
