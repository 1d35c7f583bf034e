//! What OpenID libraries read first: metadata of both tiers, and the keys of ID tokens.
//!
//! Spec: OpenID Connect Discovery section 3; RFC 8414; RFC 7517.

use axum::Json;
use axum::extract::State;
use credential::key::Signer as _;
use serde_json::{Value, json};

use super::path;
use crate::claims::scopes;
use crate::client::Tier;
use crate::login::{ACR_OTHER_DEVICE, ACR_SAME_DEVICE};
use crate::service::Provider;

pub(super) async fn plain(State(provider): State<Provider>) -> Json<Value> {
    Json(metadata(&provider, Tier::Plain))
}

pub(super) async fn strict(State(provider): State<Provider>) -> Json<Value> {
    Json(metadata(&provider, Tier::Strict))
}

fn metadata(provider: &Provider, tier: Tier) -> Value {
    let at = |name: &str| provider.link(&path(tier, name));
    let (algorithms, authentication) = match tier {
        Tier::Plain => (vec!["RS256", "ES256"], vec!["client_secret_basic", "private_key_jwt"]),
        Tier::Strict => (vec!["ES256"], vec!["private_key_jwt"]),
    };
    let mut metadata = json!({
        "issuer": provider.issuer(tier),
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "pushed_authorization_request_endpoint": at("par"),
        "require_pushed_authorization_requests": tier == Tier::Strict,
        "end_session_endpoint": provider.link("/logout"),
        "jwks_uri": provider.link("/jwks"),
        "scopes_supported": scopes().collect::<Vec<_>>(),
        "claims_supported": ["sub", "acr", "amr", "auth_time", "given_name", "family_name", "birthdate", "address", "nationalities"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "acr_values_supported": [ACR_SAME_DEVICE, ACR_OTHER_DEVICE],
        "prompt_values_supported": ["none", "login"],
        "ui_locales_supported": ["en", "zh"],
        "id_token_signing_alg_values_supported": algorithms,
        "id_token_encryption_alg_values_supported": ["ECDH-ES"],
        "id_token_encryption_enc_values_supported": ["A256GCM"],
        "token_endpoint_auth_methods_supported": authentication,
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "EdDSA"],
        "dpop_signing_alg_values_supported": ["ES256", "EdDSA"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "claims_parameter_supported": false,
    });
    match tier {
        Tier::Plain => metadata["request_uri_parameter_supported"] = false.into(),
        Tier::Strict => {
            metadata["userinfo_signing_alg_values_supported"] = json!(["ES256"]);
            metadata["userinfo_encryption_alg_values_supported"] = json!(["ECDH-ES"]);
            metadata["userinfo_encryption_enc_values_supported"] = json!(["A256GCM"]);
        }
    }
    metadata
}

pub(super) async fn jwks(State(provider): State<Provider>) -> Json<Value> {
    let mut es256 = provider.es256.public_key().to_jwk();
    es256["kid"] = provider.es256.public_key().thumbprint().into();
    es256["use"] = "sig".into();
    es256["alg"] = "ES256".into();
    Json(json!({ "keys": [es256, provider.rs256.public_jwk()] }))
}

pub(super) async fn openapi() -> Json<Value> {
    let described = |method: &str, summary: &str| json!({ method: { "summary": summary, "responses": { "200": { "description": "done" } } } });
    Json(json!({
        "openapi": "3.1.0",
        "info": { "title": "Symbolon verifier", "version": env!("CARGO_PKG_VERSION") },
        "paths": {
            "/api/presentations": described("post", "Ask a wallet: {registration, dcql_query | preset, transaction_data?}; answers {id, request_uri, link, qr_svg, expires_at}"),
            "/api/presentations/{id}": described("get", "State, verified claims (`claims` of the first card, `cards` of each part of the query) and why not"),
            "/api/deletions": described("get", "What people wish to have deleted: {deletions: [{id, concerns: {sub | presentation}, shared, shown_at, asked_at}]}, the oldest first"),
            "/api/deletions/{id}/done": described("post", "Say that it is deleted; answers {id, done_at}"),
            "/receipts/place": described("post", "Where a receipt stands: {digest, period} or {receipt}; answers {period, place, registry_proof}"),
            "/receipts/logins": described("post", "Receipts of later logins by the same session: {receipt, state}; answers {receipts}"),
            "/receipts/deletion": described("post", "Wish that what was shared be deleted: {receipt, state}; answers {asked_at, done_at}"),
            "/receipts/deletion/state": described("post", "How that wish stands: {receipt, state}; answers {asked_at, done_at}"),
            "/receipts/not-me": described("post", "End the session that this receipt belongs to: {receipt, state}; answers {ended}"),
        }
    }))
}
