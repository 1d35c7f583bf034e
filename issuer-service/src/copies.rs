//! One copy of a card, signed: bound to a key of its own, with its own salts and its own place in a status list.
//!
//! Spec: SD-JWT VC draft 19; ISO/IEC 18013-5 section 9.1.2; Token Status List draft 20 section 6;
//! OpenID4VCI 1.0 appendices A.2.4 and A.3.4.

use std::sync::Arc;

use credential::encoding::base64url;
use credential::key::{PublicKey, Signer};
use credential::mdoc;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::sd_jwt_vc::{self, StatusReference, every_claim};
use credential::time::UnixTime;
use credential::x509::Chain;

use crate::cards::Card;
use crate::documents::DocumentType;
use crate::identity::{IdentityType, whole_days};
use crate::service::Issuer;
use crate::store::credentials::Place;
use crate::store::persons::PersonRecord;

/// Who signs mobile documents.
pub struct DocumentSigner {
    /// The certificate that goes along.
    pub chain: Chain,
    /// Its key.
    pub signer: Arc<dyn Signer>,
}

/// What a copy is made of, beside its kind.
pub struct NewCopy<'a> {
    /// Whose card it is.
    pub person: &'a PersonRecord,
    /// The key that it is bound to.
    pub key: PublicKey,
    /// Where its status stands.
    pub place: &'a Place,
    /// When it is issued.
    pub now: UnixTime,
}

/// Why a copy is not signed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// As an SD-JWT VC.
    #[error("card could not be signed")]
    Card(#[from] sd_jwt_vc::IssueError),
    /// As a mobile document.
    #[error("document could not be signed")]
    Document(#[from] mdoc::issue::IssueError),
    /// Nobody signs documents, which the start of the service excludes.
    #[error("no signer of documents is configured")]
    NoDocumentSigner,
}

impl Issuer {
    /// Signs a copy, as it stands in the answer to the wallet.
    ///
    /// # Errors
    /// [`CopyError`].
    pub fn sign_copy(&self, card: Card<'_>, copy: NewCopy<'_>) -> Result<String, CopyError> {
        match card {
            Card::Identity(identity) => self.sign_identity(identity, copy),
            Card::Document(document) => self.sign_document(document, copy),
        }
    }

    fn sign_identity(&self, identity: &IdentityType, copy: NewCopy<'_>) -> Result<String, CopyError> {
        let expires_at = identity.expires_at(copy.now);
        let claims = self.identity.claims(copy.person, copy.now, expires_at);
        let issuance = sd_jwt_vc::Issuance {
            issuer: Some(self.origin()),
            vct: identity.vct().to_owned(),
            issued_at: issued_at(copy.now),
            expires_at,
            not_before: None,
            status: Some(self.status_at(copy.place)),
            holder: copy.key,
            disclosable: every_claim(&claims),
            claims,
            decoys: 0,
        };
        Ok(issuance.issue(&self.key_reference, &*self.signer, &mut *self.random.rng())?)
    }

    fn sign_document(&self, document: &DocumentType, copy: NewCopy<'_>) -> Result<String, CopyError> {
        let DocumentSigner { chain, signer } =
            self.document_signer.as_ref().ok_or(CopyError::NoDocumentSigner)?;
        let (signed, valid_until) = (issued_at(copy.now), document.expires_at(copy.now));
        let claims = self.identity.claims(copy.person, copy.now, valid_until);
        let issuance = mdoc::issue::Issuance {
            doc_type: document.doctype().to_owned(),
            elements: document.elements(&claims),
            digest_algorithm: DigestAlgorithm::Sha256,
            validity: ValidityInfo { signed, valid_from: signed, valid_until, expected_update: None },
            status: Some(self.status_at(copy.place)),
            device_key: copy.key,
        };
        Ok(base64url(issuance.issue(chain, &**signer, &mut *self.random.rng())?))
    }

    fn status_at(&self, place: &Place) -> StatusReference {
        StatusReference { uri: self.list_uri(&place.list), index: place.position }
    }
}

/// A whole day: the second of issuance would tie copies of one batch together.
fn issued_at(now: UnixTime) -> UnixTime {
    whole_days(now, 0)
}
