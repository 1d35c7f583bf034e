//! The authorisation code flow: pushed request, sign-in page, code, token.

use crate::world::{Offer, PERSON, Wallet, World, access_token, new_key, refusal};
use credential::encoding::base64url;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rules-of-pkce";
const REDIRECT: &str = "https://wallet.example/callback";

async fn push(world: &World, offer: &Offer, change: &[(&str, &str)]) -> Response {
    let challenge = base64url(Sha256::digest(VERIFIER.as_bytes()));
    let mut form = vec![
        ("response_type", "code"),
        ("client_id", "wallet.example"),
        ("redirect_uri", REDIRECT),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("scope", "personal-identity"),
        ("state", "state-1"),
        ("issuer_state", offer.grant.as_str()),
    ];
    for (name, value) in change {
        form.retain(|(other, _)| other != name);
        form.push((name, value));
    }
    world.http.post(world.url("/par")).form(&form).send().await.unwrap()
}

/// Opens the page; gives the cookie and the request's id.
async fn open(world: &World, request_uri: &str) -> (String, String) {
    let page = world.http.get(world.url("/authorize"));
    let page =
        page.query(&[("client_id", "wallet.example"), ("request_uri", request_uri)]).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("frame-ancestors 'none'"));
    (cookie.split(';').next().unwrap().to_owned(), request_uri.rsplit(':').next().unwrap().to_owned())
}

async fn sign_in(world: &World, cookie: &str, request: &str, person: &str, code: &str) -> Response {
    let form = [
        ("request", request),
        ("client_id", "wallet.example"),
        ("person", person),
        ("code", code),
        ("ui_locales", "en"),
        ("answer", "yes"),
    ];
    world.http.post(world.url("/authorize")).header("Cookie", cookie).form(&form).send().await.unwrap()
}

fn code_from(answer: &Response, world: &World) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT));
    let value = |name: &str| location.query_pairs().find(|(other, _)| other == name).unwrap().1.into_owned();
    assert_eq!(value("state"), "state-1");
    assert_eq!(value("iss"), world.origin);
    value("code")
}

async fn redeem(world: &World, wallet: &Wallet, code: &str, verifier: &str) -> Response {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
        ("client_id", "wallet.example"),
    ];
    let proof = wallet.dpop(&world.url("/token"), None, world.now());
    world.http.post(world.url("/token")).header("DPoP", proof).form(&form).send().await.unwrap()
}

async fn signed_in(world: &World) -> (Offer, String) {
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let pushed: Value = push(world, &offer, &[]).await.json().await.unwrap();
    let (cookie, request) = open(world, pushed["request_uri"].as_str().unwrap()).await;
    let answer = sign_in(world, &cookie, &request, PERSON, &offer.code).await;
    let code = code_from(&answer, world);
    (offer, code)
}

