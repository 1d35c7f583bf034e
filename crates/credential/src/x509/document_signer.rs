//! The profile of certificates under mobile documents: an issuing authority (IACA) signs the certificate of
//! a document signer. Nothing stands between them, since the authority may sign leaves only.
//!
//! Spec: ISO/IEC 18013-5 section 9.3.3 and annex B.1.

use x509_cert::der::oid::ObjectIdentifier;

use crate::key::VerifySignature;
use crate::time::UnixTime;
use crate::x509::certificate::Parsed;
use crate::x509::{Chain, X509Error};

/// The extended key usage of a document signer (`id-mdl-kp-mdlDS`).
const DOCUMENT_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.18013.5.1.2");

impl Chain {
    /// Checks the chain as that of a document signer at `now`, and says which of `anchors` (DER) it leads to.
    ///
    /// # Errors
    /// Those of [`Chain::verify`], and [`X509Error::NotDirect`], [`X509Error::KeyUsage`],
    /// [`X509Error::ExtendedKeyUsage`], [`X509Error::Country`], [`X509Error::Nesting`].
    pub fn verify_document_signer(
        &self,
        anchors: &[&[u8]],
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<usize, X509Error> {
        let index = self.verify(anchors, now, backend)?;
        let anchor = anchors.get(index).ok_or(X509Error::NoAnchor)?;
        let authority = Parsed::new(anchor)?;
        if !authority.signs_leaves_only() {
            return Err(X509Error::NotDirect);
        }
        self.leaf().check_document_signer(&authority)?;
        Ok(index)
    }
}

impl Parsed {
    fn check_document_signer(&self, authority: &Self) -> Result<(), X509Error> {
        if self.usage.is_none() || authority.usage.is_none() {
            return Err(X509Error::KeyUsage);
        }
        if !self.purposes.contains(&DOCUMENT_SIGNER) {
            return Err(X509Error::ExtendedKeyUsage);
        }
        if self.country.is_none() || self.country != authority.country {
            return Err(X509Error::Country);
        }
        if self.not_before < authority.not_before || self.not_after > authority.not_after {
            return Err(X509Error::Nesting);
        }
        Ok(())
    }
}
