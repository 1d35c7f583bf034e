//! Codes and access tokens that are worth nothing.

use reqwest::Response;
use serde_json::Value;

use crate::browser::{Asked, Browser, log_in};
use crate::world::{World, refusal};

/// What a relying party asked, and its code.
async fn with_code(world: &World, party: &str) -> (Asked, String) {
    let browser = Browser::default();
    let open = Asked::new(world, party).open(world, &browser).await;
    assert_eq!(world.wallet().answer(world, open.qr()).await.status(), 200);
    let code = open.code(world, &browser).await;
    (open.asked, code)
}

/// The refusal's code; nothing is given by it, and nothing taken.
async fn refused(world: &World, before: [u8; 32], answer: Response) -> String {
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let (status, code) = refusal(answer).await;
    assert!(matches!(status, 400 | 401), "{status}");
    assert_eq!(world.digest().await, before, "a refusal changed what is given");
    code
}

/// Redeems with one parameter changed.
async fn redeemed_with(world: &World, name: &str, value: Option<&str>) -> String {
    let (asked, code) = with_code(world, "bank").await;
    let mut form = asked.redemption(&code);
    match value {
        Some(value) => form.insert(name.to_owned(), value.to_owned()),
        None => form.remove(name),
    };
    let proof = asked.proof(world, "POST", &world.url("/fapi/token"), None);
    let before = world.digest().await;
    let code_of_refusal = refused(world, before, asked.redeem_with(world, form, Some(proof)).await).await;
    assert_eq!(asked.redeem(world, &code).await.status(), 200, "the refusal used the code up");
    code_of_refusal
}

