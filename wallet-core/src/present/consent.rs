//! What the person is asked: who, why, what, and what not.

use core::time::Duration;

use credential::claim_path::ClaimPath;
use openid4vc::vp::request::RequestContent;
use openid4vc::web_url::WebUrl;
use registry_client::trust::Requester;

use super::{Picked, party};
use crate::cards::{kept_back, own_claims, value_at};
use crate::view::{CardConsent, Consent, ShownClaim, Texts};
use crate::wallet::InHand;

pub(super) fn of(
    requester: &Requester,
    content: &RequestContent,
    cards: &[Picked],
    proof_age: Duration,
) -> Consent {
    Consent {
        asks: party(&requester.member, &requester.legal_name),
        through: requester.operator.as_ref().map(|operator| party(&operator.member, &operator.legal_name)),
        address: content.answer_to.address().map(WebUrl::origin).unwrap_or_default(),
        purpose: Texts(requester.purpose.clone()),
        kept_days: Some(requester.retention_days),
        cards: cards.iter().map(card).collect(),
        proof_age_seconds: proof_age.as_secs(),
    }
}

fn card(picked: &Picked) -> CardConsent {
    let shared = everything_shown(&picked.hand, &picked.disclose);
    let about = &picked.hand.card.about;
    let claims = picked.hand.held.claims();
    let show = |path: &ClaimPath| ShownClaim {
        name: about.name_of(path),
        value: value_at(claims, path),
        path: path.clone(),
    };
    CardConsent {
        id: picked.hand.card.id.clone(),
        title: about.title.clone(),
        not_shared: kept_back(claims, &shared).iter().map(|path| about.name_of(path)).collect(),
        shared: shared.iter().map(show).collect(),
        reused: picked.hand.copy.uses > 0,
    }
}

/// What was chosen, and what the card shows in any case because its issuer made it so.
pub(super) fn everything_shown(hand: &InHand, chosen: &[ClaimPath]) -> Vec<ClaimPath> {
    let always = own_claims(hand.held.claims())
        .map(|(name, _)| ClaimPath::name(name))
        .filter(|path| !hand.held.is_disclosable(path));
    let mut shown = chosen.to_vec();
    for path in always {
        if !shown.iter().any(|one| one.covers(&path)) {
            shown.push(path);
        }
    }
    shown
}
