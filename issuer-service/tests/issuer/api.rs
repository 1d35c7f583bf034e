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
    let bare = world.http.post(world.url("/api/credentials/find")).json(&json!({ "person": PERSON }));
    let bare = bare.send().await.unwrap();
    assert_eq!(refusal(bare).await, (401, "unauthorized".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_token_does_what_its_role_allows_and_no_more() {
    let mut world = World::new("roles").await;
    let counter = world.add_token("counter");
    let revocation = world.add_token("revocation");
    world.restart().await;
    let offer = json!({ "type": "urn:eudi:pid:xs:1", "person": PERSON, "code": true });
    let ask = async |token: &str, path: &str, body: &Value| {
        let request = world.http.post(world.url(path)).bearer_auth(token).json(body);
        request.send().await.unwrap().status()
    };
    assert_eq!(ask(&counter, "/api/offers", &offer).await, StatusCode::CREATED);
    let before = world.digest().await;
    for change in ["revoke", "suspend", "reinstate"] {
        let path = format!("/api/credentials/none/{change}");
        assert_eq!(ask(&counter, &path, &json!({})).await, StatusCode::FORBIDDEN);
        assert_eq!(ask(&revocation, &path, &json!({})).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(ask(&revocation, "/api/offers", &offer).await, StatusCode::FORBIDDEN);
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_persons_number_never_stands_in_an_address() {
    let world = World::new("no-number").await;
    world.receive(1).await;
    let asked = world.url(&format!("/api/credentials?person={PERSON}"));
    let asked = world.http.get(asked).bearer_auth(&world.api_token).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::NOT_FOUND);
    let found = world.api("/api/credentials/find", json!({ "person": PERSON })).await;
    assert_eq!(found.json::<Value>().await.unwrap()["credentials"].as_array().unwrap().len(), 1);
    let more = world.api("/api/credentials/find", json!({ "person": PERSON, "all": true })).await;
    assert_eq!(refusal(more).await, (400, "malformed".to_owned()));
}

#[tokio::test]
async fn every_address_stands_in_the_openapi_document() {
    let world = World::new("openapi").await;
    let document = world.get_json("/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    let source = include_str!("../../src/endpoints.rs");
    for route in source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(paths.contains_key(route), "{route}");
    }
    for (path, methods) in paths {
        let url = world.url(&path.replace("{list}", "x").replace("{id}", "x").replace("{change}", "revoke"));
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let answer = world.http.request(method, &url).send().await.unwrap();
            assert_ne!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused() {
    let world = World::new("large").await;
    let large = "x".repeat(300 * 1024);
    for path in ["/token", "/par", "/authorize", "/credential", "/api/offers"] {
        let request = world.http.post(world.url(path)).bearer_auth(&world.api_token);
        let answer = request.header("Content-Type", "application/json").body(large.clone()).send().await;
        // The answer may come before the body was sent: the connection is cut then.
        assert!(answer.is_err() || answer.unwrap().status().is_client_error(), "{path}");
    }
    assert_eq!(world.http.get(world.url("/livez")).send().await.unwrap().status(), StatusCode::OK);
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
