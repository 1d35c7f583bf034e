//! Relying parties' own systems: each asks under its own registration, and reads what it asked itself.

use reqwest::Response;
use serde_json::{Value, json};

use crate::browser::{Asked, Browser};
use crate::wallet::Wrong;
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
    let cards = json!({ "identity": [claims] });
    assert_eq!(told, json!({ "state": "shown", "reason": null, "claims": claims, "cards": cards }));
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

pub(crate) async fn refused(world: &World, body: Value) -> (u16, String) {
    let before = world.digest().await;
    let refusal = refusal(ask(world, &token(world, "bank"), body).await).await;
    assert_eq!(world.digest().await, before);
    refusal
}

pub(crate) fn query(claims: &[&str]) -> Value {
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

/// A query of two parts, each for a claim of the identity card.
fn two_parts() -> Value {
    let mut both = query(&["given_name"]);
    let mut second = query(&["family_name"])["credentials"][0].clone();
    second["id"] = "second".into();
    both["credentials"].as_array_mut().unwrap().push(second);
    both
}

/// The link and the name of what the bank's system asks.
pub(crate) async fn asked(world: &World, body: Value) -> (String, String) {
    let answer = ask(world, &token(world, "bank"), body).await;
    assert_eq!(answer.status(), 201);
    let begun: Value = answer.json().await.unwrap();
    (begun["link"].as_str().unwrap().to_owned(), begun["id"].as_str().unwrap().to_owned())
}

pub(crate) async fn told(world: &World, id: &str) -> Value {
    read(world, &token(world, "bank"), id).await.json().await.unwrap()
}

#[tokio::test]
async fn a_system_asks_for_several_cards_and_reads_each() {
    let world = World::new("api-several").await;
    let (link, id) = asked(&world, json!({ "registration": "login", "dcql_query": two_parts() })).await;
    assert_eq!(world.wallet().answer(&world, &link).await.status(), 200);
    let told = told(&world, &id).await;
    assert_eq!(told["state"], "shown");
    let cards = json!({ "identity": [{ "given_name": "Maria" }], "second": [{ "family_name": "Okafor" }] });
    assert_eq!(told["cards"], cards);
}

#[tokio::test]
async fn one_bad_card_among_several_is_enough_to_believe_none() {
    let world = World::new("api-one-bad").await;
    for part in ["identity", "second"] {
        let (link, id) = asked(&world, json!({ "registration": "login", "dcql_query": two_parts() })).await;
        let forged = world.wallet().with_signature_of(&world.wallet());
        let wrong = Wrong { other: Some((part, forged)), ..Wrong::default() };
        assert_eq!(world.wallet().answer_wrong(&world, &link, wrong).await.status(), 400, "{part}");
        let told = told(&world, &id).await;
        assert_eq!(
            (&told["state"], &told["claims"], &told["cards"]),
            (&json!("refused"), &json!(null), &json!(null))
        );
    }
}

fn payment(more: Value) -> Value {
    let mut payment = json!({ "type": "urn:symbolon:transaction:payment:1", "credential_ids": ["identity"],
        "amount": "12.50", "currency": "EUR", "payee": "Corner Bakery" });
    payment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "registration": "login", "preset": "name", "transaction_data": [payment] })
}

#[tokio::test]
async fn a_transaction_counts_once_the_card_confirms_it() {
    let world = World::new("api-transaction").await;
    let (link, id) = asked(&world, payment(json!({}))).await;
    assert_eq!(world.wallet().answer(&world, &link).await.status(), 200);
    assert_eq!(told(&world, &id).await["state"], "shown");
    let (link, id) = asked(&world, payment(json!({}))).await;
    let wrong = Wrong { confirms_nothing: true, ..Wrong::default() };
    assert_eq!(world.wallet().answer_wrong(&world, &link, wrong).await.status(), 400);
    assert_eq!(told(&world, &id).await["state"], "refused");
}

#[tokio::test]
async fn a_transaction_that_wallets_would_not_show_is_not_asked() {
    let world = World::new("api-transaction-bad").await;
    for bad in [
        json!({ "type": "urn:example:other" }),
        json!({ "amount": "a lot" }),
        json!({ "hidden": "x" }),
        json!({ "credential_ids": ["other"] }),
        json!({ "credential_ids": ["identity", "identity"] }),
    ] {
        assert_eq!(refused(&world, payment(bad)).await, (400, "transaction_data".to_owned()));
    }
    let mut many = payment(json!({}));
    many["transaction_data"] = json!(vec![many["transaction_data"][0].clone(); 5]);
    assert_eq!(refused(&world, many).await, (400, "transaction_data".to_owned()));
}

#[tokio::test]
async fn a_system_asks_one_thing_in_one_way() {
    let world = World::new("api-one").await;
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
