//! The built screens, read once when the bridge starts: a request's path is looked up among what was read, and never
//! becomes a path on the disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use wallet_core::durable;

/// The path that a browser comes back to from an agency's sign-in.
pub const BACK: &str = "/back";
const INDEX: &str = "/index.html";
/// Files, at most.
const MAX_FILES: usize = 500;
/// Bytes of a file, at most.
const MAX_FILE: u64 = 8 << 20;

/// Every file by its path, with its media type.
#[derive(Clone)]
pub struct Screens(Arc<BTreeMap<String, (&'static str, Vec<u8>)>>);

impl Screens {
    /// Reads what `vite build` made.
    ///
    /// # Errors
    /// Where the folder cannot be read, has no `index.html`, or holds what a page does not need.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        add(folder, "", &mut files).with_context(|| format!("{} cannot be read", folder.display()))?;
        ensure!(
            files.contains_key(INDEX),
            "{} has no screens: run `npx vite build` in mobile/",
            folder.display()
        );
        Ok(Self(Arc::new(files)))
    }

    fn find(&self, path: &str) -> Option<&(&'static str, Vec<u8>)> {
        let path = if matches!(path, "/" | BACK) { INDEX } else { path };
        self.0.get(path)
    }
}

/// Answers with a file.
pub async fn get(State(screens): State<Screens>, uri: Uri) -> Response {
    match screens.find(uri.path()) {
        Some((media_type, bytes)) => ([(header::CONTENT_TYPE, *media_type)], bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn add(folder: &Path, below: &str, files: &mut BTreeMap<String, (&'static str, Vec<u8>)>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a name is not text")?;
        let path = format!("{below}/{name}");
        if entry.file_type()?.is_dir() {
            add(&entry.path(), &path, files)?;
            continue;
        }
        ensure!(files.len() < MAX_FILES, "there are more than {MAX_FILES} files");
        let bytes = durable::read(&entry.path(), MAX_FILE)?;
        files.insert(path, (media_type(&name)?, bytes));
    }
    Ok(())
}

fn media_type(name: &str) -> Result<&'static str> {
    Ok(match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => bail!("{name} is of no kind that a page needs"),
    })
}
