//! DPoP proofs that prove nothing: missing, of another key, old, used before, or for something else.

use core::time::Duration;

use credential::jws;
use credential::key::Signer as _;
use openid4vc::oauth::dpop::{self, Target};
use reqwest::Response;
use serde_json::json;
use service_kit::random::Random;

use crate::browser::{Asked, Browser, log_in, proof_by};
use crate::world::{World, new_key, object, refusal};

const OTHER: &str = "http://127.0.0.1:1/fapi/token";

/// What the token endpoint says to a good code with this proof. The code is as good as before.
async fn at_token(world: &World, proof: impl FnOnce(&Asked, &str) -> Option<String>) -> String {
    let browser = Browser::default();
    let open = Asked::new(world, "bank").open(world, &browser).await;
    world.wallet().answer(world, open.qr()).await;
    let code = open.code(world, &browser).await;
    let asked = open.asked;
    let proof = proof(&asked, &world.url("/fapi/token"));
    let before = world.digest().await;
    let (status, error) = refusal(asked.redeem_with(world, asked.redemption(&code), proof).await).await;
    assert_eq!(status, 400);
    assert_eq!(world.digest().await, before);
    assert_eq!(asked.redeem(world, &code).await.status(), 200);
    error
}

/// What userinfo says to a good token with this proof and scheme.
async fn at_userinfo(
    world: &World,
    scheme: &str,
    proof: impl FnOnce(&Asked, &str, &str) -> Option<String>,
) -> (u16, String) {
    let (asked, tokens) =
        log_in(world, &Browser::default(), &world.wallet(), Asked::new(world, "bank")).await;
    let (token, url) = (tokens["access_token"].as_str().unwrap(), world.url("/fapi/userinfo"));
    let mut request = world.http.get(&url).header("authorization", format!("{scheme} {token}"));
    if let Some(proof) = proof(&asked, &url, token) {
        request = request.header("DPoP", proof);
    }
    let answer = request.send().await.unwrap();
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("DPoP "));
    refusal(answer).await
}

fn old(asked: &Asked, world: &World, url: &str, seconds: u64) -> String {
    let target = Target { method: "POST", url, access_token: None, nonce: None };
    let at = world.now().minus(Duration::from_secs(seconds));
    dpop::make(&target, &asked.dpop, at, &mut *Random::system().rng()).unwrap()
}

