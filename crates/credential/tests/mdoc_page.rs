//! `docs/credential/mdoc.md` is held to the code: every code of a refusal is on it, and every test that it names exists.

use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn page() -> String {
    fs::read_to_string(format!("{ROOT}/../../docs/credential/mdoc.md")).expect("the page")
}

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The text of every source and test below `folder`.
fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_code_is_on_the_page() {
    let (page, codes) = (page(), fs::read_to_string(format!("{ROOT}/src/code.rs")).expect("the codes"));
    let mut found = 0;
    for name in ["CborError", "CoseError", "MdocError"] {
        let (_, rest) = codes.split_once(&format!("impl {name} {{")).expect("its codes");
        let (own, _) = rest.split_once("\n}").expect("an end");
        for code in own.split('"').skip(1).step_by(2) {
            assert!(quoted(&page).any(|word| word == code), "{name}: {code}");
            found += 1;
        }
    }
    assert!(found >= 54, "{found}");
}

#[test]
fn every_test_on_the_page_exists() {
    let (page, mut all) = (page(), String::new());
    sources(Path::new(&format!("{ROOT}/src")), &mut all);
    let mut found = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        let [_, _, _, tests] = cells[..] else { continue };
        for name in quoted(tests) {
            assert!(all.contains(&format!("fn {name}(")), "{name}");
            found += 1;
        }
    }
    assert!(found >= 76, "{found}");
}
