//! `cargo xtask test`: what CI runs. Installs what is missing, then format, lints, arrows, tests and peers.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};

use crate::demo::phone::{build_screens, in_mobile};
use crate::process::{root, show, target};

/// Debian packages that the build needs, and the file that shows each is there.
const TO_BUILD: [(&str, &str); 2] =
    [("libssl-dev", "/usr/include/openssl/ssl.h"), ("pkg-config", "/usr/bin/pkg-config")];
/// As [`TO_BUILD`], for peers and browser.
const TO_BROWSE: [(&str, &str); 3] = [
    ("openssl", "/usr/bin/openssl"),
    ("chromium", "/usr/bin/chromium"),
    ("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
];
/// Folders with npm packages of their own.
const NPM: [&str; 3] = ["demo/relying-party", "tests/peers", "mobile"];
/// Tests of the phone's screens on samples, in a browser: every one of them by rule and measure, then what people do with them.
const SCREENS: [&str; 2] = ["mobile/e2e/screens", "mobile/e2e/behaviour"];
/// Tests against the whole house, in their order: the last one looks at what all others left behind.
const PEERS: [&str; 12] = [
    "tests/peers/dcql",
    "tests/peers/issue",
    "tests/peers/present",
    "tests/peers/queries",
    "tests/peers/requests",
    "tests/peers/verify",
    "tests/peers/login",
    "tests/peers/bindings",
    "tests/peers/browser",
    "mobile/e2e/phone",
    "mobile/e2e/keeping",
    "tests/peers/leaks",
];
/// Crates that do no I/O, and what they must not link.
const PURE: [&str; 4] = ["credential", "openid4vc", "registry-proof", "registry-ledger"];
const IMPURE: [&str; 3] = ["tokio", "reqwest", "rusqlite"];
/// What each crate of ours may use of ours. Anything else is wrong.
const ARROWS: [(&str, &[&str]); 18] = [
    ("credential", &[]),
    ("fuzz", &["credential"]),
    ("registry-proof", &[]),
    ("openid4vc", &["credential"]),
    ("registry-ledger", &["registry-proof"]),
    ("registry-engine", &["registry-ledger", "registry-proof"]),
    ("registry-client", &["registry-proof", "credential"]),
    ("service-kit", &["credential"]),
    ("registry-node", &["registry-ledger", "registry-engine", "registry-proof", "service-kit"]),
    ("issuer-service", &["openid4vc", "credential", "registry-client", "registry-proof", "service-kit"]),
    ("verifier-service", &["openid4vc", "credential", "registry-client", "registry-proof", "service-kit"]),
    ("wallet-core", &["openid4vc", "credential", "registry-client", "registry-proof"]),
    ("wallet-cli", &["wallet-core", "openid4vc", "credential", "registry-client", "registry-proof"]),
    ("wallet-app", &["wallet-core", "openid4vc", "credential"]),
    ("wallet-bridge", &["wallet-app", "wallet-core"]),
    ("wallet-ffi", &["wallet-core", "credential"]),
    ("wallet-bindgen", &[]),
    ("xtask", &[]),
];

/// One result line of a test program.
#[derive(Default)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs everything.
///
/// # Errors
/// With what failed; the last line of the output counts tests either way.
pub(crate) fn run(fast: bool, devices: bool) -> Result<()> {
    let begun = Instant::now();
    install_to_build()?;
    if !fast {
        install(&TO_BROWSE)?;
        NPM.iter().try_for_each(|folder| npm(folder))?;
    }
    step("format", || show("cargo", &["fmt", "--check"]))?;
    step("arrows", arrows)?;
    step("promises", promises)?;
    step("documents", crate::docs::check)?;
    step("dependencies", dependencies)?;
    step("the shell's lock file", crate::devices::same_versions)?;
    step("lints", || {
        show("cargo", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
    })?;
    step("build", || show("cargo", &["build", "--workspace", "--quiet"]))?;
    step("bindings", crate::bindings::write)?;
    let mut count = Count::default();
    let screens = if fast { Ok(()) } else { screens(&mut count) };
    let tests = rust_tests(&mut count);
    let peers = if fast { Ok(()) } else { node_tests(&mut count) };
    let readers = if fast { Ok(()) } else { fuzzed() };
    println!("{} passed, {} failed, in {} s", count.passed, count.failed, begun.elapsed().as_secs());
    screens.and(tests).and(peers).and(readers)?;
    if devices {
        crate::devices::run()?;
    }
    ensure!(count.failed == 0, "{} tests failed", count.failed);
    Ok(())
}

/// Runs one step and prints its time.
///
/// # Errors
/// The step's, with its name.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let done = work().with_context(|| format!("{name} failed"))?;
    println!("{name}: {:.1} s", begun.elapsed().as_secs_f32());
    Ok(done)
}

/// Installs what the build needs, where it is missing.
pub(crate) fn install_to_build() -> Result<()> {
    install(&TO_BUILD)
}

/// Installs the Debian packages whose files are missing.
///
/// # Errors
/// When they cannot be installed.
pub(crate) fn install(packages: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> =
        packages.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing {}", missing.join(" "));
    let mut arguments = vec!["install", "-y", "--no-install-recommends", "-qq"];
    arguments.extend(&missing);
    show("apt-get", &["update", "-qq"])?;
    show("apt-get", &arguments)
}

/// Installs a folder's npm packages, unless those of its lock file are there already.
pub(crate) fn npm(folder: &str) -> Result<()> {
    let place = root().join(folder);
    let written = |file: &str| std::fs::metadata(place.join(file)).and_then(|file| file.modified()).ok();
    let (installed, wanted) = (written("node_modules/.package-lock.json"), written("package-lock.json"));
    if installed.is_some() && installed >= wanted {
        return Ok(());
    }
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(&place)
        .status()
        .context("npm could not be started")?;
    ensure!(status.success(), "npm could not install {folder}");
    Ok(())
}

/// Proves by `cargo tree` that no crate uses another that it may not.
fn arrows() -> Result<()> {
    for (name, allowed) in ARROWS {
        let lines = tree(&["--package", name, "--depth", "1", "--edges", "normal"])?;
        for line in lines.iter().skip(1).filter(|line| line.contains("(/")) {
            let used = line.split_whitespace().next().unwrap_or_default();
            ensure!(allowed.contains(&used), "{name} may not use {used}");
        }
    }
    for name in PURE {
        for line in tree(&["--package", name, "--edges", "normal"])? {
            let used = line.split_whitespace().next().unwrap_or_default();
            ensure!(!IMPURE.contains(&used), "{name} is pure and may not link {used}");
            ensure!(!(name == "registry-proof" && used == "jmt"), "a phone may not link {used}");
        }
    }
    Ok(())
}

/// Sees that each test that `docs/never.md` names still stands in the file that it names.
fn promises() -> Result<()> {
    let text = std::fs::read_to_string(root().join("docs/never.md"))?;
    let mut kept = 0;
    for part in text.lines().filter(|line| line.starts_with("| ")).flat_map(|row| row.split(['|', '·'])) {
        let mut named = part.split('`').skip(1).step_by(2);
        let Some(file) = named.next().filter(|name| name.contains('/')) else { continue };
        let tests = std::fs::read_to_string(root().join(file)).with_context(|| file.to_owned())?;
        for name in named {
            let stands = tests.contains(&format!("fn {name}(")) || tests.contains(&format!("test('{name}'"));
            ensure!(stands, "{file} has no test `{name}`, which docs/never.md promises");
            kept += 1;
        }
    }
    ensure!(kept >= 30, "docs/never.md names {kept} tests only");
    Ok(())
}

/// Holds `deny.toml` against the lock file: bans, licences and sources.
fn dependencies() -> Result<()> {
    deny(&["--config", "deny.toml"])
}

/// What may enter a tree: bans, licences and sources.
///
/// # Errors
/// With what may not.
pub(crate) fn deny(of: &[&str]) -> Result<()> {
    const VERSION: &str = "cargo-deny@0.20.2";
    let tools = target().join("tools");
    let program = tools.join("bin/cargo-deny");
    if !program.exists() {
        let folder = tools.display().to_string();
        show("cargo", &["install", "--debug", "--locked", "--quiet", VERSION, "--root", &folder])?;
    }
    let check = ["--log-level", "error", "check", "bans", "licenses", "sources"];
    show(&program.display().to_string(), &[of, &check].concat())
}

/// The lines of `cargo tree`.
///
/// # Errors
/// When it fails.
pub(crate) fn tree(arguments: &[&str]) -> Result<Vec<String>> {
    let output = Command::new("cargo")
        .args(["tree", "--quiet", "--prefix", "none"])
        .args(arguments)
        .current_dir(root())
        .output()?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

fn rust_tests(count: &mut Count) -> Result<()> {
    let begun = Instant::now();
    let output = Command::new("cargo")
        .args(["test", "--workspace", "--no-fail-fast", "--quiet"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .context("cargo could not be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        count.passed += figure(line, " passed");
        count.failed += figure(line, " failed");
    }
    println!("tests: {:.1} s", begun.elapsed().as_secs_f32());
    if !output.status.success() {
        print!("{text}");
        bail!("Rust tests failed");
    }
    Ok(())
}

/// The phone's screens: types, their own tests, those on samples in a browser, and the bundle that the tests against
/// the house run.
fn screens(count: &mut Count) -> Result<()> {
    step("screens, types", || in_mobile("svelte-check", &["--tsconfig", "./tsconfig.json"]))?;
    let report = target().join("screens.json");
    let to_report = format!("--outputFile={}", report.display());
    let tested = step("screens, tests", || {
        in_mobile(
            "vitest",
            &["run", "--passWithNoTests", "--reporter=default", "--reporter=json", &to_report],
        )
    });
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&report)?)?;
    count.passed += report["numPassedTests"].as_u64().unwrap_or(0);
    count.failed += report["numFailedTests"].as_u64().unwrap_or(0);
    tested?;
    let failed = failed_of(&SCREENS, count);
    ensure!(failed.is_empty(), "tests of screens failed: {}", failed.join(", "));
    step("screens, build", build_screens)
}

/// Every reader under libFuzzer for a short while; without a nightly toolchain their property tests, which ran
/// among the others, must do.
fn fuzzed() -> Result<()> {
    const SECONDS: u32 = 20;
    if !crate::fuzz::has_nightly() {
        println!("fuzz: no nightly toolchain, so the readers ran as property tests only");
        return Ok(());
    }
    step("fuzz", || crate::fuzz::run(SECONDS, None))
}

/// The journeys, then the peers and the browser against a network that is kept up for them.
fn node_tests(count: &mut Count) -> Result<()> {
    let begun = Instant::now();
    crate::demo::run_with(|| {
        let failed = failed_of(&PEERS, count);
        ensure!(failed.is_empty(), "tests of peers failed: {}", failed.join(", "));
        Ok(())
    })?;
    println!("journeys, peers and browser: {:.1} s", begun.elapsed().as_secs_f32());
    Ok(())
}

/// Runs files of tests one after the other, and gives those in which something failed.
fn failed_of<'a>(names: &[&'a str], count: &mut Count) -> Vec<&'a str> {
    names.iter().copied().filter(|name| !peer(name, count)).collect()
}

/// Runs one file of tests, shows what it says where something failed, and says whether nothing did.
fn peer(name: &str, count: &mut Count) -> bool {
    let begun = Instant::now();
    let file = format!("{name}.test.mjs");
    let output =
        Command::new("node").args(["--test", "--test-reporter=tap", &file]).current_dir(root()).output();
    let (good, text) = match output {
        Ok(output) => (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => (false, format!("node could not be started: {error}\n")),
    };
    for line in text.lines() {
        count.passed += line.strip_prefix("# pass ").and_then(|n| n.parse().ok()).unwrap_or(0);
        count.failed += line.strip_prefix("# fail ").and_then(|n| n.parse().ok()).unwrap_or(0);
    }
    if !good {
        print!("{text}");
    }
    println!("{name}: {:.1} s", begun.elapsed().as_secs_f32());
    good
}

/// The number before `word` in a test program's result line.
fn figure(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    before.rsplit([' ', '.']).next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
