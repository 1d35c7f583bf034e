//! `cargo xtask test --devices`: the phone's shell with its device plugin, built and driven in a web view; the bindings in
//! Kotlin and Swift; and everything checked for Android and iOS.
//!
//! What cannot be seen here stands in `mobile/DEVICE-CHECK.md`: keys in hardware, cameras, and the shops.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{root, target};
use crate::test::{install, step, tree};

/// Debian packages, and the file that shows each is there.
const TO_SHOW: [(&str, &str); 6] = [
    ("libwebkit2gtk-4.1-dev", "/usr/include/webkitgtk-4.1/webkit2/webkit2.h"),
    ("webkit2gtk-driver", "/usr/bin/WebKitWebDriver"),
    ("librsvg2-dev", "/usr/include/librsvg-2.0/librsvg/rsvg.h"),
    ("xvfb", "/usr/bin/xvfb-run"),
    ("xauth", "/usr/bin/xauth"),
    ("dbus", "/usr/bin/dbus-run-session"),
];
/// As [`TO_SHOW`], for other targets: a compiler that knows them, its library's sources, a linker.
const TO_CROSS: [(&str, &str); 4] = [
    ("rustc-web", "/usr/bin/rustc"),
    ("rust-web-src", "/usr/lib/rustlib/src/rust/library/std/Cargo.toml"),
    ("lld", "/usr/bin/ld.lld"),
    ("clang", "/usr/bin/clang"),
];
const SHELL: &str = "mobile/src-tauri/Cargo.toml";
/// What may enter its tree, which is not that of the services.
const MAY_ENTER: &str = "mobile/src-tauri/deny.toml";
const BINDINGS: &str = "wallet-core/ffi/Cargo.toml";
/// What is type-checked for which phone. Swift's half of the shell wants a Mac.
const PHONES: [(&str, &str); 3] =
    [(SHELL, "aarch64-linux-android"), (BINDINGS, "aarch64-linux-android"), (BINDINGS, "aarch64-apple-ios")];
/// C for a phone needs its vendor's kit, which is not here. So what is checked is Rust alone: without the two features
/// that bring C, and with no feature that another crate of the workspace has chosen.
const WITHOUT_C: [&str; 5] = [
    "--no-default-features",
    "-Z",
    "feature-unification",
    "--config",
    "resolver.feature-unification='selected'",
];
/// A warning of ours is an error.
const STRICTLY: [&str; 4] = ["-Z", "warnings", "--config", "build.warnings='deny'"];

/// Builds the shell, plays the core of the journey in it, runs the bindings, and checks both for phones.
///
/// # Errors
/// With the step that failed.
pub(crate) fn run() -> Result<()> {
    install_to_show()?;
    step("shell, dependencies", || crate::test::deny(&["--manifest-path", SHELL, "--config", MAY_ENTER]))?;
    step("shell, lints", || {
        cargo_of_shell(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])
    })?;
    step("shell, tests", || cargo_of_shell(&["test", "--quiet", "--workspace", "--lib"]))?;
    let program = step("shell, build", || build_shell(false))?;
    step("shell, journey in a web view", || crate::demo::run_with(|| drive(&program)))?;
    step("bindings, Kotlin on the JVM", crate::kotlin::smoke)?;
    install(&TO_CROSS)?;
    step("bindings, Swift as far as C goes", crate::bindings::check_swift)?;
    PHONES.iter().try_for_each(|(what, phone)| step(&format!("{what} for {phone}"), || check(what, phone)))
}

/// Installs what the shell is built with and shown on, where it is missing.
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn install_to_show() -> Result<()> {
    install(&TO_SHOW)
}

/// Builds the shell with its screens, as it is released or for tests, and says where the program is.
///
/// # Errors
/// When it does not build.
pub(crate) fn build_shell(is_release: bool) -> Result<PathBuf> {
    let (profile, place) = if is_release { ("release", "release") } else { ("dev", "debug") };
    crate::demo::phone::build_screens()?;
    cargo_of_shell(&["build", "--quiet", "--profile", profile, "--features", "tauri/custom-protocol"])?;
    Ok(folder().join(place).join("wallet-mobile"))
}

/// Sees that the shell's lock file has every package that the app links, in the version that is tested here.
///
/// # Errors
/// With the packages that differ.
pub(crate) fn same_versions() -> Result<()> {
    let locked = std::fs::read_to_string(root().join("mobile/src-tauri/Cargo.lock"))?;
    let locked: BTreeSet<(&str, &str)> = locked.split("[[package]]").filter_map(name_and_version).collect();
    let lines = tree(&["--package", "wallet-app", "--edges", "normal"])?;
    let linked: BTreeSet<(&str, &str)> = lines.iter().filter_map(|line| line.split_once(" v")).collect();
    let version = |rest: &'_ str| rest.split_whitespace().next().unwrap_or_default().to_owned();
    let other: Vec<String> = linked
        .into_iter()
        .map(|(name, rest)| (name, version(rest)))
        .filter(|(name, version)| !locked.contains(&(*name, version.as_str())))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    ensure!(other.is_empty(), "the shell's lock file has other versions than these: {}", other.join(", "));
    Ok(())
}

fn name_and_version(package: &str) -> Option<(&str, &str)> {
    let value = |name: &str| package.lines().find_map(|line| line.strip_prefix(name)?.strip_suffix('"'));
    Some((value("name = \"")?, value("version = \"")?))
}

fn folder() -> PathBuf {
    target().join("mobile")
}

fn cargo_of_shell(arguments: &[&str]) -> Result<()> {
    let (first, rest) = arguments.split_first().context("no command")?;
    let status = Command::new("cargo")
        .args([first, "--locked", "--manifest-path", SHELL])
        .args(rest)
        .env("CARGO_TARGET_DIR", folder())
        .current_dir(root())
        .status()?;
    ensure!(status.success(), "`cargo {first}` of the shell failed");
    Ok(())
}

/// Drives the built app under a screen of its own, while the house stands.
///
/// # Errors
/// When a part of the journey fails.
pub(crate) fn drive(program: &Path) -> Result<()> {
    let status = Command::new("dbus-run-session")
        .args([
            "--",
            "xvfb-run",
            "-a",
            "-s",
            "-screen 0 390x844x24",
            "node",
            "--test",
            "mobile/e2e/shell.test.mjs",
        ])
        .env("NO_AT_BRIDGE", "1")
        .env("GDK_BACKEND", "x11")
        .env("SHELL_PROGRAM", program)
        .current_dir(root())
        .status()
        .context("dbus-run-session could not be started")?;
    ensure!(status.success(), "the journey in the web view failed");
    Ok(())
}

/// Type-checks a library for a phone with Debian's compiler, whose standard library is built on the way.
fn check(manifest: &str, phone: &str) -> Result<()> {
    let status = Command::new("cargo")
        .args([
            "check",
            "--quiet",
            "--locked",
            "--manifest-path",
            manifest,
            "--lib",
            "-Z",
            "build-std=std,panic_unwind",
        ])
        .args(["--target", phone])
        .args(WITHOUT_C)
        .args(STRICTLY)
        .env("CARGO_TARGET_DIR", target().join("cross"))
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(root())
        .status()?;
    ensure!(status.success(), "{manifest} does not type-check for {phone}");
    Ok(())
}
