//! The verifier's half.

use serde_json::{Map, Value};

use crate::issuer::IssuerReference;
use crate::jws::Header;
use crate::key::{PublicKey, VerifySignature};
use crate::sd_jwt::binding::ExpectedBinding;
use crate::sd_jwt::issued::Issued;
use crate::sd_jwt::{self, Policy, SdJwtError};
use crate::sd_jwt_vc::{
    NEVER_DISCLOSABLE, Registered, StatusReference, TYPE, Unverified, Verified, VerifyError, read_vct,
};
use crate::time::UnixTime;
use crate::type_metadata::TypeReference;

impl Unverified {
    /// Reads a presentation.
    ///
    /// # Errors
    /// [`VerifyError::SdJwt`] and [`VerifyError::Type`].
    pub fn parse(text: &str) -> Result<Self, VerifyError> {
        let sd_jwt = sd_jwt::Unverified::parse(text)?;
        let vct = read_vct(sd_jwt.dangerous_payload())?.to_owned();
        Ok(Self { sd_jwt, vct })
    }

    /// The header of the issuer's token: a caller that keeps chains which it has checked finds them by `x5c`.
    pub const fn header(&self) -> &Header {
        self.sd_jwt.header()
    }

    /// Who says to have issued it. Certificates are read here, at each call.
    ///
    /// # Errors
    /// [`VerifyError::Issuer`] where the token names nobody that can be looked up.
    pub fn issuer(&self) -> Result<IssuerReference, VerifyError> {
        IssuerReference::new(self.sd_jwt.header(), self.sd_jwt.dangerous_payload())
            .map_err(VerifyError::Issuer)
    }

    /// The type that it says to be of.
    pub fn vct(&self) -> &str {
        &self.vct
    }

    /// `iat`, where it is not concealed.
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.sd_jwt.dangerous_payload().get("iat").and_then(UnixTime::from_claim)
    }

    /// Checks everything, key binding included.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify(
        self,
        issuer_key: &PublicKey,
        expected: &ExpectedBinding<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        self.verify_with(issuer_key, Some(expected), expected.now, backend)
    }

    /// Checks everything but key binding: who shows it is not known. For looking at a credential, never
    /// for letting anyone in.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn dangerous_verify_unbound(
        self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        self.verify_with(issuer_key, None, now, backend)
    }

    fn verify_with(
        self,
        issuer_key: &PublicKey,
        binding: Option<&ExpectedBinding<'_>>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Verified, VerifyError> {
        let policy =
            Policy { typ: Some(TYPE), never_disclosable: &NEVER_DISCLOSABLE, required: &[], binding, now };
        let sd_jwt = self.sd_jwt.verify(issuer_key, &policy, backend)?;
        let registered = Registered::read(sd_jwt.claims())?;
        Ok(Verified { sd_jwt, registered })
    }
}

impl Verified {
    /// Every claim that was shown.
    pub const fn claims(&self) -> &Map<String, Value> {
        self.sd_jwt.claims()
    }

    /// The credential type.
    pub fn vct(&self) -> &str {
        &self.registered.type_reference.vct
    }

    /// The credential type, and what its description must hash to.
    pub const fn type_reference(&self) -> &TypeReference {
        &self.registered.type_reference
    }

    /// Types that the issuer says it is of besides (`aka_vcts`).
    pub fn other_types(&self) -> &[String] {
        &self.registered.other_types
    }

    /// Where the status is kept: the last thing to ask.
    pub const fn status(&self) -> Option<&StatusReference> {
        self.registered.status.as_ref()
    }

    /// The key that signed the presentation; `None` where no binding was checked.
    pub const fn holder_key(&self) -> Option<&PublicKey> {
        self.sd_jwt.holder_key()
    }

    /// `iat`, where shown.
    pub const fn issued_at(&self) -> Option<UnixTime> {
        self.registered.issued_at
    }

    /// `exp`, where present.
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.registered.expires_at
    }

    /// The token as it was issued, with the places of what was not shown.
    pub(crate) fn issued(&self) -> Result<Issued, SdJwtError> {
        self.sd_jwt.issued()
    }
}

#[cfg(test)]
mod tests;
