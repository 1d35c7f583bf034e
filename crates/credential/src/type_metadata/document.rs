//! One document, before what it extends is known.
//!
//! Spec: SD-JWT VC draft 19 sections 5.2 and 5.3.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::json;
use crate::type_metadata::claim::ClaimMetadata;
use crate::type_metadata::display::Display;
use crate::type_metadata::member::{integrity, objects, shown, text};
use crate::type_metadata::{MAX_CLAIMS, MAX_DOCUMENT, MAX_VARIANTS, TypeMetadataError, TypeReference};

#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) extends: Option<TypeReference>,
    pub(super) display: Option<Vec<Display>>,
    pub(super) claims: Vec<ClaimMetadata>,
}

impl Document {
    /// Reads the octets that were received for `wanted`.
    pub(super) fn read(octets: &[u8], wanted: &TypeReference) -> Result<Self, TypeMetadataError> {
        if let Some(integrity) = &wanted.integrity {
            integrity.check(octets).map_err(TypeMetadataError::Integrity)?;
        }
        let members = json::parse_object(octets, MAX_DOCUMENT).map_err(TypeMetadataError::Json)?;
        if text(&members, "vct")? != Some(&wanted.vct) {
            return Err(TypeMetadataError::OtherType);
        }
        Ok(Self {
            name: shown(&members, "name")?,
            description: shown(&members, "description")?,
            extends: read_extends(&members)?,
            display: objects(&members, "display", MAX_VARIANTS, Display::read)?,
            claims: read_claims(&members)?,
        })
    }
}

fn read_extends(members: &Map<String, Value>) -> Result<Option<TypeReference>, TypeMetadataError> {
    let integrity = integrity(members, "extends#integrity")?;
    match text(members, "extends")? {
        None if integrity.is_some() => Err(TypeMetadataError::Member),
        None => Ok(None),
        Some("") => Err(TypeMetadataError::Member),
        Some(vct) => Ok(Some(TypeReference { vct: vct.to_owned(), integrity })),
    }
}

fn read_claims(members: &Map<String, Value>) -> Result<Vec<ClaimMetadata>, TypeMetadataError> {
    let claims = objects(members, "claims", MAX_CLAIMS, ClaimMetadata::read)?.unwrap_or_default();
    let mut paths = HashSet::new();
    if claims.iter().all(|claim| paths.insert(claim.path())) {
        Ok(claims)
    } else {
        Err(TypeMetadataError::RepeatedPath)
    }
}
