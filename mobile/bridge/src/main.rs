//! `wallet-bridge`: the phone app in a browser on this machine. A release build of it refuses to run.

#[cfg(debug_assertions)]
mod run;

#[cfg(debug_assertions)]
fn main() -> std::process::ExitCode {
    run::main()
}

#[cfg(not(debug_assertions))]
fn main() -> std::process::ExitCode {
    eprintln!("The bridge is for tests and the demo. It is not in release builds: use the app.");
    std::process::ExitCode::from(2)
}
