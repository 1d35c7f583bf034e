//! What developers and CI run: `cargo xtask demo`, `test`, `bench`, `bindings` and `fuzz`.

#![allow(clippy::disallowed_methods, reason = "a tool that times what it runs")]

mod bench;
mod bindings;
mod demo;
mod devices;
mod docs;
mod fuzz;
mod http;
mod kotlin;
mod process;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask demo [--headless] [--keep]   the whole house on this machine; --headless plays the journeys
cargo xtask demo --stop                  ends what an earlier demo left running
cargo xtask bench NAME [--json]          figures beside limits and peers: app, credential, registry, wallet
cargo xtask bindings                     the wallet for apps in Kotlin, Swift and Python, below target/bindings
cargo xtask fuzz [--seconds N] [NAME]    every reader of outsiders' data, or one, under libFuzzer; 60 seconds each
cargo xtask test [--fast]                format, lints, arrows, tests, peers, browser; --fast leaves the browser out
cargo xtask test --devices               that, and for phones: the shell in a web view, the bindings, checks for Android and iOS
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let bench = bench::names().find(|name| has(name));
    let known = ["--headless", "--keep", "--stop", "--fast", "--devices", "--json"];
    let is_known = |argument: &str| known.contains(&argument) || bench == Some(argument);
    let misused = arguments.iter().skip(1).any(|argument| !is_known(argument));
    let result = match arguments.first().map(String::as_str) {
        Some("demo") if !misused && has("--stop") => demo::stop(),
        Some("demo") if !misused => demo::run(has("--headless"), has("--keep")),
        Some("bench") if !misused && let Some(name) = bench => bench::run(name, has("--json")),
        Some("bindings") if arguments.len() == 1 => bindings::build_and_write(),
        Some("fuzz") if let Some((seconds, name)) = fuzz_arguments(&arguments) => fuzz::run(seconds, name),
        Some("test") if !misused => test::run(has("--fast"), has("--devices")),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(1)
        }
    }
}

/// Seconds for each reader, and the one reader that was named; nothing where the command is used wrongly.
fn fuzz_arguments(arguments: &[String]) -> Option<(u32, Option<&str>)> {
    const SECONDS: u32 = 60;
    let arguments: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match arguments.as_slice() {
        [] => Some((SECONDS, None)),
        ["--seconds", seconds] => Some((seconds.parse().ok()?, None)),
        ["--seconds", seconds, name] | [name, "--seconds", seconds] => {
            Some((seconds.parse().ok()?, Some(name)))
        }
        [name] if !name.starts_with("--") => Some((SECONDS, Some(name))),
        _ => None,
    }
}
