//! Authorization requests that go nowhere: pushed wrongly, or not pushed where that is required.

use registry_proof::key::{Key, Purpose};
use url::Url;

use crate::browser::{Asked, Browser, location, parameter};
use crate::world::{World, refusal};

async fn push_refused(world: &World, asked: Asked) -> String {
    let before = world.digest().await;
    let (status, code) = refusal(asked.push(world).await).await;
    assert_eq!(status, 400);
    assert_eq!(world.digest().await, before);
    code
}

/// What the browser sees at the strict tier with this client and request.
async fn authorize(world: &World, client: &str, request_uri: &str) -> u16 {
    let mut url = Url::parse(&world.url("/fapi/authorize")).unwrap();
    url.query_pairs_mut().append_pair("client_id", client).append_pair("request_uri", request_uri);
    let answer = Browser::default().get(world, url.as_str()).await;
    answer.status().as_u16()
}

#[tokio::test]
async fn the_strict_tier_takes_pushed_requests_only() {
    let world = World::new("par-none").await;
    let mut url = Url::parse(&world.url("/fapi/authorize")).unwrap();
    url.query_pairs_mut().extend_pairs(&Asked::new(&world, "bank").parameters);
    let answer = Browser::default().get(&world, url.as_str()).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None));
}

#[tokio::test]
async fn a_pushed_request_is_its_owners() {
    let world = World::new("par-foreign").await;
    let name = Asked::new(&world, "bank").pushed(&world).await;
    assert_eq!(authorize(&world, "insurer", &name).await, 400);
    assert_eq!(authorize(&world, "bank", &name).await, 303);
}

#[tokio::test]
async fn a_pushed_request_is_good_for_a_minute() {
    let world = World::new("par-expired").await;
    let name = Asked::new(&world, "bank").pushed(&world).await;
    world.hand.advance(60);
    assert_eq!(authorize(&world, "bank", &name).await, 400);
}

#[tokio::test]
async fn a_pushed_request_can_be_opened_again_until_its_login_is_complete() {
    let world = World::new("par-again").await;
    let browser = Browser::default();
    let asked = Asked::new(&world, "bank");
    let address = asked.address(&world).await;
    assert_eq!(browser.get(&world, &address).await.status(), 303);
    let path = location(&browser.get(&world, &address).await).path().to_owned();
    let page = browser.get(&world, &world.url(&path)).await.text().await.unwrap();
    let link = page.split_once("data-request=\"").unwrap().1.split_once('"').unwrap().0.replace("&#38;", "&");
    assert_eq!(world.wallet().answer(&world, &link).await.status(), 200);
    let url = location(&browser.get(&world, &world.url(&format!("{path}/finish"))).await);
    assert!(parameter(&url, "code").is_some());
    assert_eq!(browser.get(&world, &address).await.status(), 400, "it was used after completion");
}

