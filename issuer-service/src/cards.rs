//! The kinds of cards that one agency issues: the identity card, and mobile documents beside it.
//!
//! A kind is named three times: by its type in the registry, by its name under `/types/` and in offers, and by
//! the same name in the issuer's metadata.
//!
//! Spec: OpenID4VCI 1.0 section 12.2.4, appendices A.2 and A.3.

use credential::time::UnixTime;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::documents::DocumentType;
use crate::identity::IdentityType;
use crate::service::Issuer;

/// One kind of card.
#[derive(Clone, Copy)]
pub enum Card<'a> {
    /// The identity card, an SD-JWT VC.
    Identity(&'a IdentityType),
    /// A mobile document.
    Document(&'a DocumentType),
}

impl Issuer {
    /// Every kind, the identity card first.
    pub fn cards(&self) -> impl Iterator<Item = Card<'_>> {
        core::iter::once(Card::Identity(&self.identity)).chain(self.documents.iter().map(Card::Document))
    }

    /// The kind of this name.
    pub fn card(&self, name: &str) -> Option<Card<'_>> {
        self.cards().find(|card| card.name() == name)
    }
}

impl<'a> Card<'a> {
    /// The name under `/types/`, in offers and in the issuer's metadata.
    pub fn name(self) -> &'a str {
        match self {
            Self::Identity(identity) => identity.name(),
            Self::Document(document) => document.name(),
        }
    }

    /// The type that the registry knows: `vct`, or the document type.
    pub fn card_type(self) -> &'a str {
        match self {
            Self::Identity(identity) => identity.vct(),
            Self::Document(document) => document.doctype(),
        }
    }

    /// The type metadata, as the bytes that are served.
    pub fn metadata(self) -> &'a str {
        match self {
            Self::Identity(identity) => identity.metadata(),
            Self::Document(document) => document.metadata(),
        }
    }

    /// SHA-256 of the type metadata, which the registry knows.
    pub fn metadata_sha256(self) -> [u8; 32] {
        Sha256::digest(self.metadata().as_bytes()).into()
    }

    /// Until when a card issued now is valid.
    pub fn expires_at(self, now: UnixTime) -> UnixTime {
        match self {
            Self::Identity(identity) => identity.expires_at(now),
            Self::Document(document) => document.expires_at(now),
        }
    }

    /// Its entry in the issuer's metadata. `attested` tells wallets to bring an attestation of their keys.
    pub fn configuration(self, attested: bool) -> Value {
        let mut jwt = json!({ "proof_signing_alg_values_supported": ["ES256"] });
        if attested {
            jwt["key_attestations_required"] = json!({});
        }
        match self {
            Self::Identity(identity) => json!({
                "format": "dc+sd-jwt",
                "vct": identity.vct(),
                "scope": identity.name(),
                "cryptographic_binding_methods_supported": ["jwk"],
                "credential_signing_alg_values_supported": ["ES256"],
                "proof_types_supported": { "jwt": jwt },
                "credential_metadata": {
                    "display": identity.display(), "claims": identity.claim_descriptions(),
                },
            }),
            Self::Document(document) => json!({
                "format": "mso_mdoc",
                "doctype": document.doctype(),
                "scope": document.name(),
                "cryptographic_binding_methods_supported": ["cose_key"],
                // ES256, which is what the signature says, and its fully specified form, which here is the same.
                "credential_signing_alg_values_supported": [-7, -9],
                "proof_types_supported": { "jwt": jwt },
                "credential_metadata": {
                    "display": document.display(), "claims": document.element_descriptions(),
                },
            }),
        }
    }
}
