//! A second browser that knows every address of a login can neither complete it nor learn its code.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::browser::{Asked, Browser, location, parameter};
use crate::wallet::Wallet;
use crate::world::World;

/// A login whose wallet has answered by the same device's link: what the wallet was told to open.
pub(crate) async fn answered_here(world: &World, wallet: &Wallet, link: &str) -> String {
    let reply: Value = wallet.answer(world, link).await.json().await.unwrap();
    reply["redirect_uri"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn another_browser_cannot_complete_a_login_by_qr_code() {
    let world = World::new("other-qr").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    world.wallet().answer(&world, open.qr()).await;
    let before = world.digest().await;
    for other in [Browser::default(), with_own_login(&world).await] {
        let answer = open.finish(&world, &other).await;
        assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (403, None));
    }
    assert_eq!(world.digest().await, before);
}

/// A browser that has begun a login of its own.
async fn with_own_login(world: &World) -> Browser {
    let browser = Browser::default();
    Asked::new(world, "tax").open(world, &browser).await;
    browser
}

#[tokio::test]
async fn another_browser_cannot_complete_a_login_with_the_wallets_code() {
    let world = World::new("other-response-code").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let back = answered_here(&world, &world.wallet(), &open.link).await;
    let answer = Browser::default().get(&world, &back).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (403, None));
    let text = answer.text().await.unwrap();
    assert!(text.contains("another browser") && text.contains("other_browser"), "it helps");
}

#[tokio::test]
async fn another_browser_sees_neither_page_nor_state() {
    let world = World::new("other-state").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    for path in ["", "/state", "/finish"] {
        let url = world.url(&format!("/login/{}{path}", open.id));
        let answer = Browser::default().get(&world, &url).await;
        assert_eq!(answer.status(), 403);
        let text = answer.text().await.unwrap();
        assert!(!text.contains("openid4vp:") && !text.contains("waiting"));
    }
}

#[tokio::test]
async fn another_browser_cannot_cancel() {
    let world = World::new("other-cancel").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let cancel = world.http.post(world.url(&format!("/login/{}/cancel", open.id)));
    assert_eq!(Browser::default().send(cancel).await.status(), 403);
    assert_eq!(open.state(&world, &browser).await, "waiting");
}

#[tokio::test]
async fn the_same_browser_needs_the_wallets_code_on_the_same_device() {
    let world = World::new("no-response-code").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    answered_here(&world, &world.wallet(), &open.link).await;
    let before = world.digest().await;
    assert_eq!(open.state(&world, &browser).await, "elsewhere");
    for code in ["", "?response_code=", "?response_code=wrong", "?response_code=wrong&response_code=x"] {
        let url = world.url(&format!("/login/{}/finish{code}", open.id));
        assert_eq!(location(&browser.get(&world, &url).await).path(), format!("/login/{}", open.id));
    }
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn the_state_never_holds_the_code() {
    let world = World::new("state").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    assert_eq!(open.state(&world, &browser).await, "waiting");
    let request = world.wallet().fetch(&world, open.qr()).await;
    assert_eq!(open.state(&world, &browser).await, "scanned");
    let wallet = world.wallet();
    let form = wallet.form(&world, &request, crate::wallet::Wrong::default());
    crate::wallet::post(&world, &request, form).await;
    assert_eq!(open.state(&world, &browser).await, "done");
    open.code(&world, &browser).await;
    assert_eq!(open.state(&world, &browser).await, "finished");
}

#[tokio::test]
async fn no_identifier_of_a_login_stands_in_another() {
    let world = World::new("unlinkable").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    let wallet = world.wallet();
    let mut values = vec![open.id.clone(), browser.cookie("browser").unwrap()];
    for link in [open.qr(), &open.link] {
        let content = wallet.fetch(&world, link).await.content().clone();
        values.extend([content.nonce, content.state.unwrap()]);
        values.push(
            content
                .answer_to
                .address()
                .unwrap()
                .url()
                .path_segments()
                .unwrap()
                .next_back()
                .unwrap()
                .to_owned(),
        );
        values.push(content.client_metadata.encryption_key["x"].as_str().unwrap().to_owned());
    }
    let back = answered_here(&world, &wallet, &open.link).await;
    let back_url = url::Url::parse(&back).unwrap();
    values.push(parameter(&back_url, "response_code").unwrap());
    let url = location(&browser.get(&world, &back).await);
    values.push(parameter(&url, "code").unwrap());
    values.push(browser.cookie("session").unwrap());
    let different: BTreeSet<&String> = values.iter().collect();
    assert_eq!(different.len(), values.len());
    assert!(values.iter().all(|value| value.len() == 43));
}

#[tokio::test]
async fn a_cookie_that_a_browser_was_given_by_somebody_else_is_not_repeated() {
    let world = World::new("cookie").await;
    let asked = Asked::new(&world, "tax");
    let address = asked.address(&world).await;
    for planted in ["short", "a;Path=/x;Domain=example", &"x".repeat(4000)] {
        let request = world.http.get(&address).header("cookie", format!("browser={planted}"));
        let answer = request.send().await.unwrap();
        let set = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(!set.contains(planted), "{set}");
    }
}

#[tokio::test]
async fn pages_stand_in_no_frame_and_load_nothing_foreign() {
    let world = World::new("frames").await;
    let browser = Browser::default();
    let open = Asked::new(&world, "bank").open(&world, &browser).await;
    for path in [format!("/login/{}", open.id), "/login/unknown".to_owned(), "/authorize".to_owned()] {
        let answer = browser.get(&world, &world.url(&path)).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    }
    assert!(!open.page.contains(" style="), "the policy lets no style in an attribute");
}

#[tokio::test]
async fn over_tls_cookies_are_for_this_host_and_for_tls_alone() {
    let world = World::behind("tls", "https://login.example").await;
    let request = world.http.get(Asked::new(&world, "tax").address(&world).await);
    let answer = request.send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-browser="), "{cookie}");
    for part in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    let (pair, page) = (cookie.split(';').next().unwrap(), location(&answer).path().to_owned());
    for (cookie, status) in [(pair, 200), (pair.trim_start_matches("__Host-"), 403)] {
        let request = world.http.get(world.url(&page)).header("cookie", cookie);
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{cookie}");
    }
}
