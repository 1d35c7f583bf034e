//! DID documents as they come from elsewhere: which key may do what.
//!
//! A document is refused as a whole where anything that could lead to a key is malformed, repeated, or beyond
//! its cap. Keys of other kinds than ours stay in it without being usable; keys that another controls, or
//! that stand under another's name, are never found.
//!
//! Spec: DID Core 1.0 sections 4, 5 and 6.2; Controlled Identifiers 1.0 section 2.2.

mod read;

use crate::did::syntax::{Did, KeyId};
use crate::json::JsonError;
use crate::key::{KeyError, PublicKey};

/// Bytes of a document, at most: 64 keys with their names, and room for services.
pub const MAX_DOCUMENT: usize = 64 * 1024;
/// Keys in a document, at most, those inside relationships included.
pub const MAX_METHODS: usize = 64;
/// References in one relationship, at most: to every key once.
pub const MAX_REFERENCES: usize = MAX_METHODS;
/// Services in a document, at most. None is used here; they are only held to their form.
pub const MAX_SERVICES: usize = 64;
/// Contexts, controllers or other names in a document, at most.
pub const MAX_NAMES: usize = 16;

/// Why a document is refused, or gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// No JSON object that may be read.
    #[error("did document is unacceptable json")]
    Json(#[source] JsonError),
    /// `@context` does not begin with that of DID documents.
    #[error("did document has another context")]
    Context,
    /// `id` is missing or not a DID.
    #[error("did document has no identifier")]
    Id,
    /// `id` is not the DID that was resolved.
    #[error("did document is another's")]
    Subject,
    /// `controller` or `alsoKnownAs` are not what they must be.
    #[error("did document names its controllers or other names wrongly")]
    Names,
    /// A key, or `verificationMethod` itself, is not what it must be.
    #[error("verification method is malformed")]
    Method,
    /// More keys, references or services than allowed.
    #[error("did document has more entries than allowed")]
    TooMany,
    /// The identifier of a key is not one, or lies under another DID.
    #[error("verification method has an unusable identifier")]
    MethodId,
    /// Two keys, two services or two references have one identifier.
    #[error("did document repeats an identifier")]
    Repeated,
    /// A key comes in two forms, or in none that its type allows.
    #[error("verification method has not exactly one key")]
    Material,
    /// A key is malformed, no point, or private.
    #[error("verification method holds an unusable key")]
    Key(#[source] KeyError),
    /// A relationship is neither a list of references nor of keys.
    #[error("verification relationship is malformed")]
    Relationship,
    /// A relationship refers to a key that the document does not have.
    #[error("verification relationship refers to no key")]
    Dangling,
    /// A service is not what it must be.
    #[error("service is malformed")]
    Service,
    /// The document has no key of this name.
    #[error("did document has no such key")]
    Unknown,
    /// The key may not do this.
    #[error("key is for another relationship")]
    Unrelated,
    /// The key is of a kind that we do not use.
    #[error("key is of a kind that is not used")]
    Kind,
    /// Another than the document's subject controls the key.
    #[error("key is controlled by another")]
    Controller,
}

/// What a key may be used for (DID Core section 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relationship {
    /// Logging in.
    Authentication,
    /// Stating claims: issuing credentials.
    AssertionMethod,
    /// Being encrypted to.
    KeyAgreement,
    /// Using a capability.
    CapabilityInvocation,
    /// Handing a capability on.
    CapabilityDelegation,
}

impl Relationship {
    /// Every one of them.
    pub const ALL: [Self; 5] = [
        Self::Authentication,
        Self::AssertionMethod,
        Self::KeyAgreement,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];

    /// The name of its member in a document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AssertionMethod => "assertionMethod",
            Self::KeyAgreement => "keyAgreement",
            Self::CapabilityInvocation => "capabilityInvocation",
            Self::CapabilityDelegation => "capabilityDelegation",
        }
    }
}

/// A document that holds its form.
#[derive(Clone, Debug)]
pub struct DidDocument {
    id: Did,
    methods: Vec<Method>,
    related: Vec<(Relationship, KeyId)>,
}

#[derive(Clone, Debug)]
struct Method {
    id: KeyId,
    is_own: bool,
    key: Option<PublicKey>,
}

impl DidDocument {
    /// The DID that it is of.
    pub const fn id(&self) -> &Did {
        &self.id
    }

    /// The key that `kid` names, if it may be used for `relationship`. `kid` is a DID with a fragment, or a
    /// fragment alone.
    ///
    /// # Errors
    /// [`DocumentError::MethodId`], [`DocumentError::Unknown`], [`DocumentError::Unrelated`],
    /// [`DocumentError::Controller`] and [`DocumentError::Kind`].
    pub fn key(&self, kid: &str, relationship: Relationship) -> Result<&PublicKey, DocumentError> {
        let id = self.id.key_id(kid).map_err(|_| DocumentError::MethodId)?;
        let method = self.methods.iter().find(|method| method.id == id).ok_or(DocumentError::Unknown)?;
        if !self.related.contains(&(relationship, id)) {
            return Err(DocumentError::Unrelated);
        }
        if !method.is_own {
            return Err(DocumentError::Controller);
        }
        method.key.as_ref().ok_or(DocumentError::Kind)
    }

    /// How many keys there are, usable or not.
    pub const fn keys(&self) -> usize {
        self.methods.len()
    }
}

#[cfg(test)]
mod tests;
