//! Presentations as JWT: credentials in their envelopes, signed by their holder for one verifier.
//!
//! Spec: VC Data Model 2.0 section 4.13; Securing VCs using JOSE and COSE 1.0 section 3.1.2; `aud` and
//! `nonce` as OpenID4VP 1.0 appendix B.1.3.1.5 has them.

use core::time::Duration;

use serde_json::{Map, Value, json};

use crate::jws::{self, Use};
use crate::key::{PublicKey, Signer, VerifySignature};
use crate::time::UnixTime;
use crate::vcdm::jwt::check_times;
use crate::vcdm::{BASE_CONTEXT, VcdmError, model};

/// The `typ` of a presentation, and its media type without `application/`.
pub const TYPE: &str = "vp+jwt";
/// Credentials in one presentation, at most: each costs a signature to check.
pub const MAX_CREDENTIALS: usize = 16;

const USE: Use<'static> = Use { cty: Some("vp"), ..Use::of(TYPE) };
const ENVELOPE: &str = "data:application/vc+jwt,";

/// A presentation that holds the rules of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Presentation {
    members: Map<String, Value>,
    holder: Option<String>,
}

/// What a presentation is held against.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedPresentation<'a> {
    /// The verifier's name.
    pub audience: &'a str,
    /// The verifier's nonce.
    pub nonce: &'a str,
    /// How old it may be.
    pub max_age: Duration,
    /// The present.
    pub now: UnixTime,
}

/// A presentation whose signature, audience and nonce hold. Its credentials have yet to be verified, and to
/// be found bound to the key that signed it.
#[derive(Clone, Debug)]
pub struct VerifiedPresentation {
    holder: Option<String>,
    credentials: Vec<String>,
}

impl Presentation {
    /// Holds `members` against the model.
    ///
    /// # Errors
    /// [`VcdmError`].
    pub fn new(members: Map<String, Value>) -> Result<Self, VcdmError> {
        model::check_envelope(&members, "VerifiablePresentation")?;
        let holder = match members.get("holder") {
            None => None,
            Some(holder) => Some(model::named_by_url(holder).ok_or(VcdmError::Holder)?.to_owned()),
        };
        let credentials = model::values(&members, "verifiableCredential");
        if credentials.len() > MAX_CREDENTIALS {
            return Err(VcdmError::TooMany);
        }
        credentials.iter().try_for_each(check_content)?;
        Ok(Self { members, holder })
    }

    /// A presentation of tokens of the type `vc+jwt`.
    ///
    /// # Errors
    /// [`VcdmError::Holder`] and [`VcdmError::TooMany`].
    pub fn of(tokens: &[String], holder: Option<&str>) -> Result<Self, VcdmError> {
        let envelope = |token: &String| {
            json!({
                "@context": BASE_CONTEXT,
                "type": "EnvelopedVerifiableCredential",
                "id": format!("{ENVELOPE}{token}"),
            })
        };
        let mut members = Map::new();
        members.insert("@context".into(), json!([BASE_CONTEXT]));
        members.insert("type".into(), json!(["VerifiablePresentation"]));
        if let Some(holder) = holder {
            members.insert("holder".into(), holder.into());
        }
        members.insert("verifiableCredential".into(), tokens.iter().map(envelope).collect());
        Self::new(members)
    }

    /// The holder's URL.
    pub fn holder(&self) -> Option<&str> {
        self.holder.as_deref()
    }

    /// Signs the presentation for one verifier.
    ///
    /// # Errors
    /// [`VcdmError::Sign`].
    pub fn to_jwt(
        &self,
        audience: &str,
        nonce: &str,
        now: UnixTime,
        signer: &dyn Signer,
    ) -> Result<String, VcdmError> {
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        header.insert("cty".into(), "vp".into());
        let mut claims = self.members.clone();
        claims.insert("aud".into(), audience.into());
        claims.insert("nonce".into(), nonce.into());
        claims.insert("iat".into(), now.secs().into());
        jws::sign(header, &claims, signer).map_err(VcdmError::Sign)
    }

    /// The tokens in the envelopes.
    fn tokens(&self) -> Result<Vec<String>, VcdmError> {
        let token = |content: &Value| {
            let id = content.get("id").and_then(Value::as_str);
            id.and_then(|id| id.strip_prefix(ENVELOPE)).map(str::to_owned).ok_or(VcdmError::Unsecured)
        };
        model::values(&self.members, "verifiableCredential").iter().map(token).collect()
    }
}

impl VerifiedPresentation {
    /// Reads a token and holds it against the holder's key, which the caller found in the credentials.
    ///
    /// # Errors
    /// [`VcdmError`]; [`VcdmError::Unsecured`] where a credential is in no envelope of ours.
    pub fn verify(
        text: &str,
        holder_key: &PublicKey,
        expected: &ExpectedPresentation<'_>,
        backend: &dyn VerifySignature,
    ) -> Result<Self, VcdmError> {
        let token = jws::Unverified::parse(text).map_err(VcdmError::Jws)?;
        let token = token.verify_for(holder_key, &USE, backend).map_err(VcdmError::Jws)?;
        let claims = token.into_claims();
        if claims.contains_key("vc") || claims.contains_key("vp") {
            return Err(VcdmError::Wrapped);
        }
        if claims.contains_key("proof") {
            return Err(VcdmError::Proof);
        }
        expected.check(&claims)?;
        let presentation = Presentation::new(claims)?;
        let contradicts = |iss: &Value| iss.as_str() != presentation.holder();
        if presentation.members.get("iss").is_some_and(contradicts) {
            return Err(VcdmError::Contradiction);
        }
        Ok(Self { credentials: presentation.tokens()?, holder: presentation.holder })
    }

    /// The holder's URL: what the holder says, and the credentials have to bear out.
    pub fn holder(&self) -> Option<&str> {
        self.holder.as_deref()
    }

    /// The credentials, each a token of the type `vc+jwt`.
    pub fn credentials(&self) -> &[String] {
        &self.credentials
    }
}

impl ExpectedPresentation<'_> {
    fn check(&self, claims: &Map<String, Value>) -> Result<(), VcdmError> {
        if claims.get("aud").is_none_or(|audience| audience != self.audience) {
            return Err(VcdmError::Audience);
        }
        if claims.get("nonce").is_none_or(|nonce| nonce != self.nonce) {
            return Err(VcdmError::Nonce);
        }
        check_times(claims, self.now)?;
        let issued_at = claims.get("iat").and_then(UnixTime::from_claim).ok_or(VcdmError::TimeForm)?;
        if self.now.since(issued_at) > self.max_age { Err(VcdmError::TooOld) } else { Ok(()) }
    }
}

/// A credential in an envelope, or as it is.
fn check_content(content: &Value) -> Result<(), VcdmError> {
    let members = content.as_object().ok_or(VcdmError::Content)?;
    if model::check_type(members, "EnvelopedVerifiableCredential").is_ok() {
        let contexts = model::values(members, "@context");
        let is_data = members.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("data:"));
        let fits = contexts.first().is_some_and(|first| first == BASE_CONTEXT) && is_data;
        return if fits { Ok(()) } else { Err(VcdmError::Content) };
    }
    model::check_credential(members).map_err(|_| VcdmError::Content)?;
    model::check_issuer(members).map(drop).map_err(|_| VcdmError::Content)
}
