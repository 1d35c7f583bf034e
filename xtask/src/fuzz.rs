//! `cargo xtask fuzz`: every reader of outsiders' data under libFuzzer with AddressSanitizer, where there is a
//! nightly toolchain; elsewhere the same entry points over changed seeds, and the run says so.
//!
//! Seeds are the official vectors, read where they lie. What is found, and the corpus that grew, is below
//! `target/fuzz/NAME`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, bail, ensure};

use crate::process::{output, program, root, show, target};

/// What makes libFuzzer see which way a program went. `cargo fuzz` passes the same.
const INSTRUMENTED: &str = "-Zsanitizer=address --cfg fuzzing -Cdebug-assertions -Coverflow-checks \
    -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Readers that run at the same time.
const AT_ONCE: usize = 2;

/// Runs one reader, or each of them, for `seconds`.
///
/// # Errors
/// When something cannot be built, or an input was found that makes a reader panic, hang or take too much memory.
pub(crate) fn run(seconds: u32, name: Option<&str>) -> Result<()> {
    show("cargo", &["build", "--quiet", "--package", "fuzz"])?;
    let tool = program("fuzz");
    let names = output(&tool, &["names"], None)?;
    let names: Vec<&str> = names.lines().filter(|known| name.is_none_or(|name| name == *known)).collect();
    ensure!(!names.is_empty(), "there is no reader of this name");
    if !has_nightly() {
        println!("no nightly toolchain, so no libFuzzer: property tests over changed seeds instead");
        let seconds = seconds.to_string();
        return side_by_side(&names, |name| output(&tool, &["try", name, &seconds], None));
    }
    let harness = build()?;
    side_by_side(&names, |name| fuzz(&tool, &harness, name, seconds))
}

/// Whether libFuzzer can be used here.
pub(crate) fn has_nightly() -> bool {
    let list = Command::new("rustup").args(["toolchain", "list"]).output();
    list.is_ok_and(|list| {
        String::from_utf8_lossy(&list.stdout).lines().any(|line| line.starts_with("nightly"))
    })
}

/// Does `work` for each name, some at once, and prints what each came to.
fn side_by_side(names: &[&str], work: impl Fn(&str) -> Result<String> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut failed = Vec::new();
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            match work(name) {
                Ok(line) => println!("{line}"),
                Err(error) => {
                    println!("{name}: {error:#}");
                    failed.push(*name);
                }
            }
        }
        failed
    };
    let failed: Vec<&str> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    ensure!(failed.is_empty(), "something was found in: {}", failed.join(", "));
    Ok(())
}

/// Builds the harness. A target is named so that build scripts stay as they are.
fn build() -> Result<PathBuf> {
    let version = output(Path::new("rustc"), &["-vV"], None)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let folder = target().join("fuzz/build");
    let status = Command::new("rustup")
        .args(["run", "nightly", "cargo", "build", "--quiet", "--release", "--target", host, "--target-dir"])
        .arg(&folder)
        .args(["--package", "fuzz", "--features", "libfuzzer", "--bin", "libfuzzer"])
        .env("RUSTFLAGS", INSTRUMENTED)
        // What is installed is made one crate, which takes long and finds nothing more.
        .envs([("CARGO_PROFILE_RELEASE_LTO", "false"), ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")])
        .current_dir(root())
        .status()
        .context("rustup could not be started")?;
    ensure!(status.success(), "the harness could not be built");
    Ok(folder.join(host).join("release/libfuzzer"))
}

/// Runs libFuzzer over one reader and gives its last figures.
fn fuzz(tool: &Path, harness: &Path, name: &str, seconds: u32) -> Result<String> {
    let folder = target().join("fuzz").join(name);
    let corpus = folder.join("corpus");
    output(tool, &["seeds", name, &corpus.display().to_string()], None)?;
    let ran = Command::new(harness)
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=1024", "-max_len=65536", "-verbosity=1"])
        .arg(format!("-artifact_prefix={}/", folder.display()))
        .arg(&corpus)
        // Leaks are for tools that may watch other processes; nothing here holds memory on purpose.
        .env("ASAN_OPTIONS", "detect_leaks=0")
        .env("FUZZ_TARGET", name)
        .stdin(Stdio::null())
        .output()
        .context("the harness could not be started")?;
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    std::fs::write(folder.join("log"), &said)?;
    if !ran.status.success() {
        let tail: Vec<&str> = said.lines().rev().take(30).collect();
        bail!("something was found; the input is in {}\n{}", folder.display(), reversed(&tail));
    }
    let inputs =
        said.lines().find_map(|line| line.strip_prefix("Done ")).context("libFuzzer was not done")?;
    let coverage = said.lines().rev().find_map(|line| line.split_once("cov: ")).map(|(_, rest)| rest);
    let coverage = coverage.and_then(|rest| rest.split(' ').next()).unwrap_or("?");
    Ok(format!("{name}: {inputs}, {coverage} edges, nothing found"))
}

fn reversed(lines: &[&str]) -> String {
    lines.iter().rev().map(|line| format!("{line}\n")).collect()
}
