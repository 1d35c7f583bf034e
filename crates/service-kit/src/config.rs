//! Configuration: a TOML file, with overrides from the environment.
//!
//! `ISSUER__LISTEN__ADDRESS=127.0.0.1:80` with the prefix `ISSUER` replaces `address` in `[listen]`.
//! A value is read as TOML where it is TOML (numbers, booleans, lists), as text otherwise. Unknown
//! names are refused by the service's own types (`#[serde(deny_unknown_fields)]`).

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A configuration file larger than this is a mistake.
const MAX_CONFIG: usize = 1024 * 1024;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is absent or not readable.
    #[error("configuration file is not readable")]
    Unreadable(#[source] std::io::Error),
    /// The file is too large.
    #[error("configuration file is too large")]
    Size,
    /// The file is not TOML, or does not have the shape that the service needs.
    #[error("configuration is malformed")]
    Malformed(#[source] Box<toml::de::Error>),
    /// An override in the environment goes through a value that is no table.
    #[error("environment override {0} does not name a setting")]
    Override(String),
}

/// A configuration and the folder that its relative paths start from.
#[derive(Debug)]
pub struct Loaded<T> {
    /// What the file says, after overrides.
    pub config: T,
    folder: PathBuf,
}

impl<T> Loaded<T> {
    /// A configuration made in memory, whose relative paths start from `folder`.
    pub fn from_parts(config: T, folder: &Path) -> Self {
        Self { config, folder: folder.to_owned() }
    }

    /// `path`, taken from the folder of the configuration file when it is relative.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

/// Reads the configuration file and applies the overrides in `environment` that begin with `prefix`.
///
/// Callers pass `std::env::vars()`.
pub fn load<T: DeserializeOwned>(
    path: &Path,
    prefix: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Loaded<T>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(ConfigError::Unreadable)?;
    let config = parse(&text, prefix, environment)?;
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
    Ok(Loaded { config, folder })
}

fn parse<T: DeserializeOwned>(
    text: &str,
    prefix: &str,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<T, ConfigError> {
    if text.len() > MAX_CONFIG {
        return Err(ConfigError::Size);
    }
    let mut table: toml::Table =
        toml::from_str(text).map_err(|error| ConfigError::Malformed(Box::new(error)))?;
    let prefix = format!("{prefix}__");
    for (name, value) in environment {
        if let Some(setting) = name.strip_prefix(&prefix) {
            set(&mut table, &setting.to_ascii_lowercase(), &value).ok_or(ConfigError::Override(name))?;
        }
    }
    toml::Value::Table(table).try_into().map_err(|error| ConfigError::Malformed(Box::new(error)))
}

/// Sets `a__b__c` to a value; `None` when `a` or `b` is something other than a table.
fn set(table: &mut toml::Table, setting: &str, value: &str) -> Option<()> {
    let mut parts: Vec<&str> = setting.split("__").collect();
    let last = parts.pop()?;
    let mut inner = table;
    for part in parts {
        inner = inner.entry(part).or_insert_with(|| toml::Value::Table(toml::Table::new())).as_table_mut()?;
    }
    inner.insert(last.to_owned(), read_value(value));
    Some(())
}

fn read_value(text: &str) -> toml::Value {
    toml::from_str::<toml::Table>(&format!("value = {text}"))
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: String,
        listen: Listen,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Listen {
        port: u16,
    }

    const TEXT: &str = "name = \"one\"\n[listen]\nport = 1\n";

    fn environment(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        let pairs: Vec<_> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        pairs.into_iter()
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let pairs = [("X__NAME", "two"), ("X__LISTEN__PORT", "2"), ("Y__NAME", "other service")];
        let sample: Sample = parse(TEXT, "X", environment(&pairs)).unwrap();
        assert_eq!((sample.name.as_str(), sample.listen.port), ("two", 2));
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        let result: Result<Sample, _> = parse(TEXT, "X", environment(&[("X__NAEM", "typo")]));
        assert!(matches!(result, Err(ConfigError::Malformed(_))));
    }

    #[test]
    fn an_override_through_a_value_is_refused() {
        let result: Result<Sample, _> = parse(TEXT, "X", environment(&[("X__NAME__DEEPER", "1")]));
        assert!(matches!(result, Err(ConfigError::Override(_))));
    }
}
