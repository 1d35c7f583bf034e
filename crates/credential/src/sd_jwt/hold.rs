//! The holder's half: a token that is kept with all its disclosures, and what is shown of it.
//!
//! Spec: RFC 9901 section 7.2.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::claim_path::{ClaimPath, PathElement};
use crate::jws::Header;
use crate::key::{PublicKey, SignError, Signer, VerifySignature};
use crate::sd_jwt::binding::{Binding, BindingError, holder_key};
use crate::sd_jwt::issued::Issued;
use crate::sd_jwt::unfold::Place;
use crate::sd_jwt::validity::check_dates;
use crate::sd_jwt::{SdJwtError, Unverified};
use crate::time::UnixTime;

/// A token in its holder's hands.
#[derive(Clone, Debug)]
pub struct Held {
    sd_jwt: Unverified,
    claims: Map<String, Value>,
    places: Vec<Place>,
}

/// Why nothing can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentError {
    /// A path leads to no claim of this token.
    #[error("token has no such claim")]
    NoSuchClaim,
    /// The signer is not the key that the token is bound to.
    #[error("signer is not the holder of this token")]
    WrongKey,
    /// The signer failed.
    #[error("presentation could not be signed")]
    Sign(#[source] SignError),
}

impl Held {
    /// Takes what an issuer sent, or what was kept. A key binding has no place in it. Nothing is believed
    /// before [`Held::verify_issued`].
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn new(sd_jwt: Unverified, never_disclosable: &[&str]) -> Result<Self, SdJwtError> {
        if sd_jwt.has_binding() {
            return Err(SdJwtError::Binding(BindingError::Unexpected));
        }
        let (claims, places) = sd_jwt.dangerous_locate(never_disclosable)?;
        Ok(Self { sd_jwt, claims, places })
    }

    /// Checks `typ`, `cty`, the issuer's signature and the dates.
    ///
    /// # Errors
    /// [`SdJwtError`].
    pub fn verify_issued(
        &self,
        issuer_key: &PublicKey,
        typ: Option<&str>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<(), SdJwtError> {
        self.sd_jwt.check_issuer(issuer_key, typ, backend)?;
        check_dates(&self.claims, now)
    }

    /// The token as it came, in the compact form.
    pub fn as_str(&self) -> &str {
        self.sd_jwt.text()
    }

    /// The header of the issuer's token.
    pub const fn header(&self) -> &Header {
        self.sd_jwt.header()
    }

    /// Every claim, all disclosed.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The token as it was issued.
    pub(crate) fn issued(&self) -> Result<Issued, SdJwtError> {
        self.sd_jwt.dangerous_issued()
    }

    /// Everything that is seen by whoever is shown `disclose`, in as few paths as say it: also what the issuer
    /// made so that it cannot be left out, or not apart from what is wanted.
    pub fn seen(&self, disclose: &[ClaimPath]) -> Vec<ClaimPath> {
        let chosen = self.choose(disclose);
        let hidden: Vec<&[PathElement]> = self
            .places
            .iter()
            .filter(|place| !chosen.contains(&place.disclosure))
            .map(|place| &*place.path)
            .collect();
        let mut seen = Vec::new();
        for (name, value) in &self.claims {
            add_seen(vec![PathElement::Name(name.clone())], value, &hidden, &mut seen);
        }
        seen
    }

    /// Shows `disclose`, with everything below each path and what it stands in, and nothing else that can
    /// be left out. Bound to no key: whoever reads it cannot know who showed it.
    ///
    /// # Errors
    /// [`PresentError::NoSuchClaim`].
    pub fn show(&self, disclose: &[ClaimPath]) -> Result<String, PresentError> {
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
        Ok(text)
    }

    /// As [`Held::show`], bound to `binding` by the holder's key.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(
        &self,
        disclose: &[ClaimPath],
        binding: &Binding<'_>,
        signer: &dyn Signer,
    ) -> Result<String, PresentError> {
        if holder_key(&self.claims).as_ref() != Ok(signer.public_key()) {
            return Err(PresentError::WrongKey);
        }
        let mut text = self.show(disclose)?;
        let signed = binding.sign(&text, self.sd_jwt.algorithm(), signer).map_err(PresentError::Sign)?;
        text.push_str(&signed);
        Ok(text)
    }

    /// The disclosures that `disclose` needs. An element in which a path selects nothing is none of them (OpenID4VP
    /// 1.0 sections 6.4 and 7.1.1).
    fn choose(&self, disclose: &[ClaimPath]) -> BTreeSet<usize> {
        let wanted = |place: &&Place| disclose.iter().any(|path| path.selects_at(&place.path, &self.claims));
        let with_parents =
            |place: &Place| place.inside.iter().copied().chain([place.disclosure]).collect::<Vec<_>>();
        self.places.iter().filter(wanted).flat_map(with_parents).collect()
    }
}

/// Adds the claim `at`, or those parts of it that are not among or inside the `hidden`.
fn add_seen(at: Vec<PathElement>, value: &Value, hidden: &[&[PathElement]], seen: &mut Vec<ClaimPath>) {
    let below: Vec<&[PathElement]> = hidden.iter().copied().filter(|path| path.starts_with(&at)).collect();
    if below.contains(&at.as_slice()) {
        return;
    }
    let inside = |step| at.iter().cloned().chain([step]).collect::<Vec<_>>();
    match value {
        _ if below.is_empty() => seen.extend(ClaimPath::new(at)),
        Value::Object(members) => {
            for (name, value) in members {
                add_seen(inside(PathElement::Name(name.clone())), value, &below, seen);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                add_seen(inside(PathElement::Index(index)), value, &below, seen);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
