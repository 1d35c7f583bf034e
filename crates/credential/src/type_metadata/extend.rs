//! What a type takes from the type that it extends, and what it may change of it.
//!
//! Spec: SD-JWT VC draft 19 sections 5.5.2 and 5.6.5.

use std::collections::{HashMap, HashSet};

use crate::type_metadata::TypeMetadataError;
use crate::type_metadata::claim::{ClaimMetadata, Disclosure};
use crate::type_metadata::document::Document;

/// The document of a type, put over the document of the type that it extends.
pub(super) fn extend(base: Document, child: Document) -> Result<Document, TypeMetadataError> {
    Ok(Document {
        name: child.name,
        description: child.description,
        extends: child.extends,
        display: child.display.or(base.display),
        claims: extend_claims(base.claims, child.claims)?,
    })
}

/// Refuses claims of which two have one `svg_id`.
pub(super) fn check_svg_ids(claims: &[ClaimMetadata]) -> Result<(), TypeMetadataError> {
    let mut seen = HashSet::new();
    let unique = claims.iter().filter_map(ClaimMetadata::svg_id).all(|id| seen.insert(id));
    if unique { Ok(()) } else { Err(TypeMetadataError::RepeatedSvgId) }
}

fn extend_claims(
    mut claims: Vec<ClaimMetadata>,
    children: Vec<ClaimMetadata>,
) -> Result<Vec<ClaimMetadata>, TypeMetadataError> {
    let places: HashMap<_, _> =
        claims.iter().enumerate().map(|(place, claim)| (claim.path().clone(), place)).collect();
    for child in children {
        match places.get(child.path()).and_then(|place| claims.get_mut(*place)) {
            Some(base) => extend_claim(base, child)?,
            None => claims.push(child),
        }
    }
    Ok(claims)
}

fn extend_claim(base: &mut ClaimMetadata, child: ClaimMetadata) -> Result<(), TypeMetadataError> {
    let changes = child.disclosure.is_some_and(|disclosure| disclosure != base.disclosure());
    if changes && base.disclosure() != Disclosure::Allowed {
        return Err(TypeMetadataError::Disclosure);
    }
    if base.is_mandatory() && child.mandatory == Some(false) {
        return Err(TypeMetadataError::Mandatory);
    }
    base.display = child.display.or(base.display.take());
    base.mandatory = child.mandatory.or(base.mandatory);
    base.disclosure = child.disclosure.or(base.disclosure);
    base.svg_id = child.svg_id.or(base.svg_id.take());
    Ok(())
}
