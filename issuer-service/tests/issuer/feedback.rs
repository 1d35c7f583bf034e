//! What people report: taken from anybody, capped, shown to the agency alone, in no log.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::world::{World, new_key, object, refusal};

async fn send(world: &World, report: &Value) -> Response {
    world.http.post(world.url("/feedback")).json(report).send().await.unwrap()
}

async fn refused(world: &World, report: Value) -> (u16, String) {
    let before = world.digest().await;
    let refusal = refusal(send(world, &report).await).await;
    assert_eq!(world.digest().await, before, "{report}");
    // So that the limit on reports is not what refuses the next.
    world.hand.advance(60);
    refusal
}

/// A token of this type. The agency has no means to check it, and believes nothing in it.
fn token(typ: &str) -> String {
    let claims = object(json!({ "iss": "did:symbolon:demo:login", "aud": "did:symbolon:demo:bank" }));
    credential::jws::sign(object(json!({ "typ": typ })), &claims, &new_key()).unwrap()
}

#[tokio::test]
async fn a_report_is_taken_from_anybody_and_shown_to_the_agency() {
    let world = World::new("feedback").await;
    let receipt = token("symbolon-receipt+jwt");
    for report in [
        json!({ "kind": "too_much", "text": "Why my birthday? 为什么？", "receipt": receipt }),
        json!({ "kind": "not_me", "receipt": receipt }),
        json!({ "kind": "feedback", "text": "x".repeat(2_000) }),
    ] {
        assert_eq!(send(&world, &report).await.status(), StatusCode::CREATED);
    }
    let listed = world.api_get("/api/feedback").await;
    let kinds: Vec<&str> =
        listed["feedback"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["feedback", "not_me", "too_much"]);
    assert_eq!(listed["feedback"][2]["text"], "Why my birthday? 为什么？");
    assert_eq!(listed["feedback"][1]["receipt"], receipt);
    let older = world.api_get(&format!("/api/feedback?before={}", listed["feedback"][1]["id"])).await;
    assert_eq!(older["feedback"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_report_that_says_nothing_or_too_much_is_refused() {
    let world = World::new("feedback-refused").await;
    let long = "界".repeat(2_001);
    for (report, status, code) in [
        (json!({ "kind": "feedback" }), 422, "nothing_said"),
        (json!({ "kind": "feedback", "text": " \n " }), 422, "nothing_said"),
        (json!({ "kind": "feedback", "text": long }), 422, "text_too_long"),
        (json!({ "kind": "praise", "text": "x" }), 400, "malformed"),
        (json!({ "kind": "feedback", "text": "x", "person": "XS-1" }), 400, "malformed"),
        (json!({ "kind": "not_me", "receipt": "nonsense" }), 422, "receipt_malformed"),
        (json!({ "kind": "not_me", "receipt": token("dpop+jwt") }), 422, "receipt_malformed"),
        (json!({ "kind": "not_me", "receipt": "a".repeat(17 * 1024) }), 422, "receipt_malformed"),
        (json!({ "kind": "not_me", "text": "x".repeat(60 * 1024) }), 413, "body_too_large"),
        (json!([]), 400, "malformed"),
    ] {
        assert_eq!(refused(&world, report).await, (status, code.to_owned()), "{code}");
    }
}

#[tokio::test]
async fn reports_are_few_from_one_address() {
    let world = World::new("feedback-many").await;
    let report = json!({ "kind": "feedback", "text": "again" });
    for _ in 0..5 {
        assert_eq!(send(&world, &report).await.status(), StatusCode::CREATED);
    }
    let before = world.digest().await;
    assert_eq!(refusal(send(&world, &report).await).await, (429, "too_many_requests".to_owned()));
    assert_eq!(world.digest().await, before);
    world.hand.advance(12);
    assert_eq!(send(&world, &report).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn reports_are_shown_to_whose_role_it_is() {
    let mut world = World::new("feedback-roles").await;
    let tokens = ["feedback", "counter", "revocation"].map(|role| world.add_token(role));
    world.restart().await;
    let read = async |token: &str| {
        let request = world.http.get(world.url("/api/feedback")).bearer_auth(token);
        request.send().await.unwrap().status()
    };
    assert_eq!(read(&tokens[0]).await, StatusCode::OK);
    assert_eq!(read(&tokens[1]).await, StatusCode::FORBIDDEN);
    assert_eq!(read(&tokens[2]).await, StatusCode::FORBIDDEN);
    assert_eq!(read("wrong").await, StatusCode::UNAUTHORIZED);
    let offer = json!({ "type": "urn:eudi:pid:xs:1", "person": crate::world::PERSON, "code": true });
    let offer = world.http.post(world.url("/api/offers")).bearer_auth(&tokens[0]).json(&offer);
    assert_eq!(offer.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fullest_log_holds_nothing_of_a_report() {
    let world = World::of_process("feedback-log").await;
    let receipt = token("symbolon-receipt+jwt");
    let report = json!({ "kind": "not_me", "text": "I was at the lighthouse", "receipt": receipt });
    assert_eq!(send(&world, &report).await.status(), StatusCode::CREATED);
    let metrics = world.http.get(world.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("feedback_total"));
    let log = world.log();
    assert!(!log.is_empty());
    for secret in ["lighthouse", &receipt, &receipt[receipt.len() - 40..]] {
        assert!(!log.contains(secret) && !metrics.contains(secret));
    }
}
