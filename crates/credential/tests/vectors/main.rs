//! Vectors made by others: specifications, their reference implementations, and Wycheproof.
//!
//! They lie in `VECTORS_DIR`, by default `../shared/vectors` beside the project. Where that is absent, one
//! line says what did not run; with `CI=true` it is a failure.

mod keys;
mod sd_jwt;
mod status_list;
mod tokens;

use std::path::PathBuf;

use serde_json::Value;

/// The vectors in `file`, or nothing, said aloud, where they are not here.
fn load(file: &str) -> Option<Value> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    let folder = std::env::var_os("VECTORS_DIR").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    match std::fs::read(folder.join(file)) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).expect("vectors are json")),
        Err(_) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "vectors {file} are missing");
            println!("skipped: vectors {file} are not here");
            None
        }
    }
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