#[tokio::test]
async fn a_code_of_another_relying_party_is_refused() {
    let world = World::new("code-foreign").await;
    let (asked, code) = with_code(&world, "bank").await;
    let mut thief = Asked::new(&world, "insurer");
    thief.verifier = asked.verifier;
    let mut form = thief.redemption(&code);
    form.insert("redirect_uri".to_owned(), asked.party.redirect_uri());
    let proof = crate::browser::proof_by(&asked.dpop, &world, "POST", &world.url("/fapi/token"), None);
    let before = world.digest().await;
    let answer = thief.redeem_with(&world, form, Some(proof)).await;
    assert_eq!(refused(&world, before, answer).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_of_the_other_tier_is_refused() {
    let world = World::new("code-tier").await;
    let (asked, code) = with_code(&world, "library").await;
    let form = asked.redemption(&code);
    let before = world.digest().await;
    let answer = asked.party.prove(&world, world.http.post(world.url("/fapi/token")), form);
    let answer = answer.send().await.unwrap();
    assert_eq!(refused(&world, before, answer).await, "invalid_client");
}

#[tokio::test]
async fn a_code_used_twice_revokes_what_it_gave() {
    let world = World::new("code-reused").await;
    let (asked, code) = with_code(&world, "bank").await;
    let tokens = asked.tokens(&world, &code).await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(asked.userinfo(&world, token).await.status(), 200);
    assert_eq!(refusal(asked.redeem(&world, &code).await).await, (400, "invalid_grant".to_owned()));
    assert_eq!(asked.userinfo(&world, token).await.status(), 401);
}

#[tokio::test]
async fn one_of_two_at_once_redeems_a_code() {
    let world = World::new("code-race").await;
    let (asked, code) = with_code(&world, "bank").await;
    let (one, two) = tokio::join!(asked.redeem(&world, &code), asked.redeem(&world, &code));
    let mut statuses = [one.status().as_u16(), two.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn a_code_is_good_for_less_than_a_minute_and_a_second() {
    let world = World::new("code-expired").await;
    let (asked, code) = with_code(&world, "bank").await;
    world.hand.advance(60);
    let before = world.digest().await;
    assert_eq!(refused(&world, before, asked.redeem(&world, &code).await).await, "invalid_grant");
}

#[tokio::test]
async fn a_wrong_code_verifier_is_refused() {
    let world = World::new("code-verifier").await;
    let other = Asked::new(&world, "bank");
    let wrong = other.verifier.dangerous_as_str();
    assert_eq!(redeemed_with(&world, "code_verifier", Some(wrong)).await, "invalid_grant");
}

#[tokio::test]
async fn a_missing_code_verifier_is_refused() {
    let world = World::new("code-no-verifier").await;
    assert_eq!(redeemed_with(&world, "code_verifier", None).await, "invalid_request");
}

#[tokio::test]
async fn another_redirect_address_than_the_first_is_refused() {
    let world = World::new("code-redirect").await;
    let other = "https://bank.example/callback?from=login&more=1";
    assert_eq!(redeemed_with(&world, "redirect_uri", Some(other)).await, "invalid_grant");
}

#[tokio::test]
async fn another_grant_type_is_refused() {
    let world = World::new("code-type").await;
    let answer = redeemed_with(&world, "grant_type", Some("refresh_token")).await;
    assert_eq!(answer, "unsupported_grant_type");
}

#[tokio::test]
async fn an_unknown_code_is_refused() {
    let world = World::new("code-unknown").await;
    assert_eq!(redeemed_with(&world, "code", Some("unknown")).await, "invalid_grant");
}

#[tokio::test]
async fn an_access_token_is_good_for_ten_minutes() {
    let world = World::new("token-expired").await;
    let (asked, tokens) =
        log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "tax")).await;
    let token = tokens["access_token"].as_str().unwrap();
    world.hand.advance(599);
    assert_eq!(asked.userinfo(&world, token).await.status(), 200);
    world.hand.advance(1);
    let answer = asked.userinfo(&world, token).await;
    let scheme = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(scheme.starts_with("Bearer "), "{scheme}");
    assert_eq!(refusal(answer).await, (401, "invalid_token".to_owned()));
}

#[tokio::test]
async fn an_access_token_of_the_strict_tier_is_nothing_at_the_plain_one() {
    let world = World::new("token-tier").await;
    let (asked, tokens) =
        log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "bank")).await;
    let token = tokens["access_token"].as_str().unwrap();
    let url = world.url("/userinfo");
    let request = world.http.get(&url).header("DPoP", asked.proof(&world, "GET", &url, Some(token)));
    let answer = request.header("authorization", format!("DPoP {token}")).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_code_bound_to_no_key_gives_a_token_bound_to_the_proofs_key() {
    let world = World::new("token-bound-late").await;
    let (asked, code) = with_code(&world, "library").await;
    let proof = asked.proof(&world, "POST", &world.url("/token"), None);
    let request = asked.party.prove(&world, world.http.post(world.url("/token")), asked.redemption(&code));
    let tokens: Value = request.header("DPoP", proof).send().await.unwrap().json().await.unwrap();
    assert_eq!(tokens["token_type"], "DPoP");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(asked.userinfo(&world, token).await.status(), 401, "it was taken as a bearer token");
}

#[tokio::test]
async fn another_relying_partys_attempt_with_a_used_code_revokes_nothing() {
    let world = World::new("code-stolen").await;
    let (asked, code) = with_code(&world, "bank").await;
    let tokens = asked.tokens(&world, &code).await;
    let thief = Asked::new(&world, "insurer");
    let proof = thief.proof(&world, "POST", &world.url("/fapi/token"), None);
    let before = world.digest().await;
    let answer = thief.redeem_with(&world, asked.redemption(&code), Some(proof)).await;
    assert_eq!(refused(&world, before, answer).await, "invalid_grant");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(asked.userinfo(&world, token).await.status(), 200);
}

#[tokio::test]
async fn a_challenge_in_place_of_its_verifier_is_refused() {
    let world = World::new("code-challenge").await;
    let (asked, code) = with_code(&world, "bank").await;
    let mut form = asked.redemption(&code);
    form.insert("code_verifier".to_owned(), asked.parameters["code_challenge"].clone());
    let proof = asked.proof(&world, "POST", &world.url("/fapi/token"), None);
    let before = world.digest().await;
    let answer = asked.redeem_with(&world, form, Some(proof)).await;
    assert_eq!(refused(&world, before, answer).await, "invalid_grant");
}

#[tokio::test]
async fn an_access_token_in_the_address_counts_for_nothing() {
    let world = World::new("token-in-query").await;
    let (_, tokens) = log_in(&world, &Browser::default(), &world.wallet(), Asked::new(&world, "tax")).await;
    let token = tokens["access_token"].as_str().unwrap();
    let answer = world.http.get(world.url(&format!("/userinfo?access_token={token}"))).send().await;
    assert_eq!(answer.unwrap().status(), 401);
}

/// The challenges with which userinfo answers a request that it refuses.
async fn challenges(world: &World, path: &str, authorization: Option<&str>) -> Vec<String> {
    let mut request = world.http.get(world.url(path));
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let all = answer.headers().get_all("www-authenticate").iter();
    all.map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn userinfo_without_a_token_says_how_to_bring_one() {
    let world = World::new("userinfo-challenge").await;
    let dpop = "DPoP algs=\"ES256 EdDSA\"";
    assert_eq!(challenges(&world, "/userinfo", None).await, ["Bearer", dpop]);
    assert_eq!(challenges(&world, "/fapi/userinfo", None).await, [dpop]);
}

#[tokio::test]
async fn userinfo_with_an_unknown_token_says_so_in_every_scheme_of_the_tier() {
    let world = World::new("userinfo-unknown").await;
    let (bearer, dpop) =
        ("Bearer error=\"invalid_token\"", "DPoP error=\"invalid_token\", algs=\"ES256 EdDSA\"");
    assert_eq!(challenges(&world, "/userinfo", Some("Bearer x")).await, [bearer, dpop]);
    assert_eq!(challenges(&world, "/fapi/userinfo", Some("DPoP x")).await, [dpop]);
}
