//! The way from a reference to a whole description: the caller finds one document after another.
//!
//! ```
//! use credential::type_metadata::retrieve::{Progress, Retrieval};
//! use credential::type_metadata::{TypeMetadata, TypeMetadataError, TypeReference};
//!
//! fn describe(
//!     reference: TypeReference,
//!     find: impl Fn(&TypeReference) -> Vec<u8>,
//! ) -> Result<TypeMetadata, TypeMetadataError> {
//!     let mut retrieval = Retrieval::new(reference);
//!     loop {
//!         let octets = find(retrieval.wanted());
//!         match retrieval.receive(&octets)? {
//!             Progress::Wants(next) => retrieval = next,
//!             Progress::Complete(metadata) => return Ok(metadata),
//!         }
//!     }
//! }
//! ```
//!
//! Spec: SD-JWT VC draft 19 sections 5.3, 5.4, 5.7 and 7.4.

use crate::type_metadata::document::Document;
use crate::type_metadata::extend::{check_svg_ids, extend};
use crate::type_metadata::{MAX_EXTENDS, TypeMetadata, TypeMetadataError, TypeReference};

/// A description of which one document is missing.
#[derive(Clone, Debug)]
pub struct Retrieval {
    reference: TypeReference,
    /// The types above it, nearest first; the last is the one whose document is missing.
    extended: Vec<TypeReference>,
    /// The documents that came, each extending the next.
    documents: Vec<Document>,
}

/// What comes of a document.
#[derive(Clone, Debug)]
pub enum Progress {
    /// The document of a type that it extends is missing.
    Wants(Retrieval),
    /// Nothing is missing.
    Complete(TypeMetadata),
}

impl Retrieval {
    /// Begins with the reference of a credential.
    pub const fn new(reference: TypeReference) -> Self {
        Self { reference, extended: Vec::new(), documents: Vec::new() }
    }

    /// The type whose document is missing. It may come from the type's address ([`TypeReference::url`]), from a
    /// registry or from a cache; a cache by integrity metadata is never stale (section 5.3.4).
    pub fn wanted(&self) -> &TypeReference {
        self.extended.last().unwrap_or(&self.reference)
    }

    /// Takes the octets of the missing document, as they were received.
    ///
    /// # Errors
    /// [`TypeMetadataError`].
    pub fn receive(mut self, octets: &[u8]) -> Result<Progress, TypeMetadataError> {
        let document = Document::read(octets, self.wanted())?;
        let next = document.extends.clone();
        self.documents.push(document);
        match next {
            None => self.complete().map(Progress::Complete),
            Some(next) => self.extend_to(next).map(Progress::Wants),
        }
    }

    fn extend_to(mut self, next: TypeReference) -> Result<Self, TypeMetadataError> {
        let is_next = |reference: &TypeReference| reference.vct == next.vct;
        if is_next(&self.reference) || self.extended.iter().any(is_next) {
            return Err(TypeMetadataError::Cycle);
        }
        if self.documents.len() >= MAX_EXTENDS {
            return Err(TypeMetadataError::TooDeep);
        }
        self.extended.push(next);
        Ok(self)
    }

    fn complete(self) -> Result<TypeMetadata, TypeMetadataError> {
        let whole = self.documents.into_iter().rev().map(Ok).reduce(|base, child| extend(base?, child?));
        let whole = whole.unwrap_or(Err(TypeMetadataError::Member))?;
        check_svg_ids(&whole.claims)?;
        Ok(TypeMetadata {
            reference: self.reference,
            extended: self.extended.into_iter().map(|reference| reference.vct).collect(),
            name: whole.name,
            description: whole.description,
            display: whole.display.unwrap_or_default(),
            claims: whole.claims,
        })
    }
}
