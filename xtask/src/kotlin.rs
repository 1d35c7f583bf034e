//! The bindings in Kotlin, on the JVM: the sample compiles, and a small program opens a wallet with a key store of its own.
//!
//! The compiler comes out of a notebook's kernel, which `pip` fetches wherever Python is: good for a test, and no tool of
//! the project. The kernel brings coroutines along, Debian has JNA.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::{root, show, target};
use crate::test::install;

/// Debian packages, and the file that shows each is there.
const TO_RUN: [(&str, &str); 3] =
    [("default-jre-headless", "/usr/bin/java"), ("libjna-java", JNA), ("python3-pip", "/usr/bin/pip3")];
const JNA: &str = "/usr/share/java/jna.jar";
/// What has the compiler in it, by version and digest.
const KERNEL: &str = "kotlin-jupyter-kernel==0.19.0.944 \
    --hash=sha256:dc654a426a28e6621aeb0bd7772d268a9a877aabae4a17b73383752a416281a3";
/// Where its jars lie in it; that with compiler and coroutines; Kotlin's own library.
const JARS: &str = "run_kotlin_kernel/jars";
const COMPILER: &str = "kotlin-jupyter-kernel-0.19.0-944-all.jar";
const LIBRARY: &str = "kotlin-stdlib-2.3.10-RC.jar";
/// What is compiled together with the bindings.
const PROGRAMS: [&str; 2] = ["wallet-core/ffi/samples/kotlin", "wallet-core/ffi/tests/smoke.kt"];
const SMOKE: &str = "org.symbolon.smoke.SmokeKt";
/// Whom the wallet of the program believes. It asks nobody.
const CHECKPOINT: &str = "registry-node/proof/tests/golden/checkpoint.json";

/// Compiles and runs, with the bindings that were written before.
///
/// # Errors
/// With what failed.
pub(crate) fn smoke() -> Result<()> {
    install(&TO_RUN)?;
    let jars = jars()?;
    let libraries = format!("{}:{}:{JNA}", jars.join(COMPILER).display(), jars.join(LIBRARY).display());
    let classes = target().join("kotlin");
    compile(&jars, &libraries, &classes)?;
    run(&libraries, &classes)
}

/// The kernel's jars; fetched once.
fn jars() -> Result<PathBuf> {
    let tools = target().join("tools");
    let (jars, part) = (tools.join("kotlin"), tools.join("kotlin.part"));
    if jars.exists() {
        return Ok(jars);
    }
    std::fs::create_dir_all(&part)?;
    let wanted = part.join("wanted.txt");
    std::fs::write(&wanted, KERNEL)?;
    let (to, wanted) = (part.display().to_string(), wanted.display().to_string());
    show("python3", &["-m", "pip", "download", "--quiet", "--no-deps", "--dest", &to, "-r", &wanted])?;
    let wheel = std::fs::read_dir(&part)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip fetched no wheel")?;
    show("python3", &["-m", "zipfile", "-e", &wheel.display().to_string(), &to])?;
    std::fs::rename(part.join(JARS), &jars)?;
    std::fs::remove_dir_all(&part)?;
    Ok(jars)
}

fn compile(jars: &Path, libraries: &str, classes: &Path) -> Result<()> {
    let status = Command::new("java")
        .args(["-Xmx1g", "-cp"])
        .arg(jars.join("*"))
        .args(["org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-no-stdlib", "-no-reflect", "-nowarn"])
        .args(["-jvm-target", "17", "-cp", libraries, "-d"])
        .arg(classes)
        .arg(target().join("bindings/kotlin"))
        .args(PROGRAMS)
        .current_dir(root())
        .status()
        .context("java could not be started")?;
    ensure!(status.success(), "the bindings, the sample or the smoke program do not compile");
    Ok(())
}

fn run(libraries: &str, classes: &Path) -> Result<()> {
    let status = Command::new("java")
        .arg(format!("-Djna.library.path={}", target().join("debug").display()))
        .args(["-cp", &format!("{}:{libraries}", classes.display()), SMOKE, CHECKPOINT])
        .current_dir(root())
        .status()
        .context("java could not be started")?;
    ensure!(status.success(), "the smoke program failed");
    Ok(())
}
