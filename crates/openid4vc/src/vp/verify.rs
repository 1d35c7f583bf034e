//! The verifier's decision: what an answer proves.
//!
//! A presentation counts once its issuer is trusted for its type, the issuer's signature, the digests, the
//! dates and the holder's key binding hold, the transactions that it was to confirm are covered by that, and it
//! is of the type and has the claims that were asked for. Its status is the one thing left: the caller looks it
//! up.
//!
//! Spec: OpenID4VP 1.0 sections 6.4, 8.4 and 8.6, appendices B.2 and B.3; RFC 9901 section 7.3.

use core::time::Duration;
use std::collections::BTreeMap;

use credential::encoding::from_base64url;
use credential::issuer::IssuerReference;
use credential::key::{PublicKey, VerifySignature};
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession};
use credential::mdoc::{self, MAX_MDOC, MdocError};
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt_vc::{self, StatusReference};
use credential::time::UnixTime;
use serde_json::{Map, Value};

use crate::vp::dcql::check::{CheckError, Shown};
use crate::vp::dcql::{CredentialQuery, Format, Query};
use crate::vp::request::RequestContent;
use crate::vp::response::Response;
use crate::vp::transaction::TransactionData;

/// How old a holder's signature may be: the time from consent to arrival, with a slow network.
pub const MAX_BINDING_AGE: Duration = Duration::from_secs(300);

/// What an answer is held against.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// What was asked.
    pub query: &'a Query,
    /// What was to be confirmed.
    pub transaction_data: &'a [TransactionData],
    /// The request's nonce.
    pub nonce: &'a str,
    /// The full `client_id`, prefix included.
    pub client_id: &'a str,
    /// How old a holder's signature may be: [`MAX_BINDING_AGE`], or less.
    pub max_age: Duration,
    /// The session that a mobile document answers.
    pub session: SessionTranscript,
    /// The present.
    pub now: UnixTime,
}

/// Who a presentation says to come from: what the trust decision is about. Not believed yet.
#[derive(Clone, Copy, Debug)]
pub struct ClaimedIssuer<'a> {
    /// The format of the presentation: a document is trusted by other certificates than a token.
    pub format: &'a Format,
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
    credential: Verified,
    claims: Map<String, Value>,
}

