//! The holder's half: a credential that is kept, and presentations of it.

use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;
use crate::issuer::IssuerReference;
use crate::key::{PublicKey, Signer, VerifySignature};
use crate::sd_jwt::binding::{Binding, holder_key};
use crate::sd_jwt::hold::PresentError;
use crate::sd_jwt::issued::Issued;
use crate::sd_jwt::{self, SdJwtError};
use crate::sd_jwt_vc::{Held, NEVER_DISCLOSABLE, Registered, StatusReference, TYPE, VerifyError};
use crate::time::UnixTime;
use crate::type_metadata::TypeReference;

impl Held {
    /// Reads what an issuer sent, or what was kept. A key binding has no place in it (RFC 9901 section
    /// 7.2). Nothing is believed before [`Held::verify_issued`].
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(text: &str) -> Result<Self, VerifyError> {
        let sd_jwt = sd_jwt::hold::Held::new(sd_jwt::Unverified::parse(text)?, &NEVER_DISCLOSABLE)?;
        let issuer = IssuerReference::new(sd_jwt.header(), sd_jwt.claims()).map_err(VerifyError::Issuer)?;
        let registered = Registered::read(sd_jwt.claims())?;
        let holder = holder_key(sd_jwt.claims()).map_err(|_| VerifyError::HolderKey)?;
        Ok(Self { sd_jwt, issuer, registered, holder })
    }

    /// Checks the issuer's signature and the dates.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify_issued(
        &self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), VerifyError> {
        Ok(self.sd_jwt.verify_issued(issuer_key, Some(TYPE), now, backend)?)
    }

    /// The credential as it came.
    pub fn as_str(&self) -> &str {
        self.sd_jwt.as_str()
    }

    /// Who says to have issued it.
    pub const fn issuer(&self) -> &IssuerReference {
        &self.issuer
    }

    /// The credential type.
    pub fn vct(&self) -> &str {
        &self.registered.type_reference.vct
    }

    /// Every claim, all disclosed.
    pub const fn claims(&self) -> &Map<String, Value> {
        self.sd_jwt.claims()
    }

    /// The credential type, and what its description must hash to.
    pub const fn type_reference(&self) -> &TypeReference {
        &self.registered.type_reference
    }

    /// Types that the issuer says it is of besides (`aka_vcts`).
    pub fn other_types(&self) -> &[String] {
        &self.registered.other_types
    }

    /// Where the status is kept.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.registered.status.as_ref()
    }

    /// The key that it is bound to.
    pub const fn holder_key(&self) -> &PublicKey {
        &self.holder
    }

    /// `iat`.
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.registered.issued_at
    }

    /// `exp`.
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.registered.expires_at
    }

    /// Everything that is seen by whoever is shown `disclose`: also what cannot be left out, or not apart from it.
    pub fn seen(&self, disclose: &[ClaimPath]) -> Vec<ClaimPath> {
        self.sd_jwt.seen(disclose)
    }

    /// Shows `disclose`, with everything below each path and what it stands in, and nothing else that can
    /// be left out; bound to `binding` by the holder's key.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(
        &self,
        disclose: &[ClaimPath],
        binding: &Binding<'_>,
        signer: &dyn Signer,
    ) -> Result<String, PresentError> {
        self.sd_jwt.present(disclose, binding, signer)
    }

    /// The token as it was issued.
    pub(crate) fn issued(&self) -> Result<Issued, SdJwtError> {
        self.sd_jwt.issued()
    }
}
