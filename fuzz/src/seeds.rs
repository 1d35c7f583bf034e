//! Inputs to begin with: texts out of the official vectors, read where they lie and never copied.
//!
//! They lie in `VECTORS_DIR`, by default `../shared/vectors` beside the project. Where that is absent, only the
//! seeds that entry points make themselves are left.

use std::path::{Path, PathBuf};

use credential::encoding::from_base64url;
use serde_json::Value;

/// Bytes of a seed, at most: larger ones slow everything down and reach nothing more.
const MAX_SEED: usize = 16 * 1024;
/// Seeds of one kind, at most.
const MAX_SEEDS: usize = 4000;

/// Every JSON document of the vectors.
#[derive(Default)]
pub struct Seeds {
    documents: Vec<Value>,
}

impl Seeds {
    /// Reads the folder of vectors.
    #[must_use]
    pub fn load() -> Self {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors");
        let folder = std::env::var_os("VECTORS_DIR").map_or_else(|| PathBuf::from(beside), PathBuf::from);
        let mut documents = Vec::new();
        for name in FOLDERS {
            read_folder(&folder.join(name), &mut documents);
        }
        Self { documents }
    }

    /// Whether there are any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The texts in all documents that `wanted` picks.
    #[must_use]
    pub fn texts(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        self.collect(|value| value.as_str().filter(|text| wanted(text)).map(str::to_owned))
    }

    /// The values in all documents that `wanted` picks, as JSON.
    #[must_use]
    pub fn values(&self, wanted: impl Fn(&Value) -> bool) -> Vec<String> {
        self.collect(|value| wanted(value).then(|| value.to_string()))
    }

    /// The bytes of the texts that are hexadecimal or base64url.
    #[must_use]
    pub fn binary(&self) -> Vec<Vec<u8>> {
        let texts = self.texts(|text| text.len() >= 32 && !text.contains('.'));
        let decode = |text: &String| from_hexadecimal(text).or_else(|| from_base64url(text).ok());
        texts.iter().filter_map(decode).collect()
    }

    fn collect(&self, pick: impl Fn(&Value) -> Option<String>) -> Vec<String> {
        let mut found = Vec::new();
        self.documents.iter().for_each(|document| walk(document, &mut |value| found.extend(pick(value))));
        found.retain(|text| text.len() <= MAX_SEED);
        found.sort();
        found.dedup();
        let step = found.len().div_ceil(MAX_SEEDS).max(1);
        found.into_iter().step_by(step).collect()
    }
}

/// The sets that hold what our readers read.
const FOLDERS: [&str; 13] = [
    "sd-jwt",
    "sd-jwt-vc",
    "token-status-list",
    "did-key",
    "did-jwk",
    "did-web",
    "eudi-pid",
    "haip",
    "mdoc-iso18013-5",
    "jose-cookbook-rfc7520",
    "openid4vci",
    "openid4vp",
    "w3c-vc-jose-cose",
];

fn read_folder(folder: &Path, documents: &mut Vec<Value>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(&path, documents);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let read = std::fs::read(&path).ok();
            documents.extend(read.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()));
        }
    }
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(members) => members.values().for_each(|member| walk(member, visit)),
        _ => {}
    }
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|digit| !digit.is_whitespace())
        .map(|digit| Some(digit.to_digit(16)? as u8))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Texts as bytes.
pub(crate) fn bytes(texts: impl IntoIterator<Item = String>) -> Vec<Vec<u8>> {
    texts.into_iter().map(String::into_bytes).collect()
}
