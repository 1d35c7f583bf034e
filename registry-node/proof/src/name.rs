//! Names that may stand in the registry: short, lower-case, and safe in a URL, a path and a log.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// Characters of a credential type's name, at most.
pub const MAX_VCT: usize = 256;
/// Characters of a network, member or use, at most.
pub const MAX_NAME: usize = 40;

/// A text is not a name of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("name is malformed")]
pub struct NameError;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(NameError) }
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A network: the whole registry, in its DIDs and signatures.
    NetworkId, is_plain
);
name!(
    /// A member: an organisation.
    MemberId, is_plain
);
name!(
    /// One use that a relying party registered, such as `login`.
    UseName, is_plain
);
name!(
    /// A credential type, the `vct` of its credentials.
    Vct, is_vct
);

fn is_plain(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=MAX_NAME).contains(&text.len())
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_vct(text: &str) -> bool {
    (3..=MAX_VCT).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\`?#%&,".contains(&b))
}
