//! The holder's half: a credential that is kept, and presentations of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::claim_path::ClaimPath;
use crate::issuer::IssuerReference;
use crate::key::{PublicKey, Signer, VerifySignature};
use crate::sd_jwt::binding::{Binding, BindingError, holder_key};
use crate::sd_jwt::unfold::Place;
use crate::sd_jwt::{self, SdJwtError, check_dates};
use crate::sd_jwt_vc::{
    Held, NEVER_DISCLOSABLE, PresentError, Registered, StatusReference, TYPE, VerifyError,
};
use crate::time::UnixTime;

impl Held {
    /// Reads what an issuer sent, or what was kept. A key binding has no place in it (RFC 9901 section
    /// 7.2). Nothing is believed before [`Held::verify_issued`].
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(text: &str) -> Result<Self, VerifyError> {
        let sd_jwt = sd_jwt::Unverified::parse(text)?;
        if sd_jwt.has_binding() {
            return Err(VerifyError::SdJwt(SdJwtError::Binding(BindingError::Unexpected)));
        }
        let (claims, places) = sd_jwt.dangerous_locate(&NEVER_DISCLOSABLE)?;
        let issuer = IssuerReference::new(sd_jwt.header(), &claims).map_err(VerifyError::Issuer)?;
        let registered = Registered::read(&claims)?;
        let holder = holder_key(&claims).map_err(|_| VerifyError::HolderKey)?;
        Ok(Self { sd_jwt, issuer, claims, places, registered, holder })
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
        self.sd_jwt.check_issuer(issuer_key, Some(TYPE), backend)?;
        Ok(check_dates(&self.claims, now)?)
    }

    /// The credential as it came.
    pub fn as_str(&self) -> &str {
        self.sd_jwt.text()
    }

    /// Who says to have issued it.
    pub const fn issuer(&self) -> &IssuerReference {
        &self.issuer
    }

    /// The credential type.
    pub fn vct(&self) -> &str {
        &self.registered.vct
    }

    /// Every claim, all disclosed.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
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

    /// Whether the holder can leave out what `path` selects, or a part of it.
    pub fn is_disclosable(&self, path: &ClaimPath) -> bool {
        self.places.iter().any(|place| path.meets(&place.path))
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
        if signer.public_key() != &self.holder {
            return Err(PresentError::WrongKey);
        }
        if disclose.iter().any(|path| path.select(&self.claims).is_empty()) {
            return Err(PresentError::NoSuchClaim);
        }
        let chosen = self.choose(disclose);
        let mut text = self.sd_jwt.jwt_and_tilde().to_owned();
        for (index, disclosure) in self.sd_jwt.disclosures().enumerate() {
            if chosen.contains(&index) {
                text.push_str(disclosure);
                text.push('~');
            }
        }
        let signed = binding.sign(&text, self.sd_jwt.algorithm(), signer).map_err(PresentError::Sign)?;
        text.push_str(&signed);
        Ok(text)
    }

    fn choose(&self, disclose: &[ClaimPath]) -> BTreeSet<usize> {
        let wanted = |place: &&Place| disclose.iter().any(|path| path.meets(&place.path));
        let with_parents =
            |place: &Place| place.inside.iter().copied().chain([place.disclosure]).collect::<Vec<_>>();
        self.places.iter().filter(wanted).flat_map(with_parents).collect()
    }
}
