//! The page of limits says what the source says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PAGE: &str = include_str!("../../../docs/credential/limits.md");
/// Where the constants of another crate begin.
const OTHERS: &str = "\n## Attestations and proofs";

/// Every source file under a folder, tests left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            all.push(path);
        }
    }
    all
}

/// The name of a constant that is a limit, where a line declares one.
fn limit(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("const ")?;
    let (name, _) = rest.split_once(':')?;
    let is_declared = matches!(before.trim(), "" | "pub" | "pub(crate)" | "pub(super)");
    (is_declared && (name.starts_with("MAX_") || name.starts_with("MIN_"))).then_some(name)
}

fn declared() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut names = BTreeSet::new();
    for path in sources(&folder) {
        let module = path.strip_prefix(&folder).expect("inside").with_extension("");
        let parts: Vec<_> = module.iter().map(|part| part.to_string_lossy()).collect();
        let module = parts.join("::");
        let text = std::fs::read_to_string(&path).expect("a source");
        names.extend(text.lines().filter_map(limit).map(|name| format!("{module}::{name}")));
    }
    names
}

fn listed() -> BTreeSet<String> {
    let (ours, _) = PAGE.split_once(OTHERS).expect("a section of another crate");
    let rows = ours.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`')).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_limit_of_the_source_is_on_the_page_and_no_other() {
    let (declared, listed) = (declared(), listed());
    assert!(declared.len() > 30, "{}", declared.len());
    assert_eq!(declared.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "not on the page");
    assert_eq!(listed.difference(&declared).collect::<Vec<_>>(), Vec::<&String>::new(), "not in the source");
}

#[test]
fn every_row_of_the_page_has_a_value_and_a_reason() {
    for row in PAGE.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(matches!(&cells[..], [_, value, reason] if !value.is_empty() && !reason.is_empty()), "{row}");
    }
}
