//! `/api/offers`: an offer for a person who was proven at a counter.
//!
//! A card of either format always needs the code: whoever finds the link or photographs the QR has nothing. The
//! code goes another way: on paper, by text message, or spoken.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use core::time::Duration;
use serde::{Deserialize, Serialize};
use service_kit::problem::Problem;

use super::api::{Caller, Json};
use crate::cards::Card;
use crate::digest;
use crate::offer_link::{Grant, offer_link};
use crate::service::Issuer;
use crate::store::offers::{Flow, NewOffer};

/// Characters of a clerk's name or a level.
const MAX_NOTE: usize = 100;

/// What the counter asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferRequest {
    /// The credential type, or its short name.
    #[serde(rename = "type")]
    credential_type: String,
    /// The person's number.
    person: Option<String>,
    /// Claims for a type without a person; no type here has none.
    claims: Option<serde_json::Value>,
    /// Whether a code travels another way.
    #[serde(default = "yes")]
    code: bool,
    /// How the wallet takes it up.
    #[serde(default)]
    flow: WantedFlow,
    /// How well the person was proven: "substantial" or "high".
    level: Option<String>,
    /// Who at the counter did it.
    clerk: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WantedFlow {
    #[default]
    PreAuthorizedCode,
    AuthorizationCode,
}

/// The offer.
#[derive(Serialize)]
struct OfferAnswer {
    id: String,
    offer_uri: String,
    qr_svg: String,
    code: String,
    expires_at: u64,
}

/// Makes an offer.
pub async fn make(
    State(issuer): State<Issuer>,
    caller: Caller,
    Json(request): Json<OfferRequest>,
) -> Result<Response, Problem> {
    caller.may_offer()?;
    let (card, person) = check(&issuer, &request)?;
    if !issuer.store.knows_person(&person).await.map_err(|error| Problem::internal(&error))? {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "person_unknown",
            "no person has this number",
        ));
    }
    let now = issuer.clock.now();
    let expires_at = now.plus(Duration::from_secs(issuer.offers.lifetime));
    let (id, grant) = (hex::encode(issuer.random.bytes::<12>()), issuer.random.token());
    let code = issuer.random.code(issuer.offers.code_digits);
    let flow = match request.flow {
        WantedFlow::PreAuthorizedCode => Flow::PreAuthorized,
        WantedFlow::AuthorizationCode => Flow::SignIn,
    };
    let offer_uri = match flow {
        Flow::PreAuthorized => offer_link(&issuer, card, Grant::PreAuthorized { code: &grant }),
        Flow::SignIn => offer_link(&issuer, card, Grant::SignIn { issuer_state: &grant }),
    };
    let qr_svg = service_kit::qr::svg(&offer_uri, "QR code").map_err(|error| Problem::internal(&error))?;
    let offer = NewOffer {
        code_digest: Some(issuer.store.digests().of_code(&id, &code)),
        id: id.clone(),
        person,
        credential_type: card.name().to_owned(),
        flow,
        grant_digest: digest::of_token(&grant),
        level: request.level.unwrap_or_else(|| "substantial".to_owned()),
        clerk: request.clerk.unwrap_or_default(),
        created_at: now,
        expires_at,
    };
    issuer.store.make_offer(offer).await.map_err(|error| Problem::internal(&error))?;
    issuer.metrics.count("offers_total", &[]);
    let answer = OfferAnswer { id, offer_uri, qr_svg, code, expires_at: expires_at.secs() };
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

/// Shows what became of an offer.
pub async fn show(
    State(issuer): State<Issuer>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let found =
        issuer.store.offer_state(&id, issuer.clock.now()).await.map_err(|error| Problem::internal(&error))?;
    Ok(axum::Json(found.ok_or_else(Problem::not_found)?).into_response())
}

/// Which card is offered, and to whom.
fn check<'i>(issuer: &'i Issuer, request: &OfferRequest) -> Result<(Card<'i>, String), Problem> {
    let refuse = |code, detail: &str| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail));
    let named = |card: &Card<'_>| [card.card_type(), card.name()].contains(&request.credential_type.as_str());
    let Some(card) = issuer.cards().find(named) else {
        return refuse("type_unknown", "this agency issues no such type");
    };
    if !request.code {
        return refuse("code_required", "an identity card is offered with a code that travels another way");
    }
    if request.claims.is_some() {
        return refuse("person_required", "an identity card is for a person, not for claims");
    }
    if request.level.as_deref().is_some_and(|level| !matches!(level, "substantial" | "high")) {
        return refuse("level_unknown", "level is \"substantial\" or \"high\"");
    }
    if request.clerk.as_ref().is_some_and(|clerk| clerk.chars().count() > MAX_NOTE) {
        return refuse("clerk_too_long", "clerk is too long");
    }
    match &request.person {
        Some(person) => Ok((card, person.clone())),
        None => refuse("person_required", "an identity card is for a person"),
    }
}
