//! Relying parties' own systems: each asks under its own registration, and reads what it asked itself.

use reqwest::Response;
use serde_json::{Value, json};

use crate::browser::{Asked, Browser};
use crate::world::{World, refusal};

/// The token of a relying party's system.
fn token(world: &World, party: &str) -> String {
    let file = if party == "bank" { "keys/api.token" } else { "keys/tax.token" };
    std::fs::read_to_string(world.folder.join(file)).unwrap().trim().to_owned()
}

async fn ask(world: &World, token: &str, body: Value) -> Response {
    let request = world.http.post(world.url("/api/presentations")).bearer_auth(token);
    request.json(&body).send().await.unwrap()
}

async fn read(world: &World, token: &str, id: &str) -> Response {
    world.http.get(world.url(&format!("/api/presentations/{id}"))).bearer_auth(token).send().await.unwrap()
}

/// A presentation that the bank's system asks for.
async fn begun(world: &World) -> Value {
    let body = json!({ "registration": "login", "preset": "name" });
    let answer = ask(world, &token(world, "bank"), body).await;
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_system_asks_a_wallet_and_reads_what_was_shown() {
    let world = World::new("api").await;
    let begun = begun(&world).await;
    let (id, token) = (begun["id"].as_str().unwrap(), token(&world, "bank"));
    assert_eq!(read(&world, &token, id).await.json::<Value>().await.unwrap()["state"], "waiting");
    let answer = world.wallet().answer(&world, begun["link"].as_str().unwrap()).await;
    assert_eq!(answer.status(), 200);
    let claims = json!({ "given_name": "Maria", "family_name": "Okafor" });
    let told: Value = read(&world, &token, id).await.json().await.unwrap();
    assert_eq!(told, json!({ "state": "shown", "reason": null, "claims": claims }));
}

#[tokio::test]
async fn a_presentation_is_no_login_and_a_login_no_presentation() {
    let world = World::new("api-kinds").await;
    let begun = begun(&world).await;
    let finish = world.url(&format!("/login/{}/finish", begun["id"].as_str().unwrap()));
    assert_eq!(Browser::default().get(&world, &finish).await.status(), 403);
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    assert_eq!(read(&world, &token(&world, "bank"), &open.id).await.status(), 404);
}

#[tokio::test]
async fn a_system_reads_nothing_that_another_asked() {
    let world = World::new("api-foreign").await;
    let begun = begun(&world).await;
    world.wallet().answer(&world, begun["link"].as_str().unwrap()).await;
    let id = begun["id"].as_str().unwrap();
    assert_eq!(read(&world, &token(&world, "tax"), id).await.status(), 404);
    for wrong in ["", "wrong", &token(&world, "bank")[1..]] {
        assert_eq!(read(&world, wrong, id).await.status(), 401);
    }
}

#[tokio::test]
async fn a_system_without_its_token_may_ask_nobody() {
    let world = World::new("api-token").await;
    for token in ["", "wrong"] {
        let answer = ask(&world, token, json!({ "registration": "login", "preset": "name" })).await;
        assert_eq!(answer.status(), 401);
    }
}

async fn refused(world: &World, body: Value) -> (u16, String) {
    let before = world.digest().await;
    let refusal = refusal(ask(world, &token(world, "bank"), body).await).await;
    assert_eq!(world.digest().await, before);
    refusal
}

fn query(claims: &[&str]) -> Value {
    let claims: Vec<Value> = claims.iter().map(|name| json!({ "path": [name] })).collect();
    json!({ "credentials": [{
        "id": "identity", "format": "dc+sd-jwt", "meta": { "vct_values": [crate::register::VCT] }, "claims": claims,
    }] })
}

#[tokio::test]
async fn a_system_may_not_ask_for_more_than_is_registered() {
    let world = World::new("api-too-much").await;
    let body = json!({ "registration": "login", "dcql_query": query(&["birthdate"]) });
    assert_eq!(refused(&world, body).await, (400, "too_much".to_owned()));
}

#[tokio::test]
async fn a_system_asks_under_its_own_registration_only() {
    let world = World::new("api-registration").await;
    let body = json!({ "registration": "another", "preset": "name" });
    assert_eq!(refused(&world, body).await, (400, "registration".to_owned()));
}

#[tokio::test]
async fn a_system_asks_one_thing_in_one_way() {
    let world = World::new("api-one").await;
    let mut two = query(&["given_name"]);
    let mut second = two["credentials"][0].clone();
    second["id"] = "second".into();
    two["credentials"].as_array_mut().unwrap().push(second);
    let body = json!({ "registration": "login", "dcql_query": two });
    assert_eq!(refused(&world, body).await, (400, "one_card".to_owned()));
    let body = json!({ "registration": "login", "preset": "name", "dcql_query": query(&["given_name"]) });
    assert_eq!(refused(&world, body).await, (400, "query".to_owned()));
    assert_eq!(refused(&world, json!({ "registration": "login" })).await, (400, "query".to_owned()));
}

#[tokio::test]
async fn a_system_may_not_ask_for_a_type_that_is_not_registered_even_without_claims() {
    let world = World::new("api-type").await;
    let mut other = query(&[]);
    other["credentials"][0].as_object_mut().unwrap().remove("claims");
    other["credentials"][0]["meta"]["vct_values"] = json!(["urn:example:disability:1"]);
    let body = json!({ "registration": "login", "dcql_query": other });
    assert_eq!(refused(&world, body).await, (400, "too_much".to_owned()));
}

#[tokio::test]
async fn schemes_of_authorization_are_written_in_any_case() {
    let world = World::new("api-case").await;
    let body = json!({ "registration": "login", "preset": "name" });
    let request = world.http.post(world.url("/api/presentations"));
    let request = request.header("authorization", format!("bearer {}", token(&world, "bank")));
    assert_eq!(request.json(&body).send().await.unwrap().status(), 201);
}