#[tokio::test]
async fn a_person_signs_in_and_the_wallet_gets_the_card() {
    let world = World::new("sign-in").await;
    let (_, code) = signed_in(&world).await;
    let wallet = Wallet::new();
    let token = access_token(redeem(&world, &wallet, &code, VERIFIER).await).await;
    let request = world.request(&[new_key(), new_key()], &world.nonce().await);
    assert_eq!(world.credential(&wallet, &token, request).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_code_used_twice_withdraws_the_token_that_it_gave() {
    let world = World::new("code-twice").await;
    let (_, code) = signed_in(&world).await;
    let wallet = Wallet::new();
    let given: Value = redeem(&world, &wallet, &code, VERIFIER).await.json().await.unwrap();
    let (token, refresh) =
        (given["access_token"].as_str().unwrap(), given["refresh_token"].as_str().unwrap());
    assert_eq!(refusal(redeem(&world, &Wallet::new(), &code, VERIFIER).await).await.1, "invalid_grant");
    let request = world.request(&[new_key()], &world.nonce().await);
    assert_eq!(refusal(world.credential(&wallet, token, request).await).await.1, "invalid_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", "wallet.example")];
    let proof = wallet.dpop(&world.url("/token"), None, world.now());
    let renewed =
        world.http.post(world.url("/token")).header("DPoP", proof).form(&form).send().await.unwrap();
    assert_eq!(refusal(renewed).await.1, "invalid_grant", "nor does it come again");
}

#[tokio::test]
async fn a_code_without_its_verifier_is_refused() {
    let world = World::new("verifier").await;
    let (_, code) = signed_in(&world).await;
    let before = world.digest().await;
    let wrong = "another-verifier-that-is-long-enough-for-the-rules";
    assert_eq!(refusal(redeem(&world, &Wallet::new(), &code, wrong).await).await.1, "invalid_grant");
    assert_eq!(refusal(redeem(&world, &Wallet::new(), &code, "short").await).await.1, "invalid_grant");
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_second_browser_cannot_open_or_finish_a_sign_in() {
    let world = World::new("second-browser").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    let request_uri = pushed["request_uri"].as_str().unwrap();
    let (cookie, request) = open(&world, request_uri).await;
    let before = world.digest().await;

    let other = format!("symbolon_sign_in={}", "x".repeat(43));
    let page = world.http.get(world.url("/authorize")).header("Cookie", &other);
    let page =
        page.query(&[("client_id", "wallet.example"), ("request_uri", request_uri)]).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::BAD_REQUEST);
    let answer = sign_in(&world, &other, &request, PERSON, &offer.code).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(world.digest().await, before);
    code_from(&sign_in(&world, &cookie, &request, PERSON, &offer.code).await, &world);
}

#[tokio::test]
async fn wrong_numbers_and_codes_look_the_same_and_lock_the_offer() {
    let world = World::new("wrong-sign-in").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    let (cookie, request) = open(&world, pushed["request_uri"].as_str().unwrap()).await;
    let before = world.digest().await;
    let stranger = sign_in(&world, &cookie, &request, "XS-1959-1103-08", &offer.code).await;
    let nobody = sign_in(&world, &cookie, &request, "nobody", &offer.code).await;
    let wrong = sign_in(&world, &cookie, &request, PERSON, "1").await;
    for answer in [stranger, nobody, wrong] {
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().await.unwrap().contains("Number and code do not fit."));
    }
    assert_eq!(world.digest().await, before);
    for _ in 0..4 {
        sign_in(&world, &cookie, &request, PERSON, "1").await;
    }
    let locked = sign_in(&world, &cookie, &request, PERSON, &offer.code).await;
    assert_eq!(locked.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(locked.text().await.unwrap().contains("locked"));
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_is_not_kept() {
    let world = World::new("par-rules").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let before = world.digest().await;
    for (change, code) in [
        (("code_challenge_method", "plain"), "invalid_request"),
        (("redirect_uri", "javascript:alert(1)"), "invalid_request"),
        (("redirect_uri", "http://evil.example/"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "openid"), "invalid_scope"),
        (("request_uri", "urn:x"), "invalid_request"),
        (("client_id", ""), "invalid_request"),
    ] {
        assert_eq!(
            refusal(push(&world, &offer, &[change]).await).await,
            (400, code.to_owned()),
            "{change:?}"
        );
    }
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn saying_no_sends_the_wallet_a_refusal() {
    let world = World::new("says-no").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    let (cookie, request) = open(&world, pushed["request_uri"].as_str().unwrap()).await;
    let form = [("request", request.as_str()), ("client_id", "wallet.example"), ("answer", "no")];
    let answer =
        world.http.post(world.url("/authorize")).header("Cookie", cookie).form(&form).send().await.unwrap();
    assert!(answer.headers()["location"].to_str().unwrap().contains("error=access_denied"));
}

#[tokio::test]
async fn a_request_is_opened_within_its_time_and_a_code_redeemed_within_its() {
    let world = World::new("times").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    assert_eq!(pushed["expires_in"], 90);
    let request_uri = pushed["request_uri"].as_str().unwrap().to_owned();
    world.hand.advance(91);
    let page = world.http.get(world.url("/authorize"));
    let query = [("client_id", "wallet.example"), ("request_uri", &request_uri)];
    assert_eq!(page.query(&query).send().await.unwrap().status(), StatusCode::BAD_REQUEST);

    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    let (cookie, request) = open(&world, pushed["request_uri"].as_str().unwrap()).await;
    world.hand.advance(600);
    let code = code_from(&sign_in(&world, &cookie, &request, PERSON, &offer.code).await, &world);
    world.hand.advance(61);
    assert_eq!(refusal(redeem(&world, &Wallet::new(), &code, VERIFIER).await).await.1, "invalid_grant");
}

#[tokio::test]
async fn the_page_says_which_wallet_the_card_goes_to() {
    let world = World::new("which-wallet").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    for (redirect, shown) in [
        (REDIRECT, "<strong>wallet.example</strong>"),
        ("http://127.0.0.1:9/cb", "the wallet on this computer"),
        ("eu.example.wallet://cb", "the app eu.example.wallet on this device"),
    ] {
        let pushed: Value = push(&world, &offer, &[("redirect_uri", redirect)]).await.json().await.unwrap();
        let page = world.http.get(world.url("/authorize"));
        let query =
            [("client_id", "wallet.example"), ("request_uri", pushed["request_uri"].as_str().unwrap())];
        let page = page.query(&query).send().await.unwrap().text().await.unwrap();
        assert!(page.contains(shown), "{redirect}");
    }
}

#[tokio::test]
async fn too_many_tries_are_a_page_that_says_so() {
    let world = World::new("many-tries").await;
    let offer = world.offer_with(json!({ "flow": "authorization_code" })).await;
    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    let (cookie, request) = open(&world, pushed["request_uri"].as_str().unwrap()).await;
    for _ in 0..10 {
        sign_in(&world, &cookie, &request, "nobody", "1").await;
    }
    let answer = sign_in(&world, &cookie, &request, "nobody", "1").await;
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(answer.text().await.unwrap().contains("too many tries"));
}

#[tokio::test]
async fn a_sign_in_gives_the_card_that_was_asked_for_and_offered_and_no_other() {
    let world = World::new("sign-in-kinds").await;
    let document = json!({ "type": "personal-identity-document", "flow": "authorization_code" });
    let offer = world.offer_with(document).await;

    let pushed: Value = push(&world, &offer, &[]).await.json().await.unwrap();
    let (cookie, request) = open(&world, pushed["request_uri"].as_str().unwrap()).await;
    let before = world.digest().await;
    let other = sign_in(&world, &cookie, &request, PERSON, &offer.code).await;
    assert!(other.headers().get("location").is_none(), "an offer of a document gives no other card");
    assert_eq!(world.digest().await, before);

    let both = push(&world, &offer, &[("scope", "personal-identity personal-identity-document")]).await;
    assert_eq!(refusal(both).await, (400, "invalid_scope".to_owned()));
    let neither = push(&world, &offer, &[("scope", "driving-licence")]).await;
    assert_eq!(refusal(neither).await, (400, "invalid_scope".to_owned()));

    let scope = [("scope", "personal-identity-document")];
    let pushed: Value = push(&world, &offer, &scope).await.json().await.unwrap();
    let (cookie, request) = open(&world, pushed["request_uri"].as_str().unwrap()).await;
    let code = code_from(&sign_in(&world, &cookie, &request, PERSON, &offer.code).await, &world);
    let wallet = Wallet::new();
    let token = access_token(redeem(&world, &wallet, &code, VERIFIER).await).await;
    let nonce = world.nonce().await;
    let wrong = world.request(&[new_key()], &nonce);
    let wrong = refusal(world.credential(&wallet, &token, wrong).await).await;
    assert_eq!(wrong, (400, "unknown_credential_configuration".to_owned()));
    let right = world.request_for("personal-identity-document", &[new_key()], &nonce);
    assert_eq!(world.credential(&wallet, &token, right).await.status(), StatusCode::OK);
}
