//! `docs/credential/rules.md` and `mdoc.md` are held to the code: every code has a rule, and every rule a test that
//! is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The refusals whose codes the page explains.
const EXPLAINED: [&str; 15] = [
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
    "CborError",
    "CoseError",
    "MdocError",
];

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("a file of the project")
}

fn pages() -> String {
    ["rules.md", "mdoc.md"].map(|page| read(crate_folder().join("../../docs/credential").join(page))).concat()
}

/// The words between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Codes and tests of each row.
fn rows(pages: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let cells =
        pages.lines().filter(|line| line.starts_with("| ")).map(|row| row.split('|').collect::<Vec<_>>());
    let rows = cells.filter_map(|cells| Some((quoted(cells.get(3)?), quoted(cells.get(4)?))));
    rows.filter(|(_, tests)| !tests.is_empty()).collect()
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
    let pages = pages();
    let rules: BTreeSet<&str> = rows(&pages).into_iter().flat_map(|(codes, _)| codes).collect();
    let source = read(crate_folder().join("src/code.rs"));
    for name in EXPLAINED {
        let codes = codes(&source, name);
        assert!(!codes.is_empty(), "{name}");
        let missing: Vec<_> = codes.iter().filter(|code| !rules.contains(code.as_str())).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}

#[test]
fn every_rule_has_a_code_and_a_test_that_are_there() {
    let (pages, code) = (pages(), read(crate_folder().join("src/code.rs")));
    let mut source = String::new();
    sources(&crate_folder().join("src"), &mut source);
    let rows = rows(&pages);
    assert!(rows.len() > 160, "{}", rows.len());
    for (names, tests) in rows {
        for name in names {
            assert!(code.contains(&format!("\"{name}\"")), "no code {name}");
        }
        for test in tests {
            assert!(source.contains(&format!("fn {test}()")), "no test {test}");
        }
    }
}