#[tokio::test]
async fn one_of_two_logins_from_one_pushed_request_gives_a_code() {
    let world = World::new("par-twice").await;
    let browser = Browser::default();
    let asked = Asked::new(&world, "bank");
    let address = asked.address(&world).await;
    let mut ends = Vec::new();
    for _ in 0..2 {
        let path = location(&browser.get(&world, &address).await).path().to_owned();
        let page = browser.get(&world, &world.url(&path)).await.text().await.unwrap();
        let link =
            page.split_once("data-request=\"").unwrap().1.split_once('"').unwrap().0.replace("&#38;", "&");
        assert_eq!(world.wallet().answer(&world, &link).await.status(), 200);
        ends.push(format!("{path}/finish"));
    }
    let first = location(&browser.get(&world, &world.url(&ends[0])).await);
    assert!(parameter(&first, "code").is_some());
    let before = world.digest().await;
    let second = browser.get(&world, &world.url(&ends[1])).await;
    assert_eq!(second.status(), 410);
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn plain_pkce_is_refused() {
    let world = World::new("par-plain-pkce").await;
    let asked = Asked::new(&world, "bank").with("code_challenge_method", "plain");
    assert_eq!(push_refused(&world, asked).await, "invalid_request");
}

#[tokio::test]
async fn missing_pkce_is_refused_and_told_to_the_relying_party() {
    let world = World::new("no-pkce").await;
    assert_eq!(
        push_refused(&world, Asked::new(&world, "bank").without("code_challenge")).await,
        "invalid_request"
    );
    let asked = Asked::new(&world, "tax").without("code_challenge");
    assert_eq!(asked.refused(&world, &Browser::default()).await, "invalid_request");
}

#[tokio::test]
async fn a_redirect_address_is_compared_exactly_and_never_gone_to() {
    let world = World::new("redirect").await;
    for other in [
        "https://bank.example/callback?from=login&x=1",
        "https://bank.example/callback",
        "https://bank.example/callback/?from=login",
        "https://BANK.example/callback?from=login",
        "http://bank.example/callback?from=login",
        "https://bank.example.evil.example/callback?from=login",
        "https://bank.example/callback?from=login#",
        "javascript:alert(1)",
        "//evil.example",
    ] {
        let asked = Asked::new(&world, "bank").with("redirect_uri", other);
        assert_eq!(push_refused(&world, asked).await, "invalid_request", "{other}");
        let other = other.replace("bank", "tax");
        let answer = Asked::new(&world, "tax")
            .with("redirect_uri", &other)
            .authorize(&world, &Browser::default())
            .await;
        assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None), "{other}");
    }
}

#[tokio::test]
async fn scopes_beyond_the_registration_are_refused() {
    let world = World::new("scopes").await;
    let asked = Asked::new(&world, "bank").with("scope", "openid birthdate");
    assert_eq!(push_refused(&world, asked).await, "invalid_scope");
    let asked = Asked::new(&world, "tax").with("scope", "openid birthdate");
    assert_eq!(asked.refused(&world, &Browser::default()).await, "invalid_scope");
}

#[tokio::test]
async fn what_the_register_does_not_let_a_relying_party_ask_is_refused() {
    let world = World::new("beyond-register").await;
    world.node.register().register_use("bank", &["login_identifier"]);
    world.let_facts_age();
    let asked = Asked::new(&world, "bank").with("scope", "openid profile");
    let url = location(&asked.authorize(&world, &Browser::default()).await);
    assert_eq!(parameter(&url, "error").as_deref(), Some("invalid_scope"));
}

#[tokio::test]
async fn a_request_without_openid_is_refused() {
    let world = World::new("no-openid").await;
    assert_eq!(
        push_refused(&world, Asked::new(&world, "bank").with("scope", "profile")).await,
        "invalid_scope"
    );
}

#[tokio::test]
async fn other_response_types_and_modes_are_refused() {
    let world = World::new("response-type").await;
    let refused =
        async |name, value| push_refused(&world, Asked::new(&world, "bank").with(name, value)).await;
    assert_eq!(refused("response_type", "id_token").await, "unsupported_response_type");
    assert_eq!(refused("response_mode", "fragment").await, "invalid_request");
    assert_eq!(refused("request", "eyJhbGciOiJub25lIn0.e30.").await, "request_not_supported");
    assert_eq!(refused("request_uri", "https://evil.example/r").await, "invalid_request");
    assert_eq!(refused("max_age", "-1").await, "invalid_request");
    assert_eq!(refused("prompt", "none login").await, "invalid_request");
}

#[tokio::test]
async fn a_relying_party_that_allows_no_other_device_shows_no_qr_code() {
    let world = World::new("ceiling").await;
    let open = Asked::new(&world, "vault").open(&world, &Browser::default()).await;
    assert_eq!(open.qr, None);
}

#[tokio::test]
async fn a_request_for_the_same_device_alone_shows_no_qr_code() {
    let world = World::new("acr-values").await;
    let asked = Asked::new(&world, "bank").with("acr_values", "urn:symbolon:acr:same-device");
    assert_eq!(asked.open(&world, &Browser::default()).await.qr, None);
}