/// A card that was verified, in its format.
#[derive(Clone, Debug)]
pub enum Verified {
    /// `dc+sd-jwt`.
    SdJwtVc(Box<sd_jwt_vc::Verified>),
    /// `mso_mdoc`.
    Mdoc(Box<mdoc::verify::Verified>),
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
    /// A transaction was to be confirmed, and the card that could is not there.
    #[error("transaction is not confirmed")]
    Transaction,
    /// The presentation does not hold.
    #[error("presentation is refused")]
    Presentation(#[source] sd_jwt_vc::VerifyError),
    /// The presentation of a mobile document does not hold.
    #[error("presentation of a document is refused")]
    Document(#[source] MdocError),
}

impl<'a> Expected<'a> {
    /// What the answer to `request` is held against; `client_id` is its identifier as text.
    pub fn of(request: &'a RequestContent, client_id: &'a str, now: UnixTime) -> Self {
        Self {
            query: &request.query,
            transaction_data: &request.transaction_data,
            nonce: &request.nonce,
            client_id,
            max_age: MAX_BINDING_AGE,
            session: request.session(),
            now,
        }
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
        let confirmed = |one: &TransactionData| one.credential_ids().iter().all(|id| answer.contains_key(id));
        if !self.transaction_data.iter().all(confirmed) {
            return Err(VerifyError::Transaction);
        }
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
        let presented = match query.format() {
            Format::SdJwtVc => self.verify_sd_jwt(query, presentation, &mut trust, backend)?,
            Format::Mdoc => self.verify_mdoc(query, presentation, &mut trust, backend)?,
            Format::Other(_) => return Err(VerifyError::Format),
        };
        query.check(&presented.shown()).map_err(VerifyError::Query)?;
        Ok(presented)
    }

    fn verify_sd_jwt<E>(
        &self,
        query: &CredentialQuery,
        presentation: &str,
        trust: &mut impl FnMut(&ClaimedIssuer<'_>) -> Result<PublicKey, E>,
        backend: &dyn VerifySignature,
    ) -> Result<Presented, VerifyError<E>> {
        let unverified = sd_jwt_vc::Unverified::parse(presentation).map_err(VerifyError::Presentation)?;
        check_type(query, unverified.vct())?;
        let issuer = unverified.issuer().map_err(VerifyError::Presentation)?;
        let (vct, issued_at) = (unverified.vct(), unverified.issued_at());
        let claimed = ClaimedIssuer { format: &Format::SdJwtVc, reference: &issuer, vct, issued_at };
        let key = trust(&claimed).map_err(VerifyError::Issuer)?;
        let binding = ExpectedBinding {
            audience: self.client_id,
            nonce: self.nonce,
            max_age: self.max_age,
            now: self.now,
            transaction_data: &self.confirmed_by(query.id()),
        };
        let verified = unverified.verify(&key, &binding, backend).map_err(VerifyError::Presentation)?;
        let claims = verified.claims().clone();
        Ok(Presented { issuer, credential: Verified::SdJwtVc(Box::new(verified)), claims })
    }

    /// One document to a presentation (appendix B.2.5); no MAC, since there is no reader key for one.
    fn verify_mdoc<E>(
        &self,
        query: &CredentialQuery,
        presentation: &str,
        trust: &mut impl FnMut(&ClaimedIssuer<'_>) -> Result<PublicKey, E>,
        backend: &dyn VerifySignature,
    ) -> Result<Presented, VerifyError<E>> {
        if presentation.len() > MAX_MDOC.div_ceil(3) * 4 {
            return Err(VerifyError::Document(MdocError::Form));
        }
        let bytes = from_base64url(presentation).map_err(|_| VerifyError::Document(MdocError::Form))?;
        let response = DeviceResponse::parse(&bytes).map_err(VerifyError::Document)?;
        let unverified = response.into_only_document().map_err(VerifyError::Document)?;
        check_type(query, unverified.doc_type())?;
        let issuer = unverified.issuer();
        let (vct, issued_at) = (unverified.doc_type(), Some(unverified.issued_at()));
        let claimed = ClaimedIssuer { format: &Format::Mdoc, reference: &issuer, vct, issued_at };
        let key = trust(&claimed).map_err(VerifyError::Issuer)?;
        let session = ExpectedSession { transcript: &self.session, reader: None, now: self.now };
        let verified = unverified.verify(&key, &session, backend).map_err(VerifyError::Document)?;
        let claims = verified.elements().to_json();
        Ok(Presented { issuer, credential: Verified::Mdoc(Box::new(verified)), claims })
    }

    /// What the card for a part of the query has to confirm, as it was sent.
    fn confirmed_by(&self, id: &str) -> Vec<String> {
        let of_this =
            self.transaction_data.iter().filter(|one| one.credential_ids().iter().any(|of| of == id));
        of_this.map(|one| one.encoded().to_owned()).collect()
    }
}

fn check_type<E>(query: &CredentialQuery, vct: &str) -> Result<(), VerifyError<E>> {
    let wanted = query.types().iter().any(|wanted| wanted == vct);
    if wanted { Ok(()) } else { Err(VerifyError::Query(CheckError::Type)) }
}

impl Presented {
    /// The card.
    pub const fn credential(&self) -> &Verified {
        &self.credential
    }

    /// What was disclosed: claims, or elements by namespace.
    pub const fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The type: `vct`, or the document type.
    pub fn vct(&self) -> &str {
        match &self.credential {
            Verified::SdJwtVc(card) => card.vct(),
            Verified::Mdoc(document) => document.doc_type(),
        }
    }

    /// When it was issued, as far as it says.
    pub fn issued_at(&self) -> Option<UnixTime> {
        match &self.credential {
            Verified::SdJwtVc(card) => card.issued_at(),
            Verified::Mdoc(document) => Some(document.validity().signed),
        }
    }

    /// Until when it is valid.
    pub fn expires_at(&self) -> Option<UnixTime> {
        match &self.credential {
            Verified::SdJwtVc(card) => card.expires_at(),
            Verified::Mdoc(document) => Some(document.validity().valid_until),
        }
    }

    /// Where its status is kept: the last thing to ask.
    pub fn status(&self) -> Option<&StatusReference> {
        match &self.credential {
            Verified::SdJwtVc(card) => card.status(),
            Verified::Mdoc(document) => document.status(),
        }
    }

    fn shown(&self) -> Shown<'_> {
        let format = match self.credential {
            Verified::SdJwtVc(_) => &Format::SdJwtVc,
            Verified::Mdoc(_) => &Format::Mdoc,
        };
        Shown { format, vct: self.vct(), claims: &self.claims }
    }
}

#[cfg(test)]
mod tests;
