//! "Delete it" reaches the relying party that was shown it, and "this wasn't me" ends the session; for the
//! wallet that was given the receipt, and nobody else.

use reqwest::Response;
use serde_json::{Value, json};

use crate::browser::{Asked, Browser, location, parameter};
use crate::receipts::{Given, ask, log_in, log_in_again, show};
use crate::world::{World, refusal};

/// The token of a relying party's system.
fn token(world: &World, party: &str) -> String {
    let file = if party == "bank" { "keys/api.token" } else { "keys/tax.token" };
    std::fs::read_to_string(world.folder.join(file)).unwrap().trim().to_owned()
}

async fn listed(world: &World, party: &str) -> Vec<Value> {
    let request = world.http.get(world.url("/api/deletions")).bearer_auth(token(world, party));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["deletions"].as_array().unwrap().clone()
}

async fn done(world: &World, party: &str, id: &str) -> Response {
    let url = world.url(&format!("/api/deletions/{id}/done"));
    world.http.post(url).bearer_auth(token(world, party)).send().await.unwrap()
}

async fn told(world: &World, path: &str, given: &Given) -> Value {
    let answer = ask(world, path, &given.authority()).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_wish_reaches_the_relying_party_and_its_answer_the_wallet() {
    let world = World::new("delete").await;
    let given = log_in(&world, &Browser::default(), "tax").await;
    let shown_at = world.now();
    world.hand.advance(10);
    let nothing = json!({ "asked_at": null, "done_at": null });
    assert_eq!(told(&world, "/receipts/deletion/state", &given).await, nothing);
    let asked = json!({ "asked_at": world.now().secs(), "done_at": null });
    assert_eq!(told(&world, "/receipts/deletion", &given).await, asked);
    world.hand.advance(10);
    // To ask again is to ask once.
    assert_eq!(told(&world, "/receipts/deletion", &given).await, asked);
    let wishes = listed(&world, "tax").await;
    assert_eq!(wishes.len(), 1);
    assert_eq!(wishes[0]["concerns"], json!({ "sub": given.says("sub") }));
    assert_eq!(wishes[0]["shown_at"], shown_at.secs());
    assert_eq!(wishes[0]["shared"], json!(["login_identifier"]));
    let id = wishes[0]["id"].as_str().unwrap();
    assert_eq!(done(&world, "tax", id).await.status(), 200);
    let when = world.now().secs();
    world.hand.advance(10);
    assert_eq!(done(&world, "tax", id).await.json::<Value>().await.unwrap()["done_at"], when);
    assert_eq!(told(&world, "/receipts/deletion/state", &given).await["done_at"], when);
    assert!(listed(&world, "tax").await.is_empty());
}

#[tokio::test]
async fn the_subject_of_a_wish_is_the_one_that_the_relying_party_knows() {
    let world = World::new("delete-subject").await;
    let browser = Browser::default();
    let (asked, tokens) =
        crate::browser::log_in(&world, &browser, &world.wallet(), Asked::new(&world, "tax")).await;
    let given = log_in(&world, &Browser::default(), "tax").await;
    assert_eq!(given.says("sub"), asked.claims(tokens["id_token"].as_str().unwrap())["sub"]);
}

#[tokio::test]
async fn a_presentation_to_a_system_can_be_wished_away_by_its_name() {
    let world = World::new("delete-presentation").await;
    let body = json!({ "registration": "login", "preset": "name" });
    let request = world.http.post(world.url("/api/presentations")).bearer_auth(token(&world, "bank"));
    let begun: Value = request.json(&body).send().await.unwrap().json().await.unwrap();
    let given = show(&world, begun["link"].as_str().unwrap()).await;
    told(&world, "/receipts/deletion", &given).await;
    assert_eq!(listed(&world, "bank").await[0]["concerns"], json!({ "presentation": begun["id"] }));
}

#[tokio::test]
async fn a_login_by_session_can_be_wished_away_too() {
    let world = World::new("delete-session").await;
    let browser = Browser::default();
    let first = log_in(&world, &browser, "bank").await;
    log_in_again(&world, &browser, "library").await;
    let later = told(&world, "/receipts/logins", &first).await["receipts"][0].as_str().unwrap().to_owned();
    let later = Given { receipt: later, state: first.state };
    assert!(told(&world, "/receipts/deletion", &later).await["asked_at"].is_u64());
}

#[tokio::test]
async fn a_relying_party_sees_and_grants_no_wish_to_another() {
    let world = World::new("delete-foreign").await;
    let given = log_in(&world, &Browser::default(), "tax").await;
    told(&world, "/receipts/deletion", &given).await;
    assert!(listed(&world, "bank").await.is_empty());
    let id = listed(&world, "tax").await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(done(&world, "bank", &id).await.status(), 404);
    assert_eq!(done(&world, "tax", "unknown").await.status(), 404);
    assert_eq!(told(&world, "/receipts/deletion/state", &given).await["done_at"], Value::Null);
    for wrong in ["", "wrong"] {
        let list = world.http.get(world.url("/api/deletions")).bearer_auth(wrong).send().await.unwrap();
        assert_eq!(list.status(), 401);
        let url = world.url(&format!("/api/deletions/{id}/done"));
        assert_eq!(world.http.post(url).bearer_auth(wrong).send().await.unwrap().status(), 401);
    }
}

/// What nobody may act on: each is refused alike, and changes nothing.
async fn refused_everywhere(world: &World, question: &Value) {
    let before = world.digest().await;
    for path in ["/receipts/logins", "/receipts/deletion", "/receipts/deletion/state", "/receipts/not-me"] {
        let refused = refusal(ask(world, path, question).await).await;
        assert_eq!(refused, (403, "receipt_refused".to_owned()), "{path}");
    }
    assert_eq!(world.digest().await, before);
    assert!(listed(world, "tax").await.is_empty());
}

#[tokio::test]
async fn a_receipt_that_was_shown_to_others_lets_them_do_nothing() {
    let world = World::new("delete-copy").await;
    let given = log_in(&world, &Browser::default(), "tax").await;
    let other = log_in(&world, &Browser::default(), "tax").await;
    for state in ["", "guess", &other.state, given.says("state_hash").as_str().unwrap()] {
        refused_everywhere(&world, &json!({ "receipt": given.receipt, "state": state })).await;
    }
}

#[tokio::test]
async fn receipts_of_others_making_are_refused() {
    let world = World::new("delete-forged").await;
    let given = log_in(&world, &Browser::default(), "tax").await;
    let (signed, signature) = given.receipt.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
    for receipt in [
        "nonsense".to_owned(),
        String::new(),
        format!("{signed}.{flipped}{}", &signature[1..]),
        format!("{} ", given.receipt),
        "a".repeat(16_000),
    ] {
        refused_everywhere(&world, &json!({ "receipt": receipt, "state": given.state })).await;
    }
}

/// Whether this browser is logged in still.
async fn is_logged_in(world: &World, browser: &Browser) -> bool {
    let url = location(&Asked::new(world, "library").with("prompt", "none").authorize(world, browser).await);
    parameter(&url, "code").is_some()
}

#[tokio::test]
async fn this_was_not_me_ends_that_session_and_no_other() {
    let world = World::new("not-me").await;
    let (theirs, mine) = (Browser::default(), Browser::default());
    let given = log_in(&world, &theirs, "bank").await;
    log_in(&world, &mine, "bank").await;
    assert!(is_logged_in(&world, &theirs).await);
    assert_eq!(told(&world, "/receipts/not-me", &given).await, json!({ "ended": true }));
    assert!(!is_logged_in(&world, &theirs).await);
    assert!(is_logged_in(&world, &mine).await);
    assert_eq!(told(&world, "/receipts/not-me", &given).await, json!({ "ended": false }));
}

#[tokio::test]
async fn this_was_not_me_said_of_a_login_by_session_ends_the_session() {
    let world = World::new("not-me-session").await;
    let browser = Browser::default();
    let first = log_in(&world, &browser, "bank").await;
    log_in_again(&world, &browser, "insurer").await;
    let later = told(&world, "/receipts/logins", &first).await["receipts"][0].as_str().unwrap().to_owned();
    let later = Given { receipt: later, state: first.state };
    assert_eq!(told(&world, "/receipts/not-me", &later).await, json!({ "ended": true }));
    assert!(!is_logged_in(&world, &browser).await);
}

#[tokio::test]
async fn this_was_not_me_comes_before_a_browser_that_has_not_come_back() {
    let world = World::new("not-me-early").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let given = show(&world, open.qr()).await;
    assert_eq!(told(&world, "/receipts/not-me", &given).await, json!({ "ended": true }));
    let end = open.finish(&world, &browser).await;
    assert_eq!(open.error(&world, &end), "access_denied");
    assert!(!is_logged_in(&world, &browser).await);
}
