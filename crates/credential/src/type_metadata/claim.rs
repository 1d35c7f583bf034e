//! What a type says about one claim, or about every claim that one path selects.
//!
//! Spec: SD-JWT VC draft 19 section 5.6.

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;
use crate::type_metadata::display::ClaimDisplay;
use crate::type_metadata::member::{objects, text};
use crate::type_metadata::{MAX_VARIANTS, TypeMetadataError};

/// Characters of an `svg_id`, at most.
pub const MAX_SVG_ID: usize = 256;

/// Whether an issuer makes a claim selectively disclosable (section 5.6.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disclosure {
    /// It must.
    Always,
    /// It may.
    #[default]
    Allowed,
    /// It must not.
    Never,
}

/// One entry of `claims`. A member that was left out is told from one with its default, since only the latter
/// can contradict the type that is extended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMetadata {
    pub(super) path: ClaimPath,
    pub(super) display: Option<Vec<ClaimDisplay>>,
    pub(super) mandatory: Option<bool>,
    pub(super) disclosure: Option<Disclosure>,
    pub(super) svg_id: Option<String>,
}

impl ClaimMetadata {
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        let path = members.get("path").ok_or(TypeMetadataError::Member)?;
        let mandatory = |value: &Value| value.as_bool().ok_or(TypeMetadataError::Member);
        Ok(Self {
            path: ClaimPath::deserialize(path).map_err(|_| TypeMetadataError::Path)?,
            display: objects(members, "display", MAX_VARIANTS, ClaimDisplay::read)?,
            mandatory: members.get("mandatory").map(mandatory).transpose()?,
            disclosure: text(members, "sd")?.map(Disclosure::read).transpose()?,
            svg_id: text(members, "svg_id")?.map(read_svg_id).transpose()?,
        })
    }

    /// The claims that it is about, all disclosures in their places.
    pub const fn path(&self) -> &ClaimPath {
        &self.path
    }

    /// How they are shown, one entry a language.
    pub fn display(&self) -> &[ClaimDisplay] {
        self.display.as_deref().unwrap_or_default()
    }

    /// Whether an issuer must include at least one.
    pub fn is_mandatory(&self) -> bool {
        self.mandatory.unwrap_or_default()
    }

    /// Whether an issuer makes each selectively disclosable.
    pub fn disclosure(&self) -> Disclosure {
        self.disclosure.unwrap_or_default()
    }

    /// What an SVG template calls it.
    pub fn svg_id(&self) -> Option<&str> {
        self.svg_id.as_deref()
    }
}

impl Disclosure {
    fn read(text: &str) -> Result<Self, TypeMetadataError> {
        match text {
            "always" => Ok(Self::Always),
            "allowed" => Ok(Self::Allowed),
            "never" => Ok(Self::Never),
            _ => Err(TypeMetadataError::Member),
        }
    }
}

fn read_svg_id(text: &str) -> Result<String, TypeMetadataError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if !starts || text.len() > MAX_SVG_ID || !text.bytes().all(allowed) {
        return Err(TypeMetadataError::SvgId);
    }
    Ok(text.to_owned())
}
