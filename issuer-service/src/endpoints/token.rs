//! `/token`: a code, or a refresh token, for an access token that is bound to the wallet's DPoP key.
//!
//! Spec: OpenID4VCI 1.0 section 6; RFC 6749 section 6; RFC 9449 section 5; RFC 7636.

use core::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use credential::encoding::base64url;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::oauth::{Form, Refusal};
use crate::digest;
use crate::service::Issuer;
use crate::store::authorizations::{AuthorizationError, Redemption};
use crate::store::offers::RedeemError;
use crate::store::renewals::{NewRefreshToken, RenewError};
use crate::store::tokens::NewToken;

/// How long a wallet has to fetch the card.
const LIFETIME: Duration = Duration::from_secs(300);
/// Characters of a code that a person types.
const MAX_CODE: usize = 32;

/// The parameters of all grants.
#[derive(Deserialize)]
pub struct TokenRequest {
    grant_type: String,
    #[serde(rename = "pre-authorized_code")]
    pre_authorized_code: Option<String>,
    tx_code: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    client_id: Option<String>,
    refresh_token: Option<String>,
}

/// Redeems a code or a refresh token.
pub async fn redeem(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Result<Response, Refusal> {
    let proof = issuer
        .dpop(&headers, "/token", None)?
        .ok_or_else(|| Refusal::new("invalid_dpop_proof", "a DPoP proof is required"))?;
    let wallet = issuer.check_attested_wallet(&headers, request.client_id.as_deref()).await?;
    let client_id = wallet.map(|wallet| wallet.client_id).or(request.client_id.clone());
    let (access_token, refresh_token) = (issuer.random.token(), issuer.random.token());
    let token = NewToken {
        digest: digest::of_token(&access_token),
        dpop_jkt: proof.jkt,
        proof_digest: proof.digest,
        proof_until: proof.until,
        client_id,
        expires_at: issuer.clock.now().plus(LIFETIME),
        refresh: issuer.new_refresh_token(&refresh_token),
    };
    match request.grant_type.as_str() {
        "urn:ietf:params:oauth:grant-type:pre-authorized_code" => {
            pre_authorized(&issuer, &request, token).await?
        }
        "authorization_code" => authorization_code(&issuer, request, token).await?,
        "refresh_token" => renew(&issuer, &request, token).await?,
        _ => return Err(Refusal::new("unsupported_grant_type", "no such grant here")),
    }
    issuer.metrics.count("tokens_total", &[]);
    let answer = json!({
        "access_token": access_token, "token_type": "DPoP", "expires_in": LIFETIME.as_secs(),
        "refresh_token": refresh_token,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

impl Issuer {
    fn new_refresh_token(&self, token: &str) -> NewRefreshToken {
        let now = self.clock.now();
        let in_days = |days: u64| now.plus(Duration::from_secs(days * service_kit::calendar::DAY));
        NewRefreshToken {
            digest: digest::of_token(token),
            given_at: now,
            expires_at: in_days(self.renewal.token_days),
            family_until: in_days(self.renewal.family_days),
        }
    }
}

async fn renew(issuer: &Issuer, request: &TokenRequest, token: NewToken) -> Result<(), Refusal> {
    let missing = || Refusal::new("invalid_request", "refresh_token is missing");
    let shown = request.refresh_token.as_deref().ok_or_else(missing)?;
    let renewed = issuer.store.renew(shown, token, issuer.clock.now()).await;
    let refuse = |error: &RenewError| Refusal::new("invalid_grant", &error.to_string());
    renewed.map_err(|error| match error {
        RenewError::Unknown
        | RenewError::OtherHolder
        | RenewError::Reused
        | RenewError::Ended
        | RenewError::Expired => refuse(&error),
        // Said only to who has shown the token and its key.
        RenewError::Revoked => refuse(&error).because("card_revoked"),
        RenewError::TooMany => Refusal::too_many("too many renewals; try again tomorrow"),
        RenewError::Replay => Refusal::new("invalid_dpop_proof", "the DPoP proof was used before"),
        RenewError::Database(error) => Refusal::internal(&error),
    })
}

async fn pre_authorized(issuer: &Issuer, request: &TokenRequest, token: NewToken) -> Result<(), Refusal> {
    let code = request
        .pre_authorized_code
        .as_deref()
        .ok_or_else(|| Refusal::new("invalid_request", "pre-authorized_code is missing"))?;
    let typed = request.tx_code.as_deref();
    if typed.is_some_and(|typed| typed.len() > MAX_CODE) {
        return Err(Refusal::new("invalid_grant", "the code is wrong"));
    }
    issuer
        .tries
        .take(&hex::encode(digest::of_token(code)))
        .map_err(|_| Refusal::too_many("too many tries; wait a minute"))?;
    let limit = issuer.offers.wrong_codes;
    let redeemed = issuer.store.redeem_pre_authorized(code, typed, limit, token, issuer.clock.now()).await;
    redeemed.map_err(|error| match error {
        RedeemError::CodeMissing => Refusal::new("invalid_request", "tx_code is required"),
        RedeemError::CodeUnexpected => Refusal::new("invalid_request", "tx_code is not expected"),
        RedeemError::Replay => Refusal::new("invalid_dpop_proof", "the DPoP proof was used before"),
        RedeemError::Database(error) => Refusal::internal(&error),
        RedeemError::Unknown => invalid_grant(&error),
        // Who reads these has shown the pre-authorised code, 256 random bits: nobody learns them by guessing.
        RedeemError::Used => invalid_grant(&error).because("offer_used"),
        RedeemError::Expired => invalid_grant(&error).because("offer_expired"),
        RedeemError::Locked => invalid_grant(&error).because("offer_locked"),
        RedeemError::CodeWrong => invalid_grant(&error).because("code_wrong"),
    })
}

fn invalid_grant(error: &RedeemError) -> Refusal {
    Refusal::new("invalid_grant", &error.to_string())
}

async fn authorization_code(issuer: &Issuer, request: TokenRequest, token: NewToken) -> Result<(), Refusal> {
    let missing =
        || Refusal::new("invalid_request", "code, redirect_uri, code_verifier and client_id are required");
    let verifier = request.code_verifier.ok_or_else(missing)?;
    // RFC 7636 section 4.1.
    if !(43..=128).contains(&verifier.len()) {
        return Err(Refusal::new("invalid_grant", "code_verifier is not acceptable"));
    }
    let redemption = Redemption {
        code: request.code.ok_or_else(missing)?,
        client_id: request.client_id.ok_or_else(missing)?,
        redirect_uri: request.redirect_uri.ok_or_else(missing)?,
        code_challenge: base64url(Sha256::digest(verifier.as_bytes())),
    };
    let redeemed = issuer.store.redeem_code(redemption, token, issuer.clock.now()).await;
    redeemed.map_err(|error| match error {
        AuthorizationError::Database(error) => Refusal::internal(&error),
        AuthorizationError::Replay => Refusal::new("invalid_dpop_proof", "the DPoP proof was used before"),
        AuthorizationError::Unknown
        | AuthorizationError::OtherBrowser
        | AuthorizationError::Refused(_)
        | AuthorizationError::Mismatch => {
            Refusal::new("invalid_grant", "the code is not valid for this request")
        }
    })
}
