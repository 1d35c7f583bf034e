//! What a credential type is: how it is shown, which claims it has, and what its issuers must do with them.
//!
//! A [`TypeReference`] comes from a credential. The caller finds the document that it means, and those of the
//! types that it extends, in the way that [`retrieve::Retrieval`] says; the outcome is a [`TypeMetadata`], which
//! holds credentials to its rules ([`check`]). Whoever writes a type's description is believed by nobody for
//! that alone: who may is the registry's to say.
//!
//! Spec: SD-JWT VC draft 19 sections 5 and 6.

pub mod check;
pub mod claim;
pub mod display;
mod document;
mod extend;
pub mod integrity;
mod member;
pub mod retrieve;

use crate::fetch_url::{FetchUrl, FetchUrlError};
use crate::json::JsonError;

use claim::ClaimMetadata;
use display::Display;
use integrity::{Integrity, IntegrityError};

/// Bytes of one document, at most: some carry their logos inside.
pub const MAX_DOCUMENT: usize = 512 * 1024;
/// Documents in one line of types, at most: the EUDI rulebook has two, and each costs a fetch.
pub const MAX_EXTENDS: usize = 8;
/// Claims that one document describes, at most: the EUDI PID has about 40.
pub const MAX_CLAIMS: usize = 512;
/// Languages or templates of one thing, at most: the Union has 24 languages.
pub const MAX_VARIANTS: usize = 128;
/// Bytes of a text for people, at most, so that none fills a screen.
pub const MAX_TEXT: usize = 4096;

/// A type as a credential or another type refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeReference {
    /// Its name.
    pub vct: String,
    /// What the octets of its document must hash to.
    pub integrity: Option<Integrity>,
}

impl TypeReference {
    /// Where its document may lie, where its name is an address (section 5.3.1). Other names are a registry's
    /// to resolve.
    ///
    /// # Errors
    /// [`FetchUrlError`].
    pub fn url(&self) -> Result<FetchUrl, FetchUrlError> {
        FetchUrl::parse(&self.vct)
    }
}

/// A type with all that it extends.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeMetadata {
    reference: TypeReference,
    extended: Vec<String>,
    name: Option<String>,
    description: Option<String>,
    display: Vec<Display>,
    claims: Vec<ClaimMetadata>,
}

impl TypeMetadata {
    /// How it was referred to.
    pub const fn reference(&self) -> &TypeReference {
        &self.reference
    }

    /// The types that it extends, nearest first. That it extends them gives its issuers no right to issue them
    /// (section 7.7).
    pub fn extended(&self) -> &[String] {
        &self.extended
    }

    /// A name for developers.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// A description for developers.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// How it is shown, one entry a language.
    pub fn display(&self) -> &[Display] {
        &self.display
    }

    /// Its claims, those of the types that it extends first.
    pub fn claims(&self) -> &[ClaimMetadata] {
        &self.claims
    }
}

/// Why a type's description is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeMetadataError {
    /// Not an acceptable JSON object.
    #[error("type metadata is not acceptable json")]
    Json(#[source] JsonError),
    /// Its octets are not those that were meant, or integrity metadata in it is malformed.
    #[error("integrity of type metadata is refused")]
    Integrity(#[source] IntegrityError),
    /// It describes another type than was asked for.
    #[error("type metadata is of another type")]
    OtherType,
    /// A member is missing or of the wrong kind.
    #[error("type metadata lacks a member or has one of the wrong kind")]
    Member,
    /// More claims than [`MAX_CLAIMS`], or more variants of one thing than [`MAX_VARIANTS`].
    #[error("type metadata has more entries than allowed")]
    TooMany,
    /// A text longer than [`MAX_TEXT`].
    #[error("text in type metadata is longer than allowed")]
    TooLong,
    /// A `locale` that is no language tag.
    #[error("language tag is malformed")]
    Locale,
    /// A `data:` URI that is no image, or is longer than allowed.
    #[error("embedded resource is not an image that is allowed")]
    Resource,
    /// The address of a resource may not be fetched.
    #[error("address of a resource is refused")]
    Address(#[source] FetchUrlError),
    /// SVG templates that cannot be told apart, or with a property of an unknown value.
    #[error("svg template is malformed")]
    Template,
    /// A claim's `path` is empty, too long, or has a step that is none.
    #[error("claim path is malformed")]
    Path,
    /// One document describes one path twice.
    #[error("claim path is repeated")]
    RepeatedPath,
    /// An `svg_id` with other characters than letters, digits and underscores, or a digit in front.
    #[error("svg id is malformed")]
    SvgId,
    /// Two claims have one `svg_id`.
    #[error("svg id is repeated")]
    RepeatedSvgId,
    /// A type extends itself, directly or through others.
    #[error("type extends itself")]
    Cycle,
    /// More documents than [`MAX_EXTENDS`].
    #[error("type extends more types than allowed")]
    TooDeep,
    /// A type changes `sd` of a claim for which the type that it extends says `always` or `never`.
    #[error("type changes what it extends on selective disclosure")]
    Disclosure,
    /// A type makes a claim optional that the type that it extends makes mandatory.
    #[error("type drops a mandatory claim of what it extends")]
    Mandatory,
}

#[cfg(test)]
mod tests;
