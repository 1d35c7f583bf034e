//! `wallet history`: who saw what; each receipt with its proof; a file to take along; and "delete it".

use std::io::Write as _;
use std::path::Path;

use serde_json::json;
use wallet_core::store::StoreError;
use wallet_core::view::ReceiptCheck;
use wallet_core::wallet::Wallet;

use crate::arguments::History;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::words;

pub(crate) async fn run(home: &Home, asked: History) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    match asked {
        History { show: Some(line), .. } => show(&wallet, line),
        History { check: true, .. } => check(&wallet).await,
        History { export: Some(file), .. } => export(&wallet, &file),
        History { delete: Some(line), .. } => delete(&wallet, line).await,
        History { .. } => {
            wallet.check_receipts().await.map_err(refuse)?;
            list(&wallet)
        }
    }
}

fn list(wallet: &Wallet) -> Result<Output, Refusal> {
    let lines = wallet.history().map_err(refuse)?;
    let text = if lines.is_empty() {
        words::words().nothing_shown.to_owned()
    } else {
        lines.iter().map(words::history).collect::<Vec<_>>().join("\n\n")
    };
    Ok(Output::new(text, json!(lines)))
}

fn show(wallet: &Wallet, line: i64) -> Result<Output, Refusal> {
    let details = wallet.receipt(line).map_err(refuse)?;
    Ok(Output::new(words::receipt_details(&details), json!(details)))
}

async fn check(wallet: &Wallet) -> Result<Output, Refusal> {
    let checks = wallet.prove_receipts().await.map_err(refuse)?;
    wallet.check_deletions().await.map_err(|error| Refusal::for_people(error.code()))?;
    let listed = list(wallet)?;
    let text = [listed.text].into_iter().chain(checks.iter().filter_map(not_proven)).collect::<Vec<_>>();
    Ok(Output::new(text.join("\n"), json!({ "lines": listed.json, "checks": checks })))
}

fn not_proven(check: &ReceiptCheck) -> Option<String> {
    let (message, next) = words::of_code(check.refused?);
    Some(format!("{}. {}", check.id, words::fill(words::words().not_proven, &[message, next])))
}

/// A file that is there is not replaced.
fn export(wallet: &Wallet, file: &Path) -> Result<Output, Refusal> {
    let text = wallet.export_history().map_err(refuse)?;
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|_| Refusal::for_people("export_failed"))?;
    let name = file.display().to_string();
    let text = words::fill(words::words().exported, &[&name, &name]);
    Ok(Output::new(text, json!({ "file": name })))
}

async fn delete(wallet: &Wallet, line: i64) -> Result<Output, Refusal> {
    let wish = wallet.ask_deletion(line).await.map_err(|error| Refusal::for_people(error.code()))?;
    Ok(Output::new(words::deletion(wish), json!(wish)))
}

fn refuse(error: StoreError) -> Refusal {
    Refusal::for_people(error.code())
}
