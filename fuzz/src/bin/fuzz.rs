//! What `cargo xtask fuzz` asks: the readers' names, seeds for libFuzzer, and property tests without it.

#![allow(clippy::disallowed_methods, reason = "a tool that stops after some seconds")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use fuzz::change::Steps;
use fuzz::seeds::Seeds;
use fuzz::{TARGETS, Target, target};

const USAGE: &str = "fuzz names | fuzz seeds NAME FOLDER | fuzz try NAME SECONDS";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["names"] => TARGETS.iter().for_each(|target| println!("{}", target.name)),
        ["seeds", name, folder] => {
            let Some(target) = target(name) else { return wrong_usage() };
            if let Err(error) = write_seeds(target, folder) {
                eprintln!("{folder}: {error}");
                return ExitCode::from(1);
            }
        }
        ["try", name, seconds] => {
            let (Some(target), Ok(seconds)) = (target(name), seconds.parse()) else { return wrong_usage() };
            try_for(target, Duration::from_secs(seconds));
        }
        _ => return wrong_usage(),
    }
    ExitCode::SUCCESS
}

fn wrong_usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn write_seeds(target: &Target, folder: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let seeds = (target.seeds)(&Seeds::load());
    seeds
        .iter()
        .enumerate()
        .try_for_each(|(number, seed)| std::fs::write(format!("{folder}/seed-{number}"), seed))
}

/// The input of a run that panics repeats itself: the sequence of changes is always the same.
fn try_for(target: &Target, span: Duration) {
    let (seeds, begun) = ((target.seeds)(&Seeds::load()), Instant::now());
    let (mut steps, mut inputs) = (Steps(1), 0_u64);
    let mut accepted = seeds.iter().filter(|seed| (target.run)(seed)).count();
    while begun.elapsed() < span {
        accepted += usize::from((target.run)(&steps.input(&seeds)));
        inputs += 1;
    }
    let (name, seeds) = (target.name, seeds.len());
    println!("{name}: {inputs} inputs from {seeds} seeds, {accepted} accepted, nothing found");
}
