//! Renewal: refresh tokens, each used once, and the fresh copies that they bring.

use std::collections::BTreeSet;

use credential::key::SigningKey;
use credential::sd_jwt_vc::Held;
use credential::status_list::Status;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::issue::status_of;
use crate::world::{Wallet, World, copies_of, new_key, refusal};

const DAY: u64 = 86_400;

/// What a token endpoint gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// The wallet's first tokens, of an offer that it takes up.
pub(crate) async fn first(world: &World, wallet: &Wallet) -> (String, Tokens) {
    let offer = world.offer().await;
    let answer = world.token(wallet, &offer, &offer.code).await;
    (offer.id, tokens(answer).await)
}

async fn tokens(answer: Response) -> Tokens {
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["token_type"], "DPoP");
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token") }
}

/// The tokens that a refresh token gives.
pub(crate) async fn renewed(world: &World, wallet: &Wallet, refresh: &str) -> Tokens {
    tokens(renew(world, wallet, refresh).await).await
}

async fn renew(world: &World, wallet: &Wallet, refresh: &str) -> Response {
    renew_as(world, wallet, &[("refresh_token", refresh)]).await
}

async fn renew_as(world: &World, wallet: &Wallet, more: &[(&str, &str)]) -> Response {
    let proof = wallet.dpop(&world.url("/token"), None, world.now());
    let form = [&[("grant_type", "refresh_token")], more].concat();
    world.http.post(world.url("/token")).header("DPoP", proof).form(&form).send().await.unwrap()
}

async fn fetch(world: &World, wallet: &Wallet, access: &str, copies: usize) -> Response {
    let keys: Vec<_> = (0..copies).map(|_| new_key()).collect();
    let request = world.request(&keys, &world.nonce().await);
    world.credential(wallet, access, request).await
}

async fn copies(answer: Response) -> Vec<String> {
    assert_eq!(answer.status(), StatusCode::OK);
    copies_of(&answer.json().await.unwrap())
}

/// The one credential of an offer, as the agency sees it.
async fn credential(world: &World, offer: &str) -> Value {
    let state = world.api_get(&format!("/api/offers/{offer}")).await;
    world.api_get(&format!("/api/credentials/{}", state["credential"].as_str().unwrap())).await
}

