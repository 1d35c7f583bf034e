//! `cargo xtask bindings`: the wallet for apps in Kotlin, Swift and Python.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};

use crate::process::{output, program, root, show, target};

const LANGUAGES: [&str; 3] = ["kotlin", "swift", "python"];
const LIBRARY: &str = "libwallet_ffi.so";
/// How Rust and Swift say that something is declared.
const RUST_SAYS: [&str; 4] = ["fn", "struct", "enum", "trait"];
const SWIFT_SAYS: [&str; 5] = ["func", "struct", "enum", "class", "protocol"];
/// Where the facade stands.
const FACADE: &str = "wallet-core/ffi/src";

/// Builds the library, and writes the bindings of each language.
///
/// # Errors
/// With what failed.
pub(crate) fn build_and_write() -> Result<()> {
    show("cargo", &["build", "--quiet", "--workspace"])?;
    write()?;
    println!("{}", target().join("bindings").display());
    Ok(())
}

/// Writes the bindings of each language for the library that was built, which Python finds beside its own.
///
/// # Errors
/// With what failed.
pub(crate) fn write() -> Result<()> {
    let (library, folder) = (target().join("debug").join(LIBRARY), target().join("bindings"));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("bindings that were written before")?;
    }
    for language in LANGUAGES {
        let (library, folder) = (library.display().to_string(), folder.join(language).display().to_string());
        let arguments = ["generate", &library, "--language", language, "--out-dir", &folder, "--no-format"];
        output(&program("wallet-bindgen"), &arguments, None)
            .with_context(|| format!("bindings for {language}"))?;
    }
    std::fs::copy(&library, folder.join("python").join(LIBRARY)).context(LIBRARY)?;
    Ok(())
}

/// Sees that a C compiler reads the header that Swift goes through, and that Swift has every name of the facade. No
/// compiler of Swift's is needed.
///
/// # Errors
/// With what is not there.
pub(crate) fn check_swift() -> Result<()> {
    let folder = target().join("bindings/swift");
    let header = folder.join("SymbolonWalletFFI.h").display().to_string();
    let strict = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c"];
    show("clang", &[&strict[..], &["-include", &header, "/dev/null"]].concat())?;
    let swift = std::fs::read_to_string(folder.join("SymbolonWallet.swift"))?;
    let there: BTreeSet<String> = swift.lines().filter_map(|line| declared(line, &SWIFT_SAYS)).collect();
    let below = std::fs::read_dir(root().join(FACADE).join("records"))?;
    for file in std::fs::read_dir(root().join(FACADE))?.chain(below) {
        let file = file?.path();
        if file.is_dir() {
            continue;
        }
        let facade = std::fs::read_to_string(&file)?;
        let public = facade.lines().filter(|line| line.trim_start().starts_with("pub "));
        // What makes something has no name in Swift.
        let named = public.filter_map(|line| declared(line, &RUST_SAYS)).filter(|name| name != "new");
        let wanted = named.map(|name| camel(&name));
        let missing: Vec<String> = wanted.filter(|name| !there.contains(name)).collect();
        ensure!(missing.is_empty(), "{} is not whole in Swift: {}", file.display(), missing.join(", "));
    }
    Ok(())
}

/// What a line declares with one of these words.
fn declared(line: &str, words: &[&str]) -> Option<String> {
    let mut rest = line.split_whitespace();
    rest.find(|word| words.contains(word))?;
    let name = rest.next()?.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()?;
    Some(name.to_owned())
}

/// A name of Rust's as Swift writes it.
fn camel(name: &str) -> String {
    let mut large = false;
    let letter = |letter: char| match letter {
        '_' => {
            large = true;
            None
        }
        letter if std::mem::take(&mut large) => Some(letter.to_ascii_uppercase()),
        letter => Some(letter),
    };
    name.chars().filter_map(letter).collect()
}
