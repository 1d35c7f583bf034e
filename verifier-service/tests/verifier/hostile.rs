//! Inputs that nobody means well with: markup, oversized bodies, form bombs.

use crate::browser::{Asked, Browser};
use crate::world::World;

#[tokio::test]
async fn markup_in_names_and_state_is_text() {
    let world = World::new("markup").await;
    let asked = Asked::new(&world, "bank").with("state", "\"><script>alert(1)</script>");
    let browser = Browser::default();
    let open = asked.open(&world, &browser).await;
    assert!(open.page.contains("The &#60;b&#62;bank&#60;/b&#62;"));
    assert!(!open.page.contains("<b>bank") && !open.page.contains("<script>alert"));
    world.hand.advance(180);
    let page = browser.get(&world, &world.url(&format!("/login/{}", open.id))).await.text().await.unwrap();
    assert!(!page.contains("<script>alert"));
}

#[tokio::test]
async fn a_line_break_in_state_makes_no_header() {
    let world = World::new("line-break").await;
    let asked = Asked::new(&world, "tax").with("state", "a\r\nset-cookie: x=1").with("prompt", "none");
    let answer = asked.authorize(&world, &Browser::default()).await;
    assert_eq!(answer.headers().get("set-cookie"), None);
    asked.check_callback(&world, &crate::browser::location(&answer));
}

#[tokio::test]
async fn oversized_bodies_are_refused_everywhere() {
    let world = World::new("oversized").await;
    let open = Asked::new(&world, "bank").open(&world, &Browser::default()).await;
    let request = world.wallet().fetch(&world, open.qr()).await;
    let response = request.content().answer_to.address().unwrap().url().path().to_owned();
    let before = world.digest().await;
    let body = format!("response={}", "a".repeat(1_200_000));
    for path in [
        "/token",
        "/fapi/token",
        "/par",
        "/fapi/par",
        "/authorize",
        "/logout",
        "/api/presentations",
        "/receipts/place",
        "/receipts/deletion",
        &response,
    ] {
        let post =
            world.http.post(world.url(path)).header("content-type", "application/x-www-form-urlencoded");
        let status = post.body(body.clone()).send().await.unwrap().status().as_u16();
        assert!(matches!(status, 400 | 401 | 413 | 415), "{path}: {status}");
    }
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn forms_of_many_parameters_are_refused() {
    let world = World::new("form-bomb").await;
    let bomb: String = (0..5_000).map(|n| format!("p{n}=1&")).collect();
    for path in ["/token", "/par", "/authorize"] {
        let post =
            world.http.post(world.url(path)).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(post.body(bomb.clone()).send().await.unwrap().status(), 400, "{path}");
    }
}

#[tokio::test]
async fn a_parameter_that_stands_twice_is_refused() {
    let world = World::new("twice").await;
    let address = Asked::new(&world, "tax").address(&world).await;
    let answer =
        Browser::default().get(&world, &format!("{address}&redirect_uri=https://evil.example")).await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let world = World::new("bytes").await;
    for path in ["/token", "/fapi/par", "/authorize"] {
        let post =
            world.http.post(world.url(path)).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(post.body(vec![0xff, 0xfe, 0x00]).send().await.unwrap().status(), 400, "{path}");
    }
}

#[tokio::test]
async fn a_state_that_is_too_long_to_repeat_is_refused() {
    let world = World::new("long-state").await;
    let asked = Asked::new(&world, "tax").with("state", &"s".repeat(513));
    let answer = asked.authorize(&world, &Browser::default()).await;
    let url = crate::browser::location(&answer);
    assert_eq!(crate::browser::parameter(&url, "error").unwrap(), "invalid_request");
}

#[tokio::test]
async fn unknown_names_in_addresses_are_not_found() {
    let world = World::new("unknown").await;
    for (path, status) in [
        ("/vp/request/unknown", 404),
        ("/vp/request/..%2f..%2fetc", 404),
        ("/login/unknown", 403),
        ("/login/%00", 403),
    ] {
        let answer = world.http.get(world.url(path)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}
