//! The command as a script sees it: exit codes, what is printed, and what is not.

#![allow(clippy::unwrap_used, reason = "what does not hold here fails the test")]

mod backup;
mod counter;
mod data_model;
mod documents;
mod history;
mod home;
mod inspect;
mod kill;
mod kinds;
mod languages;
mod lists;
mod mdoc;
mod status;
mod verify;

// The world of the library's tests, in this crate's time: that of the machine.
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../tests/wallet/issuer.rs"]
mod issuer;
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../tests/wallet/counter/place.rs"]
mod place;
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../tests/wallet/provider.rs"]
mod provider;
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../tests/wallet/register.rs"]
mod register;
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../tests/wallet/server.rs"]
mod server;
#[allow(dead_code, reason = "a part of it is needed here")]
#[path = "../../../tests/wallet/world.rs"]
mod world;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use credential::time::UnixTime;
use serde_json::Value;

/// The machine's time, to the second.
fn now() -> UnixTime {
    UnixTime::from_secs(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs())
}

/// The command, without anything of the caller's environment that could change what it does.
fn wallet() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wallet"));
    for name in ["WALLET_HOME", "WALLET_PIN", "WALLET_NEW_PIN", "WALLET_PHRASE"] {
        command.env_remove(name);
    }
    command.env("LANG", "C").stdin(Stdio::null());
    command
}

/// What a run came to: its exit code, and the JSON that it printed on the stream that belongs to it.
fn run(arguments: &[&str]) -> (i32, Value) {
    read(&wallet().args(arguments).arg("--json").output().unwrap())
}

/// As [`run`], with `input` on standard input.
fn run_with(arguments: &[&str], input: &str) -> (i32, Value) {
    let mut command = wallet();
    command.args(arguments).arg("--json");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    read(&child.wait_with_output().unwrap())
}

fn read(output: &Output) -> (i32, Value) {
    let code = output.status.code().unwrap();
    let (used, other) =
        if code == 0 { (&output.stdout, &output.stderr) } else { (&output.stderr, &output.stdout) };
    assert!(other.is_empty(), "{}", String::from_utf8_lossy(other));
    (code, serde_json::from_slice(used).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(used))))
}

/// The code of a refusal.
fn refused((code, refusal): (i32, Value)) -> String {
    assert_eq!(code, 1, "{refusal}");
    for member in ["code", "message", "next"] {
        assert!(refusal[member].as_str().is_some_and(|text| !text.is_empty()), "{refusal}");
    }
    refusal["code"].as_str().unwrap().to_owned()
}

/// The code of a refusal that names the rule that is broken, and a check that fails for it.
fn refused_by_rule(run: (i32, Value)) -> String {
    let refusal = run.1.clone();
    let code = refused(run);
    for member in ["rule", "specification"] {
        assert!(refusal[member].as_str().is_some_and(|text| !text.is_empty()), "{refusal}");
    }
    assert!(failing(&refusal).contains(&code), "{refusal}");
    code
}

/// The codes of the checks that fail, each of which names its rule.
fn failing(said: &Value) -> Vec<String> {
    let fails = |check: &&Value| check["outcome"] == "fails";
    let checks = said["checks"].as_array().unwrap();
    let code = |check: &Value| {
        assert!(check["rule"].is_string() && check["specification"].is_string(), "{check}");
        check["code"].as_str().unwrap().to_owned()
    };
    checks.iter().filter(fails).map(code).collect()
}

/// What came of the check of this name.
fn outcome<'v>(said: &'v Value, name: &str) -> &'v str {
    let check = said["checks"].as_array().unwrap().iter().find(|check| check["check"] == name);
    check.unwrap_or_else(|| panic!("no check of {name}: {said}"))["outcome"].as_str().unwrap()
}

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wallet-cli-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// A file in it, by its path.
    fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The vectors in `file`; nothing where the folder is not here, which CI does not accept.
fn vectors(file: &str) -> Option<Value> {
    vector_bytes(file).map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

/// The octets of `file` among the vectors.
fn vector_bytes(file: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(vector_folder(file)?.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")))
}

/// The folder of vectors, for `file` or the folder in it.
fn vector_folder(file: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let folder = std::env::var_os("VECTORS_DIR").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "the folder of vectors is missing");
    let _ = writeln!(std::io::stderr(), "skipped: no folder of vectors, so {file} did not run");
    None
}

/// What `wallet inspect` says of something.
fn inspected(anything: &str) -> Value {
    let (code, found) = run(&["inspect", anything]);
    assert_eq!(code, 0, "{found}");
    found
}

/// A token with another character in its signature.
fn altered(token: &str) -> String {
    let place = token.len() - 10;
    let other = if &token[place..=place] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &token[..place], &token[place + 1..])
}

/// Bytes from hexadecimal.
fn hex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}
