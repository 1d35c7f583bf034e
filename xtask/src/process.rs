//! Running programs: once, or in the background until the demo ends.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of ours.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// Runs a command in the workspace's folder and shows what it says.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn show(command: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(command)
        .args(arguments)
        .current_dir(root())
        .status()
        .with_context(|| format!("{command} could not be started"))?;
    ensure!(status.success(), "`{command} {}` failed", arguments.join(" "));
    Ok(())
}

/// Runs a program with `input` and gives what it prints.
///
/// # Errors
/// When it cannot be started or fails, with what it said.
pub(crate) fn output<S: AsRef<OsStr>>(
    program: &Path,
    arguments: &[S],
    input: Option<&str>,
) -> Result<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", program.display()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input has closed it; what it says tells more.
        let _ = stdin.write_all(input.unwrap_or_default().as_bytes());
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Kills each process of a program (a pattern) that was started with `path` among its arguments; how many.
///
/// # Errors
/// When processes cannot be listed.
pub(crate) fn kill_all(program: &str, path: &Path) -> Result<usize> {
    let started = format!("^([^ ]*/)?({program}) .*{}", path.display());
    let found =
        Command::new("pgrep").args(["-f", &started]).output().context("pgrep could not be started")?;
    let found = String::from_utf8(found.stdout)?;
    for id in found.lines() {
        let _ = Command::new("kill").args(["-KILL", id]).status();
    }
    Ok(found.lines().count())
}

/// A program in the background; killed when dropped.
pub(crate) struct Background {
    command: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    log: PathBuf,
    child: Child,
}

impl Background {
    /// Starts a program; what it says goes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(
        command: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
        log: &Path,
    ) -> Result<Self> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let environment: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let child = spawn(command, &arguments, &environment, log)?;
        Ok(Self { command: command.to_owned(), arguments, environment, log: log.to_owned(), child })
    }

    /// Ends it as `kill -9` does.
    ///
    /// # Errors
    /// When it could not be killed.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.child = spawn(&self.command, &self.arguments, &self.environment, &self.log)?;
        Ok(())
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Lets it run on when the demo ends.
    pub(crate) fn leave(self) {
        std::mem::forget(self);
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(
    command: &Path,
    arguments: &[String],
    environment: &[(String, String)],
    log: &Path,
) -> Result<Child> {
    let log = File::options().create(true).append(true).open(log)?;
    Command::new(command)
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(root())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("{} could not be started", command.display()))
}