#[tokio::test]
async fn a_refresh_token_brings_fresh_copies_of_the_same_card() {
    let world = World::new("renew").await;
    let wallet = Wallet::new();
    let (offer, given) = first(&world, &wallet).await;
    let old = copies(fetch(&world, &wallet, &given.access, 3).await).await;
    let before = credential(&world, &offer).await;
    world.hand.advance(40 * DAY);
    world.publish().await;
    let given = renewed(&world, &wallet, &given.refresh).await;
    let new = copies(fetch(&world, &wallet, &given.access, 3).await).await;
    let after = credential(&world, &offer).await;
    assert_eq!((&before["id"], &before["copies"], &after["copies"]), (&after["id"], &json!(3), &json!(6)));
    assert_eq!(after["expires_at"].as_u64(), before["expires_at"].as_u64().map(|end| end + 40 * DAY));

    let (mut keys, mut places, mut salted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for copy in old.iter().chain(&new) {
        let held = Held::parse(copy).unwrap();
        let status = held.status().unwrap();
        assert!(keys.insert(held.holder_key().thumbprint()));
        assert!(places.insert((status.uri.clone(), status.index)));
        assert!(copy.split('~').skip(1).filter(|text| !text.is_empty()).all(|text| salted.insert(text)));
        assert_eq!(status_of(&world, copy).await, Status::Valid, "old copies stay valid until they run out");
    }
    let told = |copy: &String| Held::parse(copy).unwrap().claims()["login_identifier"].clone();
    assert_eq!(told(&old[0]), told(&new[0]), "it is the same card");
}

#[tokio::test]
async fn a_refresh_token_that_is_shown_again_ends_its_family() {
    let world = World::new("renew-reuse").await;
    let wallet = Wallet::new();
    let (_, zero) = first(&world, &wallet).await;
    let one = renewed(&world, &wallet, &zero.refresh).await;
    let two = renewed(&world, &wallet, &one.refresh).await;
    let again = refusal(renew(&world, &wallet, &zero.refresh).await).await;
    assert_eq!(again, (400, "invalid_grant".to_owned()));
    for token in [&zero.refresh, &one.refresh, &two.refresh] {
        let refused = refusal(renew(&world, &wallet, token).await).await;
        assert_eq!(refused, (400, "invalid_grant".to_owned()));
    }
    let refused = refusal(fetch(&world, &wallet, &two.access, 1).await).await;
    assert_eq!(refused, (401, "invalid_token".to_owned()), "what was given last is taken back");
}

#[tokio::test]
async fn an_answer_lost_on_the_way_locks_nobody_out() {
    let world = World::new("renew-lost").await;
    let wallet = Wallet::new();
    let (_, zero) = first(&world, &wallet).await;
    let lost = renewed(&world, &wallet, &zero.refresh).await;
    world.hand.advance(30 * DAY);
    let lost_too = renewed(&world, &wallet, &zero.refresh).await;
    let one = renewed(&world, &wallet, &zero.refresh).await;
    assert_eq!(refusal(fetch(&world, &wallet, &lost_too.access, 1).await).await.1, "invalid_token");
    copies(fetch(&world, &wallet, &one.access, 1).await).await;
    let two = renewed(&world, &wallet, &one.refresh).await;
    // Whoever shows what was withdrawn is not the wallet that never got it.
    assert_eq!(refusal(renew(&world, &wallet, &lost.refresh).await).await.1, "invalid_grant");
    assert_eq!(refusal(renew(&world, &wallet, &two.refresh).await).await.1, "invalid_grant");
}

#[tokio::test]
async fn a_thief_without_the_key_gets_nothing_and_ends_nothing() {
    let world = World::new("renew-thief").await;
    let (wallet, thief) = (Wallet::new(), Wallet::new());
    let (_, zero) = first(&world, &wallet).await;
    let one = renewed(&world, &wallet, &zero.refresh).await;
    let two = renewed(&world, &wallet, &one.refresh).await;
    let before = world.digest().await;
    for token in [&zero.refresh, &one.refresh, &two.refresh] {
        let refused = refusal(renew(&world, &thief, token).await).await;
        assert_eq!(refused, (400, "invalid_grant".to_owned()));
    }
    assert_eq!(world.digest().await, before);
    renewed(&world, &wallet, &two.refresh).await;
}

#[tokio::test]
async fn another_client_is_refused() {
    let world = World::new("renew-client").await;
    let wallet = Wallet::new();
    let (_, zero) = first(&world, &wallet).await;
    let before = world.digest().await;
    let other = [("refresh_token", zero.refresh.as_str()), ("client_id", "another-wallet")];
    assert_eq!(refusal(renew_as(&world, &wallet, &other).await).await.1, "invalid_grant");
    assert_eq!(world.digest().await, before);
    renewed(&world, &wallet, &zero.refresh).await;
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let world = World::new("renew-nonsense").await;
    let wallet = Wallet::new();
    let (_, zero) = first(&world, &wallet).await;
    let before = world.digest().await;
    let long = "x".repeat(10_000);
    for token in ["", "unknown", &zero.access, &format!("{} ", zero.refresh), &long] {
        assert_eq!(refusal(renew(&world, &wallet, token).await).await, (400, "invalid_grant".to_owned()));
    }
    assert_eq!(refusal(renew_as(&world, &wallet, &[]).await).await, (400, "invalid_request".to_owned()));
    let form = [("grant_type", "refresh_token"), ("refresh_token", zero.refresh.as_str())];
    let bare = world.http.post(world.url("/token")).form(&form).send().await.unwrap();
    assert_eq!(refusal(bare).await, (400, "invalid_dpop_proof".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_dpop_proof_that_was_used_renews_nothing() {
    let world = World::new("renew-replay").await;
    let wallet = Wallet::new();
    let (_, zero) = first(&world, &wallet).await;
    let proof = wallet.dpop(&world.url("/token"), None, world.now());
    let renew = async |token: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        world.http.post(world.url("/token")).header("DPoP", &proof).form(&form).send().await.unwrap()
    };
    let one = tokens(renew(&zero.refresh).await).await;
    let before = world.digest().await;
    assert_eq!(refusal(renew(&one.refresh).await).await.1, "invalid_dpop_proof");
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_refresh_token_and_its_family_end() {
    let world = World::configured("renew-ends", "token_days = 180  ", "token_days = 3  ").await;
    let wallet = Wallet::new();
    let (_, unused) = first(&world, &wallet).await;
    world.hand.advance(3 * DAY + 1);
    assert_eq!(refusal(renew(&world, &wallet, &unused.refresh).await).await.1, "invalid_grant");
    // Forgotten with its family, it is refused all the same.
    world.publish().await;
    assert_eq!(refusal(renew(&world, &wallet, &unused.refresh).await).await.1, "invalid_grant");

    let world = World::configured("renew-family", "family_days = 1825", "family_days = 5").await;
    let (_, mut given) = first(&world, &wallet).await;
    for _ in 0..2 {
        world.hand.advance(2 * DAY);
        given = renewed(&world, &wallet, &given.refresh).await;
    }
    world.hand.advance(DAY + 1);
    assert_eq!(refusal(renew(&world, &wallet, &given.refresh).await).await.1, "invalid_grant");
}

#[tokio::test]
async fn a_revoked_card_is_never_renewed_and_a_suspended_one_waits() {
    let world = World::new("renew-revoked").await;
    let wallet = Wallet::new();
    let (offer, zero) = first(&world, &wallet).await;
    copies(fetch(&world, &wallet, &zero.access, 1).await).await;
    let id = credential(&world, &offer).await["id"].as_str().unwrap().to_owned();
    let change = async |change: &str| {
        let answer = world.api(&format!("/api/credentials/{id}/{change}"), json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK);
    };
    change("suspend").await;
    let one = renewed(&world, &wallet, &zero.refresh).await;
    let refused: Value = fetch(&world, &wallet, &one.access, 1).await.json().await.unwrap();
    assert_eq!(
        (&refused["error"], &refused["code"]),
        (&json!("credential_request_denied"), &json!("card_suspended"))
    );
    change("reinstate").await;
    copies(fetch(&world, &wallet, &one.access, 1).await).await;

    change("revoke").await;
    let refused: Value = renew(&world, &wallet, &one.refresh).await.json().await.unwrap();
    assert_eq!((&refused["error"], &refused["code"]), (&json!("invalid_grant"), &json!("card_revoked")));
    let thief: Value = renew(&world, &Wallet::new(), &one.refresh).await.json().await.unwrap();
    assert_eq!(thief["code"], Value::Null, "what became of the card is told to its wallet only");
    let refused: Value = fetch(&world, &wallet, &one.access, 1).await.json().await.unwrap();
    assert_eq!(refused["code"], "card_revoked");
}

#[tokio::test]
async fn a_card_gets_so_many_copies_a_day_and_no_more() {
    let world = World::configured("renew-many", "batch_size = 4  ", "batch_size = 100").await;
    let wallet = Wallet::new();
    let (offer, zero) = first(&world, &wallet).await;
    copies(fetch(&world, &wallet, &zero.access, 100).await).await;
    let one = renewed(&world, &wallet, &zero.refresh).await;
    copies(fetch(&world, &wallet, &one.access, 100).await).await;
    let before = world.digest().await;
    let refused = refusal(fetch(&world, &wallet, &one.access, 1).await).await;
    assert_eq!(refused, (429, "slow_down".to_owned()));
    assert_eq!(
        (world.digest().await, credential(&world, &offer).await["copies"].clone()),
        (before, json!(200))
    );
    world.hand.advance(DAY);
    let two = renewed(&world, &wallet, &one.refresh).await;
    copies(fetch(&world, &wallet, &two.access, 100).await).await;
}

#[tokio::test]
async fn a_family_gives_so_many_tokens_a_day_and_no_more() {
    let world = World::new("renew-often").await;
    let wallet = Wallet::new();
    let (_, mut given) = first(&world, &wallet).await;
    for _ in 1..48 {
        given = renewed(&world, &wallet, &given.refresh).await;
    }
    let before = world.digest().await;
    assert_eq!(refusal(renew(&world, &wallet, &given.refresh).await).await, (429, "slow_down".to_owned()));
    assert_eq!(world.digest().await, before);
    world.hand.advance(DAY);
    renewed(&world, &wallet, &given.refresh).await;
}

#[tokio::test]
async fn a_key_of_an_earlier_copy_is_refused() {
    let world = World::new("renew-key").await;
    let wallet = Wallet::new();
    let (_, zero) = first(&world, &wallet).await;
    let keys = [new_key(), new_key()];
    let ask = async |access: &str, keys: &[SigningKey]| {
        let request = world.request(keys, &world.nonce().await);
        world.credential(&wallet, access, request).await
    };
    copies(ask(&zero.access, &keys).await).await;
    let one = renewed(&world, &wallet, &zero.refresh).await;
    let before = world.digest().await;
    assert_eq!(refusal(ask(&one.access, &keys[1..]).await).await, (400, "invalid_proof".to_owned()));
    assert_eq!(world.digest().await, before);

    let stranger = Wallet::new();
    let (_, theirs) = first(&world, &stranger).await;
    let request = world.request(&keys[..1], &world.nonce().await);
    let refused = refusal(world.credential(&stranger, &theirs.access, request).await).await;
    assert_eq!(refused, (400, "invalid_proof".to_owned()), "nor in a card of another offer");
    copies(ask(&one.access, &[new_key(), new_key()]).await).await;
}

#[tokio::test]
async fn metadata_says_that_cards_renew_themselves() {
    let world = World::new("renew-metadata").await;
    let metadata = world.get_json("/.well-known/oauth-authorization-server").await;
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!("refresh_token")));
}
