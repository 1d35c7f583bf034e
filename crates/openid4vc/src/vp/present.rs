//! The wallet's last step: presentations of the chosen cards, never more than was asked.
//!
//! Spec: OpenID4VP 1.0 sections 5.1, 6.4.1 and 8.1, appendices B.2 and B.3.

use std::collections::BTreeMap;

use credential::claim_path::{ClaimPath, PathElement};
use credential::encoding::base64url;
use credential::key::Signer;
use credential::mdoc::device::DeviceProof;
use credential::sd_jwt::binding::Binding;
use credential::time::UnixTime;
use credential::{mdoc, sd_jwt, sd_jwt_vc};

use crate::vp::dcql::Format;
use crate::vp::request::Request;
use crate::vp::response::Response;
use crate::vp::transaction::Transaction;

/// A card in one of the formats that are shown.
#[derive(Clone, Copy)]
pub enum HeldCard<'a> {
    /// `dc+sd-jwt`.
    SdJwtVc(&'a sd_jwt_vc::Held),
    /// `mso_mdoc`.
    Mdoc(&'a mdoc::hold::Held),
}

/// A card that the person agreed to show.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// The part of the query that it answers.
    pub query: &'a str,
    /// The card.
    pub card: HeldCard<'a>,
    /// What of it.
    pub disclose: &'a [ClaimPath],
    /// The key that the card is bound to.
    pub signer: &'a dyn Signer,
}

/// Why nothing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentError {
    /// The query has no part of this name.
    #[error("chosen card answers nothing that was asked")]
    UnknownId,
    /// The card is not of a type that was asked for.
    #[error("chosen card is of another type")]
    Type,
    /// More would be shown than was asked for.
    #[error("more would be disclosed than was asked for")]
    TooMuch,
    /// Several cards where one was asked for.
    #[error("more cards are chosen than were asked for")]
    Count,
    /// The verifier cannot check a card of these algorithms.
    #[error("verifier does not support the card's algorithms")]
    Algorithm,
    /// No card was chosen.
    #[error("no card is chosen")]
    Nothing,
    /// What is to be confirmed is confirmed by no chosen card, or is unknown to us.
    #[error("transaction is confirmed by no chosen card")]
    Transaction,
    /// The presentation could not be made.
    #[error("presentation could not be made")]
    Card(#[source] sd_jwt::hold::PresentError),
    /// The presentation of a mobile document could not be made.
    #[error("presentation of a document could not be made")]
    Document(#[source] mdoc::hold::PresentError),
}

impl Request {
    /// Presents the chosen cards, each bound to this request's nonce and client.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(&self, chosen: &[Chosen<'_>], now: UnixTime) -> Result<Response, PresentError> {
        if chosen.is_empty() {
            return Err(PresentError::Nothing);
        }
        let confirmed = self.confirmed_by(chosen)?;
        let mut vp_token: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (one, transactions) in chosen.iter().zip(&confirmed) {
            let presentation = self.present_one(one, transactions, now)?;
            vp_token.entry(one.query.to_owned()).or_default().push(presentation);
        }
        for (id, presentations) in &vp_token {
            let query = self.content().query.credential(id).ok_or(PresentError::UnknownId)?;
            query.check_count(presentations.len()).map_err(|_| PresentError::Count)?;
        }
        Ok(Response { vp_token, register_proof: None })
    }

    /// For each chosen card what it confirms. Of the cards that could, the first of those that the request
    /// names first (section 5.1: only one).
    fn confirmed_by(&self, chosen: &[Chosen<'_>]) -> Result<Vec<Vec<String>>, PresentError> {
        let mut confirmed = vec![Vec::new(); chosen.len()];
        for transaction in &self.content().transaction_data {
            let place = |id: &String| chosen.iter().position(|one| one.query == id);
            let place = transaction.credential_ids().iter().find_map(place);
            let known = *transaction.what() != Transaction::Unsupported;
            let place = place.filter(|_| known).ok_or(PresentError::Transaction)?;
            confirmed[place].push(transaction.encoded().to_owned());
        }
        Ok(confirmed)
    }

    fn present_one(
        &self,
        chosen: &Chosen<'_>,
        transactions: &[String],
        now: UnixTime,
    ) -> Result<String, PresentError> {
        let content = self.content();
        let query = content.query.credential(chosen.query).ok_or(PresentError::UnknownId)?;
        if *query.format() != chosen.card.format()
            || !query.types().iter().any(|vct| vct == chosen.card.vct())
        {
            return Err(PresentError::Type);
        }
        let asked = |path: &ClaimPath| query.claims().iter().any(|claim| claim.path().covers(path));
        if !chosen.disclose.iter().all(asked) {
            return Err(PresentError::TooMuch);
        }
        self.check_algorithm(chosen.card)?;
        match chosen.card {
            HeldCard::SdJwtVc(card) => {
                let binding = Binding {
                    audience: &content.client_id.to_string(),
                    nonce: &content.nonce,
                    issued_at: now,
                    transaction_data: transactions,
                };
                card.present(chosen.disclose, &binding, chosen.signer).map_err(PresentError::Card)
            }
            HeldCard::Mdoc(document) => {
                let elements: Vec<(&str, &str)> = chosen.disclose.iter().filter_map(element).collect();
                let proof = DeviceProof::Signature(chosen.signer);
                let response = document.present(&elements, &content.session(), &proof);
                response.map(base64url).map_err(PresentError::Document)
            }
        }
    }

    /// Whether the verifier says that it can check the signature of the card's holder.
    ///
    /// # Errors
    /// [`PresentError::Algorithm`].
    pub fn check_algorithm(&self, card: HeldCard<'_>) -> Result<(), PresentError> {
        let metadata = &self.content().client_metadata;
        let (checked, holder) = match card {
            HeldCard::SdJwtVc(card) => (&metadata.sd_jwt, card.holder_key()),
            HeldCard::Mdoc(document) => (&metadata.mdoc, document.device_key()),
        };
        let allowed = checked.as_ref().is_some_and(|checked| checked.allow_holder(holder.algorithm()));
        if allowed { Ok(()) } else { Err(PresentError::Algorithm) }
    }
}

impl HeldCard<'_> {
    const fn format(&self) -> Format {
        match self {
            Self::SdJwtVc(_) => Format::SdJwtVc,
            Self::Mdoc(_) => Format::Mdoc,
        }
    }

    fn vct(&self) -> &str {
        match self {
            Self::SdJwtVc(card) => card.vct(),
            Self::Mdoc(document) => document.doc_type(),
        }
    }
}

/// Namespace and element: the only paths into a document that a query can have.
fn element(path: &ClaimPath) -> Option<(&str, &str)> {
    match path.steps() {
        [PathElement::Name(namespace), PathElement::Name(name)] => Some((namespace, name)),
        _ => None,
    }
}
