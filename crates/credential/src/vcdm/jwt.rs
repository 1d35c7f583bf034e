//! Credentials as JWT: the payload is the credential itself.
//!
//! Spec: Securing VCs using JOSE and COSE 1.0 section 3.1. `typ` is required here, though the specification
//! only recommends it, since nothing else tells a credential from other claims of the same signer.

use serde_json::{Map, Value};

use crate::issuer::{IssuerReference, KeyReference, MAX_REFERENCE, ReferenceError};
use crate::jws::{self, Use};
use crate::key::{PublicKey, Signer, VerifySignature};
use crate::sd_jwt::binding::MAX_CLOCK_SKEW;
use crate::time::UnixTime;
use crate::vcdm::{Credential, VcdmError, model};

/// The `typ` of a credential, and its media type without `application/`.
pub const TYPE: &str = "vc+jwt";

const USE: Use<'static> = Use { cty: Some("vc"), ..Use::of(TYPE) };

/// A credential as it arrived. Nothing in it may be believed yet.
#[derive(Clone, Debug)]
pub struct UnverifiedCredential {
    token: jws::Unverified,
    credential: Credential,
}

/// A credential whose signature and dates hold. Its status is another matter.
#[derive(Clone, Debug)]
pub struct VerifiedCredential(Credential);

impl Credential {
    /// Signs the credential, with the key named in the header.
    ///
    /// # Errors
    /// [`VcdmError::Proof`], [`VcdmError::Wrapped`], [`VcdmError::Contradiction`] and
    /// [`VcdmError::CredentialAudience`] for what a JWT may not hold; [`VcdmError::Sign`].
    pub fn to_jwt(&self, key: &KeyReference, signer: &dyn Signer) -> Result<String, VcdmError> {
        check_claims(self)?;
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        header.insert("cty".into(), "vc".into());
        key.write_to(&mut header);
        jws::sign(header, self.members(), signer).map_err(VcdmError::Sign)
    }
}

impl UnverifiedCredential {
    /// Reads a token and holds its payload against the model.
    ///
    /// # Errors
    /// [`VcdmError`].
    pub fn parse(text: &str) -> Result<Self, VcdmError> {
        let token = jws::Unverified::parse(text).map_err(VcdmError::Jws)?;
        let claims = token.dangerous_claims().map_err(VcdmError::Jws)?;
        if claims.contains_key("vc") || claims.contains_key("vp") {
            return Err(VcdmError::Wrapped);
        }
        let credential = Credential::new(claims)?;
        check_claims(&credential)?;
        Ok(Self { token, credential })
    }

    /// Who says to have signed it: the credential's `issuer`, and the key that the header names.
    ///
    /// # Errors
    /// [`VcdmError::Reference`].
    pub fn issuer(&self) -> Result<IssuerReference, VcdmError> {
        let issuer = self.credential.issuer();
        if issuer.len() > MAX_REFERENCE {
            return Err(VcdmError::Reference(ReferenceError::Issuer));
        }
        let key = KeyReference::from_header(self.token.header()).map_err(VcdmError::Reference)?;
        Ok(IssuerReference { iss: Some(issuer.to_owned()), key })
    }

    /// The credential before its signature holds: only to show what arrived.
    pub const fn dangerous_credential(&self) -> &Credential {
        &self.credential
    }

    /// Holds the credential against the key that its issuer was found to have.
    ///
    /// # Errors
    /// [`VcdmError`].
    pub fn verify(
        self,
        issuer_key: &PublicKey,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<VerifiedCredential, VcdmError> {
        self.token.verify_for(issuer_key, &USE, backend).map_err(VcdmError::Jws)?;
        check_times(self.credential.members(), now)?;
        self.credential.check_period(now)?;
        Ok(VerifiedCredential(self.credential))
    }
}

impl VerifiedCredential {
    /// The credential.
    pub const fn credential(&self) -> &Credential {
        &self.0
    }
}

/// A claim that repeats a property has to repeat its value; what nothing here checks may not be there.
fn check_claims(credential: &Credential) -> Result<(), VcdmError> {
    let members = credential.members();
    if members.contains_key("vc") || members.contains_key("vp") {
        return Err(VcdmError::Wrapped);
    }
    if members.contains_key("proof") {
        return Err(VcdmError::Proof);
    }
    if members.contains_key("aud") {
        return Err(VcdmError::CredentialAudience);
    }
    let subject = match model::values(members, "credentialSubject") {
        [one] => one.get("id"),
        _ => None,
    };
    let issuer = Value::from(credential.issuer());
    let pairs = [("iss", Some(&issuer)), ("jti", members.get("id")), ("sub", subject)];
    if pairs.iter().any(|(name, property)| members.contains_key(*name) && members.get(*name) != *property) {
        return Err(VcdmError::Contradiction);
    }
    Ok(())
}

/// The JWT's own times, which bound the signature as the properties bound the credential.
pub(super) fn check_times(claims: &Map<String, Value>, now: UnixTime) -> Result<(), VcdmError> {
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => UnixTime::from_claim(value).map(Some).ok_or(VcdmError::TimeForm),
    };
    for begin in [time("nbf")?, time("iat")?].into_iter().flatten() {
        if begin > now.plus(MAX_CLOCK_SKEW) {
            return Err(VcdmError::NotYetValid);
        }
    }
    if time("exp")?.is_some_and(|end| end <= now) { Err(VcdmError::Expired) } else { Ok(()) }
}
