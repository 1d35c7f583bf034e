//! Vectors made by others: specifications, their reference implementations, and Wycheproof.
//!
//! They lie in `VECTORS_DIR`, by default `../shared/vectors` beside the project. Where that is absent, one
//! line says what did not run; with `CI=true` it is a failure.

mod bitstring;
mod cookbook;
mod cose;
mod dids;
mod keys;
mod mdoc;
mod mdoc_chains;
mod mdoc_files;
mod sd_jwt;
mod sd_jwt_files;
mod sd_jwt_vc;
mod status_list;
mod tokens;
mod vcdm;
mod wycheproof;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Once;

use serde_json::Value;

/// The vectors in `file`, or nothing where the folder is not here.
fn load(file: &str) -> Option<Value> {
    load_bytes(file).map(|bytes| serde_json::from_slice(&bytes).expect("vectors are json"))
}

/// The text of `file`, or nothing where the folder is not here.
fn load_text(file: &str) -> Option<String> {
    load_bytes(file).map(|bytes| String::from_utf8(bytes).expect("text"))
}

/// The octets of `file`, or nothing where the folder is not here.
fn load_bytes(file: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(folder()?.join(file)).unwrap_or_else(|error| panic!("{file}: {error}")))
}

/// The folder of vectors, where it is here.
fn folder() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let folder = std::env::var_os("VECTORS_DIR").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "the folder of vectors is missing");
    SAID.call_once(say_what_did_not_run);
    None
}

/// One line, written past the test harness, which would keep what a passing test prints to itself.
fn say_what_did_not_run() {
    let line = "skipped: no folder of vectors, so these sets did not run: sd-jwt, sd-jwt-vc, token-status-list, \
                bitstring-status-list, did-core, did-key, did-jwk, did-web, jwk-thumbprint-rfc7638, dpop-rfc9449, \
                openid4vci, openid4vp, jose-cookbook-rfc7520, w3c-vc-jose-cose, w3c-vcdm2-test-suite, wycheproof, \
                cose-examples, mdoc-iso18013-5\n";
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The items of an array.
fn items(value: &Value) -> &[Value] {
    value.as_array().expect("an array")
}

/// A text member.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name}"))
}

/// Bytes from hexadecimal.
fn hex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal");
    (0..digits.len()).step_by(2).map(pair).collect()
}
