//! What developers and CI run: `cargo xtask demo`, `cargo xtask test` and `cargo xtask bench`.

#![allow(clippy::disallowed_methods, reason = "a tool that times what it runs")]

mod bench;
mod demo;
mod http;
mod process;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask demo [--headless] [--keep]   the whole house on this machine; --headless plays the journeys
cargo xtask demo --stop                  ends what an earlier demo left running
cargo xtask bench registry [--json]      figures beside their limits
cargo xtask test [--fast]                format, lints, arrows, tests, peers, browser; --fast leaves the browser out
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let known = ["--headless", "--keep", "--stop", "--fast", "--json", "registry"];
    let misused = arguments.iter().skip(1).any(|argument| !known.contains(&argument.as_str()));
    let result = match arguments.first().map(String::as_str) {
        Some("demo") if !misused && has("--stop") => demo::stop(),
        Some("demo") if !misused => demo::run(has("--headless"), has("--keep")),
        Some("bench") if !misused && has("registry") => bench::run(has("--json")),
        Some("test") if !misused => test::run(has("--fast")),
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