#[tokio::test]
async fn what_stands_in_the_address_beside_a_pushed_request_does_not_count() {
    let world = World::new("par-beside").await;
    let browser = Browser::default();
    let asked = Asked::new(&world, "bank");
    let mut url = Url::parse(&asked.address(&world).await).unwrap();
    url.query_pairs_mut()
        .append_pair("scope", "openid profile")
        .append_pair("redirect_uri", "https://evil.example/")
        .append_pair("state", "another")
        .append_pair("code_challenge", &"A".repeat(43))
        .append_pair("prompt", "none");
    let path = location(&browser.get(&world, url.as_str()).await).path().to_owned();
    let page = browser.get(&world, &world.url(&path)).await.text().await.unwrap();
    let link = page.split_once("data-request=\"").unwrap().1.split_once('"').unwrap().0.replace("&#38;", "&");
    let wallet = world.wallet();
    assert_eq!(wallet.fetch(&world, &link).await.content().query.asked().len(), 1);
    assert_eq!(wallet.answer(&world, &link).await.status(), 200);
    let url = location(&browser.get(&world, &world.url(&format!("{path}/finish"))).await);
    asked.check_callback(&world, &url);
    asked.tokens(&world, &parameter(&url, "code").unwrap()).await;
}

#[tokio::test]
async fn a_pushed_request_that_nobody_made_is_refused() {
    let world = World::new("par-made-up").await;
    let name = Asked::new(&world, "bank").pushed(&world).await;
    let bare = name.strip_prefix("urn:ietf:params:oauth:request_uri:").unwrap();
    for name in [
        "",
        "urn:ietf:params:oauth:request_uri:",
        "urn:ietf:params:oauth:request_uri:x",
        bare,
        "https://evil.example/r",
    ] {
        assert_eq!(authorize(&world, "bank", name).await, 400, "{name}");
    }
}

#[tokio::test]
async fn a_relying_party_of_one_tier_is_unknown_at_the_other() {
    let world = World::new("par-tier").await;
    let name = Asked::new(&world, "bank").pushed(&world).await;
    let address = format!("/authorize?client_id=bank&request_uri={name}");
    let answer = Browser::default().get(&world, &world.url(&address)).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None));
    assert_eq!(authorize(&world, "library", &name).await, 400);
}

#[tokio::test]
async fn a_foreign_address_is_not_gone_to_for_another_error_either() {
    let world = World::new("redirect-and-more").await;
    let asked = Asked::new(&world, "tax")
        .with("redirect_uri", "https://evil.example/")
        .with("response_type", "token");
    let answer = asked.authorize(&world, &Browser::default()).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None));
    assert!(!answer.text().await.unwrap().contains("evil.example"));
}

#[tokio::test]
async fn a_relying_party_without_registration_or_standing_may_ask_nobody() {
    let world = World::new("unregistered").await;
    let browser = Browser::default();
    world.describe("library", |library| drop(library.insert("use".to_owned(), "marketing".into())));
    assert_eq!(Asked::new(&world, "library").refused(&world, &browser).await, "unauthorized_client");
    world.node.register().suspend("tax");
    world.let_facts_age();
    assert_eq!(Asked::new(&world, "tax").refused(&world, &browser).await, "unauthorized_client");
}

#[tokio::test]
async fn what_a_request_asks_for_does_not_lift_the_relying_partys_own_ceiling() {
    let world = World::new("ceiling-kept").await;
    let asked = Asked::new(&world, "vault").with("acr_values", "urn:symbolon:acr:other-device");
    assert_eq!(asked.open(&world, &Browser::default()).await.qr, None);
}

#[tokio::test]
async fn a_provider_that_the_register_does_not_know_says_that_it_cannot_ask_now() {
    let world = World::new("provider-unregistered").await;
    let key = Key::MemberKey("login".parse().unwrap(), Purpose::Request, 0);
    world.node.register().remove(&key);
    world.let_facts_age();
    let error = Asked::new(&world, "tax").refused(&world, &Browser::default()).await;
    assert_eq!(error, "temporarily_unavailable");
}
