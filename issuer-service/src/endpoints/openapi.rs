//! `/openapi.json`: what an agency's own systems, and wallets, can ask.
//!
//! Spec: OpenAPI 3.1.

use axum::Json;
use serde_json::{Map, Value, json};

/// Who may call: anyone, a wallet with its token, or the agency's systems with theirs.
#[derive(Clone, Copy)]
enum For {
    Anyone,
    Wallets,
    Agency,
}

/// Every address: method, path, for whom, what it does.
const ADDRESSES: [(&str, &str, For, &str); 24] = [
    ("get", "/", For::Anyone, "The agency's page"),
    ("get", "/.well-known/openid-credential-issuer", For::Anyone, "Issuer metadata, OpenID4VCI 1.0"),
    ("get", "/.well-known/oauth-authorization-server", For::Anyone, "Server metadata, RFC 8414"),
    ("post", "/par", For::Anyone, "Push an authorisation request, RFC 9126"),
    ("get", "/authorize", For::Anyone, "The page to sign in on"),
    ("post", "/authorize", For::Anyone, "What the person filled in"),
    ("post", "/token", For::Anyone, "A code or a refresh token for an access token that is bound by DPoP"),
    ("post", "/nonce", For::Anyone, "A nonce for key proofs"),
    ("post", "/credential", For::Wallets, "Key proofs for copies of a card"),
    ("get", "/status", For::Anyone, "Every status list, by its address"),
    ("get", "/status/{list}", For::Anyone, "A status list token"),
    ("get", "/types/{name}", For::Anyone, "Metadata of a credential type"),
    ("post", "/api/offers", For::Agency, "Make an offer for a person"),
    ("get", "/api/offers/{id}", For::Agency, "What became of an offer"),
    ("post", "/api/credentials/find", For::Agency, "A person's cards"),
    ("get", "/api/credentials/{id}", For::Agency, "One card"),
    ("post", "/api/credentials/{id}/{change}", For::Agency, "Revoke, suspend or reinstate a card"),
    ("post", "/feedback", For::Anyone, "Report over-asking, a login that was not yours, or anything else"),
    ("get", "/api/feedback", For::Agency, "What people report, the newest first; ?before=ID for older ones"),
    ("get", "/livez", For::Anyone, "Whether the process runs"),
    ("get", "/readyz", For::Anyone, "Whether cards can be issued"),
    ("get", "/metrics", For::Anyone, "Figures for Prometheus"),
    ("get", "/assets/symbolon.css", For::Anyone, "The stylesheet"),
    ("get", "/openapi.json", For::Anyone, "This document"),
];

/// The document.
pub async fn show() -> Json<Value> {
    let mut paths = Map::new();
    for (method, path, caller, summary) in ADDRESSES {
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        entry[method] = operation(path, caller, summary);
    }
    Json(json!({
        "openapi": "3.1.0",
        "info": { "title": "Symbolon issuer", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "agency": { "type": "http", "scheme": "bearer" },
                "wallet": { "type": "http", "scheme": "DPoP" },
            },
            "schemas": { "Problem": { "type": "object", "required": ["title", "status", "code"] } },
        },
    }))
}

fn operation(path: &str, caller: For, summary: &str) -> Value {
    let names = path.split(['{', '}']).skip(1).step_by(2);
    let parameters = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let problem =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let mut operation = json!({
        "summary": summary,
        "parameters": parameters.collect::<Vec<_>>(),
        "responses": { "2XX": { "description": "done" }, "default": { "description": "refused" } },
    });
    match caller {
        For::Anyone => {}
        For::Wallets => operation["security"] = json!([{ "wallet": [] }]),
        For::Agency => {
            operation["security"] = json!([{ "agency": [] }]);
            operation["responses"]["default"]["content"] = problem;
        }
    }
    operation
}
