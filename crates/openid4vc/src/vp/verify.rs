//! The verifier's decision: what an answer proves.
//!
//! A presentation counts once its issuer is trusted for its type, the issuer's signature, the digests, the
//! dates and the holder's key binding hold, and it is of the type and has the claims that were asked for.
//! Its status is the one thing left: the caller looks it up.
//!
//! Spec: OpenID4VP 1.0 sections 6.4 and 8.6, appendix B.3.6; RFC 9901 section 7.3.

use core::time::Duration;
use std::collections::BTreeMap;

use credential::issuer::IssuerReference;
use credential::key::{PublicKey, VerifySignature};
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt_vc;
use credential::time::UnixTime;

use crate::vp::dcql::check::{CheckError, Shown};
use crate::vp::dcql::{Format, Query};
use crate::vp::request::RequestContent;
use crate::vp::response::Response;

/// How old a holder's signature may be: the time from consent to arrival, with a slow network.
pub const MAX_BINDING_AGE: Duration = Duration::from_secs(300);

/// What an answer is held against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// What was asked.
    pub query: &'a Query,
    /// The request's nonce.
    pub nonce: &'a str,
    /// The full `client_id`, prefix included.
    pub client_id: &'a str,
    /// How old a holder's signature may be: [`MAX_BINDING_AGE`], or less.
    pub max_age: Duration,
    /// The present.
    pub now: UnixTime,
}

/// Who a presentation says to come from: what the trust decision is about. Not believed yet.
#[derive(Clone, Copy, Debug)]
pub struct ClaimedIssuer<'a> {
    /// Issuer and key.
    pub reference: &'a IssuerReference,
    /// The credential type.
    pub vct: &'a str,
    /// `iat`, where it is not concealed.
    pub issued_at: Option<UnixTime>,
}

/// A presentation for which everything holds but its status, which is still to be asked.
#[derive(Clone, Debug)]
pub struct Presented {
    /// Who issued it.
    pub issuer: IssuerReference,
    /// The card, verified.
    pub credential: sd_jwt_vc::Verified,
}

/// Why an answer proves nothing. `E` is the trust decision's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError<E> {
    /// The answer is not one to the query.
    #[error("answer does not fit the query")]
    Query(#[source] CheckError),
    /// A card was asked for in a format that this verifier cannot check.
    #[error("format cannot be verified")]
    Format,
    /// The issuer is not trusted for this type.
    #[error("issuer is not trusted")]
    Issuer(E),
    /// The presentation does not hold.
    #[error("presentation is refused")]
    Presentation(#[source] sd_jwt_vc::VerifyError),
}

impl<'a> Expected<'a> {
    /// What the answer to `request` is held against; `client_id` is its identifier as text.
    pub fn of(request: &'a RequestContent, client_id: &'a str, now: UnixTime) -> Self {
        Self { query: &request.query, nonce: &request.nonce, client_id, max_age: MAX_BINDING_AGE, now }
    }

    /// Verifies a whole answer: every presentation, and that together they are what was asked. `trust` says
    /// with which key an issuer's cards of a type are checked.
    ///
    /// # Errors
    /// [`VerifyError`]; the first refusal refuses the whole answer.
    pub fn verify<E>(
        &self,
        response: &Response,
        mut trust: impl FnMut(&ClaimedIssuer<'_>) -> Result<PublicKey, E>,
        backend: &dyn VerifySignature,
    ) -> Result<BTreeMap<String, Vec<Presented>>, VerifyError<E>> {
        let mut presented = BTreeMap::new();
        for (id, texts) in &response.vp_token {
            let verify = |text: &String| self.verify_one(id, text, &mut trust, backend);
            presented.insert(id.clone(), texts.iter().map(verify).collect::<Result<Vec<_>, _>>()?);
        }
        let mut answer = BTreeMap::new();
        for (id, all) in &presented {
            answer.insert(String::clone(id), all.iter().map(Presented::shown).collect::<Vec<_>>());
        }
        self.query.check(&answer).map_err(VerifyError::Query)?;
        Ok(presented)
    }

    /// Verifies one presentation, the answer to the part `id` of the query.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify_one<E>(
        &self,
        id: &str,
        presentation: &str,
        mut trust: impl FnMut(&ClaimedIssuer<'_>) -> Result<PublicKey, E>,
        backend: &dyn VerifySignature,
    ) -> Result<Presented, VerifyError<E>> {
        let query = self.query.credential(id).ok_or(VerifyError::Query(CheckError::UnknownId))?;
        if *query.format() != Format::SdJwtVc {
            return Err(VerifyError::Format);
        }
        let unverified = sd_jwt_vc::Unverified::parse(presentation).map_err(VerifyError::Presentation)?;
        if !query.types().iter().any(|vct| vct == unverified.vct()) {
            return Err(VerifyError::Query(CheckError::Type));
        }
        let issuer = unverified.issuer().map_err(VerifyError::Presentation)?;
        let (vct, issued_at) = (unverified.vct(), unverified.issued_at());
        let key =
            trust(&ClaimedIssuer { reference: &issuer, vct, issued_at }).map_err(VerifyError::Issuer)?;
        let binding = ExpectedBinding {
            audience: self.client_id,
            nonce: self.nonce,
            max_age: self.max_age,
            now: self.now,
            transaction_data: &[],
        };
        let credential = unverified.verify(&key, &binding, backend).map_err(VerifyError::Presentation)?;
        let presented = Presented { issuer, credential };
        query.check(&presented.shown()).map_err(VerifyError::Query)?;
        Ok(presented)
    }
}

impl Presented {
    fn shown(&self) -> Shown<'_> {
        Shown { format: &Format::SdJwtVc, vct: self.credential.vct(), claims: self.credential.claims() }
    }
}

#[cfg(test)]
mod tests;
