//! Relying parties that do not prove who they are.

use core::time::Duration;
use std::collections::BTreeMap;

use credential::encoding::base64url;
use credential::jws;
use credential::key::Signer as _;
use openid4vc::oauth::client_assertion::ASSERTION_TYPE;
use serde_json::{Map, Value, json};

use crate::browser::Asked;
use crate::world::{World, new_key, object, refusal};

/// The claims of a good assertion of the bank's.
fn good(world: &World) -> Map<String, Value> {
    let now = world.now().secs();
    object(json!({
        "iss": "bank", "sub": "bank", "aud": world.url("/fapi"), "jti": "1", "iat": now, "exp": now + 60,
    }))
}

fn signed(world: &World, claims: &Map<String, Value>) -> String {
    jws::sign(object(json!({ "kid": "s" })), claims, &*world.party("bank").key).unwrap()
}

/// What PAR says to a good request with this assertion.
async fn pushed_with(world: &World, assertion: &str) -> (u16, String) {
    let asked = Asked::new(world, "bank");
    let url = world.url("/fapi/par");
    let mut form: BTreeMap<String, String> = asked.parameters.clone();
    form.insert("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned());
    form.insert("client_assertion".to_owned(), assertion.to_owned());
    let request = world.http.post(&url).header("DPoP", asked.proof(world, "POST", &url, None));
    let answer = request.form(&form).send().await.unwrap();
    if answer.status() == 201 { (201, String::new()) } else { refusal(answer).await }
}

async fn refused(world: &World, assertion: &str) {
    let before = world.digest().await;
    assert_eq!(pushed_with(world, assertion).await, (401, "invalid_client".to_owned()));
    assert_eq!(world.digest().await, before);
}

async fn refused_with(world: &World, name: &str, value: Value) {
    let mut claims = good(world);
    claims.insert(name.to_owned(), value);
    claims.retain(|_, value| !value.is_null());
    refused(world, &signed(world, &claims)).await;
}

#[tokio::test]
async fn an_assertion_is_good_once_also_after_a_restart() {
    let mut world = World::new("assertion-replay").await;
    let assertion = signed(&world, &good(&world));
    assert_eq!(pushed_with(&world, &assertion).await.0, 201);
    refused(&world, &assertion).await;
    world.restart().await;
    refused(&world, &assertion).await;
}

#[tokio::test]
async fn an_assertion_for_somebody_else_is_refused() {
    let world = World::new("assertion-aud").await;
    for audience in [
        json!("https://other.example"),
        json!(world.origin),
        json!(world.url("/fapi/token")),
        json!([world.url("/fapi"), "https://other.example"]),
        json!([world.url("/fapi")]),
        Value::Null,
    ] {
        refused_with(&world, "aud", audience).await;
    }
}

#[tokio::test]
async fn an_expired_assertion_is_refused() {
    let world = World::new("assertion-expired").await;
    refused_with(&world, "exp", json!(world.now().minus(Duration::from_secs(61)).secs())).await;
    refused_with(&world, "exp", Value::Null).await;
}

#[tokio::test]
async fn an_assertion_of_the_future_is_refused() {
    let world = World::new("assertion-future").await;
    refused_with(&world, "iat", json!(world.now().secs() + 61)).await;
    refused_with(&world, "nbf", json!(world.now().secs() + 61)).await;
}

#[tokio::test]
async fn an_assertion_that_would_be_good_for_long_is_refused() {
    let world = World::new("assertion-long").await;
    refused_with(&world, "exp", json!(world.now().secs() + 3600)).await;
}

#[tokio::test]
async fn an_assertion_without_an_identifier_is_refused() {
    let world = World::new("assertion-jti").await;
    refused_with(&world, "jti", Value::Null).await;
}

#[tokio::test]
async fn an_assertion_in_anothers_name_is_refused() {
    let world = World::new("assertion-iss").await;
    refused_with(&world, "iss", json!("insurer")).await;
    let mut claims = good(&world);
    claims.insert("iss".to_owned(), json!("insurer"));
    claims.insert("sub".to_owned(), json!("insurer"));
    refused(&world, &signed(&world, &claims)).await;
}

#[tokio::test]
async fn an_assertion_without_a_signature_is_refused() {
    let world = World::new("assertion-none").await;
    let claims = base64url(serde_json::to_vec(&good(&world)).unwrap());
    for algorithm in ["none", "None", "HS256", "RS256"] {
        let header = base64url(json!({ "alg": algorithm, "kid": "s" }).to_string());
        refused(&world, &format!("{header}.{claims}.")).await;
        refused(&world, &format!("{header}.{claims}.AAAA")).await;
    }
}

#[tokio::test]
async fn an_assertion_by_an_unknown_key_is_refused() {
    let world = World::new("assertion-key").await;
    let by = |kid: &str| jws::sign(object(json!({ "kid": kid })), &good(&world), &new_key()).unwrap();
    refused(&world, &by("s")).await;
    refused(&world, &by("unknown")).await;
}

#[tokio::test]
async fn a_path_as_the_name_of_a_relying_party_is_refused() {
    let world = World::new("assertion-path").await;
    for name in ["../checkpoint", "..", "bank/../bank", "BANK", ""] {
        let mut claims = good(&world);
        claims.insert("iss".to_owned(), json!(name));
        claims.insert("sub".to_owned(), json!(name));
        refused(&world, &signed(&world, &claims)).await;
    }
}

#[tokio::test]
async fn two_ways_of_proof_at_once_are_refused() {
    let world = World::new("assertion-and-secret").await;
    let asked = Asked::new(&world, "library");
    let request = asked.party.prove(&world, world.http.post(world.url("/par")), asked.parameters.clone());
    let answer = request.basic_auth("tax", Some("x")).send().await.unwrap();
    assert_eq!(refusal(answer).await, (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn an_assertion_for_the_other_tier_is_refused_there_too() {
    let world = World::new("assertion-tier").await;
    let mut claims = good(&world);
    claims.insert("aud".to_owned(), json!(world.origin));
    for (path, jti) in [("/par", "1"), ("/token", "2")] {
        claims.insert("jti".to_owned(), json!(jti));
        let mut form = Asked::new(&world, "bank").parameters;
        form.insert("client_assertion_type".to_owned(), ASSERTION_TYPE.to_owned());
        form.insert("client_assertion".to_owned(), signed(&world, &claims));
        let answer = world.http.post(world.url(path)).form(&form).send().await.unwrap();
        assert_eq!(refusal(answer).await, (401, "invalid_client".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_relying_party_with_a_secret_cannot_use_an_assertion() {
    let world = World::new("assertion-of-secret").await;
    let mut tax = Asked::new(&world, "tax");
    let mut key = tax.party.key.public_key().to_jwk();
    key["kid"] = "s".into();
    world.describe("tax", |tax| drop(tax.insert("jwks".to_owned(), json!({ "keys": [key] }))));
    tax.party.has_secret = false;
    assert_eq!(refusal(tax.push(&world).await).await, (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn keys_overlap_while_a_relying_party_changes_them_and_the_old_one_ends() {
    let world = World::new("rotation").await;
    let next = new_key();
    let mut jwk = next.public_key().to_jwk();
    jwk["kid"] = "next".into();
    let keys = |bank: &mut Map<String, Value>, change: &dyn Fn(&mut Vec<Value>)| {
        change(bank["jwks"]["keys"].as_array_mut().unwrap());
    };
    let by = |jti: &str, is_next: bool| {
        let mut claims = good(&world);
        claims.insert("jti".to_owned(), json!(jti));
        let header = object(json!({ "kid": if is_next { "next" } else { "s" } }));
        let party = world.party("bank");
        jws::sign(header, &claims, if is_next { &next } else { &*party.key }).unwrap()
    };
    world.describe("bank", |bank| keys(bank, &|all| all.push(jwk.clone())));
    assert_eq!(pushed_with(&world, &by("1", false)).await.0, 201);
    assert_eq!(pushed_with(&world, &by("2", true)).await.0, 201);
    world.describe("bank", |bank| keys(bank, &|all| all.retain(|key| key["kid"] != "s")));
    refused(&world, &by("3", false)).await;
    assert_eq!(pushed_with(&world, &by("4", true)).await.0, 201);
}

async fn by_secret(world: &World, id: &str, secret: &str) -> (u16, String) {
    let form = Asked::new(world, "tax").redemption("unknown");
    let request = world.http.post(world.url("/token")).basic_auth(id, Some(secret));
    refusal(request.form(&form).send().await.unwrap()).await
}

#[tokio::test]
async fn the_scheme_of_a_secret_is_written_in_any_case() {
    use base64::Engine as _;
    let world = World::new("secret-case").await;
    let secret = format!("tax:{}", crate::world::SECRET);
    let value = base64::engine::general_purpose::STANDARD.encode(secret);
    let request = world.http.post(world.url("/token")).header("authorization", format!("basic {value}"));
    let answer = request.form(&Asked::new(&world, "tax").redemption("unknown")).send().await.unwrap();
    assert_eq!(refusal(answer).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_wrong_secret_is_refused_as_an_unknown_relying_party_is() {
    let world = World::new("secret-wrong").await;
    let refused = (401, "invalid_client".to_owned());
    assert_eq!(by_secret(&world, "tax", "wrong").await, refused);
    assert_eq!(by_secret(&world, "unknown", "wrong").await, refused);
    assert_eq!(by_secret(&world, "library", "").await, refused, "it has no secret");
}

#[tokio::test]
async fn a_relying_party_without_any_proof_is_refused() {
    let world = World::new("client-none").await;
    let request = world
        .http
        .post(world.url("/token"))
        .form(&[("client_id", "tax"), ("grant_type", "authorization_code")]);
    assert_eq!(refusal(request.send().await.unwrap()).await, (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn a_secret_in_the_form_beside_another_proof_is_refused() {
    let world = World::new("secret-in-form").await;
    for party in ["library", "tax"] {
        let asked = Asked::new(&world, party).with("client_secret", crate::world::SECRET);
        let refusal = refusal(asked.push(&world).await).await;
        assert_eq!(refusal, (401, "invalid_client".to_owned()), "{party}");
    }
}
