//! The wallet's last step: presentations of the chosen cards, never more than was asked.
//!
//! Spec: OpenID4VP 1.0 sections 6.4.1 and 8.1, appendix B.3.

use std::collections::BTreeMap;

use credential::claim_path::ClaimPath;
use credential::key::Signer;
use credential::sd_jwt::binding::Binding;
use credential::sd_jwt::hold;
use credential::sd_jwt_vc::Held;
use credential::time::UnixTime;

use crate::vp::dcql::Format;
use crate::vp::request::Request;
use crate::vp::response::Response;

/// A card that the person agreed to show.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// The part of the query that it answers.
    pub query: &'a str,
    /// The card.
    pub card: &'a Held,
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
    /// The presentation could not be made.
    #[error("presentation could not be made")]
    Card(#[source] hold::PresentError),
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
        let mut vp_token: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for one in chosen {
            let presentation = self.present_one(one, now)?;
            vp_token.entry(one.query.to_owned()).or_default().push(presentation);
        }
        for (id, presentations) in &vp_token {
            let query = self.content().query.credential(id).ok_or(PresentError::UnknownId)?;
            query.check_count(presentations.len()).map_err(|_| PresentError::Count)?;
        }
        Ok(Response { vp_token, register_proof: None })
    }

    fn present_one(&self, chosen: &Chosen<'_>, now: UnixTime) -> Result<String, PresentError> {
        let content = self.content();
        let query = content.query.credential(chosen.query).ok_or(PresentError::UnknownId)?;
        if *query.format() != Format::SdJwtVc || !query.types().iter().any(|vct| vct == chosen.card.vct()) {
            return Err(PresentError::Type);
        }
        let asked = |path: &ClaimPath| query.claims().iter().any(|claim| claim.path().covers(path));
        if !chosen.disclose.iter().all(asked) {
            return Err(PresentError::TooMuch);
        }
        let holder = chosen.card.holder_key().algorithm();
        if !content.client_metadata.algorithms.allow_holder(holder) {
            return Err(PresentError::Algorithm);
        }
        let audience = content.client_id.to_string();
        let binding =
            Binding { audience: &audience, nonce: &content.nonce, issued_at: now, transaction_data: &[] };
        chosen.card.present(chosen.disclose, &binding, chosen.signer).map_err(PresentError::Card)
    }
}
