//! Asking the person: a PIN, a code, yes or no.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};
use std::process::{Command, Stdio};

use crate::refusal::Refusal;
use crate::words;

/// A line that the person types, on a terminal or not; none where nobody does.
pub(crate) fn line(prompt: &str) -> Option<String> {
    let _ = write!(stderr(), "{prompt}");
    let _ = stderr().flush();
    let mut text = String::new();
    match stdin().lock().read_line(&mut text) {
        Ok(1..) => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// As [`line`], without showing what is typed.
pub(crate) fn secret_line(prompt: &str) -> Option<String> {
    let hidden = stdin().is_terminal() && echo("-echo");
    let text = line(prompt);
    if hidden {
        echo("echo");
        let _ = writeln!(stderr());
    }
    text
}

/// Yes or no, both typed in full; neither is what Enter alone means.
pub(crate) fn decide(question: &str, yes: &str, no: &str) -> Result<bool, Refusal> {
    for _ in 0..3 {
        let prompt = words::fill(words::words().type_one, &[question, yes, no]);
        let Some(answer) = line(&prompt) else { break };
        if answer.eq_ignore_ascii_case(yes) {
            return Ok(true);
        }
        if answer.eq_ignore_ascii_case(no) {
            return Ok(false);
        }
    }
    Err(Refusal::for_people("no_answer"))
}

fn echo(setting: &str) -> bool {
    let status = Command::new("stty").arg(setting).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
