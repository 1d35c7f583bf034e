//! The wallet without a screen, and a lens on tokens.
//!
//! Exit codes: 0 done, 1 refused (a coded reason on stderr, as JSON with `--json`), 2 wrong usage.

mod arguments;
mod ask;
mod backup;
mod cards;
mod change_pin;
mod check_status;
mod checks;
mod codes;
mod counter;
mod elements;
mod erase;
mod get_again;
mod history;
mod home;
mod init;
mod input;
mod inspect;
mod log_in;
mod move_phone;
mod output;
mod phrase;
mod ports;
mod present;
mod receive;
mod refusal;
mod remove;
mod renew;
mod report;
mod restore;
mod rules;
mod show_code;
mod sign_in;
mod signer;
mod verify;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};
use crate::output::Output;
use crate::refusal::Refusal;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    let done = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|_| Refusal::new("runtime", "The program cannot start.", "Try again."))
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match done {
        Ok(output) => output.print(json),
        Err(refusal) => refusal.print(json),
    }
}

async fn run(arguments: Arguments) -> Result<Output, Refusal> {
    let home = home::Home::new(arguments.home);
    match arguments.command {
        Command::Init(init) => init::run(&home, init),
        Command::Receive(receive) => receive::run(&home, receive).await,
        Command::List => cards::list(&home).await,
        Command::Show { card } => cards::show(&home, &card),
        Command::Renew { card } => renew::run(&home, card.as_deref()).await,
        Command::GetAgain(again) => get_again::run(&home, again).await,
        Command::Remove { card, yes } => remove::run(&home, &card, yes).await,
        Command::Present(present) => present::run(&home, &present).await,
        Command::ShowCode(show) => show_code::run(&home, &show),
        Command::Counter(counter) => counter::run(&home, counter).await,
        Command::Login(login) => log_in::run(&home, login).await,
        Command::History(history) => history::run(&home, history).await,
        Command::Report(report) => report::run(&home, report).await,
        Command::Backup(backup) => backup::run(&home, &backup),
        Command::Restore(restore) => restore::run(&home, restore),
        Command::MoveOut(out) => move_phone::out(&home, out),
        Command::MoveIn(init) => move_phone::r#in(&home, init, arguments.json),
        Command::ChangePin => change_pin::run(&home),
        Command::Erase { yes } => erase::run(&home, yes),
        Command::Inspect { anything } => inspect::run(&anything),
        Command::Verify(verify) => verify::run(*verify).await,
        Command::Status(status) => check_status::run(&status),
    }
}
