//! The agency's own systems: roles, refusals, and what is never offered without a code.

use crate::world::{PERSON, World, refusal};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn an_identity_card_is_never_offered_without_a_code_or_a_person() {
    let world = World::new("code-required").await;
    let before = world.digest().await;
    let card = "urn:eudi:pid:xs:1";
    for (body, code) in [
        (json!({ "type": card, "person": PERSON, "code": false }), "code_required"),
        (json!({ "type": card, "code": true }), "person_required"),
        (json!({ "type": card, "claims": { "given_name": "Eve" }, "code": true }), "person_required"),
        (json!({ "type": card, "person": "nobody", "code": true }), "person_unknown"),
        (json!({ "type": "urn:other", "person": PERSON, "code": true }), "type_unknown"),
        (json!({ "type": card, "person": PERSON, "code": true, "level": "low" }), "level_unknown"),
    ] {
        assert_eq!(refusal(world.api("/api/offers", body).await).await, (422, code.to_owned()));
    }
    let malformed = world.api("/api/offers", json!({ "type": card, "unknown": 1 })).await;
    assert_eq!(refusal(malformed).await, (400, "malformed".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_caller_without_a_right_token_is_refused() {
    let world = World::new("api-token").await;
    let before = world.digest().await;
    let body = json!({ "type": "urn:eudi:pid:xs:1", "person": PERSON, "code": true });
    for token in ["", "wrong", &world.api_token[1..]] {
        let request = world.http.post(world.url("/api/offers")).bearer_auth(token).json(&body);
        assert_eq!(refusal(request.send().await.unwrap()).await, (401, "unauthorized".to_owned()));
        let request = world.http.post(world.url("/api/credentials/1/revoke")).bearer_auth(token);
        assert_eq!(refusal(request.send().await.unwrap()).await, (401, "unauthorized".to_owned()));
    }
    let bare = world.http.get(world.url(&format!("/api/credentials?person={PERSON}"))).send().await.unwrap();
    assert_eq!(refusal(bare).await, (401, "unauthorized".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn unknown_things_are_not_found() {
    let world = World::new("not-found").await;
    for path in ["/api/credentials/none/revoke", "/api/credentials/none/destroy"] {
        assert_eq!(world.api(path, json!({})).await.status(), StatusCode::NOT_FOUND);
    }
    for path in ["/status/none", "/types/none"] {
        let answer = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn metadata_says_what_the_issuer_does() {
    let world = World::new("metadata").await;
    let issuer = world.get_json("/.well-known/openid-credential-issuer").await;
    assert_eq!(issuer["credential_issuer"], world.origin);
    assert_eq!(issuer["batch_credential_issuance"]["batch_size"], 4);
    let card = &issuer["credential_configurations_supported"]["personal-identity"];
    assert_eq!(card["format"], "dc+sd-jwt");
    assert_eq!(card["vct"], "urn:eudi:pid:xs:1");
    let server = world.get_json("/.well-known/oauth-authorization-server").await;
    assert_eq!(server["issuer"], world.origin);
    assert_eq!(server["require_pushed_authorization_requests"], true);
    let metadata: Value = world.get_json("/types/personal-identity").await;
    assert_eq!(metadata["vct"], "urn:eudi:pid:xs:1");
    assert_eq!(world.http.get(world.url("/livez")).send().await.unwrap().status(), StatusCode::OK);
    let metrics = world.http.get(world.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("http_requests_total"));
}
