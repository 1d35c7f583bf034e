//! The two well-known documents: what the issuer offers, and how its authorisation server is spoken to.
//!
//! The issuer's metadata carries the registry's proof of who this issuer is, so that a wallet believes it
//! without asking a node, which would tell the node whom the wallet is visiting.
//!
//! Spec: OpenID4VCI 1.0 section 12.2; RFC 8414.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use credential::encoding::base64url;
use serde_json::{Map, Value, json};

use crate::cards::Card;
use crate::service::Issuer;

/// The member of the metadata that holds the registry's proof, base64url of CBOR.
pub const REGISTRY_PROOF: &str = "symbolon_registry_proof";

/// `/.well-known/openid-credential-issuer`
pub async fn issuer(State(issuer): State<Issuer>) -> Response {
    let mut metadata = issuer.metadata();
    if let Some(registry) = &issuer.registry
        && let Some(proof) = registry.staple(&issuer.clock).await
    {
        metadata[REGISTRY_PROOF] = Value::String(base64url(proof));
    }
    ([(header::CACHE_CONTROL, "no-store"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(metadata))
        .into_response()
}

/// `/.well-known/oauth-authorization-server`
pub async fn authorization_server(State(issuer): State<Issuer>) -> Response {
    let mut metadata = json!({
        "issuer": issuer.origin(),
        "authorization_endpoint": issuer.link("/authorize"),
        "token_endpoint": issuer.link("/token"),
        "pushed_authorization_request_endpoint": issuer.link("/par"),
        "require_pushed_authorization_requests": true,
        "authorization_response_iss_parameter_supported": true,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code", "urn:ietf:params:oauth:grant-type:pre-authorized_code", "refresh_token",
        ],
        "pre-authorized_grant_anonymous_access_supported": true,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "dpop_signing_alg_values_supported": ["ES256", "EdDSA"],
        "scopes_supported": issuer.cards().map(Card::name).collect::<Vec<_>>(),
        "ui_locales_supported": ["en", "zh"],
    });
    if issuer.attestation.required {
        let algorithms = json!(["ES256", "EdDSA"]);
        metadata["token_endpoint_auth_methods_supported"] = json!(["attest_jwt_client_auth"]);
        metadata["client_attestation_signing_alg_values_supported"] = algorithms.clone();
        metadata["client_attestation_pop_signing_alg_values_supported"] = algorithms;
        metadata["pre-authorized_grant_anonymous_access_supported"] = json!(false);
    }
    ([(header::CACHE_CONTROL, "no-store"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(metadata))
        .into_response()
}

impl Issuer {
    fn metadata(&self) -> Value {
        let attested = self.attestation.required;
        let configurations = self.cards().map(|card| (card.name().to_owned(), card.configuration(attested)));
        let mut metadata = json!({
            "credential_issuer": self.origin(),
            "credential_endpoint": self.link("/credential"),
            "nonce_endpoint": self.link("/nonce"),
            "status_list_aggregation_endpoint": self.link("/status"),
            "display": [
                { "name": self.agency.name, "locale": "en" },
                { "name": self.agency.name_zh, "locale": "zh" },
            ],
            "credential_request_encryption": {
                "jwks": { "keys": [self.store.request_key().public_jwk("request")] },
                "enc_values_supported": ["A128GCM", "A256GCM"],
                "encryption_required": false,
            },
            "credential_response_encryption": {
                "alg_values_supported": ["ECDH-ES"],
                "enc_values_supported": ["A128GCM", "A256GCM"],
                "encryption_required": false,
            },
            "credential_configurations_supported": configurations.collect::<Map<_, _>>(),
        });
        // OpenID4VCI 1.0 section 12.2.4: a batch has at least two.
        if self.batch_size >= 2 {
            metadata["batch_credential_issuance"] = json!({ "batch_size": self.batch_size });
        }
        metadata
    }
}
