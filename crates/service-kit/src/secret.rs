//! Secrets in memory and in files: redacted when printed, wiped when dropped, compared in constant time.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

/// A secret file is small; anything larger is a mistake.
const MAX_SECRET_FILE: u64 = 64 * 1024;

/// A text that only its holder may know: an API token, a client's secret, a PEM key.
pub struct Secret(SecretString);

/// Why a secret could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file is absent or not readable.
    #[error("secret file is not readable")]
    Unreadable(#[source] std::io::Error),
    /// The file holds nothing, or too much.
    #[error("secret file is empty or too large")]
    Size,
}

impl Secret {
    /// Wraps a text.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Reads a secret from a file; white space around it is dropped.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let length = std::fs::metadata(path).map_err(SecretError::Unreadable)?.len();
        if length == 0 || length > MAX_SECRET_FILE {
            return Err(SecretError::Size);
        }
        let text = zeroize::Zeroizing::new(std::fs::read_to_string(path).map_err(SecretError::Unreadable)?);
        Ok(Self::new(text.trim().to_owned()))
    }

    /// Whether `offered` is this secret; the time taken tells nothing of where they differ.
    pub fn matches(&self, offered: &str) -> bool {
        self.0.expose_secret().as_bytes().ct_eq(offered.as_bytes()).into()
    }

    /// The text itself. To be called next to the use that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Writes a file that only its owner may read; refuses to replace one that exists.
pub fn write_private(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}
