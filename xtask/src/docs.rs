//! The documents hang together: each link between them leads to something, and the summary names each page.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::process::root;

const SUMMARY: &str = "docs/SUMMARY.md";
const NOT_OURS: [&str; 2] = ["target", "node_modules"];

/// Follows the links of every document that is kept, and looks for each page of `docs/` in the summary.
///
/// # Errors
/// With the links that lead nowhere, and the pages that nobody finds.
pub(crate) fn check() -> Result<()> {
    let mut documents = Vec::new();
    find(Path::new(""), &mut documents)?;
    let (mut named, mut broken) = (BTreeSet::new(), Vec::new());
    for document in &documents {
        let text =
            std::fs::read_to_string(root().join(document)).with_context(|| document.display().to_string())?;
        for link in links(&text) {
            let to = beside(document, link);
            if !root().join(&to).exists() {
                broken.push(format!("{}: {link}", document.display()));
            }
            if document == Path::new(SUMMARY) {
                named.insert(to);
            }
        }
    }
    ensure!(broken.is_empty(), "links that lead nowhere: {}", broken.join(", "));
    named.insert(SUMMARY.into());
    let pages = documents.iter().filter(|page| page.starts_with("docs"));
    let lost: Vec<String> =
        pages.filter(|page| !named.contains(*page)).map(|page| page.display().to_string()).collect();
    ensure!(lost.is_empty(), "{SUMMARY} does not name: {}", lost.join(", "));
    Ok(())
}

/// The documents in a folder and below it, but for what is built, fetched or hidden.
fn find(folder: &Path, documents: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(root().join(folder))? {
        let (kind, name) = entry.map(|entry| (entry.file_type(), entry.file_name()))?;
        let path = folder.join(&name);
        let name = name.to_string_lossy();
        if kind?.is_dir() {
            if !NOT_OURS.contains(&&*name) && !name.starts_with('.') {
                find(&path, documents)?;
            }
        } else if name.ends_with(".md") {
            documents.push(path);
        }
    }
    Ok(())
}

/// The files that a text links to, without the places in them.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| {
        let (to, _) = rest.split_once(')')?;
        let file = to.split('#').next().unwrap_or_default();
        (!file.is_empty() && !to.contains("://") && !to.starts_with("mailto:")).then_some(file)
    })
}

/// Where a link of a document leads, from the project's root.
fn beside(document: &Path, link: &str) -> PathBuf {
    let folder = document.parent().unwrap_or(Path::new(""));
    folder.join(link).components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            part => path.push(part),
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_found_and_others_passed_over() {
        let text = "[a](b.md), [c](../d/e.md#f), [g](#h), [i](https://example.org/j.md), ![k](l.png)";
        assert_eq!(links(text).collect::<Vec<_>>(), ["b.md", "../d/e.md", "l.png"]);
    }

    #[test]
    fn a_link_is_read_from_where_its_document_stands() {
        assert_eq!(beside(Path::new("docs/guides/a.md"), "../never.md"), Path::new("docs/never.md"));
        assert_eq!(beside(Path::new("README.md"), "./docs/a.md"), Path::new("docs/a.md"));
    }
}
