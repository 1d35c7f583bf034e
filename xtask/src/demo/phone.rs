//! The phone app in a browser: screens, built where their sources changed, and the bridge that serves them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, ensure};

use super::network::{NODES, path};
use crate::process::{Background, program, root};

/// The phone's address.
pub(crate) const PHONE: &str = "http://127.0.0.51:7600";
/// What the screens are made of.
const SOURCES: [&str; 6] = [
    "mobile/src",
    "mobile/index.html",
    "mobile/vite.config.ts",
    "mobile/tsconfig.json",
    "mobile/package-lock.json",
    "crates/service-kit/assets",
];

/// The bridge, with a wallet of its own.
pub(crate) struct Phone {
    process: Background,
    /// What to open: it carries this run's token.
    pub(crate) address: String,
}

/// Builds the screens, where they are older than their sources.
///
/// # Errors
/// When npm or vite fails.
pub(crate) fn build_screens() -> Result<()> {
    crate::test::npm("mobile")?;
    let made = fs::metadata(root().join("mobile/dist/index.html")).and_then(|file| file.modified());
    let newest = SOURCES.iter().map(|source| newest(&root().join(source))).max().flatten();
    if made.is_ok_and(|made| newest.is_some_and(|newest| newest < made)) {
        return Ok(());
    }
    in_mobile("vite", &["build", "--logLevel", "warn"])
}

/// Runs a program of the screens' npm packages in their folder.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn in_mobile(name: &str, arguments: &[&str]) -> Result<()> {
    let folder = root().join("mobile");
    let program = folder.join("node_modules/.bin").join(name);
    let status = Command::new(program).args(arguments).current_dir(folder).status();
    ensure!(status.with_context(|| format!("{name} could not be started"))?.success(), "{name} failed");
    Ok(())
}

/// When the newest file at or below `place` was written.
fn newest(place: &Path) -> Option<SystemTime> {
    let about = fs::metadata(place).ok()?;
    if !about.is_dir() {
        return about.modified().ok();
    }
    let entries = fs::read_dir(place).ok()?;
    entries.filter_map(|entry| newest(&entry.ok()?.path())).max()
}

impl Phone {
    /// Starts the bridge and waits until it serves.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        const PATIENCE: Duration = Duration::from_secs(20);
        let data = folder.join("data");
        let file = data.join("phone.address");
        let mut arguments = vec![
            "--home".to_owned(),
            path(&data.join("phone")),
            "--checkpoint".to_owned(),
            path(&folder.join("checkpoint.json")),
            "--screens".to_owned(),
            path(&root().join("mobile/dist")),
            "--listen".to_owned(),
            PHONE.trim_start_matches("http://").to_owned(),
            "--address-file".to_owned(),
            path(&file),
        ];
        for (_, address) in NODES {
            arguments.extend(["--node".to_owned(), format!("http://{address}:7100")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let process = Background::start(&program("wallet-bridge"), &arguments, &[], &data.join("phone.log"))?;
        let begun = Instant::now();
        while !file.exists() {
            ensure!(
                begun.elapsed() < PATIENCE,
                "the phone does not start: see {}",
                data.join("phone.log").display()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { process, address: fs::read_to_string(&file)? })
    }

    /// Leaves it running.
    pub(crate) fn leave(self) {
        self.process.leave();
    }
}
