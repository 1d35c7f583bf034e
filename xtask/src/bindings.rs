//! `cargo xtask bindings`: the wallet for apps in Kotlin, Swift and Python.

use anyhow::{Context as _, Result};

use crate::process::{output, program, show, target};

const LANGUAGES: [&str; 3] = ["kotlin", "swift", "python"];
const LIBRARY: &str = "libwallet_ffi.so";

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
