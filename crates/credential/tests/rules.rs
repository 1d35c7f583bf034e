//! `docs/credential/rules.md` is held to the code: every code has a rule, and every rule a test that is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The refusals whose codes the page explains.
const EXPLAINED: [&str; 12] = [
    "SdJwtError",
    "JsonFormError",
    "SdJwtIssueError",
    "PresentError",
    "BindingError",
    "IssueError",
    "VerifyError",
    "FetchUrlError",
    "IssuerMetadataError",
    "IntegrityError",
    "TypeMetadataError",
    "TypeRuleError",
];

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("a file of the project")
}

/// Code and test of each row.
fn rows(page: &str) -> Vec<(String, String)> {
    let cell = |row: &str, index: usize| {
        let cell = row.split('|').nth(index)?.trim();
        Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned())
    };
    page.lines().filter_map(|row| Some((cell(row, 3)?, cell(row, 4)?))).collect()
}

fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else {
            all.push_str(&read(&path));
        }
    }
}

/// The codes that the refusals of that name have of their own.
fn codes(source: &str, name: &str) -> BTreeSet<String> {
    let (_, body) = source.split_once(&format!("impl {name} {{")).unwrap_or_else(|| panic!("no {name}"));
    let (body, _) = body.split_once("\n}\n").expect("an end");
    body.lines().filter_map(|line| Some(line.split_once("=> \"")?.1.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn every_code_has_a_rule() {
    let rules: BTreeSet<String> = rows(&read(crate_folder().join("../../docs/credential/rules.md")))
        .into_iter()
        .map(|row| row.0)
        .collect();
    let source = read(crate_folder().join("src/code.rs"));
    for name in EXPLAINED {
        let codes = codes(&source, name);
        assert!(!codes.is_empty(), "{name}");
        let missing: Vec<_> = codes.difference(&rules).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}

#[test]
fn every_rule_has_a_code_and_a_test_that_are_there() {
    let rows = rows(&read(crate_folder().join("../../docs/credential/rules.md")));
    let code = read(crate_folder().join("src/code.rs"));
    let mut source = String::new();
    sources(&crate_folder().join("src"), &mut source);
    assert!(rows.len() > 90, "{}", rows.len());
    for (name, test) in rows {
        assert!(code.contains(&format!("\"{name}\"")), "no code {name}");
        assert!(
            source.contains(&format!("#[test]\nfn {test}()"))
                || source.contains(&format!("#[test]\n    fn {test}()")),
            "no test {test}"
        );
    }
}