#[tokio::test]
async fn a_token_request_without_a_proof_is_refused() {
    let world = World::new("dpop-none").await;
    assert_eq!(at_token(&world, |_, _| None).await, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_token_request_with_a_proof_of_another_key_is_refused() {
    let world = World::new("dpop-other-key").await;
    let error = at_token(&world, |_, url| Some(proof_by(&new_key(), &world, "POST", url, None))).await;
    assert_eq!(error, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_proof_for_another_address_is_refused() {
    let world = World::new("dpop-htu").await;
    let error = at_token(&world, |asked, _| Some(asked.proof(&world, "POST", OTHER, None))).await;
    assert_eq!(error, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_proof_for_another_method_is_refused() {
    let world = World::new("dpop-htm").await;
    let error = at_token(&world, |asked, url| Some(asked.proof(&world, "GET", url, None))).await;
    assert_eq!(error, "invalid_dpop_proof");
}

#[tokio::test]
async fn an_old_proof_is_refused() {
    let world = World::new("dpop-old").await;
    let error = at_token(&world, |asked, url| Some(old(asked, &world, url, 121))).await;
    assert_eq!(error, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_proof_that_carries_its_private_key_is_refused() {
    let world = World::new("dpop-private").await;
    let error = at_token(&world, |asked, url| {
        let header = object(json!({ "typ": "dpop+jwt", "jwk": asked.dpop.dangerous_to_jwk() }));
        let claims = json!({ "jti": "1", "htm": "POST", "htu": url, "iat": world.now().secs() });
        Some(jws::sign(header, &object(claims), &asked.dpop).unwrap())
    })
    .await;
    assert_eq!(error, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_proof_signed_by_another_key_than_it_names_is_refused() {
    let world = World::new("dpop-forged").await;
    let error = at_token(&world, |asked, url| {
        let header = object(json!({ "typ": "dpop+jwt", "jwk": asked.dpop.public_key().to_jwk() }));
        let claims = json!({ "jti": "1", "htm": "POST", "htu": url, "iat": world.now().secs() });
        Some(jws::sign(header, &object(claims), &new_key()).unwrap())
    })
    .await;
    assert_eq!(error, "invalid_dpop_proof");
}

async fn pushed_with(world: &World, asked: &Asked, proofs: &[&str]) -> Response {
    let request = world.http.post(world.url("/fapi/par"));
    let mut request = asked.party.prove(world, request, asked.parameters.clone());
    for proof in proofs {
        request = request.header("DPoP", *proof);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_proof_is_good_once_also_after_a_restart() {
    let mut world = World::new("dpop-replay").await;
    let asked = Asked::new(&world, "bank");
    let proof = asked.proof(&world, "POST", &world.url("/fapi/par"), None);
    assert_eq!(pushed_with(&world, &asked, &[&proof]).await.status(), 201);
    let before = world.digest().await;
    let answer = pushed_with(&world, &asked, &[&proof]).await;
    assert_eq!(refusal(answer).await, (400, "invalid_dpop_proof".to_owned()));
    world.restart().await;
    let answer = pushed_with(&world, &asked, &[&proof]).await;
    assert_eq!(refusal(answer).await, (400, "invalid_dpop_proof".to_owned()));
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn the_strict_tier_takes_no_request_that_is_bound_to_no_key() {
    let world = World::new("par-unbound").await;
    let answer = pushed_with(&world, &Asked::new(&world, "bank"), &[]).await;
    assert_eq!(refusal(answer).await, (400, "invalid_dpop_proof".to_owned()));
}

#[tokio::test]
async fn two_proofs_at_once_are_refused() {
    let world = World::new("dpop-two").await;
    let asked = Asked::new(&world, "bank");
    let proof = || asked.proof(&world, "POST", &world.url("/fapi/par"), None);
    let answer = pushed_with(&world, &asked, &[&proof(), &proof()]).await;
    assert_eq!(refusal(answer).await, (400, "invalid_dpop_proof".to_owned()));
}

#[tokio::test]
async fn a_named_key_that_is_not_the_proofs_is_refused() {
    let world = World::new("dpop-jkt").await;
    let asked = Asked::new(&world, "bank").with("dpop_jkt", &new_key().public_key().thumbprint());
    assert_eq!(refusal(asked.push(&world).await).await, (400, "invalid_dpop_proof".to_owned()));
}

#[tokio::test]
async fn a_bound_token_is_nothing_as_a_bearer_token() {
    let world = World::new("userinfo-bearer").await;
    let refused = at_userinfo(&world, "Bearer", |_, _, _| None).await;
    assert_eq!(refused, (401, "invalid_token".to_owned()));
}

#[tokio::test]
async fn a_bound_token_is_nothing_as_a_bearer_token_even_with_a_proof() {
    let world = World::new("userinfo-bearer-proof").await;
    let proof = |asked: &Asked, url: &str, token: &str| Some(asked.proof(&world, "GET", url, Some(token)));
    assert_eq!(at_userinfo(&world, "Bearer", proof).await.0, 401);
}

#[tokio::test]
async fn a_bound_token_is_nothing_without_a_proof() {
    let world = World::new("userinfo-none").await;
    assert_eq!(at_userinfo(&world, "DPoP", |_, _, _| None).await.0, 401);
}

#[tokio::test]
async fn a_bound_token_is_nothing_with_a_proof_of_another_key() {
    let world = World::new("userinfo-other-key").await;
    let proof =
        |_: &Asked, url: &str, token: &str| Some(proof_by(&new_key(), &world, "GET", url, Some(token)));
    assert_eq!(at_userinfo(&world, "DPoP", proof).await.0, 401);
}

#[tokio::test]
async fn a_bound_token_is_nothing_with_a_proof_for_another_token() {
    let world = World::new("userinfo-ath").await;
    for other in [None, Some("another token")] {
        let proof = |asked: &Asked, url: &str, _: &str| Some(asked.proof(&world, "GET", url, other));
        assert_eq!(at_userinfo(&world, "DPoP", proof).await, (401, "invalid_dpop_proof".to_owned()));
    }
}

#[tokio::test]
async fn a_proof_of_the_future_is_refused() {
    let world = World::new("dpop-future").await;
    let error = at_token(&world, |asked, url| {
        let target = Target { method: "POST", url, access_token: None, nonce: None };
        let at = world.now().plus(Duration::from_secs(61));
        Some(dpop::make(&target, &asked.dpop, at, &mut *Random::system().rng()).unwrap())
    })
    .await;
    assert_eq!(error, "invalid_dpop_proof");
}

#[tokio::test]
async fn userinfo_takes_a_proof_once_and_one_at_a_time() {
    let world = World::new("userinfo-replay").await;
    let (asked, tokens) =
        log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "bank")).await;
    let (token, url) = (tokens["access_token"].as_str().unwrap(), world.url("/fapi/userinfo"));
    let send = async |proofs: &[&str]| {
        let mut request = world.http.get(&url).header("authorization", format!("DPoP {token}"));
        for proof in proofs {
            request = request.header("DPoP", *proof);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let proof = || asked.proof(&world, "GET", &url, Some(token));
    assert_eq!(send(&[&proof(), &proof()]).await, 401);
    let once = proof();
    assert_eq!(send(&[&once]).await, 200);
    assert_eq!(send(&[&once]).await, 401);
}
